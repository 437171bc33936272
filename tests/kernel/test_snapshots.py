import json
import multiprocessing
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pillnuts.kernel.snapshots import Snapshots

SPAWN = multiprocessing.get_context("spawn")


class Words:
    """A part that is a text file; reading it again finds what was written."""

    def __init__(self, form: str = "1") -> None:
        self.format = form

    def build(self, folder: Path, release: str) -> None:
        (folder / "deep").mkdir()
        (folder / "deep" / "words.txt").write_text(release)

    def open(self, folder: Path) -> str:
        words = (folder / "deep" / "words.txt").read_text()
        if "unreadable" in words:
            raise ValueError(words)
        return words


class Slow(Words):
    """Writes half of its files, says so, and goes on only when it is told to."""

    def build(self, folder: Path, release: str) -> None:
        super().build(folder, release)
        (folder.parents[1] / "half").touch()
        deadline = time.monotonic() + 20
        while not (folder.parents[1] / "go").exists() and time.monotonic() < deadline:
            time.sleep(0.01)


def snapshots(root: Path, form: str = "1") -> Snapshots[str]:
    return Snapshots(root, {"words": Words(form)})


def read(root: Path) -> str | None:
    """What a process that starts now reads."""
    opened = snapshots(root).open_latest()
    return None if opened is None else opened.part("words")


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if path.name.startswith(".building")]


def build_and_count(root: Path) -> None:
    def load() -> str:
        with (root / "loaded").open("a") as counted:
            counted.write("x")
        time.sleep(0.2)
        return "one"

    snapshots(root).build(1, load)


def build_slowly(root: Path) -> None:
    Snapshots(root, {"words": Slow()}).build(2, lambda: "two")


def test_what_was_built_is_read(tmp_path: Path) -> None:
    built = snapshots(tmp_path)
    built.build(1, lambda: "one")
    assert built.current is None

    opened = built.open(1)
    assert opened is built.current
    assert opened is not None
    assert (opened.number, opened.part("words")) == (1, "one")


def test_there_may_be_none_yet(tmp_path: Path) -> None:
    assert snapshots(tmp_path / "none").open_latest() is None
    assert snapshots(tmp_path).open(1) is None


def test_the_one_built_last_is_the_latest(tmp_path: Path) -> None:
    for number in (5, 9, 1):  # the database was begun anew
        snapshots(tmp_path).build(number, str(number).__str__)

    assert read(tmp_path) == "1"


