"""The command ``cache``: how much each part of the cache and the state takes, and emptying them."""

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from lr_study.cli.terminal import echo, echo_err
from lr_study.support import (
    LrStudyError,
    cache_dir,
    clear_ended_processes,
    count_living_processes,
    require_one_of,
    state_dir,
    try_lock,
)


@dataclass(frozen=True)
class _Part:
    """Files of one kind.

    Attributes
    ----------
    pattern
        Which names in the folder belong to it.
    excluded
        The end of names that belong to another part of the same folder.
    """

    name: str
    folder: Path
    pattern: str = "*"
    excluded: tuple[str, ...] = ()

    def paths(self) -> list[Path]:
        return [
            path
            for path in sorted(self.folder.glob(self.pattern))
            if not path.name.endswith(self.excluded)
        ]

    def size(self) -> int:
        return sum(map(_size, self.paths()))


_STALE_AFTER_SECONDS = 3600
_CHECKPOINTS = (".training.npz", ".training.lock")
_CACHED = (
    "features",
    "data",
    "weights",
    "fingerprints",
    "left_out",
    "decoded",
    "similar",
    "image_results",
)
_STATES = ("outbox", "checkpoints", "locks", "processes")
PARTS = (*_CACHED, *_STATES)
"""What can be emptied, by name."""


def cache(
    clear: Annotated[
        list[str] | None,
        typer.Option(help=f"Empty a part; may be repeated: {', '.join(PARTS)}."),
    ] = None,
) -> None:
    """Show how much disk space each part of the cache and the state takes, and empty parts."""
    names = list(dict.fromkeys(clear or ()))
    for name in names:
        require_one_of("clear", name, PARTS)
    parts = _parts()
    if names:
        _require_no_study()
    for name in names:
        before = parts[name].size()
        try:
            _clear(parts[name])
        except OSError as error:
            raise LrStudyError(
                f"{name} cannot be emptied in {str(parts[name].folder)!r} "
                f"({error.strerror or error}): some of it is left"
            ) from error
        echo_err(f"cleared: {name} ({decimal(before - parts[name].size())})")
    echo(*(f"{name:<13} {decimal(part.size()):>9}  {part.folder}" for name, part in parts.items()))


def _parts() -> dict[str, _Part]:
    parts = [_Part(name, cache_dir() / name) for name in _CACHED]
    outbox = state_dir() / "outbox"
    parts += [
        _Part("outbox", outbox, excluded=_CHECKPOINTS),
        _Part("checkpoints", outbox, "*.training.npz"),
        _Part("locks", state_dir() / "locks"),
        _Part("processes", state_dir() / "processes"),
    ]
    return {part.name: part for part in parts}


def _require_no_study() -> None:
    extracting = (cache_dir() / "features").glob("*.lock")  # before its run is opened
    if count_living_processes() or not all(map(_is_free, extracting)):
        raise LrStudyError(
            "a run or study is in progress on this machine: nothing was cleared; give the same "
            "command again once it has ended"
        )


def _is_free(lock_file: Path) -> bool:
    lock = try_lock(lock_file)
    if lock is None:
        return False
    with lock:
        return True


def _clear(part: _Part) -> None:
    if part.name == "processes":
        clear_ended_processes()
    elif part.name == "outbox":
        from lr_study.tracking import discard_waiting

        for store, runs in discard_waiting().items():
            what = "1 run" if runs == 1 else f"{runs} runs"
            echo_err(f"discarded: {what} not yet uploaded to {store}")
        _clear_locks(part.paths())
    elif part.name == "locks":
        _clear_locks(part.paths())
    elif part.name == "checkpoints":
        for file in part.paths():
            _clear_locked(file.with_suffix(".lock"), [file])
    else:
        _clear_cached(part.folder)


def _clear_cached(folder: Path) -> None:
    """Remove what is in a folder, but what another command writes aside at the moment."""
    for path in folder.glob("*"):
        if path.name == "archives":
            _clear_cached(path)
        elif path.suffix != ".lock" and not _is_being_written(path):
            _clear_locked(path.with_suffix(".lock"), [path])
    _clear_locks(folder.glob("*.lock"))


def _is_being_written(path: Path) -> bool:
    """Whether `atomic_write` may be at it; what is older was left by a killed process."""
    return path.name.startswith(".") and time.time() - path.stat().st_mtime < _STALE_AFTER_SECONDS


def _clear_locks(files: Iterable[Path]) -> None:
    for file in files:
        if file.suffix == ".lock":
            _clear_locked(file, [])


def _clear_locked(lock_file: Path, paths: Iterable[Path]) -> None:
    """Remove paths while their lock file is held, and that file too."""
    lock = try_lock(lock_file)
    if lock is None:
        raise LrStudyError(f"{str(lock_file)!r} is held by a process: it was not cleared")
    with lock:
        for path in paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    try:
        if path.is_dir() and not path.is_symlink():
            return sum(map(_size, path.iterdir()))
        return path.lstat().st_size
    except FileNotFoundError:  # removed meanwhile
        return 0
