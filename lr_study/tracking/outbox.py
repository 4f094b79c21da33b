"""The outbox: finished runs kept on local disk until their store has them.

    outbox/KEY/      entry.json  files/...     one run, written atomically
    outbox/KEY.lock                            held by the process that sends it

Local files only: nothing here uses the network.
"""

import errno
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4

from mlflow.entities import Experiment

from lr_study.support import (
    LrStudyError,
    atomic_write,
    checked_json,
    make_state_folder,
    read_checked_json,
    state_dir,
    try_lock,
)
from lr_study.tracking.addresses import store_address

_LOCK_SECONDS = 60
_STALE_AFTER_SECONDS = 3600
"""Temporary folders older than this were left by a killed process."""


class OutboxError(LrStudyError):
    """The outbox cannot be written: nothing that the store does would change that."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"the outbox {_folder()} cannot be written ({error.strerror or error}): make room, "
            "or set LR_STUDY_STATE to another folder, and give the same command again"
        )


Point = tuple[str, float, int, int]
"""A metric: name, value, milliseconds since 1970, step."""


@dataclass(frozen=True)
class Entry:
    """One run, as its store shall hold it.

    Attributes
    ----------
    store
        The store's address, without credentials.
    experiment
        The experiment's name when the entry was written.
    experiment_id, experiment_created
        The experiment's id, and when it was created, in milliseconds since 1970: together they are
        kept when it is renamed, and differ in another database at the same address. None in
        entries of earlier versions, which know the name alone.
    id
        What the entry is known by. For a run of a study it is the cell, so that a cell has one
        entry however many processes train it.
    run_id
        The run, if it exists already; None to create one.
    cell
        The cell that the run finishes; None for a run that only has to be ended.
    replaces
        Whether the cell was trained again on request: its earlier runs no longer count.
    """

    store: str
    experiment: str
    id: str
    name: str
    status: str
    start_time: int
    end_time: int
    run_id: str | None = None
    parent: str | None = None
    cell: str | None = None
    replaces: bool = False
    experiment_id: str | None = None
    experiment_created: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[Point, ...] = ()

    @property
    def key(self) -> str:
        """The name of the entry's folder."""
        experiment = (
            [self.experiment]
            if self.experiment_id is None
            else [self.experiment_id, self.experiment_created]
        )
        where = hashlib.sha256(json.dumps([self.store, *experiment]).encode()).hexdigest()
        return f"{where[:12]}-{self.id}"

    @property
    def files(self) -> Path:
        """The folder of the run's files."""
        return _folder() / self.key / "files"

    def is_of(self, experiment: Experiment) -> bool:
        """Whether the entry was written for an experiment of its store."""
        if self.experiment_id is None:
            return bool(self.experiment == experiment.name)
        return (self.experiment_id, self.experiment_created) == (
            str(experiment.experiment_id),
            experiment.creation_time,
        )


def put(entry: Entry, write_files: Callable[[Path], None] = lambda folder: None) -> Entry:
    """Store an entry, with the files that ``write_files`` writes into the folder it is given.

    If an entry with the same key waits already, that one stays.

    Raises
    ------
    OutboxError
        If it cannot be written. Nothing of it is left then.
    """
    is_written = False
    try:
        make_state_folder("outbox")
        with atomic_write(_folder() / entry.key) as aside:
            (aside / "files").mkdir(parents=True)
            write_files(aside / "files")
            about = {"entry": asdict(entry), "files": _digests(aside / "files")}
            (aside / "entry.json").write_text(checked_json(about), encoding="utf-8")
            is_written = True
    except OSError as error:
        # Only the rename tells that an entry waits already: a writer may fail with the same errors.
        if not is_written or error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise OutboxError(error) from error
    return entry


