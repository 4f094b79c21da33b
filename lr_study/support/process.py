"""How a process is told to stop, and how others can tell that it is gone."""

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from uuid import uuid4

from filelock import FileLock, Timeout

from lr_study.support.storage import state_dir


def disable_gc() -> None:
    """Never look for garbage in this process, which reads much, keeps it and soon ends.

    MLflow makes some forty objects a run: looking through them again and again took a third of the
    time of comparing a thousand runs.
    """
    gc.disable()


def stop_as_interrupted() -> None:
    """Let SIGTERM raise KeyboardInterrupt, as SIGINT does, so that a run is closed as KILLED.

    Under ``mlflow run`` also stop when that process is gone: it passes no signal on, and a run
    that nobody waits for would go on in the dark.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    if os.environ.get("MLFLOW_RUN_ID"):
        threading.Thread(target=_stop_with_parent, args=(os.getppid(),), daemon=True).start()


@contextmanager
def defer_signals() -> Iterator[None]:
    """Let SIGINT and SIGTERM wait until the block is done; a second one does not wait.

    Only the main thread is ever interrupted: elsewhere there is nothing to hold.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if arrived:
            raise KeyboardInterrupt
        arrived.append(number)

    before = {held: signal.signal(held, note) for held in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for held, handler in before.items():
            signal.signal(held, handler)
        for number in arrived:
            os.kill(os.getpid(), number)


def _stop_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)


_held: list[FileLock] = []
"""Locks kept until the process ends: one that nothing refers to would let go of its file."""


@cache
def liveness_token() -> str:
    """Return a name for this process, under which `is_owner_dead` can ask for it.

    The process holds a lock by that name for as long as it lives; the system lets go of it
    however the process ends, and no number is ever used again, as that of a process may be.
    """
    name = uuid4().hex
    lock = _lock(name)
    lock.acquire()
    _held.append(lock)
    return name


def is_owner_dead(name: str) -> bool:
    """Whether a process of this machine that was present under ``name`` has ended.

    False where that cannot be told: for no name, or that of another machine's process.
    """
    if not name:
        return False
    lock = _lock(name)
    if not os.path.exists(lock.lock_file):  # noqa: PTH110
        return False
    try:
        with lock.acquire(blocking=False):
            return True
    except Timeout:
        return False


def _lock(name: str) -> FileLock:
    folder = state_dir() / "processes"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f"{name}.lock")
