"""Join the scalars of several event files into the curves of one run."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lr_study.importing.event_files import Point
from lr_study.importing.rates import LoggedRates
from lr_study.importing.step_axes import by_epoch
from lr_study.runs import CURVES, EpochRecord, summarize_curves

# The names that versions of Keras have used; the first one that a run has is read.
_KERAS_NAMES = {
    "loss": ("loss",),
    "accuracy": (
        "accuracy",
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "binary_accuracy",
        "acc",
    ),
    "learning_rate": ("learning_rate", "lr"),
}
_VALIDATION_CURVES = ("loss", "accuracy")

# What PyTorch Lightning, transformers and others call them, training and validation in one file.
_OTHER_NAMES = {
    "loss": ("train/loss", "train_loss", "Loss/train"),
    "accuracy": ("train/accuracy", "train/acc", "train_acc", "train_accuracy", "Accuracy/train"),
    "val_loss": ("eval/loss", "val/loss", "Loss/val"),
    "val_accuracy": ("eval/accuracy", "val/accuracy", "val/acc", "Accuracy/val"),
    "learning_rate": (
        "train/learning_rate",
        "train/lr",
        *(f"lr-{name}" for name in ("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "NAdam")),
    ),
}

_MAX_WALL_TIME = 1e11  # seconds since 1970; any real wall-clock time is below
_MAX_EPOCHS = 1_000_000


def _tags(curve: str, prefix: str = "") -> tuple[str, ...]:
    return tuple(
        f"{epoch}{prefix}{name}" for epoch in ("epoch_", "") for name in _KERAS_NAMES[curve]
    )


_IN_TRAIN = {curve: _tags(curve) for curve in _KERAS_NAMES}
_IN_VALIDATION = {f"val_{curve}": _tags(curve) for curve in _VALIDATION_CURVES}
_IN_BOTH = {
    name: (*tags, *_OTHER_NAMES[name])
    for name, tags in (
        _IN_TRAIN | {f"val_{curve}": _tags(curve, "val_") for curve in _VALIDATION_CURVES}
    ).items()
}

TAGS = frozenset(tag for tags in _IN_BOTH.values() for tag in tags)
"""The tags of all curves, in any version of Keras."""


@dataclass(frozen=True)
class Curves:
    """The curves of a run by name, each a point per epoch; epochs are counted from 1.

    Attributes
    ----------
    points
        The curves by name. A learning rate that was logged by steps is that of the last step of
        each epoch, or missing if that was not logged.
    steps_per_epoch, step_rates
        As `by_epoch` returns them.
    problem
        Why curves were left out, or None.
    """

    points: Mapping[str, Mapping[int, Point]]
    steps_per_epoch: int | None = None
    step_rates: Mapping[int, float] = field(default_factory=dict)
    problem: str | None = None

    @property
    def epochs(self) -> tuple[int, ...]:
        """The complete epochs: those with a validation accuracy and a validation loss."""
        accuracy, loss = self.points["val_accuracy"], self.points["val_loss"]
        return tuple(
            epoch
            for epoch in sorted(accuracy.keys() & loss.keys())
            if math.isfinite(accuracy[epoch].value)
        )

    def lists(self) -> dict[str, list[float | None]]:
        """Return each curve as one value per epoch, from 1 to the last complete epoch.

        A value that is missing or not finite is None. A curve without any points is empty.
        """
        last = self.epochs[-1]
        lists: dict[str, list[float | None]] = {}
        for name in CURVES:
            values: list[float | None] = [None] * last
            for epoch in self.epochs:
                point = self.points[name].get(epoch)
                if point is not None and math.isfinite(point.value):
                    values[epoch - 1] = point.value
            lists[name] = values if self.points[name] else []
        return lists

    def finite_points(self) -> list[tuple[str, int, Point]]:
        """Return the finite points of complete epochs: the name of the curve, epoch, point."""
        complete = set(self.epochs)
        return [
            (name, epoch, point)
            for name in CURVES
            for epoch, point in sorted(self.points[name].items())
            if epoch in complete and math.isfinite(point.value)
        ]

    @property
    def diverged(self) -> bool:
        """Whether a loss in a complete epoch is infinite or NaN."""
        return any(
            epoch in self.points[name] and not math.isfinite(self.points[name][epoch].value)
            for name in ("loss", "val_loss")
            for epoch in self.epochs
        )

    def rates(self) -> list[float | None]:
        """Return the logged learning rates, starting with what a policy calls epoch 0.

        The list is empty if no rate was logged.
        """
        rates = self.points["learning_rate"]
        epochs = range(1, self.epochs[-1] + 1) if rates else ()
        return [rates[epoch].value if epoch in rates else None for epoch in epochs]

    def logged_rates(self) -> LoggedRates:
        """Return the logged learning rates, by epoch or by step, with the other curves."""
        epochs, metrics = self.epochs[-1], self.lists()
        if self.steps_per_epoch is None:
            return LoggedRates(self.rates(), epochs, None, metrics)
        values = [self.step_rates.get(step) for step in range(max(self.step_rates) + 1)]
        return LoggedRates(values, epochs, self.steps_per_epoch, metrics)

    def without_rates(self) -> "Curves":
        """Return the curves but for the learning rate."""
        return replace(self, points={**self.points, "learning_rate": {}})

    def seconds_per_epoch(self) -> float | None:
        """Return the median time between the ends of consecutive epochs, or None.

        The median, because a run that was interrupted and resumed has a gap.
        """
        ends = self.points["val_accuracy"]
        gaps = [
            ends[after].wall_time - ends[before].wall_time
            for before, after in pairwise(self.epochs)
            if after == before + 1
        ]
        return statistics.median(gaps) if gaps else None

    def summarize(self, tolerance: float) -> dict[str, float]:
        """Return the metrics of the whole run, as `summarize_curves` computes them."""
        return summarize_curves([self._record(epoch) for epoch in self.epochs], tolerance)

    def _record(self, epoch: int) -> EpochRecord:
        """Return an epoch's record for the summary, which does not use the two NaN fields."""

        def value(name: str) -> float | None:
            point = self.points[name].get(epoch)
            if point is None:
                return math.nan  # missing, which is not the same as diverged
            return point.value if math.isfinite(point.value) else None

        accuracy = self.points["val_accuracy"][epoch].value
        return EpochRecord(
            epoch=epoch,
            loss=value("loss"),
            accuracy=math.nan,
            val_loss=value("val_loss"),
            val_accuracy=accuracy,
            learning_rate=math.nan,
        )


