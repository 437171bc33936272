"""Snapshots: one read-only folder for each release, built aside and swapped in whole.

    <root>/<number>[-<key>]/complete.json     written last: what the folder holds
    <root>/<number>[-<key>]/<part>/…          the files of each part
    <root>/.building-…                        being built, or left behind by a process that was killed
    <root>/.lock                              held by the one process that builds or tidies

A reader sees the old snapshot or the new one, never half of one. A folder that is not what its
`complete.json` says is never opened.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

import structlog
from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

log = structlog.get_logger(__name__)

KEEP: Final = 2
"""The current release, and the one before it for processes that have not swapped yet."""

_COMPLETE: Final = "complete.json"
_BUILDING: Final = ".building-"

Release = TypeVar("Release")
Release_contra = TypeVar("Release_contra", contravariant=True)


class Part(Protocol[Release_contra]):
    """One kind of files in a snapshot: how they are written, and how they are opened for reading."""

    format: str
    """Changes when the files change their meaning; a snapshot of another format is built anew."""

    def build(self, folder: Path, release: Release_contra) -> None:
        """Write the part of this release into an empty folder."""

    def open(self, folder: Path) -> Any:
        """What readers use; it may hold files of the folder open, and lets go of them when collected."""


Check = Callable[[Release, Mapping[str, Any]], None]
"""Raises when what was built is not what the release says."""


class _Complete(BaseModel):
    number: int
    key: str
    built: float
    """Seconds since 1970."""
    formats: dict[str, str]
    files: dict[str, int]
    """Path inside the folder → size in bytes."""


@dataclass(frozen=True)
class Snapshot:
    number: int
    key: str
    folder: Path
    parts: Mapping[str, Any]

    def part(self, name: str) -> Any:
        return self.parts[name]


class Snapshots(Generic[Release]):
    """The snapshots under one folder, and the one that this process reads.

    `number` says which release, `key` tells apart two releases of the same number (another database, or
    one that was begun anew); it may hold letters, digits, `_` and `-` only.
    """

    def __init__(
        self, root: Path, parts: Mapping[str, Part[Release]], check: Check[Release] | None = None
    ) -> None:
        """`check` is given the release and each part as readers get it, before anybody can open them."""
        self.root = root
        self.parts = parts
        self._check = check
        self.current: Snapshot | None = None
        self._lock = FileLock(root / ".lock", is_singleton=False, thread_local=False)

    def open_latest(self) -> Snapshot | None:
        """Open the snapshot that was built last, and tidy away what a killed process left behind."""
        if not self.root.is_dir():
            return self.current
        self._heal()
        for folder, complete in self._complete():
            if self._opened(folder, complete):
                break
        return self.current

    def open(self, number: int, key: str = "") -> Snapshot | None:
        """Open this release and read from it from now on; None when it has not been built."""
        folder = self._folder(number, key)
        complete = self._read(folder)
        if complete is None or not self._opened(folder, complete):
            return None
        return self.current

    def build(self, number: int, load: Callable[[], Release], key: str = "") -> Path:
        """Build the snapshot of a release, unless another process has just done so. Does not open it.

        `load` is called only when there is something to build, under the lock that keeps every other
        process from building at the same time.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        folder = self._folder(number, key)
        with self._lock:
            if self._read(folder) is None:
                started = time.monotonic()
                self._build(folder, number, key, load())
                log.info("snapshot built", release=number, seconds=round(time.monotonic() - started, 2))
            self._prune()
        return folder

    def _folder(self, number: int, key: str) -> Path:
        return self.root / (f"{number}-{key}" if key else str(number))

    def _formats(self) -> dict[str, str]:
        return {name: part.format for name, part in self.parts.items()}

    def _build(self, folder: Path, number: int, key: str, release: Release) -> None:
        self._remove_unfinished()
        work = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=self.root))
        try:
            for name, part in self.parts.items():
                (work / name).mkdir()
                part.build(work / name, release)
            if self._check:
                self._check(release, self._open_parts(work))
            complete = _Complete(
                number=number, key=key, built=time.time(), formats=self._formats(), files=_sizes(work)
            )
            _flush_tree(work)
            (work / _COMPLETE).write_text(complete.model_dump_json())
            _flush(work / _COMPLETE)
            work.chmod(0o755)  # mkdtemp keeps it to one user; replicas may share the folder
            _flush(work)
            if folder.exists():  # of another format, or corrupt: nobody opens it any more
                shutil.rmtree(folder)
            work.rename(folder)
            _flush(self.root)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise

    def _opened(self, folder: Path, complete: _Complete) -> bool:
        try:
            parts = self._open_parts(folder)
        except Exception:  # whatever a part finds wrong with its files, the release can be built again
            log.exception("snapshot is unreadable", folder=folder.name)
            with self._tidying() as alone:
                if alone:
                    shutil.rmtree(folder, ignore_errors=True)
            return False
        self.current = Snapshot(complete.number, complete.key, folder, parts)
        log.info("snapshot opened", release=complete.number)
        return True

    def _open_parts(self, folder: Path) -> dict[str, Any]:
        return {name: part.open(folder / name) for name, part in self.parts.items()}

    def _read(self, folder: Path) -> _Complete | None:
        """What a folder holds, if it is whole and in the formats that this process reads."""
        complete = _stated(folder)
        if complete is None or complete.formats != self._formats():
            return None
        return complete if _sizes(folder) == complete.files else None

    def _complete(self) -> list[tuple[Path, _Complete]]:
        """Every whole snapshot, the one built last first."""
        found = [(folder, self._read(folder)) for folder in self._folders()]
        whole = [(folder, complete) for folder, complete in found if complete is not None]
        return sorted(whole, key=lambda pair: pair[1].built, reverse=True)

    def _folders(self) -> list[Path]:
        return [path for path in self.root.iterdir() if path.is_dir() and not path.name.startswith(".")]

    @contextmanager
    def _tidying(self) -> Iterator[bool]:
        """Whether this process may delete: no other one is building or tidying."""
        try:
            with self._lock.acquire(timeout=0):
                yield True
        except Timeout:
            yield False

    def _heal(self) -> None:
        with self._tidying() as alone:
            if not alone:
                return
            self._remove_unfinished()
            for folder in self._folders():
                stated = _stated(folder)
                if stated is None or _sizes(folder) != stated.files:
                    log.warning("corrupt snapshot removed", folder=folder.name)
                    shutil.rmtree(folder, ignore_errors=True)

    def _remove_unfinished(self) -> None:
        """Only under the lock: then nobody is building."""
        for path in self.root.glob(f"{_BUILDING}*"):
            log.warning("unfinished snapshot removed", folder=path.name)
            shutil.rmtree(path, ignore_errors=True)

    def _prune(self) -> None:
        built = {folder: stated.built for folder in self._folders() if (stated := _stated(folder))}
        for folder in sorted(built, key=built.__getitem__, reverse=True)[KEEP:]:
            shutil.rmtree(folder, ignore_errors=True)
            log.info("old snapshot removed", folder=folder.name)


def _stated(folder: Path) -> _Complete | None:
    try:
        return _Complete.model_validate_json((folder / _COMPLETE).read_bytes())
    except (OSError, ValidationError):
        return None


def _sizes(folder: Path) -> dict[str, int]:
    """Size of every file, without what SQLite leaves beside a database while it is read."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != _COMPLETE and not path.name.endswith(("-wal", "-shm", "-journal"))
    }


def _flush_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _flush(path)


def _flush(path: Path) -> None:
    """Make a file or a folder survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
