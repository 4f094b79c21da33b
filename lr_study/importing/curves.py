"""Join the scalars of several event files into the curves of one run."""

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lr_study.importing.event_files import Point
from lr_study.importing.rates import LoggedRates
from lr_study.runs import CURVES, EpochRecord, summarize_curves


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
    problems
        What was left out or assumed, a line each.
    refusal
        Why the run cannot be ranked, or None.
    """

    points: Mapping[str, Mapping[int, Point]]
    steps_per_epoch: int | None = None
    step_rates: Mapping[int, float] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    refusal: str | None = None

    @property
    def epochs(self) -> tuple[int, ...]:
        """The complete epochs: those with what is ranked, a validation accuracy."""
        accuracy = self.points["val_accuracy"]
        return tuple(epoch for epoch in sorted(accuracy) if math.isfinite(accuracy[epoch].value))

    @property
    def validated_every(self) -> int:
        """The epochs from each validation to the next, if they are the same; else 1."""
        apart = {after - before for before, after in pairwise(self.epochs)}
        return apart.pop() if len(apart) == 1 else 1

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

    def refused(self, reason: str) -> "Curves":
        """Return the curves with why they cannot be ranked."""
        return replace(self, refusal=reason)

    def without_rates(self) -> "Curves":
        """Return the curves but for the learning rate."""
        return replace(self, points={**self.points, "learning_rate": {}})

    def seconds_per_epoch(self) -> float | None:
        """Return the median time between the ends of consecutive epochs, or None.

        The median, because a run that was interrupted and resumed has a gap.
        """
        ends = self.points["val_accuracy"]
        if any(point.wall_time == 0 for point in ends.values()):  # a table without times
            return None
        gaps = [
            ends[after].wall_time - ends[before].wall_time
            for before, after in pairwise(self.epochs)
            if after == before + 1
        ]
        return statistics.median(gaps) if gaps else None

    def summarize(self, tolerance: float) -> dict[str, float]:
        """Return the metrics of the whole run, as `summarize_curves` computes them.

        Those that need a loss which was not logged are missing.
        """
        metrics = summarize_curves([self._record(epoch) for epoch in self.epochs], tolerance)
        return {name: value for name, value in metrics.items() if not math.isnan(value)}

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
