"""Child processes: one for a single heavy thing, and several that are kept running side by side."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Final

import structlog

log = structlog.get_logger(__name__)

GRACE: Final = 5.0
"""Seconds a child that does one thing may take to end when it is told to."""
SERVER_GRACE: Final = 20.0
"""Seconds a child that serves may take: it finishes its answers."""
_SHORT_LIFE: Final = 10.0
_LONGEST_PAUSE: Final = 60.0
_LOOK: Final = 0.2


async def in_child(target: Callable[..., None], *arguments: object) -> int:
    """Do something in a process of its own, which gives all its memory back; gives how it ended, 0: well.

    It ends with this process, even when this one is killed. When the call is cancelled it is told to end.
    """
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_alone, args=(target, arguments), daemon=True)
    process.start()
    joining = asyncio.ensure_future(asyncio.to_thread(process.join))
    try:
        await asyncio.shield(joining)
    finally:
        if not joining.done():
            process.terminate()
            await asyncio.wait([joining], timeout=GRACE)
            process.kill()
            await joining
    return process.exitcode or 0


def _alone(target: Callable[..., None], arguments: Sequence[object]) -> None:
    parent = multiprocessing.parent_process()

    def end_with_parent() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    stop_by_signal()
    try:
        target(*arguments)
    except KeyboardInterrupt:  # told to end
        raise SystemExit(1) from None


def stop_by_signal() -> None:
    """Let SIGTERM stop this process like Ctrl-C, and Ctrl-C also one that a shell put in the background."""
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _as_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    """Let what is open be closed, as at the terminal."""
    signal.raise_signal(signal.SIGINT)


def end_with(parent: int) -> None:
    """End this process, as a signal would, when the process that started it is gone."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


@dataclass
class _Kept:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes]
    started: float
    pause: float = 0.0
    """Seconds before it is started again; grows while it dies young."""
    ended: float | None = None
    again: bool = False
    """It was started more than once."""


def keep_running(commands: Mapping[str, Sequence[str]]) -> int:
    """Run the commands side by side until a signal comes, and start again whatever ends.

    One that ends with an error right after its first start cannot run here at all (its port is taken, say):
    then all end. Gives the exit code.
    """
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: told.set())
    kept = [_Kept(name, command, _started(command), time.monotonic()) for name, command in commands.items()]
    code = 0
    try:
        while not told.wait(_LOOK) and not code:
            code = next((failed for one in kept if (failed := _look_after(one))), 0)
    finally:
        _end(kept)
    return code


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C at the terminal reaches this process only, which then tells the others.
    return subprocess.Popen(command, process_group=0)  # noqa: S603 -- our own commands


def _look_after(one: _Kept) -> int:
    """Start it again when it has ended; gives the code when that makes no sense."""
    code = one.process.poll()
    if code is None:
        return 0
    now = time.monotonic()
    if one.ended is None:
        lived = now - one.started
        one.ended = now
        one.pause = min(max(1.0, one.pause * 2), _LONGEST_PAUSE) if lived < _SHORT_LIFE else 0.0
        if code > 0 and not one.again and lived < _SHORT_LIFE:
            log.error("process cannot run", process=one.name, code=code)
            return code
        log.warning("process ended", process=one.name, code=code, again_in=one.pause)
    if now - one.ended >= one.pause:
        one.process, one.started, one.ended, one.again = _started(one.command), now, None, True
    return 0


def _end(kept: Sequence[_Kept]) -> None:
    for one in kept:
        if one.process.poll() is None:
            one.process.terminate()
    deadline = time.monotonic() + SERVER_GRACE
    for one in kept:
        try:
            one.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("process killed", process=one.name)
            one.process.kill()
            one.process.wait()