def join(
    train: Iterable[Sequence[Point]],
    validation: Iterable[Sequence[Point]],
    both: Iterable[Sequence[Point]] = (),
) -> Curves:
    """Join the scalars in the files of a run, each in the order of its file, into curves.

    Steps are counted from 0, epochs from 1; steps of the training become epochs as `by_epoch` says.
    As in TensorBoard, a later file continues an earlier
    one: from its first step on, it replaces the points of the earlier file. So if a run was
    restarted in the same folder, the later run is read.

    Parameters
    ----------
    train, validation, both
        The scalars of each file with the curves of the training set, of the validation set, and of
        both.
    """
    curves: dict[str, dict[int, Point]] = {name: {} for name in CURVES}
    for tags_of, files in ((_IN_TRAIN, train), (_IN_VALIDATION, validation), (_IN_BOTH, both)):
        usable = [[point for point in file if _is_usable(point)] for file in files]
        for points in sorted(filter(None, usable), key=lambda points: points[0].wall_time):
            for name, tags in tags_of.items():
                curve = _first_curve(points, tags)
                if curve:
                    start = min(curve)
                    earlier = {e: p for e, p in curves[name].items() if e < start}
                    curves[name] = earlier | curve
    is_of_keras = any(
        p.tag.startswith("epoch_") for curve in curves.values() for p in curve.values()
    )
    axes = by_epoch(curves, counts_epochs=is_of_keras)
    return Curves(axes.points, axes.steps_per_epoch, axes.step_rates, axes.problem)


def _is_usable(point: Point) -> bool:
    return 0 <= point.step < _MAX_EPOCHS and 0 <= point.wall_time < _MAX_WALL_TIME


def _first_curve(points: Sequence[Point], tags: Sequence[str]) -> dict[int, Point]:
    """Return the points of the first tag that has any, by epoch."""
    for tag in tags:
        curve = {point.step + 1: point for point in points if point.tag == tag}
        if curve:
            return curve
    return {}
