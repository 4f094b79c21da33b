"""Where files are kept, and how they are written atomically."""

import errno
import hashlib
import json
import mmap
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path, user_state_path

from lr_study.support.errors import LrStudyError

_STATE_FOLDERS = ("checkpoints", "locks", "outbox", "processes")
"""The folders of `state_dir`, of this version and earlier ones."""


def cache_dir() -> Path:
    """The folder for what can be computed again; ``LR_STUDY_CACHE`` overrides it."""
    override = os.environ.get("LR_STUDY_CACHE")
    return Path(override).expanduser() if override else user_cache_path("lr-study")


def state_dir() -> Path:
    """The folder for what must outlive a process; ``LR_STUDY_STATE`` overrides it."""
    override = os.environ.get("LR_STUDY_STATE")
    return Path(override).expanduser() if override else user_state_path("lr-study")


def make_state_folder(name: str) -> Path:
    """Return a folder of `state_dir`, created if it is new, that only its owner can enter.

    What waits there (params, tags, curves, layers) may belong on a server that asks for a password.
    Folders that an earlier version left open to others are closed: all of ours, and the state
    folder itself, unless ``LR_STUDY_STATE`` named one that was there already.

    Raises
    ------
    OSError
        If it cannot be created.
    """
    state = state_dir()
    if not state.is_dir():
        state.parent.mkdir(parents=True, exist_ok=True)
        state.mkdir(mode=0o700, exist_ok=True)
    elif not os.environ.get("LR_STUDY_STATE"):
        _close(state)
    folder = state / name
    folder.mkdir(mode=0o700, exist_ok=True)
    for ours in {name, *_STATE_FOLDERS}:
        _close(state / ours)
    return folder


def _close(folder: Path) -> None:
    """Let nobody but its owner enter a folder, if that is this user, and it exists."""
    if os.name != "posix":
        return
    with suppress(OSError):  # not there, a file system without permissions, or read-only
        status = folder.stat()
        if status.st_mode & 0o077 and status.st_uid == os.geteuid():
            folder.chmod(stat.S_IMODE(status.st_mode) & ~0o077)


def state_folder(name: str) -> Path:
    """Return a folder of `state_dir` to write to, created if it is new, for its owner alone.

    Raises
    ------
    LrStudyError
        If it cannot be written.
    """
    try:
        folder = make_state_folder(name)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise LrStudyError(
            f"the state folder {state_dir()} cannot be written ({error.strerror or error}): "
            "set LR_STUDY_STATE to another folder"
        ) from error
    return folder


@contextmanager
def atomic_write(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``target``, and rename it to ``target`` at the end.

    A reader sees the old content or the new, never a part. If the block raises, the temporary file
    or folder is removed and ``target`` stays as it was. A folder never replaces another folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        yield aside
        aside.replace(target)
    finally:
        if aside.is_dir():
            shutil.rmtree(aside)
        else:
            aside.unlink(missing_ok=True)


def checked_json(value: Any) -> str:
    """Return a value as ASCII JSON, with a checksum that `read_checked_json` verifies."""
    return json.dumps({"sha256": _digest(value), "value": value})


def read_checked_json(file: Path) -> Any:
    """Return what `checked_json` wrote.

    Raises
    ------
    ValueError
        If the file was truncated or altered.
    OSError
        If it cannot be read.
    """
    content = json.loads(file.read_bytes())
    if not isinstance(content, dict) or content.keys() != {"sha256", "value"}:
        raise ValueError(f"{file} has no checksum")
    if content["sha256"] != _digest(content["value"]):
        raise ValueError(f"{file} is damaged")
    return content["value"]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def release_pages(array: NDArray[np.float32]) -> None:
    """Release the memory that the pages of a memory-mapped array take.

    They are read again, from the file or the system's cache of it, when they are needed. An array
    that is not memory-mapped stays as it is.
    """
    if isinstance(array.base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        array.base.madvise(mmap.MADV_DONTNEED)
