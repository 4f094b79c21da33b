"""Which policies may be best, by their results on each image: the front door of the statistics.

One call of `infer` gives what a ranking of runs on folds needs: differences with simultaneous
intervals, p-values by sign flips, the set of policies that may be best, and what choosing the
first one can cost. The parts are in modules of their own: `image_variance` (how uncertain a
difference is), `sign_flips` (p-values), `max_t` (quantiles for many intervals), `confidence_set`
and `regret`.

What it speaks of: policies as procedures, trained on as many images of this source as a run was,
and judged on new images of it; not other sources, and not other numbers of training images.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.image_scores import Floats, ImageScores
from lr_study.comparison.image_variance import PairVariances
from lr_study.comparison.inference import LEVEL, Differences

DRAWS = 10_000
"""Draws of the signs: a p-value of 0.05 then has a standard error of 0.002."""

VERDICTS = ("best", "tied", "undecided", "worse", "clearly worse")
"""The words of `FoldInference.verdicts`."""


@dataclass(frozen=True)
class FoldInference:
    """All that `infer` found. Policies are in the order of the scores.

    Attributes
    ----------
    variances
        Differences of all pairs, and the parts of their variances.
    best
        Index of the policy with the best mean.
    critical
        Quantile of a normal distribution that makes the intervals of all pairs simultaneous.
    p_value
        (policies, policies): two-sided, corrected over all pairs; 1 on the diagonal.
    margin_of_error
        (policies, policies): the interval is difference ± margin_of_error, simultaneous over all
        pairs; 0 on the diagonal.
    set_p_value
        (policies,): the smallest level at which the policy leaves the set of those that may be
        best; 1 for the best.
    in_set
        (policies,): whether the policy may be best, at the level.
    beyond_margin
        (policies,): whether the policy is worse than the best by more than the margin: its whole
        interval lies beyond.
    regret_bound
        With confidence 1 - level, choosing the best loses at most so much against whichever policy
        is truly best; at least 0, in the unit of the values.
    margin, level
        As given to `infer`.
    """

    variances: PairVariances
    best: int
    critical: float
    p_value: Floats
    margin_of_error: Floats
    set_p_value: Floats
    in_set: NDArray[np.bool_]
    beyond_margin: NDArray[np.bool_]
    regret_bound: float
    margin: float
    level: float

    def verdicts(self) -> list[str]:
        """Return one of `VERDICTS` for each policy.

        ``best``: the best mean. ``tied``: its interval versus the best lies within the margin.
        ``undecided``: it may be best. ``worse``: it may not; by how much is not said.
        ``clearly worse``: it may not, and is worse by more than the margin.
        """
        raise NotImplementedError

    def versus(self, reference: int) -> Differences:
        """Return the differences of all policies from one, which may be the best.

        P-values and intervals hold over all pairs, so the reference may be chosen by looking.
        """
        raise NotImplementedError

    def versus_baseline(self, baseline: int) -> Differences:
        """Return the differences from a policy named beforehand: k - 1 comparisons."""
        raise NotImplementedError

    def regret_of(self, chosen: int) -> float:
        """Return what choosing this policy can lose against whichever is truly best."""
        raise NotImplementedError


def infer(
    scores: ImageScores,
    rng: np.random.Generator,
    *,
    higher_is_better: bool = True,
    margin: float,
    level: float = LEVEL,
    draws: int = DRAWS,
    prefer: int | None = None,
) -> FoldInference:
    """Compare all pairs of policies by their results on each image.

    Parameters
    ----------
    scores
        Whole repetitions of folds.
    rng
        For signs and normal numbers: the same one gives the same result.
    higher_is_better
        Whether larger values are better: True for accuracies, False for losses.
    margin
        Differences up to this size count as equivalent, in the unit of the values.
    level
        Error rate of the tests; intervals have the confidence 1 - level.
    draws
        Number of draws.
    prefer
        Of policies with the same best mean, the one that is called best; else the first.

    Raises
    ------
    UsageError
        If there are fewer than two policies.
    """
    raise NotImplementedError
