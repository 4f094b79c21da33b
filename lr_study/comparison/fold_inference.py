"""Which policies may be best, by their results on each image: the entry point of the statistics.

One call of `infer` gives what a ranking of runs on folds needs: differences with simultaneous
intervals, p-values by sign flips, the set of policies that may be best, and what choosing the
first one can cost. The parts are in modules of their own: `image_variance` (how uncertain a
difference is), `sign_flips` (p-values), `max_t` (quantiles for many intervals), `confidence_set`
and `regret`.

Its conclusions are about policies as procedures, trained on as many images of this source as a run
was, and judged on new images of it; not about other sources or numbers of training images.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison import confidence_set, max_t, regret, sign_flips
from lr_study.comparison.image_scores import Floats, ImageScores
from lr_study.comparison.image_variance import PairVariances, pair_variances
from lr_study.comparison.inference import LEVEL, Differences
from lr_study.comparison.pair_draws import PairDraws
from lr_study.support import UsageError

DRAWS = 10_000
"""Draws of the signs: a p-value of 0.05 then has a standard error of 0.002."""


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
    margin, level
        As given to `infer`.
    higher_is_better
        As given to `infer`.
    std_diff
        (policies, policies): standard deviation of each difference over seeds.
    flips, normals
        The draws that p-values, and that intervals, are from.
    """

    variances: PairVariances
    best: int
    critical: float
    p_value: Floats
    margin_of_error: Floats
    set_p_value: Floats
    margin: float
    level: float
    higher_is_better: bool
    std_diff: Floats
    flips: PairDraws
    normals: PairDraws

    @property
    def in_set(self) -> NDArray[np.bool_]:
        """Whether each policy may be best, at the level, (policies,)."""
        return np.asarray(self.set_p_value >= self.level)

    @property
    def lead(self) -> Floats:
        """Differences, above 0 where the first policy of a pair is better."""
        return _oriented(self.variances.difference, self.higher_is_better)

    @property
    def beyond_margin(self) -> NDArray[np.bool_]:
        """Whether each policy is worse than the best by more than the margin, (policies,).

        Tested is the difference less the margin: the whole interval lies beyond it.
        """
        return np.asarray(self.lead[self.best] - self.margin_of_error[self.best] > self.margin)

    @property
    def regret_bound(self) -> float:
        """What choosing the best loses at most, with confidence 1 - level; see `regret_of`."""
        return self.regret_of(self.best)

    def regret_of(self, chosen: int) -> float:
        """Return what choosing a policy loses at most against whichever is truly best.

        At least 0, in the unit of the values, with confidence 1 - level.
        """
        better = _oriented(sign_flips.normal_statistics(self.variances), self.higher_is_better)
        return regret.regret_bound(chosen, self.lead, better, self.variances, self._rival_quantiles)

    @cached_property
    def _rival_quantiles(self) -> Floats:
        return regret.rival_quantiles(self.flips, self.level)

    def verdicts(self) -> list[str]:
        """Return a verdict on each policy.

        ``best``: the best mean. ``tied``: its interval versus the best lies within the margin.
        ``undecided``: it may be best. ``worse``: it is not best, by an amount that may be within
        the margin. ``clearly worse``: it is worse than the best by more than the margin.
        """
        tied = np.abs(self.lead[self.best]) + self.margin_of_error[self.best] <= self.margin
        verdicts = np.select(
            [tied, self.in_set, ~self.beyond_margin],
            ["tied", "undecided", "worse"],
            "clearly worse",
        ).tolist()
        verdicts[self.best] = "best"
        return [str(verdict) for verdict in verdicts]

    def versus(self, reference: int) -> Differences:
        """Return the differences of all policies from one, which may be the best.

        P-values and intervals hold over all pairs, so results may choose the reference.
        """
        policies = len(self.p_value)
        return Differences(
            mean=self.variances.difference[:, reference],
            margin_of_error=self.margin_of_error[:, reference],
            p_value=self.p_value[:, reference],
            std_diff=self.std_diff[:, reference],
            reference=reference,
            seeds=self.variances.seeds,
            comparisons=policies * (policies - 1) // 2,
        )

    def versus_baseline(self, baseline: int) -> Differences:
        """Return the differences from a policy named beforehand: k - 1 comparisons."""
        return versus_named(
            self.variances, self.flips, self.normals, self.std_diff, baseline, self.level
        )


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

    Examples
    --------
    Three policies on 200 images; the third is wrong on 60 of them, the second on one.

    >>> right = np.ones((3, 2, 200))
    >>> right[1, :, 7] = right[2, :, :60] = 0
    >>> fold = [np.arange(200) % 5, np.arange(200) // 5 % 5]
    >>> found = infer(ImageScores(right, fold, 5), np.random.default_rng(0), margin=0.05)
    >>> found.verdicts()
    ['best', 'tied', 'clearly worse']
    >>> found.variances.difference[0].round(3).tolist()
    [0.0, 0.005, 0.3]
    >>> found.regret_bound < 0.05
    True
    """
    if scores.policies < 2:
        raise UsageError("one policy cannot be compared: give at least 2")
    values, sizes = scores.unit_sums(scores.image_means), scores.unit_sizes
    variances = pair_variances(scores)
    flips = sign_flips.draw_flips(values, variances, rng, draws)
    normals = max_t.draw_normals(values, variances, rng, draws, sizes)
    statistics = sign_flips.normal_statistics(variances)
    better = _oriented(statistics, higher_is_better)
    order = confidence_set.elimination_order(better)
    maxima = flips.nested_maxima(order)
    p_value = sign_flips.p_values(statistics, maxima[0])
    np.fill_diagonal(p_value, 1.0)
    critical = max_t.critical_value(normals.nested_maxima(order)[0], level)
    margin_of_error = max_t.half_widths(critical, variances.variance, variances.freedom)
    np.fill_diagonal(margin_of_error, 0.0)
    return FoldInference(
        variances=variances,
        best=_best(_oriented(scores.means, higher_is_better), prefer),
        critical=critical,
        p_value=p_value,
        margin_of_error=margin_of_error,
        set_p_value=confidence_set.set_p_values(better, maxima, order),
        margin=margin,
        level=level,
        higher_is_better=higher_is_better,
        std_diff=run_deviation(scores.seed_means.reshape(scores.policies, -1)),
        flips=flips,
        normals=normals,
    )


def versus_named(
    variances: PairVariances,
    flips: PairDraws,
    normals: PairDraws,
    std_diff: Floats,
    reference: int,
    level: float,
) -> Differences:
    """Return the differences from a policy that was named beforehand: k - 1 comparisons.

    Parameters
    ----------
    std_diff
        Of `run_deviation`.

    Examples
    --------
    >>> right = np.ones((2, 1, 100))
    >>> right[1, 0, :9] = 0
    >>> scores = ImageScores(right, [np.arange(100) % 5], 5)
    >>> found = infer(scores, np.random.default_rng(0), margin=0.005)
    >>> versus = found.versus_baseline(1)
    >>> versus.mean.round(2).tolist(), versus.comparisons, (versus.p_value < 0.05).tolist()
    ([0.09, 0.0], 1, [True, False])
    """
    statistics = sign_flips.normal_statistics(variances)[:, reference]
    p_value = sign_flips.p_values(statistics, flips.largest_against(reference))
    critical = max_t.critical_value(normals.largest_against(reference), level)
    margin_of_error = max_t.half_widths(
        critical, variances.variance[:, reference], variances.freedom[:, reference]
    )
    p_value[reference], margin_of_error[reference] = 1.0, 0.0
    return Differences(
        mean=variances.difference[:, reference],
        margin_of_error=margin_of_error,
        p_value=p_value,
        std_diff=std_diff[:, reference],
        reference=reference,
        seeds=variances.seeds,
        comparisons=flips.policies - 1,
    )


def run_deviation(run_means: Floats) -> Floats:
    """Return the standard deviation of each pair's difference over runs of the same seed.

    ``run_means`` is (policies, seeds).

    >>> run_deviation(np.array([[0.5, 0.7, 0.9], [0.5, 0.5, 0.5]])).round(3).tolist()
    [[0.0, 0.2], [0.2, 0.0]]
    """
    return np.asarray((run_means[:, None] - run_means).std(axis=-1, ddof=1), np.float64)


def _oriented(values: Floats, higher_is_better: bool) -> Floats:
    return values if higher_is_better else -values


def _best(goodness: Floats, prefer: int | None) -> int:
    if prefer is not None and goodness[prefer] == goodness.max():
        return prefer
    return int(goodness.argmax())
