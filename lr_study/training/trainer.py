"""The interface of every trainer: specs of one seed in, finished runs with their files out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lr_study.runs import EpochRecord, RunRecord, RunSpec
from lr_study.support import LrStudyError, one_line
from lr_study.training.checkpoint import Checkpoint


@dataclass(frozen=True)
class EpochEnd:
    """An epoch of a run has ended, at ``time_ms``: milliseconds since 1970."""

    spec: RunSpec
    record: EpochRecord
    time_ms: int


OnEpoch = Callable[[EpochEnd], None]
"""Called when an epoch ends, from any thread."""


@dataclass(frozen=True)
class TrainedRun:
    """A finished run, and the content of its files by their names.

    ``epoch_times_ms`` says when its epochs ended, in milliseconds since 1970, if a trainer knows.
    """

    record: RunRecord
    files: Mapping[str, bytes]
    epoch_times_ms: tuple[int, ...] = ()


@dataclass(frozen=True)
class FailedRun:
    """A run that could not be trained: why, in one line, and the whole traceback."""

    spec: RunSpec
    reason: str
    traceback: str


def described(error: Exception) -> str:
    """Return in one line what user code raised, with its class, which may be all it says.

    >>> described(KeyError("x")), described(ValueError())
    ("KeyError: 'x'", 'ValueError')
    """
    if isinstance(error, LrStudyError):
        return one_line(error)
    said = one_line(error) if str(error) else ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


class Trainer(Protocol):
    """Trains specs that share a seed and everything but their policy."""

    @property
    def width(self) -> int:
        """How many specs may be trained at once.

        Runs of a trainer of width 1 take long: each epoch is logged as it ends, and kept in the
        checkpoint, so that an interrupted run is resumed.
        """

    def train(
        self, specs: Sequence[RunSpec], *, checkpoint: Checkpoint, on_epoch: OnEpoch
    ) -> Iterator[TrainedRun | FailedRun]:
        """Train up to ``width`` specs, and yield each finished run, or how it failed.

        Parameters
        ----------
        checkpoint
            Where to resume from. A trainer of width 1 adds each epoch as it ends.
        on_epoch
            Called with each epoch that has ended, those of a resumed run included.
        """
