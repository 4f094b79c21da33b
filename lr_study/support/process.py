"""Signals that stop a process, and locks that show whether a process is alive."""

import gc
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from lr_study.support.locks import try_lock
from lr_study.support.storage import state_dir, state_folder


def disable_gc() -> None:
    """Turn garbage collection off in a process that reads much, keeps it and soon ends.

    MLflow creates some forty objects per run: traversing them again and again took a third of the
    time of comparing a thousand runs.
    """
    gc.disable()


_ends_when_interrupted = False
"""Whether this process is a command, which an interrupt ends."""


def stop_as_interrupted() -> None:
    """Let SIGTERM raise KeyboardInterrupt, as SIGINT does, so that a run is ended as KILLED.

    Under ``mlflow run`` also stop when that process has ended: it does not forward signals, and the
    run would continue without anybody waiting for it.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    global _ends_when_interrupted
    _ends_when_interrupted = True
    signal.signal(signal.SIGTERM, interrupt)
    if os.environ.get("MLFLOW_RUN_ID"):
        threading.Thread(target=_stop_with_parent, args=(os.getppid(),), daemon=True).start()


@contextmanager
def defer_signals() -> Iterator[None]:
    """Defer SIGINT and SIGTERM to the end of the block; a second signal is not deferred.

    Only the main thread receives signals: in another one there is nothing to defer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if arrived:
            raise KeyboardInterrupt
        arrived.append(number)

    before = _replace_handlers(note)
    try:
        yield
    finally:
        _restore_handlers(before)
        for number in arrived:
            os.kill(os.getpid(), number)


@contextmanager
def ignore_signals() -> Iterator[None]:
    """Ignore SIGINT and SIGTERM in the block; in a command, until it ends.

    Of what an interrupt ends, a second signal must not leave anything undone. Like
    `defer_signals`, this does nothing outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = _replace_handlers(signal.SIG_IGN)
    try:
        yield
    finally:
        if not _ends_when_interrupted:
            _restore_handlers(before)


_Handler = Callable[[int, FrameType | None], Any] | int | None


def _replace_handlers(handler: _Handler) -> dict[int, _Handler]:
    """Let a handler have SIGINT and SIGTERM; return the handlers before."""
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    # One that was not set from Python is None, and could not be put back.
    before: dict[int, _Handler] = {n: known for n, known in found.items() if known is not None}
    for number in before:
        signal.signal(number, handler)
    return before


def _restore_handlers(before: dict[int, _Handler]) -> None:
    for number, handler in before.items():
        signal.signal(number, handler)


def _stop_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)


_held: list[FileLock] = []
"""Locks held until the process ends: a lock without a reference would be released."""


_leaves_runs = threading.Event()
"""Set once this process may leave a run RUNNING."""

_KEPT_SECONDS = 30 * 24 * 3600
"""How long the lock file of a killed process is kept: until then its runs are recognised."""

_TOKEN = re.compile("[0-9a-f]{32}")
"""A `liveness_token`, as it is in a tag of a run."""


@cache
def liveness_token() -> str:
    """Return a token of this process, which holds a lock of that name for as long as it lives.

    The system releases the lock however the process ends, and unlike a process id the token is
    never used again. `is_owner_dead` checks it. Its file stays, as the runs that the process may
    leave RUNNING are recognised by it; `remove_liveness_lock` removes that of a process that leaves
    none, and files that are a month old are removed here.

    Raises
    ------
    LrStudyError
        If the state folder cannot be written.
    """
    name = uuid4().hex
    state_folder("processes")
    with suppress(OSError):
        clear_ended_processes(older_than_seconds=_KEPT_SECONDS)
    lock = FileLock(state_folder("processes") / f"{name}.lock")
    lock.acquire()
    _held.append(lock)
    return name


def keep_liveness_lock() -> None:
    """Let `remove_liveness_lock` do nothing: this process may leave a run RUNNING."""
    _leaves_runs.set()


def remove_liveness_lock() -> None:
    """Remove this process's lock file, if it has one, as its work ended and no run is RUNNING."""
    if not _leaves_runs.is_set():
        for lock in _held:
            with suppress(OSError):  # the folder may not be writable any more
                Path(lock.lock_file).unlink(missing_ok=True)


def clear_ended_processes(*, older_than_seconds: float = 0) -> int:
    """Remove the lock files of processes that ended, and return how many processes live.

    Runs that the ended ones left RUNNING are those of unknown processes from then on.

    Raises
    ------
    OSError
        If a file cannot be removed.
    """
    living = 0
    for file in (state_dir() / "processes").glob("*.lock"):
        with suppress(FileNotFoundError):  # it ended meanwhile, and removed its own
            if time.time() - file.stat().st_mtime < older_than_seconds:
                continue
            lock = try_lock(file)
            if lock is None:
                living += 1
                continue
            with lock:
                pass  # the file is removed with its lock
    return living


def count_living_processes() -> int:
    """Return how many processes of this machine hold a `liveness_token`, this one included."""
    tokens = [file.stem for file in (state_dir() / "processes").glob("*.lock")]
    return sum(is_owner_here(token) and not is_owner_dead(token) for token in tokens)


def is_owner_dead(token: str) -> bool:
    """Whether the process of this machine that holds a `liveness_token` has ended.

    False if that is unknown: for a text that is no token, or one of another machine's process.
    """
    if not is_owner_here(token):
        return False
    try:
        with FileLock(_lock_file(token)).acquire(blocking=False):
            return True
    except (Timeout, OSError):
        return False


def is_owner_here(token: str) -> bool:
    """Whether the process with a `liveness_token` is, or was, one of this machine.

    It is unknown once the state folder is gone, as that of a container is.
    """
    # Whoever may log to an experiment chooses its tags: no other text becomes part of a path.
    return bool(_TOKEN.fullmatch(token)) and os.path.exists(_lock_file(token))  # noqa: PTH110


def _lock_file(token: str) -> Path:
    return state_dir() / "processes" / f"{token}.lock"
