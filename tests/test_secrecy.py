"""The site's secret: made for one person on one machine, demanded wherever others are."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pillnuts.secrecy import NoSecretError, is_loopback, site_secret

GOOD = "vD2kq7Zr-9sXw0LmYb4TnHc81uJfPeGa"
SQLITE = "sqlite:///x/pillnuts.db"
EVERYBODY = "0.0.0.0"  # noqa: S104 -- refused, that is
COMMAND = str(Path(sys.executable).parent / "pillnuts")


def secret(given: str, home: Path, host: str = "127.0.0.1", database: str = SQLITE) -> str:
    return site_secret(given, home=home, host=host, database=database)


def test_on_a_laptop_it_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = secret("", tmp_path / "var")
    assert secret("", tmp_path / "var") == made
    assert len(made) == 64
    assert (tmp_path / "var" / "secret").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret"]


def test_a_site_behind_a_proxy_of_its_own_machine_needs_one_all_the_same(tmp_path: Path) -> None:
    given = {"home": tmp_path, "host": "127.0.0.1", "database": SQLITE}
    with pytest.raises(NoSecretError, match="PILLNUTS_SECRET"):
        site_secret("", site="https://pillnuts.kr", **given)  # type: ignore[arg-type]
    assert site_secret("", site="http://localhost:8000", **given)  # type: ignore[arg-type]


def test_processes_that_start_at_once_agree_on_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: secret("", tmp_path / "var"), range(64)))
    assert len(made) == 1


@pytest.mark.parametrize(
    ("host", "database"),
    [
        (EVERYBODY, SQLITE),
        ("192.168.0.7", SQLITE),
        ("::", SQLITE),
        ("pillnuts.kr", SQLITE),
        ("127.0.0.1", "postgresql://u@127.0.0.1/d"),
        ("127.0.0.1", "mariadb://u@127.0.0.1/d"),
    ],
)
def test_where_others_are_none_is_made_up(tmp_path: Path, host: str, database: str) -> None:
    with pytest.raises(NoSecretError, match="PILLNUTS_SECRET"):
        secret("", tmp_path, host, database)
    assert secret(GOOD, tmp_path, host, database) == GOOD
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [
        "x",
        "short-but-random-7Gq",
        "a" * 64,
        "changeme-" * 6,
        "this-is-my-very-long-SECRET-value-0987",
        "0123456789" * 5,
    ],
)
def test_a_known_short_or_simple_one_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(NoSecretError):
        secret(given, tmp_path)


def test_a_file_that_was_spoilt_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    with pytest.raises(NoSecretError, match="secret"):
        secret("", tmp_path)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        (EVERYBODY, False),
        ("", False),
        ("example.com", False),
    ],
)
def test_what_is_this_machine_only(host: str, own: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is own


@pytest.mark.parametrize("command", [["web"], ["serve"], ["worker"], ["admin", "audit"]])
@pytest.mark.parametrize("given", ["", "changeme-changeme-changeme-changeme"])
def test_nothing_starts_without_a_good_one(tmp_path: Path, command: list[str], given: str) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")},
        "PILLNUTS_HOME": str(tmp_path / "var"),
        "PILLNUTS_HOST": EVERYBODY,
        "PILLNUTS_SECRET": given,
    }
    ran = subprocess.run(
        [COMMAND, *command],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert "PILLNUTS_SECRET" in ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout
    assert not given or given not in ran.stderr + ran.stdout
