"""The rule for runs on folds with per-image results: which images did each policy get right?

`lr_study.comparison.fold_inference` computes on arrays. Here policies that diverged are left out of
it, since their losses are not numbers, and what it finds becomes values of a ranking.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache, cached_property

import numpy as np
from scipy.special import stdtrit

from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.decidability import (
    parts_of,
    required_image_factor,
    required_repetitions,
)
from lr_study.comparison.differences import difference_at
from lr_study.comparison.fold_inference import FoldInference, infer
from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.image_variance import pair_variances
from lr_study.comparison.inference import LEVEL, Differences, TestConfig
from lr_study.comparison.messages import Message, message
from lr_study.comparison.paired_images import IMAGE_METRICS, RANDOM_SEED, image_scores
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference, Interval, SampleSize, VarianceShares
from lr_study.comparison.rule import Judgement
from lr_study.comparison.selection_bias import correct_for_choosing
from lr_study.comparison.split_rule import SplitRule


class FoldRule:
    """Judges whole repetitions of folds image by image; a `Rule`.

    Parameters
    ----------
    paired
        Runs with image results; their seeds are whole repetitions.
    folds
        Number of folds.
    config
        How the ranking metric is tested; its margin is at least one image of all.
    level
        Error rate of the verdicts: smaller after earlier interim analyses.

    Raises
    ------
    UsageError
        If the runs cannot be compared image by image.
    """

    name = "folds"
    decides = True

    def __init__(
        self,
        paired: PairedScores,
        folds: int,
        criteria: ComparisonCriteria,
        config: TestConfig,
        notes: Sequence[Message] = (),
        level: float = LEVEL,
    ) -> None:
        self.paired = paired
        self.notes = notes
        self._folds, self._criteria, self._config, self.level = folds, criteria, config, level
        diverged = np.asarray(paired.values("diverged") > 0).any(axis=1)
        self._tested = [int(i) for i in np.flatnonzero(~diverged)]
        self._place = {policy: place for place, policy in enumerate(self._tested)}
        self._by_run = SplitRule(paired, criteria, config)
        self._scores: Callable[[str], ImageScores] = cache(self._scores_of)
        self._scores(criteria.by.val)
        self._found: Callable[[str], FoldInference] = cache(self._infer)
        self._from_baseline: Callable[[str, int], Differences] = cache(
            lambda metric, baseline: self._found(metric).versus_baseline(self._place[baseline])
        )
        self._over: Callable[[str, int], Differences] = cache(
            lambda metric, over: self._found(metric).versus(self._place[over])
        )

    def _scores_of(self, metric: str) -> ImageScores:
        return image_scores(self.paired.select(self._tested), metric, self._folds)

    def _infer(self, metric: str) -> FoldInference:
        baseline = self._criteria.baseline
        policies = self.paired.policies
        preferred = policies.index(baseline) if baseline in policies else None
        return infer(
            self._scores(metric),
            np.random.default_rng(RANDOM_SEED),
            higher_is_better=IMAGE_METRICS[metric],
            margin=self._config.equivalence_margin,
            level=self.level,
            prefer=None if preferred is None else self._place.get(preferred),
        )

    @property
    def _metric(self) -> str:
        return self._criteria.by.val

    @cached_property
    def estimates(self) -> Sequence[float]:
        """Means over images; over runs for a policy that diverged."""
        estimates = list(self._by_run.estimates)
        if self._tested:
            for policy, mean in zip(self._tested, self._scores(self._metric).means, strict=True):
                estimates[policy] = float(mean)
        return estimates

    def judge(self, best: int) -> Judgement:
        """Return verdicts by the confidence set, the bound of regret, and corrected estimates."""
        count = len(self.paired.policies)
        verdicts = ["undecided"] * count
        if best not in self._place:
            return Judgement(verdicts, [None] * count)
        verdicts[best] = "best"
        shares: list[float | None] = [None] * count
        regret: float | None = None
        if len(self._tested) > 1:
            found, reference = self._found(self._metric), self._place[best]
            for policy, verdict in zip(self._tested, found.verdicts(), strict=True):
                verdicts[policy] = verdict
                if policy != best:
                    share = found.variances.seed_share[self._place[policy], reference]
                    shares[policy] = float(share)
            scale = 100 if self._criteria.by.is_share else 1
            regret = scale * found.regret_bound
        corrected, gain = self._corrected()
        return Judgement(
            verdicts, shares, regret, corrected, gain, self._variance_shares(verdicts, best)
        )

    def _corrected(self) -> tuple[float | None, float | None]:
        """The first policy's estimate and its gain over the baseline, corrected for choosing."""
        if len(self._tested) < 2:
            return None, None
        policies, baseline = self.paired.policies, self._criteria.baseline
        place = self._place.get(policies.index(baseline)) if baseline in policies else None
        found = correct_for_choosing(
            self._scores(self._metric),
            np.random.default_rng(RANDOM_SEED),
            higher_is_better=self._criteria.by.higher_is_better,
        )
        if place is None:
            return found.corrected, None
        gain = found.gain_over(place)
        return found.corrected, gain if self._criteria.by.higher_is_better else -gain

    def _variance_shares(self, verdicts: Sequence[str], best: int) -> VarianceShares | None:
        """The parts of the variance of all undecided differences from the best together."""
        open_ = [self._place[i] for i in self._tested if verdicts[i] == "undecided"]
        if not open_:
            return None
        variances, reference = self._found(self._metric).variances, self._place[best]
        total = float(variances.variance[open_, reference].sum())
        if not total > 0:
            return None
        seeds = float(variances.seed_part[open_, reference].sum()) / total
        if variances.repetitions == 1:
            return VarianceShares(1 - seeds, None, seeds)
        interaction = float(variances.interaction_part[open_, reference].sum()) / total
        return VarianceShares(1 - interaction - seeds, interaction, seeds)

    def interval(self, policy: int) -> tuple[Interval | None, Message | None]:
        """Return the interval of a mean: that of its difference from a policy that is always 0."""
        if policy not in self._place:
            return self._by_run.interval(policy)
        scores = self._scores(self._metric)
        own = scores.values[self._place[policy]]
        alone = ImageScores(
            np.stack([own, np.zeros_like(own)]), scores.fold, scores.folds, scores.resolution
        )
        found = pair_variances(alone)
        mean = float(found.difference[0, 1])
        quantile = float(stdtrit(found.freedom[0, 1], 1 - LEVEL / 2))
        half = quantile * math.sqrt(found.variance[0, 1])
        low, high = mean - half, mean + half
        if self._criteria.by.is_share:
            low, high = max(low, 0.0), min(high, 1.0)
        return (low, high), message("t of images", seeds=scores.seeds, images=scores.images)

    def difference(self, metric: str, policy: int, over: int) -> Difference:
        """Return a difference with its sign-flip p-value and interval over all pairs."""
        if metric not in IMAGE_METRICS:
            return self._by_run.difference(metric, policy, over)
        if not self._comparable(policy, over):
            return _mean_alone(self._by_run.difference(metric, policy, over))
        return self._image_difference(self._over(metric, over), policy)

    def from_baseline(self, metric: str, policy: int, baseline: int) -> Difference:
        """Return the same from a policy named beforehand, over the others alone."""
        if metric not in IMAGE_METRICS:
            return self._by_run.from_baseline(metric, policy, baseline)
        if not self._comparable(policy, baseline):
            return _mean_alone(self._by_run.from_baseline(metric, policy, baseline))
        return self._image_difference(self._from_baseline(metric, baseline), policy)

    def _comparable(self, policy: int, other: int) -> bool:
        return policy in self._place and other in self._place and len(self._tested) > 1

    def _image_difference(self, differences: Differences, policy: int) -> Difference:
        return difference_at(differences, self._place[policy], "per image", "max-t")

    def needed(self, policy: int, best: int) -> SampleSize:
        """Return the seeds at which the interval would settle, else the factor of images.

        Seeds lower the seed part and the interaction of image and seed; what lasts about the
        images stays. Both are None at one repetition, where these two cannot be separated.
        """
        name = self.paired.policies[policy]
        if not self._comparable(policy, best):
            return SampleSize(name, None, None)
        found, margin = self._found(self._metric), self._config.equivalence_margin
        parts = parts_of(found.variances, self._place[policy], self._place[best])
        if np.isnan(parts.lasting):
            return SampleSize(name, None, None)
        # Within the margin, or worse if only by little: whichever is shown sooner decides.
        ways = (margin, 0.0)
        repetitions = [required_repetitions(parts, found.critical, way) for way in ways]
        known = [count for count in repetitions if count is not None]
        if known:
            return SampleSize(name, self._folds * max(min(known), parts.repetitions + 1), None)
        factor = min(required_image_factor(parts, found.critical, way) for way in ways)
        return SampleSize(name, None, factor if math.isfinite(factor) else None)


class UnfinishedRepetition(SplitRule):
    """The rule of folds before one whole repetition: means and intervals, but no verdict."""

    name = "folds"

    @property
    def decides(self) -> bool:
        """That there are not enough runs."""
        return False

    def judge(self, best: int) -> Judgement:
        """Return that nothing is decided: some images have not been validated on yet."""
        count = len(self.paired.policies)
        return Judgement(["undecided"] * count, [None] * count)

    def difference(self, metric: str, policy: int, over: int) -> Difference:
        """Return the mean difference."""
        return _mean_alone(super().difference(metric, policy, over))

    def from_baseline(self, metric: str, policy: int, baseline: int) -> Difference:
        """Return the mean difference."""
        return _mean_alone(super().from_baseline(metric, policy, baseline))

    def needed(self, policy: int, best: int) -> SampleSize:
        """Return that neither can be estimated."""
        return SampleSize(self.paired.policies[policy], None, None)


def _mean_alone(difference: Difference) -> Difference:
    return Difference(difference.mean, n=difference.n)
