"""What a run gave: its epochs, and the summarize_curves of its curves."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lr_study.runs.protocol import Protocol
from lr_study.runs.settings import RunSpec

CONVERGENCE_TOLERANCE = 0.001


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch gave; ``epoch`` counts from 1. A loss that is not finite is None."""

    epoch: int
    loss: float | None
    accuracy: float
    val_loss: float | None
    val_accuracy: float
    learning_rate: float


CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


@dataclass(frozen=True)
class RunRecord:
    """A finished run: what it was, and what it gave.

    ``shared_among`` says among how many heads that trained in one program the wall-clock time
    was shared; ``feature_seconds`` is what the features cost once, and None for engine ``live``.
    """

    spec: RunSpec
    protocol: Protocol
    epochs: tuple[EpochRecord, ...]
    test_accuracy: float | None
    wall_clock_seconds: float
    shared_among: int = 1
    feature_seconds: float | None = None

    @property
    def cell(self) -> str:
        """The identity of the run's policy under its seed in its protocol."""
        return self.protocol.cell(self.spec.policy, self.spec.seed)

    @property
    def diverged(self) -> bool:
        """Whether a loss became infinite or not a number."""
        return has_diverged(self.epochs)

    def metrics(self) -> dict[str, float]:
        """Return the figures of the whole run by their names; what does not exist is left out."""
        tolerance = convergence_tolerance(self.protocol.val_size)
        figures: dict[str, float | None] = dict(summarize_curves(self.epochs, tolerance))
        figures["wall_clock_seconds"] = self.wall_clock_seconds
        figures["seconds_per_epoch"] = self.wall_clock_seconds / len(self.epochs)
        figures["feature_seconds"] = self.feature_seconds
        figures["test_accuracy"] = self.test_accuracy
        return {name: value for name, value in figures.items() if value is not None}


def has_diverged(epochs: Sequence[EpochRecord]) -> bool:
    """Whether a loss of any epoch is missing."""
    return any(epoch.loss is None or epoch.val_loss is None for epoch in epochs)


def convergence_tolerance(val_size: int) -> float:
    """Return the tolerance of ``convergence_epoch``: 0.001, or one picture where that is more."""
    return max(CONVERGENCE_TOLERANCE, 1 / val_size)


def convergence_epoch(val_accuracy: Sequence[float], tolerance: float) -> int:
    """Return the first epoch, from 1, from which the accuracy stays near its final value.

    Near is within ``tolerance``, to the end; an accuracy that never settles converges at the last
    epoch. A rounding error of 1e-9 is forgiven, so that one picture of tolerance is one picture.

    >>> convergence_epoch([0.2, 0.7, 0.6, 0.7, 0.7], tolerance=0)
    4
    """
    final = val_accuracy[-1]
    settled = len(val_accuracy)
    while settled > 1 and abs(val_accuracy[settled - 2] - final) <= tolerance + 1e-9:
        settled -= 1
    return settled


def summarize_curves(epochs: Sequence[EpochRecord], tolerance: float) -> dict[str, float]:
    """Return the figures of a curve: final, best, convergence, roughness, rise of the loss.

    ``val_accuracy_roughness`` is the mean absolute change from epoch to epoch, and
    ``val_loss_rise`` the final loss less the lowest. Of a run whose loss became infinite or not a
    number, the figures that need that loss are left out.

    >>> curve = [EpochRecord(1, 2.0, 0.3, 1.0, 0.5, 0.1), EpochRecord(2, 1.5, 0.5, 1.25, 0.75, 0.1)]
    >>> summarize_curves(curve, tolerance=0)["val_loss_rise"]
    0.25
    """
    accuracy = [epoch.val_accuracy for epoch in epochs]
    best = max(accuracy)
    figures: dict[str, float] = {
        "final_val_accuracy": accuracy[-1],
        "best_val_accuracy": best,
        "best_epoch": epochs[accuracy.index(best)].epoch,
        "convergence_epoch": epochs[convergence_epoch(accuracy, tolerance) - 1].epoch,
        "val_accuracy_roughness": _mean_absolute_change(accuracy),
    }
    losses = [epoch.val_loss for epoch in epochs if epoch.val_loss is not None]
    if losses:
        figures["best_val_loss"] = min(losses)
    if not has_diverged(epochs):
        figures["final_val_loss"] = losses[-1]
        figures["val_loss_rise"] = losses[-1] - min(losses)
    return figures


def required_metrics(*, diverged: bool) -> tuple[str, ...]:
    """Return the names of the figures that every finished run has."""
    always = (
        "final_val_accuracy",
        "best_val_accuracy",
        "best_epoch",
        "convergence_epoch",
        "val_accuracy_roughness",
    )
    return always if diverged else (*always, "final_val_loss", "best_val_loss", "val_loss_rise")


def _mean_absolute_change(values: Sequence[float]) -> float:
    if len(values) == 1:
        return 0.0
    changes = [abs(after - before) for before, after in pairwise(values)]
    return sum(changes) / len(changes)
