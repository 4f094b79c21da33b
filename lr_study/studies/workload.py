"""The seam between a study and what it trains, and where: workloads and executors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from lr_study.runs import Protocol as RunProtocol
from lr_study.runs import RunSpec
from lr_study.training import FailedRun, OnEpoch, TrainedRun, Trainer

if TYPE_CHECKING:
    from lr_study.support import keras


class StudyWorkload(Protocol):
    """What is trained, and everything that must be equal for its runs to be comparable.

    Attributes
    ----------
    protocol
        What all of its runs share.
    left_out
        The examples that cannot be used, each with the reason.
    data_files
        Files that describe the data, by name; kept as artifacts.
    model_file
        The file of a run from which `build_model` builds the whole model.
    """

    @property
    def protocol(self) -> RunProtocol: ...

    @property
    def left_out(self) -> Mapping[str, str]: ...

    @property
    def data_files(self) -> Mapping[str, bytes]: ...

    @property
    def model_file(self) -> str: ...

    def trainer(self, seed: int) -> Trainer:
        """Return the trainer under a seed, which decides the split, initial weights and order."""

    def build_model(self, content: bytes) -> "keras.Model":
        """Return the whole trained Keras model, from the content of a run's ``model_file``."""


class Executor(Protocol):
    """Where runs are trained. The calling process alone writes to the outbox and the store."""

    def run(
        self, workload: StudyWorkload, batches: Iterable[Sequence[RunSpec]], on_epoch: OnEpoch
    ) -> Iterator[TrainedRun | FailedRun]:
        """Train batches of specs, each of one seed and at most its trainer's width.

        A batch is taken from ``batches`` only when it is about to be trained. A checkpoint is
        removed after the caller has taken the run that it led to and asks for the next.
        """