def test_two_are_kept(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        snapshots(tmp_path).build(number, str(number).__str__)

    assert snapshots(tmp_path).open(1) is None
    assert snapshots(tmp_path).open(2) is not None
    assert snapshots(tmp_path).open(3) is not None


def test_a_reader_keeps_what_it_reads_while_another_is_opened(tmp_path: Path) -> None:
    reading = snapshots(tmp_path)
    reading.build(1, lambda: "one")
    old = reading.open(1)
    reading.build(2, lambda: "two")
    reading.open(2)

    assert old is not None
    assert old.part("words") == "one"
    assert reading.current is not None
    assert reading.current.part("words") == "two"


def test_two_databases_may_use_the_same_numbers(tmp_path: Path) -> None:
    snapshots(tmp_path).build(1, lambda: "demo", "aaa")
    snapshots(tmp_path).build(1, lambda: "real", "bbb")

    assert snapshots(tmp_path).open(1, "ccc") is None
    demo = snapshots(tmp_path).open(1, "aaa")
    assert demo is not None
    assert demo.part("words") == "demo"


def test_what_is_built_already_is_not_built_again(tmp_path: Path) -> None:
    snapshots(tmp_path).build(1, lambda: "one")
    snapshots(tmp_path).build(1, lambda: pytest.fail("loaded again"))


def test_a_build_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    snapshots(tmp_path).build(1, lambda: "one")

    def load() -> str:
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        snapshots(tmp_path).build(2, load)
    assert read(tmp_path) == "one"
    assert leftovers(tmp_path) == []


def test_a_folder_without_its_last_file_is_removed(tmp_path: Path) -> None:
    snapshots(tmp_path).build(1, lambda: "one")
    folder = snapshots(tmp_path).build(2, lambda: "two")
    (folder / "complete.json").unlink()

    assert read(tmp_path) == "one"
    assert not folder.exists()


@pytest.mark.parametrize("damage", ["cut", "gone", "more", "nonsense"])
def test_a_damaged_folder_is_removed_and_can_be_built_again(tmp_path: Path, damage: str) -> None:
    snapshots(tmp_path).build(1, lambda: "one")
    folder = snapshots(tmp_path).build(2, lambda: "two")
    words = folder / "words" / "deep" / "words.txt"
    match damage:
        case "cut":
            words.write_text("t")
        case "gone":
            words.unlink()
        case "more":
            (folder / "words" / "strange").touch()
        case _:
            (folder / "complete.json").write_text('{"number": ')

    assert read(tmp_path) == "one"
    assert not folder.exists()
    snapshots(tmp_path).build(2, lambda: "two")
    assert read(tmp_path) == "two"


def test_files_that_cannot_be_opened_are_removed(tmp_path: Path) -> None:
    snapshots(tmp_path).build(1, lambda: "one")
    folder = snapshots(tmp_path).build(2, lambda: "unreadable")

    assert read(tmp_path) == "one"
    assert not folder.exists()


def test_another_format_is_built_anew(tmp_path: Path) -> None:
    snapshots(tmp_path).build(1, lambda: "old")
    assert snapshots(tmp_path, "2").open_latest() is None
    assert read(tmp_path) == "old"  # a process that was not updated yet still reads it

    snapshots(tmp_path, "2").build(1, lambda: "new")
    opened = snapshots(tmp_path, "2").open_latest()
    assert opened is not None
    assert opened.part("words") == "new"


def test_two_processes_build_once(tmp_path: Path) -> None:
    processes = [SPAWN.Process(target=build_and_count, args=(tmp_path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)

    assert [process.exitcode for process in processes] == [0, 0]
    assert (tmp_path / "loaded").read_text() == "x"
    assert read(tmp_path) == "one"


def test_killed_in_the_middle_nothing_has_changed_and_the_next_build_heals(tmp_path: Path) -> None:
    snapshots(tmp_path).build(1, lambda: "one")
    process = SPAWN.Process(target=build_slowly, args=(tmp_path,))
    process.start()
    deadline = time.monotonic() + 20
    while not (tmp_path / "half").exists() and time.monotonic() < deadline:
        time.sleep(0.01)

    assert leftovers(tmp_path)
    assert read(tmp_path) == "one"
    assert leftovers(tmp_path), "what another process is building is left alone"

    os.kill(process.pid or 0, signal.SIGKILL)
    process.join(10)
    assert read(tmp_path) == "one"
    assert leftovers(tmp_path) == []
    snapshots(tmp_path).build(2, lambda: "two")
    assert read(tmp_path) == "two"


def test_a_snapshot_says_what_it_holds(tmp_path: Path) -> None:
    folder = snapshots(tmp_path).build(3, lambda: "three", "abc")

    assert folder.name == "3-abc"
    complete = json.loads((folder / "complete.json").read_text())
    assert complete["files"] == {"words/deep/words.txt": 5}
    assert complete["formats"] == {"words": "1"}


def test_what_is_refused_when_it_is_checked_is_never_there(tmp_path: Path) -> None:
    def check(release: str, parts: Mapping[str, str]) -> None:
        if parts["words"] != release.lower():
            raise ValueError(parts["words"])

    checked = Snapshots[str](tmp_path, {"words": Words()}, check)
    checked.build(1, lambda: "one")
    with pytest.raises(ValueError, match="TWO"):
        checked.build(2, lambda: "TWO")
    assert read(tmp_path) == "one"
    assert checked.open(2) is None
    assert leftovers(tmp_path) == []
