"""`pillnuts catalogue sync` fetches from a gateway that speaks as the ministry's, and loads what came."""

import gzip
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from pillnuts.catalogue import ingest
from pillnuts.catalogue.report import Report
from tests.gateway import KEY, Options, encoded, invented, serving

FORMS = [KEY.encode(), encoded(KEY).encode(), KEY.replace("/", "\\/").encode()]
"""How the key may be written where it has no business."""


def environment(home: Path, url: str, key: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
    return kept | {
        "PILLNUTS_HOME": str(home),
        "PILLNUTS_MINISTRY_URL": url,
        "PILLNUTS_MINISTRY_KEY": key,
        "PILLNUTS_MINISTRY_SPACING_SECONDS": "0",
        "PILLNUTS_LOG_LEVEL": "debug",
        "COLUMNS": "200",
    }


def command(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).parent / "pillnuts"), "catalogue", "sync", *arguments]


def sync(home: Path, url: str, key: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=environment(home, url, key),
        cwd=home.parent,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def runs(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "ministry").iterdir() if path.name[0].isdigit())


def products(home: Path) -> tuple[int, int]:
    """Number of the newest release, and how many products there are."""
    with closing(sqlite3.connect(home / "pillnuts.db")) as database:
        [(number,)] = database.execute("SELECT max(number) FROM catalogue_release")
        [(count,)] = database.execute("SELECT count(*) FROM product")
    return number, count


def test_a_release_is_fetched_planned_and_loaded(tmp_path: Path) -> None:
    options, home = Options(), tmp_path / "var"
    with serving(invented(12), options) as served:
        done = sync(home, served.base, options.key)
        assert done.returncode == 0, done.stderr
        assert f"모두 {served.gateway.calls.total():,}번 부릅니다" in done.stderr
        assert "판 1" in done.stdout
    assert runs(home) == ["1-release-1"]


def test_every_answer_is_of_a_data_set_that_is_known(tmp_path: Path) -> None:
    options, home = Options(), tmp_path / "var"
    with serving(invented(12), options) as served:
        sync(home, served.base, options.key)
    report = Report()
    ingest.read([home / "ministry" / "1-release-1"], report)

    assert report.skipped == []
    assert report.left_out["안전성서한은 아직 쓰지 않음"] == 5


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
        assert "SERVICE_KEY_IS_NOT_REGISTERED_ERROR" in refused.stderr
        assert "등록되지 않은 인증키입니다" in refused.stderr
        assert "다 받지 못했습니다" in refused.stderr
        assert sync(tmp_path / "var", served.base, options.key).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_says_that_the_next_call_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    options, home = Options(latency=0.3), tmp_path / "var"
    with serving(invented(12), options) as served:
        process = subprocess.Popen(
            command(),
            env=environment(home, served.base, options.key),
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
            # As a shell starts what it leaves in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509
        )
        while served.gateway.calls.total() < 3:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        options.latency = 0
        assert process.returncode == 130, said
        assert "다시 부르면 이어서" in said
        assert "Traceback" not in said
        assert sync(home, served.base, options.key).returncode == 0


# ── A release that shrinks ───────────────────────────────────────────────────────────────────


def test_a_release_that_shrinks_is_refused_until_it_is_forced(tmp_path: Path) -> None:
    options, home = Options(), tmp_path / "var"
    with serving(invented(24), options) as served:
        assert sync(home, served.base, options.key).returncode == 0
        options.faults = {"shrunk": 1 / 3}
        shrunk = sync(home, served.base, options.key)
        assert shrunk.returncode == 1
        assert "허가 상세: 앞서 24행, 지금" in shrunk.stderr
        assert (products(home), runs(home)) == ((1, 24), ["1-release-1", "2"])

        asked = served.gateway.calls.total()
        assert sync(home, served.base, options.key, "--force").returncode == 0
        assert served.gateway.calls.total() == asked  # what was refused was there
        assert products(home)[0] == 2
        assert runs(home) == ["1-release-1", "2-release-2"]


def test_after_a_refusal_everything_is_asked_anew(tmp_path: Path) -> None:
    options, home = Options(), tmp_path / "var"
    with serving(invented(24), options) as served:
        assert sync(home, served.base, options.key).returncode == 0
        options.faults = {"shrunk": 1 / 3}
        assert sync(home, served.base, options.key).returncode == 1
        options.faults = {}
        again = sync(home, served.base, options.key)
        assert again.returncode == 0, again.stderr
    assert products(home) == (1, 24)
    assert runs(home) == ["1-release-1", "2", "3-release-1"]


def test_broken_label_documents_stop_nothing(tmp_path: Path) -> None:
    options, home = Options(faults={"bad-document": 1 / 3}), tmp_path / "var"
    with serving(invented(24), options) as served:
        done = sync(home, served.base, options.key)
    assert done.returncode == 0, done.stderr
    assert products(home) == (1, 24)


def test_what_was_fetched_and_not_loaded_is_loaded_without_a_call(tmp_path: Path) -> None:
    options, home = Options(), tmp_path / "var"
    with serving(invented(12), options) as served:
        assert sync(home, served.base, options.key).returncode == 0
        fetched = home / "ministry" / "1-release-1"
        fetched.rename(home / "ministry" / "1")  # as one leaves it that is killed while it loads
        (home / "pillnuts.db").unlink()
        asked = served.gateway.calls.total()
        again = sync(home, served.base, options.key)
        assert served.gateway.calls.total() == asked
    assert "아직 싣지 않은 자료" in again.stderr
    assert (products(home), runs(home)) == ((1, 12), ["1-release-1"])


# ── The key ──────────────────────────────────────────────────────────────────────────────────


def test_the_key_is_written_nowhere(tmp_path: Path) -> None:
    home = tmp_path / "var"
    options = Options(faults={"html-503": 0.02, "reset": 0.02})
    said, arguments = tmp_path / "said", set()
    with serving(invented(4), options) as served, said.open("wb") as out:
        told = environment(home, served.base, encoded(KEY))
        with subprocess.Popen(command(), env=told, cwd=tmp_path, stdout=out, stderr=out) as process:
            while process.poll() is None:
                arguments.add(Path(f"/proc/{process.pid}/cmdline").read_bytes())
                time.sleep(0.05)
        assert process.returncode == 0
        assert served.gateway.faulted
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(written) > 40
    packed = {path: gzip.decompress(text) for path, text in written.items() if path.suffix == ".gz"}
    found = [path for path, text in (written | packed).items() if any(key in text for key in FORMS)]
    assert found == []
    assert not any(key in text for key in FORMS for text in arguments)
