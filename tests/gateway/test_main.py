"""The gateway as a developer runs it."""

import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.gateway.operations import PERMIT_LIST

ROOT = Path(__file__).resolve().parents[2]


def test_it_runs_by_hand_and_tells_its_key(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.gateway", "--port", "0", "--products", "5", "--data"]
    with subprocess.Popen(
        [*command, tmp_path / "none"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = "".join(iter(process.stdout.readline, "준비되었습니다.\n"))
            key = found(r"Decoding\) (.+)", said)
            address = found(r"(http://127\.0\.0\.1:\d+)/1471000", said)
            asked = {"serviceKey": key, "type": "json"}
            answer = httpx.get(address + PERMIT_LIST.path, params=asked, trust_env=False).json()
            assert answer["body"]["totalCount"] == 5
        finally:
            process.terminate()


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def test_it_lists_its_faults() -> None:
    command = [sys.executable, "-m", "tests.gateway", "--faults"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"html", "service-22", "gateway-xml-30", "text-quota"} <= set(said.split())


def test_an_unknown_fault_is_refused() -> None:
    command = [sys.executable, "-m", "tests.gateway", "--fault", "unheard-of:0.3"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, "no fault is called unheard-of" in run.stderr) == (2, True)
