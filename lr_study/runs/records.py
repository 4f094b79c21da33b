"""The record of a finished run: its epochs, and the metrics that summarize its curves."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lr_study.runs.image_results import ImageResults
from lr_study.runs.metric import ACCURACY, Metric
from lr_study.runs.protocol import Protocol
from lr_study.runs.settings import RunSpec

CONVERGENCE_TOLERANCE = 0.001
"""The least tolerance of `convergence_epoch`, in accuracy."""

RELATIVE_TOLERANCE = 0.01
"""The tolerance of `convergence_epoch` in a metric that is no share: a part of its last value."""

CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
"""The metrics that a classifier logs every epoch, in the order of `EpochRecord`."""


@dataclass(frozen=True)
class EpochRecord:
    """The metrics of one epoch; ``epoch`` counts from 1.

    A loss that is not finite is None, and so are the accuracies of a model that is no classifier.
    ``others`` are further metrics by name, such as ``mae`` and ``val_mae``; None is not finite.
    """

    epoch: int
    loss: float | None
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    learning_rate: float
    others: Mapping[str, float | None] = field(default_factory=dict, hash=False)

    def values(self) -> dict[str, float | None]:
        """Return the metrics that the run has, by name.

        >>> list(EpochRecord(1, 0.5, None, None, None, 0.1, {"val_mae": 0.25}).values())
        ['loss', 'val_loss', 'learning_rate', 'val_mae']
        """
        known = {name: getattr(self, name) for name in CURVES}
        for name in ("accuracy", "val_accuracy"):
            if known[name] is None:
                del known[name]
        return {**known, **self.others}


@dataclass(frozen=True)
class RunRecord:
    """A finished run.

    Attributes
    ----------
    spec, protocol
        What was trained, and under which protocol.
    epochs
        One record per epoch.
    test_accuracy
        Accuracy on the test set after the last epoch; None without a test set, or of a model that
        is no classifier.
    wall_clock_seconds
        Training time of this run: its share if several softmax heads were trained as one program.
    shared_among
        The number of softmax heads that the training time was divided by.
    feature_seconds
        How long the feature extraction took; None for engine ``live``.
    image_results
        Which images were right after the last epoch; None if that is not known.
    test_metric
        What ``test_accuracy`` is of a classifier, of the metric that any other model is ranked by.
    """

    spec: RunSpec
    protocol: Protocol
    epochs: tuple[EpochRecord, ...]
    test_accuracy: float | None
    wall_clock_seconds: float
    shared_among: int = 1
    feature_seconds: float | None = None
    image_results: ImageResults | None = None
    test_metric: float | None = None

    @property
    def cell(self) -> str:
        """The identity of the run, as `Protocol.cell` computes it."""
        return self.protocol.cell(self.spec.policy, self.spec.seed)

    @property
    def diverged(self) -> bool:
        """Whether a loss became infinite or NaN."""
        return has_diverged(self.epochs)

    def metrics(self) -> dict[str, float]:
        """Return the metrics of the whole run by name, without those that do not exist."""
        tolerance = convergence_tolerance(self.protocol.val_size)
        metric = self.protocol.ranked_by
        metrics: dict[str, float | None] = dict(summarize_curves(self.epochs, tolerance, metric))
        metrics["wall_clock_seconds"] = self.wall_clock_seconds
        metrics["seconds_per_epoch"] = self.wall_clock_seconds / len(self.epochs)
        metrics["feature_seconds"] = self.feature_seconds
        metrics["test_accuracy"] = self.test_accuracy
        if metric != ACCURACY:
            metrics[f"test_{metric.name}"] = self.test_metric
        return {name: value for name, value in metrics.items() if value is not None}


def has_diverged(epochs: Sequence[EpochRecord]) -> bool:
    """Whether a loss of any epoch was infinite or NaN (which an `EpochRecord` has as None)."""
    return any(epoch.loss is None or epoch.val_loss is None for epoch in epochs)


def convergence_tolerance(val_size: int) -> float:
    """Return the tolerance of `convergence_epoch`: 0.001, or one image if that is more."""
    return max(CONVERGENCE_TOLERANCE, 1 / val_size)


def convergence_epoch(val_accuracy: Sequence[float], tolerance: float) -> int:
    """Return the first epoch, counted from 1, after which a metric stays at its final value.

    That is, within ``tolerance`` of it; a metric that never settles converges at the last epoch.
    Rounding errors up to 1e-9 are ignored, so that a tolerance of one image allows one image.

    >>> convergence_epoch([0.2, 0.7, 0.6, 0.7, 0.7], tolerance=0)
    4
    """
    final = val_accuracy[-1]
    settled = len(val_accuracy)
    while settled > 1 and abs(val_accuracy[settled - 2] - final) <= tolerance + 1e-9:
        settled -= 1
    return settled


def summarize_curves(
    epochs: Sequence[EpochRecord], tolerance: float, metric: Metric = ACCURACY
) -> dict[str, float]:
    """Return the metrics that summarize the validation curves of a run, by name.

    These are the final and best accuracy and loss, ``best_epoch``, ``convergence_epoch``,
    ``val_accuracy_roughness`` (the mean absolute change from epoch to epoch) and ``val_loss_rise``
    (final minus lowest loss). If a loss became infinite or NaN, the metrics that need it are
    omitted.

    Parameters
    ----------
    tolerance
        Of `convergence_epoch`, for an accuracy. For a metric that is no share of examples it is
        1 % of the last value.
    metric
        What the run is ranked by, and takes the place of the accuracy in the names above.

    Examples
    --------
    >>> curve = [EpochRecord(1, 2.0, 0.3, 1.0, 0.5, 0.1), EpochRecord(2, 1.5, 0.5, 1.25, 0.75, 0.1)]
    >>> summarize_curves(curve, tolerance=0)["val_loss_rise"]
    0.25
    """
    values = [epoch.values().get(metric.val) for epoch in epochs]
    known = [value for value in values if value is not None]
    metrics: dict[str, float] = {}
    if known:
        best = metric.best(known)
        metrics[metric.column("best")] = best
        metrics["best_epoch"] = epochs[values.index(best)].epoch
    if known and len(known) == len(values):
        metrics[metric.column("final")] = known[-1]
        within = tolerance if metric.is_share else RELATIVE_TOLERANCE * abs(known[-1])
        metrics["convergence_epoch"] = epochs[convergence_epoch(known, within) - 1].epoch
        metrics[f"{metric.val}_roughness"] = _mean_absolute_change(known)
    losses = [epoch.val_loss for epoch in epochs if epoch.val_loss is not None]
    if losses:
        # NaN is a loss that was not logged; what a plain min gives depends on where it stands.
        metrics["best_val_loss"] = lowest = min(losses, key=lambda loss: (math.isnan(loss), loss))
    if not has_diverged(epochs):
        metrics["final_val_loss"] = losses[-1]
        metrics["val_loss_rise"] = losses[-1] - lowest
    return metrics


def required_metrics(metric: Metric = ACCURACY, *, diverged: bool) -> tuple[str, ...]:
    """Return the names of the metrics that every finished run has, by what it is ranked by.

    Of a run that diverged, an accuracy is always a number, and any other metric may not be.
    """
    of_metric = (
        metric.column("final"),
        metric.column("best"),
        "best_epoch",
        "convergence_epoch",
        f"{metric.val}_roughness",
    )
    if diverged:
        return of_metric if metric == ACCURACY else ()
    return (*of_metric, "final_val_loss", "best_val_loss", "val_loss_rise")


def _mean_absolute_change(values: Sequence[float]) -> float:
    if len(values) == 1:
        return 0.0
    changes = [abs(after - before) for before, after in pairwise(values)]
    return sum(changes) / len(changes)
