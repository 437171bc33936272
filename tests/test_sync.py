"""`pillnuts catalogue sync` fetches from a gateway that speaks as the ministry's, and loads what came."""

import os
import subprocess
import sys
from pathlib import Path

from tests.gateway import Options, invented, serving


def sync(home: Path, url: str, key: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
    environment |= {
        "PILLNUTS_HOME": str(home),
        "PILLNUTS_MINISTRY_URL": url,
        "PILLNUTS_MINISTRY_KEY": key,
        "PILLNUTS_MINISTRY_SPACING_SECONDS": "0",
    }
    command = [str(Path(sys.executable).parent / "pillnuts"), "catalogue", "sync", *arguments]
    return subprocess.run(
        command, env=environment, cwd=home.parent, capture_output=True, text=True, timeout=180, check=False
    )


def test_a_release_is_fetched_planned_and_loaded(tmp_path: Path) -> None:
    options = Options()
    with serving(invented(12), options) as served:
        done = sync(tmp_path / "var", served.base, options.key)
        assert done.returncode == 0, done.stderr
        assert "모두" in done.stderr
        assert "번 부릅니다" in done.stderr
        assert "판 1" in done.stdout
        assert options.key not in done.stdout + done.stderr


def test_without_a_key_it_says_how_to_get_one_and_changes_nothing(tmp_path: Path) -> None:
    done = sync(tmp_path / "var", "http://127.0.0.1:9", "")
    assert done.returncode == 1
    assert "활용신청" in done.stderr
    assert not (tmp_path / "var" / "pillnuts.db").exists()


def test_a_refused_key_is_named_and_the_next_call_goes_on(tmp_path: Path) -> None:
    options = Options()
    with serving(invented(12), options) as served:
        refused = sync(tmp_path / "var", served.base, "wrong")
        assert refused.returncode == 1
        assert "다 받지 못했습니다" in refused.stderr
        assert sync(tmp_path / "var", served.base, options.key).returncode == 0
