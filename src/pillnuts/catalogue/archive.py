"""The runs that fetched the ministry's data, as they lie on disk.

<root>/<number>/            one run: raw answers, see `runs`; the newest that is not complete is gone on with
<root>/<number>/.complete   everything came; a release is to be made of it
<root>/<number>/.refused    no release was made of it: it would have lost too much
<root>/<number>-release-<n> release n was made of it, or is what it says

Runs are numbered in their order. What did not change between two runs is stored once.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

KEPT: Final = 5
"""Complete runs that are kept: with one a week, what the ministry said in the last month."""

_NAME: Final = re.compile(r"(\d{1,9})(?:-release-(\d{1,9}))?")
_COMPLETE: Final = ".complete"
_REFUSED: Final = ".refused"

State = Literal["begun", "complete", "refused", "loaded"]


@dataclass(frozen=True, order=True)
class Stored:
    """One run on disk."""

    number: int
    path: Path
    release: int | None
    """The release that was made of it."""

    @property
    def state(self) -> State:
        if self.release is not None:
            return "loaded"
        if (self.path / _REFUSED).exists():
            return "refused"
        return "complete" if (self.path / _COMPLETE).exists() else "begun"


def stored(root: Path) -> list[Stored]:
    """Give every run, the oldest first."""
    found = []
    for path in root.iterdir() if root.is_dir() else ():
        if path.is_dir() and (match := _NAME.fullmatch(path.name)):
            number, release = match.groups()
            found.append(Stored(int(number), path, int(release) if release else None))
    return sorted(found, key=lambda run: run.number)


def to_fetch(root: Path) -> Path:
    """Give the run to go on with, or a new one."""
    there = stored(root)
    last = there[-1] if there else None
    folder = last.path if last and last.state == "begun" else root / str(last.number + 1 if last else 1)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def last_sound(root: Path) -> Path | None:
    """Give the newest run that a further one can build on."""
    return next((run.path for run in reversed(stored(root)) if run.state in {"complete", "loaded"}), None)


def to_load(root: Path, *, refused: bool = False) -> Path | None:
    """Give the newest run where it is complete and no release was made of it: whoever should have was killed.

    With `refused`, one that was refused as well: somebody wants it nevertheless.
    """
    there = stored(root)
    wanted = {"complete", "refused"} if refused else {"complete"}
    return there[-1].path if there and there[-1].state in wanted else None


def loaded_before(folder: Path) -> Path | None:
    """Give the newest run before this one of which a release was made."""
    there = [run.path for run in stored(folder.parent) if run.path == folder or run.state == "loaded"]
    at = there.index(folder) if folder in there else 0
    return there[at - 1] if at else None


def complete(folder: Path) -> None:
    """Note that everything came."""
    (folder / _COMPLETE).touch()


def refuse(folder: Path) -> None:
    """Note that no release could be made of a run: the next one begins anew, and does not build on it."""
    (folder / _REFUSED).touch()


def loaded(folder: Path, release: int) -> Path:
    """Name a run by the release that was made of it, and throw the oldest ones away; gives its new place."""
    number = folder.name.partition("-")[0]
    target = folder.with_name(f"{number}-release-{release}")
    if target != folder:
        folder.replace(target)
    prune(folder.parent)
    return target


def prune(root: Path) -> None:
    """Throw away all but the `KEPT` newest runs that ended, and what a killed process left of one."""
    for path in root.glob(".gone-*"):
        shutil.rmtree(path, ignore_errors=True)
    base = last_sound(root)
    ended = [run for run in stored(root) if run.state != "begun"]
    for run in ended[:-KEPT]:
        if run.path != base:
            gone = root / f".gone-{run.path.name}"
            run.path.replace(gone)  # hidden at once: a half one is nobody's base
            shutil.rmtree(gone, ignore_errors=True)
