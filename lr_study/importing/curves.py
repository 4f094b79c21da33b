"""Scalars of several files -> the curves of one run."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lr_study.importing.event_files import Point
from lr_study.runs import CURVES, EpochRecord, summarize_curves

# Keras's names, from its first TensorBoard callback to today's; the first that a run has counts.
_PLAIN = {
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
_MEASURED = ("loss", "accuracy")

_LATEST = 1e11  # seconds since 1970; what a wall-clock time is below
_MOST_EPOCHS = 1_000_000


def _tags(curve: str, prefix: str = "") -> tuple[str, ...]:
    return tuple(f"{before}{prefix}{name}" for before in ("epoch_", "") for name in _PLAIN[curve])


_IN_TRAIN = {curve: _tags(curve) for curve in _PLAIN}
_IN_VALIDATION = {f"val_{curve}": _tags(curve) for curve in _MEASURED}
_IN_BOTH = _IN_TRAIN | {f"val_{curve}": _tags(curve, "val_") for curve in _MEASURED}

WANTED = frozenset(tag for names in _IN_BOTH.values() for tag in names)
"""The tags that mean something here."""


@dataclass(frozen=True)
class Curves:
    """The curves of a run by name, each with a point an epoch; epochs count from 1."""

    points: Mapping[str, Mapping[int, Point]]

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs that count: those with a validation accuracy and a validation loss."""
        accuracy, loss = self.points["val_accuracy"], self.points["val_loss"]
        return tuple(
            epoch
            for epoch in sorted(accuracy.keys() & loss.keys())
            if math.isfinite(accuracy[epoch].value)
        )

    def lists(self) -> dict[str, list[float | None]]:
        """Return each curve as a value an epoch, from 1 to the last that counts.

        None stands where there is no value, or none that is finite; a curve of which there is
        nothing at all is empty.
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

    def kept(self) -> list[tuple[str, int, Point]]:
        """Return the finite points of the epochs that count: name of the curve, epoch, point."""
        counting = set(self.epochs)
        return [
            (name, epoch, point)
            for name in CURVES
            for epoch, point in sorted(self.points[name].items())
            if epoch in counting and math.isfinite(point.value)
        ]

    @property
    def diverged(self) -> bool:
        """Whether a loss of an epoch that counts became infinite or not a number."""
        return any(
            epoch in self.points[name] and not math.isfinite(self.points[name][epoch].value)
            for name in ("loss", "val_loss")
            for epoch in self.epochs
        )

    def rates(self) -> list[float | None]:
        """Return the logged learning rates as a policy gives them: the first is of epoch 0.

        Where no rate was logged at all, the list is empty.
        """
        rates = self.points["learning_rate"]
        epochs = range(1, self.epochs[-1] + 1) if rates else ()
        return [rates[epoch].value if epoch in rates else None for epoch in epochs]

    def seconds_per_epoch(self) -> float | None:
        """Return the median time from one epoch's end to the next's, None of a single epoch.

        The median, because a run that was stopped and went on has a gap that is no epoch.
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
        """An epoch's record for the summaries, which use no accuracy or rate of training."""

        def value(name: str) -> float | None:
            point = self.points[name].get(epoch)
            if point is None:
                return math.nan  # absent is not diverged
            return point.value if math.isfinite(point.value) else None

        accuracy = self.points["val_accuracy"][epoch].value
        nowhere = math.nan
        return EpochRecord(epoch, value("loss"), nowhere, value("val_loss"), accuracy, nowhere)


def join(
    train: Iterable[Sequence[Point]],
    validation: Iterable[Sequence[Point]],
    both: Iterable[Sequence[Point]] = (),
) -> Curves:
    """Join the scalars of a run's files, those of each file in its order, into curves.

    Steps count from 0, epochs from 1. A later file goes on with what an earlier one began: from
    the step at which it begins, what the earlier one has is replaced, as TensorBoard does it. So
    a run that was started anew in its old folder is the later run.
    """
    found: dict[str, dict[int, Point]] = {name: {} for name in CURVES}
    for meaning, files in ((_IN_TRAIN, train), (_IN_VALIDATION, validation), (_IN_BOTH, both)):
        usable = [[point for point in file if _is_usable(point)] for file in files]
        for points in sorted(filter(None, usable), key=lambda points: points[0].wall_time):
            for name, tags in meaning.items():
                curve = _first_present(points, tags)
                if curve:
                    begin = min(curve)
                    earlier = {e: p for e, p in found[name].items() if e < begin}
                    found[name] = earlier | curve
    return Curves(found)


def _is_usable(point: Point) -> bool:
    return 0 <= point.step < _MOST_EPOCHS and 0 <= point.wall_time < _LATEST


def _first_present(points: Sequence[Point], tags: Sequence[str]) -> dict[int, Point]:
    for tag in tags:
        curve = {point.step + 1: point for point in points if point.tag == tag}
        if curve:
            return curve
    return {}
