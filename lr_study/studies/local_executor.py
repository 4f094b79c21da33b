"""Training in the calling process, one batch after another."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext

from lr_study.runs import RunSpec
from lr_study.studies.workload import StudyWorkload
from lr_study.training import Checkpoint, FailedRun, OnEpoch, TrainedRun, checkpoint_of


class LocalExecutor:
    """Trains in this process.

    Parameters
    ----------
    restart
        Whether checkpoints of interrupted runs are discarded.
    """

    def __init__(self, *, restart: bool = False) -> None:
        self._restart = restart

    def run(
        self, workload: StudyWorkload, batches: Iterable[Sequence[RunSpec]], on_epoch: OnEpoch
    ) -> Iterator[TrainedRun | FailedRun]:
        """Train the batches; of a trainer of width 1, each epoch is kept on disk."""
        for specs in batches:
            trainer = workload.trainer(specs[0].seed)
            cell = workload.protocol.cell(specs[0].policy, specs[0].seed)
            with (
                checkpoint_of(cell, restart=self._restart)
                if trainer.width == 1
                else nullcontext(Checkpoint())
            ) as checkpoint:
                yield from trainer.train(specs, checkpoint=checkpoint, on_epoch=on_epoch)
                checkpoint.forget()
