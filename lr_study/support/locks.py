"""Lock files that are held by one process at a time, and removed when they are released."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout


def try_lock(file: Path, *, seconds: float = 0) -> AbstractContextManager[None] | None:
    """Acquire a lock file, waiting for at most ``seconds``; None if another process keeps it.

    The lock is held from now on, and released and removed at the end of the ``with`` block that
    takes what is returned. It is acquired here and not by the block: what the block raises, a
    `filelock.Timeout` of another lock too, is never taken for this lock's.

    Raises
    ------
    OSError
        If the file cannot be created.
    """
    lock = FileLock(file)
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        return None
    return _release_after(lock, file)


@contextmanager
def hold_lock(file: Path) -> Iterator[None]:
    """Hold a lock file while the block runs, however long it takes to get it.

    Raises
    ------
    OSError
        If the file cannot be created.
    """
    lock = try_lock(file, seconds=-1)
    assert lock is not None  # without a limit it is waited for
    with lock:
        yield


@contextmanager
def _release_after(lock: FileLock, file: Path) -> Iterator[None]:
    try:
        yield
    finally:
        # Removed while it is held. Whoever waits has the file open, finds (since filelock 3.21)
        # that it has no name any more, and tries again with a new one.
        with suppress(OSError):  # the folder may not be writable any more
            file.unlink(missing_ok=True)
        lock.release()
