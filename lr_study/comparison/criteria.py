"""Criteria of a comparison: metric, epoch, baseline, margin and target."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lr_study.policies import parse
from lr_study.runs import ACCURACY, LOSS, Metric, metric_of
from lr_study.support import UsageError, real_number, require_one_of, text

SELECTION_RULES = ("final", "best")

MARGIN_POINTS = 0.5
"""The usual margin where it is in hundredths: of a share of examples, or of a loss."""


@dataclass(frozen=True)
class ComparisonCriteria:
    """What to rank policies by, and what to compare them with; checked on construction.

    Parameters
    ----------
    metric, at
        What to rank by: ``val_accuracy``, ``val_loss`` or another metric that the runs have, at the
        last epoch (``final``) or the run's best (``best``). None is the metric of the runs'
        protocol.
    baseline
        The policy that the others are compared with, in any of its text forms.
    margin
        Equivalence margin. For an accuracy in points, that is hundredths, and for a loss in
        hundredths of a nat: 0.5 means that the probability of the true class differs by 0.5 % in
        geometric mean. For any other metric in its own unit. None is 0.5 for the first two, and 0,
        within which nothing is tied, for any other.
    target
        Value of the protocol's metric, for counting the epochs until it is reached: of an accuracy
        from 0 to 1. None is the final one of the baseline under the same seed.
    higher_is_better
        Which values of the metric are better, where neither its name nor the protocol tells.

    Raises
    ------
    UsageError
        If a value is not allowed.

    >>> ComparisonCriteria(at="best").column, ComparisonCriteria("val_mae").column
    ('best_val_accuracy', 'final_val_mae')
    """

    metric: str | None = None
    at: str = "final"
    baseline: str = "fixed:lr=0.001"
    margin: float | None = None
    target: float | None = None
    higher_is_better: bool | None = None

    def __post_init__(self) -> None:
        if self.metric is not None and not text("metric", self.metric):
            raise UsageError("metric is empty: give the name of a metric of the runs")
        require_one_of("at", self.at, SELECTION_RULES)
        object.__setattr__(self, "baseline", str(parse(self.baseline)))
        if self.margin is not None:
            object.__setattr__(self, "margin", real_number("margin", self.margin))
            if not 0 <= self.margin < math.inf:
                raise UsageError(f"margin={self.margin} is not allowed: it is 0 or more")
        if self.target is not None:
            object.__setattr__(self, "target", real_number("target", self.target))

    def of_runs(self, protocols: Sequence[Mapping[str, Any]]) -> "ComparisonCriteria":
        """Return the criteria with the metric and direction for runs of these protocols.

        If none is named, that is the metric by which most of the runs are ranked.

        Raises
        ------
        UsageError
            If the direction is not known, or margin or target are not allowed for the metric.
        """
        own = Counter(map(metric_of, protocols)) or Counter([ACCURACY])
        usual = min(own, key=lambda metric: (-own[metric], metric.name))
        if self.target is not None and usual.is_share and not 0 < self.target <= 1:
            raise UsageError(f"target={self.target} is not allowed: an accuracy, 0 < target <= 1")
        name = usual.name if self.metric is None else self.metric.removeprefix("val_")
        known = next((metric for metric in own if metric.name == name), None)
        if known is None or self.higher_is_better is None:
            metric = known or Metric.named(name, self.higher_is_better)
        elif known.higher_is_better != self.higher_is_better:
            raise UsageError(
                f"higher_is_better={self.higher_is_better} is not allowed for {known.val}: the "
                "protocol of the runs says otherwise"
            )
        else:
            metric = known
        found = replace(self, metric=metric.val, higher_is_better=metric.higher_is_better)
        if found.is_in_points and self.margin is not None and self.margin > 100:
            raise UsageError(f"margin={self.margin} is not allowed: points, 0 <= margin <= 100")
        return found

    @property
    def by(self) -> Metric:
        """The metric that policies are ranked by."""
        if self.metric is None:
            return ACCURACY
        return Metric.named(self.metric, self.higher_is_better)

    @property
    def column(self) -> str:
        """Name of the column of runs that policies are ranked by."""
        return self.by.column(self.at)

    @property
    def is_in_points(self) -> bool:
        """Whether the margin is in hundredths of the metric."""
        return self.by.is_share or self.by == LOSS

    @property
    def margin_in_units(self) -> float:
        """The margin in units of the metric."""
        if self.is_in_points:
            return (MARGIN_POINTS if self.margin is None else self.margin) / 100
        return self.margin or 0.0
