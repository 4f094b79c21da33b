"""Checkpoints: the state of a run in training, on disk after each epoch.

outbox/CELL.training.npz      the epochs so far, when they ended, and the state of the model
outbox/CELL.training.lock     held by the process that trains it
"""

import json
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.runs import EpochRecord
from lr_study.support import atomic_write, make_state_folder, try_lock


@dataclass
class Checkpoint:
    """The epochs that a run has trained, and the state from which the next one is trained.

    Attributes
    ----------
    file
        Where it is kept; None to keep it in memory only.
    times
        When each epoch ended, in milliseconds since 1970.
    seconds
        How long all of them took.
    state
        Arrays by name, as they were after the last epoch.
    """

    file: Path | None = None
    epochs: list[EpochRecord] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    seconds: float = 0.0
    state: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def add(self, epoch: EpochRecord, seconds: float, state: Mapping[str, NDArray[Any]]) -> None:
        """Keep one more epoch; on disk, atomically."""
        self.epochs.append(epoch)
        self.times.append(int(time.time() * 1000))
        self.seconds, self.state = seconds, state
        if self.file is None:
            return
        about = {
            "epochs": [asdict(record) for record in self.epochs],
            "times": self.times,
            "seconds": seconds,
        }
        with atomic_write(self.file) as aside, aside.open("wb") as file:
            arrays: dict[str, Any] = {**state, "about": np.array(json.dumps(about))}
            np.savez(file, **arrays)

    def restart(self) -> None:
        """Discard all epochs."""
        self.epochs, self.times, self.seconds, self.state = [], [], 0.0, {}

    def forget(self) -> None:
        """Remove the file: the run has ended."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)


@contextmanager
def checkpoint_of(cell: str, *, restart: bool = False) -> Iterator[Checkpoint]:
    """Open the checkpoint of a cell; an empty one if there is none, or if it is damaged.

    If another process trains the same cell, this one keeps its checkpoint in memory. ``restart``
    discards what is on disk.
    """
    file = make_state_folder("outbox") / f"{cell}.training.npz"
    lock = try_lock(file.with_suffix(".lock"))
    if lock is None:
        yield Checkpoint()
        return
    with lock:
        if restart:
            file.unlink(missing_ok=True)
        yield _read(file)


def _read(file: Path) -> Checkpoint:
    with suppress(OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        with file.open("rb") as opened, np.load(opened) as arrays:
            state = {name: arrays[name] for name in arrays.files}
        about = json.loads(str(state.pop("about")))
        epochs = [EpochRecord(**record) for record in about["epochs"]]
        return Checkpoint(file, epochs, list(about["times"]), float(about["seconds"]), state)
    return Checkpoint(file)