def waiting(store: str | None = None, experiment: Experiment | None = None) -> list[Entry]:
    """Return the waiting entries, of one store and experiment or of all, the oldest first.

    ``store`` is an address as `store_address` returns it; entries may hold another of the same
    file.
    A damaged entry is set aside as ``.damaged-KEY``: its cell is missing, and trained again.
    """
    found = [
        entry
        for folder in _listed()
        if (entry := _read(folder)) is not None
        and store in (None, store_address(entry.store))
        and (experiment is None or entry.is_of(experiment))
    ]
    return sorted(found, key=lambda entry: (entry.end_time, entry.key))


def is_waiting(entry: Entry) -> bool:
    """Whether an entry with this key waits."""
    return (_folder() / entry.key).exists()


def waiting_line(count: int, store: str, reason: str, *, refused: bool = False) -> str:
    """Return a line with how many runs are not yet uploaded, why, and what uploads them.

    What the store ``refused`` it would refuse again, until the reason is gone.
    """
    runs = "1 run" if count == 1 else f"{count} runs"
    why = f" ({reason})" if reason else ""
    once = "once the reason is gone, " if refused and reason else ""
    return (
        f"{runs} not yet uploaded to {store}{why}: kept in the outbox; {once}lr-study sync uploads "
        "them, and so does the next run or study for this store"
    )


def remove(entry: Entry) -> None:
    """Remove an entry that its store has; to be called while it is `held`.

    Raises
    ------
    OutboxError
        If it cannot be removed.
    """
    folder = _folder() / entry.key
    gone = folder.with_name(f".sent-{entry.key}.{uuid4().hex}")
    try:
        folder.rename(gone)  # atomically: a part of an entry would pass for a damaged one
    except OSError as error:
        raise OutboxError(error) from error
    shutil.rmtree(gone, ignore_errors=True)


def discard_waiting() -> dict[str, int]:
    """Remove all that is in the outbox but checkpoints; return how many runs that was, by store.

    Raises
    ------
    LrStudyError
        If another process holds an entry for long, or the outbox cannot be written.
    """
    discarded: dict[str, int] = {}
    for entry in waiting():
        with held(entry) as still_waits:
            if still_waits:
                remove(entry)
                discarded[entry.store] = discarded.get(entry.store, 0) + 1
    for path in _folder().glob(".*"):  # damaged entries, and what killed processes left
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
    return discarded


@contextmanager
def held(entry: Entry) -> Iterator[bool]:
    """Lock an entry, so that no other process sends it; yield whether it still waits.

    Raises
    ------
    LrStudyError
        If another process holds the lock for long.
    OutboxError
        If the lock file cannot be written.
    """
    file = _folder() / f"{entry.key}.lock"
    try:
        lock = try_lock(file, seconds=_LOCK_SECONDS)
    except OSError as error:
        raise OutboxError(error) from error
    if lock is None:
        raise LrStudyError("another process is sending it")
    with lock:
        yield is_waiting(entry)


def _folder() -> Path:
    return state_dir() / "outbox"


def _listed() -> list[Path]:
    """The folders of entries; temporary folders of killed processes are removed."""
    folder = _folder()
    for path in folder.glob(".*") if folder.exists() else ():
        with suppress(FileNotFoundError):
            is_old = time.time() - path.stat().st_mtime > _STALE_AFTER_SECONDS
            if is_old and not path.name.startswith(".damaged-"):
                shutil.rmtree(path, ignore_errors=True)
    return [path for path in folder.glob("*/") if not path.name.startswith(".")]


def _read(folder: Path) -> Entry | None:
    """Return a folder's entry; None if another process has sent it, or it is damaged."""
    try:
        about = read_checked_json(folder / "entry.json")
        if about["files"] == _digests(folder / "files"):
            entry = dict(about["entry"])
            return Entry(**{**entry, "metrics": tuple(map(tuple, entry["metrics"]))})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        if not folder.exists():
            return None
    with suppress(OSError):
        folder.rename(folder.with_name(f".damaged-{folder.name}.{uuid4().hex}"))
    return None


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
