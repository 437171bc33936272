"""Who a process is, so that others can tell whether it still runs."""

import getpass
import os
import platform
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process as another one may know it."""

    place: str
    """This start of this machine, and the container: where `pid` means one process."""
    host: str
    user: str
    pid: int
    born: str
    """When it was started, in the machine's own measure; tells it from a later one of the same number."""

    def __str__(self) -> str:
        return f"{self.host}의 {self.user}(프로세스 {self.pid})"


def this() -> Process:
    return Process(_place(), platform.node() or "localhost", user(), os.getpid(), _born(os.getpid()) or "")


def user() -> str:
    """Name the account; a container may run under a number without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def runs(process: Process) -> bool | None:
    """Tell whether it still runs; None: it is elsewhere, or cannot be told from another one."""
    if process.place != _place():
        return None
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's: it runs
        pass
    born = _born(process.pid)
    return born == process.born if born and process.born else None


def _place() -> str:
    """Name this start of this machine and the namespace of its process numbers, where that is known."""
    try:
        started = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{started} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return f"host {platform.node()}"


def _born(pid: int) -> str | None:
    """When it was started; None: not known, or it has ended and nobody has asked how."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
    return None if state in "ZX" else fields[18]
