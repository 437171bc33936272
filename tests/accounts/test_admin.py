"""`pillnuts admin …` as an operator types it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).parent / "pillnuts")
PASSWORD = "다람쥐 도토리 좋아해 12"  # noqa: S105 -- of nobody


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
    return kept | {"PILLNUTS_HOME": str(tmp_path / "var"), "COLUMNS": "200"}


def run(environment: dict[str, str], *words: str, typed: str = "") -> tuple[int, str, str]:
    ran = subprocess.run(
        [COMMAND, "admin", *words],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


def test_an_administrator_is_made_given_another_role_and_seen_in_the_log(environment: dict[str, str]) -> None:
    code, out, _ = run(environment, "create", "boss2026", "--password-stdin", typed=PASSWORD + "\n")
    assert (code, "boss2026" in out) == (0, True)
    code, _, err = run(environment, "create", "boss2026", "--password-stdin", typed=PASSWORD + "\n")
    assert (code, "이미 쓰이고 있는" in err) == (1, True)
    code, _, err = run(environment, "create", "boss2027", "--password-stdin", typed="password1234\n")
    assert (code, "쉽게 맞힐 수 있는" in err) == (1, True)
    assert run(environment, "role", "boss2026", "counsellor")[0] == 0
    assert run(environment, "role", "nobody99", "admin")[0] == 1
    assert run(environment, "forget-second-factor", "boss2026")[0] == 0

    code, out, _ = run(environment, "audit", "--user", "boss2026", "--limit", "2")
    lines = out.splitlines()
    assert [word for line in lines for word in line.split() if "." in word] == [
        "second_factor.removed",
        "role.given",
    ]
    assert run(environment, "audit", "--since", "2099-01-01")[1].count("\n") == 1
    assert PASSWORD not in out


def test_a_typed_password_is_not_shown(environment: dict[str, str]) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "admin", "create", "boss2026"],
        env=environment,
        start_new_session=True,  # no terminal but this one
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    for prompts in (1, 2):
        # The space comes when nothing is shown any more; what was typed before that is thrown away.
        while shown.count(b": ") < prompts:
            shown += os.read(leader, 1024)
        os.write(leader, PASSWORD.encode() + b"\n")
    while b"boss2026" not in shown:
        shown += os.read(leader, 1024)
    assert process.wait(60) == 0
    os.close(leader)
    assert PASSWORD not in shown.decode()


def test_keys_rotate_and_the_cost_of_a_password_is_measured(environment: dict[str, str]) -> None:
    code, out, _ = run(environment, "rotate-keys")
    assert (code, len(out.strip())) == (0, 16)
    code, out, _ = run(environment, "tune")
    assert code == 0
    assert out.startswith("PILLNUTS_PASSWORD_ROUNDS=")
