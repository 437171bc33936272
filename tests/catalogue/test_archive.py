"""Runs lie in their order, tell which release was made of them, and do not pile up."""

from pathlib import Path

import pytest

from pillnuts.catalogue import archive


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir())


def ended(root: Path, *releases: int) -> None:
    """Fetch and load as many runs."""
    for release in releases:
        folder = archive.to_fetch(root)
        (folder / "page").touch()
        archive.complete(folder)
        archive.loaded(folder, release)


def test_a_run_is_gone_on_with_until_it_is_complete(tmp_path: Path) -> None:
    first = archive.to_fetch(tmp_path)
    assert (first.name, archive.to_fetch(tmp_path)) == ("1", first)
    archive.complete(first)
    assert archive.to_fetch(tmp_path).name == "2"
    assert archive.to_fetch(tmp_path).name == "2"


def test_the_tenth_run_comes_after_the_ninth(tmp_path: Path) -> None:
    for number in ("9-release-4", "10", "budget", "10-release-x"):
        (tmp_path / number).mkdir()
    assert [run.number for run in archive.stored(tmp_path)] == [9, 10]
    assert archive.to_fetch(tmp_path).name == "10"


def test_a_run_is_named_by_its_release(tmp_path: Path) -> None:
    ended(tmp_path, 7)
    assert names(tmp_path) == ["1-release-7"]
    assert names(tmp_path / "1-release-7") == [".complete", "page"]
    assert archive.loaded(tmp_path / "1-release-7", 8).name == "1-release-8"


def test_a_complete_run_waits_for_its_release(tmp_path: Path) -> None:
    assert archive.to_load(tmp_path) is None
    folder = archive.to_fetch(tmp_path)
    assert archive.to_load(tmp_path) is None
    archive.complete(folder)
    assert archive.to_load(tmp_path) == folder
    archive.loaded(folder, 1)
    assert archive.to_load(tmp_path, refused=True) is None


def test_a_refused_run_is_nothing_to_build_on_and_comes_when_forced(tmp_path: Path) -> None:
    ended(tmp_path, 1)
    folder = archive.to_fetch(tmp_path)
    archive.complete(folder)
    assert archive.last_sound(tmp_path) == folder
    archive.refuse(folder)
    assert archive.last_sound(tmp_path) == tmp_path / "1-release-1"
    assert archive.to_load(tmp_path) is None
    assert archive.to_load(tmp_path, refused=True) == folder
    assert archive.to_fetch(tmp_path).name == "3"


def test_an_unfinished_run_is_nothing_to_build_on(tmp_path: Path) -> None:
    assert archive.last_sound(tmp_path / "none") is None
    archive.to_fetch(tmp_path)
    assert archive.last_sound(tmp_path) is None


def test_old_runs_are_thrown_away_and_the_one_to_build_on_is_kept(tmp_path: Path) -> None:
    ended(tmp_path, *range(1, 8))
    assert names(tmp_path) == [f"{n}-release-{n}" for n in range(3, 8)]
    for _ in range(6):
        folder = archive.to_fetch(tmp_path)
        archive.complete(folder)
        archive.refuse(folder)
    (tmp_path / ".gone-1").mkdir()
    archive.prune(tmp_path)
    assert names(tmp_path) == sorted(["7-release-7", *map(str, range(9, 14))])


def test_what_was_loaded_before_is_what_a_run_is_held_against(tmp_path: Path) -> None:
    assert archive.loaded_before(archive.to_fetch(tmp_path)) is None
    ended(tmp_path, 1)
    for _ in range(2):
        folder = archive.to_fetch(tmp_path)
        archive.complete(folder)
        archive.refuse(folder)
        assert archive.loaded_before(folder) == tmp_path / "1-release-1"
    assert archive.loaded_before(tmp_path / "elsewhere") is None


@pytest.mark.parametrize("name", ["x", "-1", "1-release-", "1.5"])
def test_other_folders_are_nobodys_runs(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / "3").touch()
    assert archive.stored(tmp_path) == []
