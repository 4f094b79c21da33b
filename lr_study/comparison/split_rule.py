"""The rule for runs that are known by one score each: paired t tests over seeds.

It serves runs on splits, runs without per-image results, and rankings by the best epoch.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.differences import (
    compare_all_pairs,
    difference_at,
    known_size,
)
from lr_study.comparison.inference import (
    LEVEL,
    AllPairs,
    Differences,
    TestConfig,
    assign_verdicts,
    many_to_one,
    mean_interval,
    required_data_factor,
    required_seeds,
    wilson_interval,
)
from lr_study.comparison.messages import Message, message
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference, Interval, SampleSize
from lr_study.comparison.rule import Judgement


class SplitRule:
    """Judges by one score a run, with the variance of Nadeau and Bengio; a `Rule`."""

    name = "splits"
    level = LEVEL

    def __init__(
        self,
        paired: PairedScores,
        criteria: ComparisonCriteria,
        config: TestConfig,
        notes: Sequence[Message] = (),
    ) -> None:
        self.paired = paired
        self.notes = notes
        self._criteria, self._config = criteria, config
        self._from_baseline: dict[tuple[str, int], Differences] = {}

    @cached_property
    def _pairs(self) -> dict[str, AllPairs]:
        return compare_all_pairs(self.paired, self._criteria)

    @property
    def decides(self) -> bool:
        """Whether there are several seeds."""
        return len(self.paired.seeds) > 1

    @cached_property
    def estimates(self) -> Sequence[float]:
        """Means over seeds."""
        return [float(mean) for mean in self._tested.scores.mean(axis=1)]

    @property
    def _tested(self) -> AllPairs:
        return self._pairs[self._criteria.by.val]

    def judge(self, best: int) -> Judgement:
        """Return verdicts by p-value, margin and interval."""
        verdicts = assign_verdicts(
            self._tested.versus(best),
            self._config,
            higher_is_better=self._criteria.by.higher_is_better,
        )
        return Judgement(verdicts, [None] * len(verdicts))

    def interval(self, policy: int) -> tuple[Interval | None, Message | None]:
        """Return a t interval over seeds; with one seed, that of sampling images."""
        scores, is_accuracy = self._tested.scores[policy], self._criteria.by.is_share
        size = known_size(self.paired.protocol.get("val_size"))
        if np.isnan(scores).any():
            return None, None
        if len(scores) > 1:
            low, high = mean_interval(scores, self._config)
            if is_accuracy:
                low, high = max(low, 0.0), min(high, 1.0)
            return (low, high), message("t", seeds=len(scores))
        if is_accuracy and size:
            method = message("wilson validation", size=size)
            return wilson_interval(float(scores[0]), size), method
        return None, None

    def difference(self, metric: str, policy: int, over: int) -> Difference:
        """Return a paired difference, corrected over all pairs."""
        return difference_at(self._pairs[metric].versus(over), policy)

    def from_baseline(self, metric: str, policy: int, baseline: int) -> Difference:
        """Return a paired difference, corrected over the policies but the baseline."""
        key = (metric, baseline)
        if key not in self._from_baseline:
            tested = self._pairs[metric]
            self._from_baseline[key] = many_to_one(tested.scores, baseline, tested.config)
        return difference_at(self._from_baseline[key], policy)

    def needed(self, policy: int, best: int) -> SampleSize:
        """Return the seeds at which the interval would settle, else the factor of images."""
        name = self.paired.policies[policy]
        found = self._tested.versus(best)
        mean, std_diff = float(found.mean[policy]), float(found.std_diff[policy])
        if np.isnan(mean) or np.isnan(std_diff):
            return SampleSize(name, None, None)
        seeds = required_seeds(mean, std_diff, found.comparisons, self._config)
        if seeds is not None:
            return SampleSize(name, seeds, None)
        factor = required_data_factor(mean, float(found.margin_of_error[policy]), self._config)
        return SampleSize(name, None, float(factor) if np.isfinite(factor) else None)
