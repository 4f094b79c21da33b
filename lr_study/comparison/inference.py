"""Paired t tests over seeds with the Nadeau-Bengio corrected variance; arrays in, numbers out.

Scores are arrays (policies, seeds): every policy ran under every seed, and two policies are
compared by their differences under the same seeds.

Each seed splits the same images anew, so training sets overlap and scores are correlated across
seeds. The usual standard error s/√n is then too small: it vanishes as n grows, although the number
of images does not. Used instead is s·√(1/n + n_test/n_train), with n - 1 degrees of freedom, where
the validation set takes the place of the test set [1]_. P-values are corrected for multiple
comparisons by Holm's method [2]_; simultaneous intervals are Bonferroni's.

References
----------
.. [1] C. Nadeau and Y. Bengio. Inference for the generalization error. Machine Learning 52 (2003).
.. [2] S. Holm. A simple sequentially rejective multiple test procedure. Scandinavian Journal of
   Statistics 6 (1979).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr, stdtrit

Floats = NDArray[np.float64]

LEVEL = 0.05
"""Family-wise error rate of the tests; intervals have the confidence level 1 - `LEVEL`."""

MAX_SEEDS = 1000
"""Largest number of seeds that is considered affordable."""


@dataclass(frozen=True)
class TestConfig:
    """Settings of the tests and verdicts for one metric, in units of the metric.

    Parameters
    ----------
    test_train_ratio
        Validation images over training images, n_test/n_train in the corrected variance.
    min_std
        Lower bound of a standard deviation: the resolution of a score, such as one image.
    equivalence_margin
        Differences up to this size count as equivalent.
    """

    test_train_ratio: float
    min_std: float = 0.0
    equivalence_margin: float = 0.005

    __test__: ClassVar[bool] = False  # not a test class, whatever its name


@dataclass(frozen=True)
class Differences:
    """Mean paired differences of each policy from one of them, the reference.

    ``mean``, ``margin_of_error``, ``p_value`` and ``std_diff`` are (policies,); at the reference
    the first three are 0, 0 and 1. ``std_diff`` is the standard deviation of the differences over
    seeds. The interval is mean ± margin_of_error, simultaneous over ``comparisons``; p-values are
    corrected over the same number. NaN marks what is undefined: everything of a policy that lacks a
    score, and all but the mean where there is only one seed.
    """

    mean: Floats
    margin_of_error: Floats
    p_value: Floats
    std_diff: Floats
    reference: int
    seeds: int
    comparisons: int


def many_to_one(scores: ArrayLike, baseline: int, config: TestConfig) -> Differences:
    """Compare each of k policies with a baseline fixed beforehand: k - 1 comparisons.

    Examples
    --------
    >>> scores = [[0.70, 0.72, 0.71, 0.73], [0.75, 0.78, 0.76, 0.78]]
    >>> differences = many_to_one(scores, 0, TestConfig(test_train_ratio=0.2))
    >>> differences.mean.round(4).tolist(), differences.p_value.round(4).tolist()
    ([0.0, 0.0525], [1.0, 0.0006])
    """
    scores = np.asarray(scores, np.float64)
    p_value = _p_values(scores - scores[baseline], config)
    others = np.arange(len(scores)) != baseline
    p_value[others] = holm(p_value[others])
    return _differences(scores, baseline, p_value, int((~np.isnan(p_value[others])).sum()), config)


@dataclass(frozen=True)
class AllPairs:
    """All pairs of policies compared.

    ``scores`` is (policies, seeds); ``p_value`` is (policies, policies), corrected over the pairs.
    """

    scores: Floats
    config: TestConfig
    p_value: Floats
    comparisons: int

    def versus(self, reference: int) -> Differences:
        """Return the differences of all policies from one, which may be the best-scoring one.

        Correcting over all pairs accounts for that selection: whichever policy is best, its
        comparisons are among the pairs.
        """
        p_value = self.p_value[:, reference]
        return _differences(self.scores, reference, p_value, self.comparisons, self.config)


def all_pairs(scores: ArrayLike, config: TestConfig) -> AllPairs:
    """Compare all pairs of k policies: k(k - 1)/2 comparisons."""
    scores = np.asarray(scores, np.float64)
    i, j = np.triu_indices(len(scores), k=1)
    adjusted = holm(_p_values(scores[i] - scores[j], config))
    p_value = np.diag(np.where(np.isnan(scores).any(axis=1), np.nan, 1.0))
    p_value[i, j] = p_value[j, i] = adjusted
    return AllPairs(scores, config, p_value, int((~np.isnan(adjusted)).sum()))


def _differences(
    scores: Floats, reference: int, p_value: Floats, comparisons: int, config: TestConfig
) -> Differences:
    mean, std_diff = _paired(scores - scores[reference], config)
    seeds = scores.shape[1]
    margin_of_error = (
        critical_value(seeds, comparisons) * std_diff * standard_error_factor(seeds, config)
    )
    if seeds > 1 and not np.isnan(margin_of_error[reference]):
        margin_of_error[reference] = 0.0
    return Differences(mean, margin_of_error, p_value, std_diff, reference, seeds, comparisons)


def _paired(differences: Floats, config: TestConfig) -> tuple[Floats, Floats]:
    """Mean and standard deviation over the last axis, the latter never below `min_std`."""
    mean = differences.mean(axis=-1)
    if differences.shape[-1] == 1:
        return mean, np.full(mean.shape, np.nan)
    return mean, np.maximum(differences.std(axis=-1, ddof=1), config.min_std)


def _p_values(differences: Floats, config: TestConfig) -> Floats:
    """Two-sided p-values of a t test; 1 where the mean difference is exactly 0."""
    seeds = differences.shape[-1]
    mean, std_diff = _paired(differences, config)
    error = std_diff * standard_error_factor(seeds, config)
    with np.errstate(invalid="ignore", divide="ignore"):
        p_value = 2 * stdtr(seeds - 1, -np.abs(mean / error))
    return np.where((mean == 0) & ~np.isnan(error), 1.0, p_value)


def standard_error_factor(seeds: ArrayLike, config: TestConfig) -> Floats:
    """Return standard error over standard deviation: √(1/n + n_test/n_train) [Nadeau-Bengio]."""
    return np.sqrt(1 / np.asarray(seeds, np.float64) + config.test_train_ratio)


def critical_value(seeds: ArrayLike, comparisons: int) -> Floats:
    """Return the two-sided Bonferroni t quantile at n - 1 degrees of freedom; NaN with one seed."""
    freedom = np.asarray(seeds, np.float64) - 1
    with np.errstate(invalid="ignore"):
        quantile = stdtrit(freedom, 1 - LEVEL / (2 * max(comparisons, 1)))
    return np.where(freedom > 0, quantile, np.nan)


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values corrected by Holm's step-down method, in the same order.

    NaN is not counted as a comparison and stays NaN.

    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p_values = np.asarray(p_values, np.float64)
    order = np.argsort(p_values)  # NaN comes last
    left = (~np.isnan(p_values)).sum() - np.arange(len(p_values))
    stepped = np.maximum.accumulate(p_values[order] * left)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def assign_verdicts(
    differences: Differences, config: TestConfig, *, higher_is_better: bool
) -> list[str]:
    """Return the verdict on each policy by its difference from the best one, the reference.

    ``worse``: significantly worse than the best, and by more than the equivalence margin;
    ``tied``: its simultaneous interval lies within the margin; otherwise ``undecided``. With one
    seed all are undecided.
    """
    if differences.seeds == 1:
        return ["undecided"] * len(differences.mean)
    loss = -differences.mean if higher_is_better else differences.mean
    worse = (differences.p_value < LEVEL) & (loss > config.equivalence_margin)
    tied = np.abs(differences.mean) + differences.margin_of_error <= config.equivalence_margin
    verdicts = np.where(worse, "worse", np.where(tied, "tied", "undecided")).tolist()
    verdicts[differences.reference] = "best"
    return [str(verdict) for verdict in verdicts]


def mean_interval(scores: ArrayLike, config: TestConfig) -> tuple[float, float]:
    """Return the 95 % interval of a mean of ``scores``, (seeds,), by the same standard error."""
    scores = np.asarray(scores, np.float64)
    mean, std_diff = _paired(scores, config)
    half = float(
        critical_value(len(scores), 1) * std_diff * standard_error_factor(len(scores), config)
    )
    return float(mean) - half, float(mean) + half


def wilson_interval(proportion: float, size: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a proportion of ``size`` images [1]_.

    References
    ----------
    .. [1] E. B. Wilson. Probable inference, the law of succession, and statistical inference.
       Journal of the American Statistical Association 22 (1927).

    >>> [round(end, 4) for end in wilson_interval(0.898, 3842)]
    [0.888, 0.9072]
    """
    z = float(ndtri(1 - LEVEL / 2))
    scale = 1 + z**2 / size
    middle = (proportion + z**2 / (2 * size)) / scale
    half = z / scale * np.sqrt(proportion * (1 - proportion) / size + z**2 / (4 * size**2))
    return float(middle - half), float(middle + half)


def required_seeds(
    mean: float, std_diff: float, comparisons: int, config: TestConfig
) -> int | None:
    """Return the total number of seeds that would settle a difference, taking it as measured.

    A difference is settled when its interval lies within the equivalence margin or, if it is larger
    than the margin, excludes 0. None if `MAX_SEEDS` seeds do not suffice: the term n_test/n_train
    of the variance does not shrink with seeds.
    """
    seeds = np.arange(2, MAX_SEEDS + 1)
    margin_of_error = (
        critical_value(seeds, comparisons) * std_diff * standard_error_factor(seeds, config)
    )
    enough = margin_of_error <= _needed_half_width(mean, config)
    return int(seeds[enough.argmax()]) if enough.any() else None


def required_data_factor(mean: float, margin_of_error: float, config: TestConfig) -> float:
    """Return by which factor more images would settle a difference with the same seeds.

    Approximate: the interval is assumed to shrink as 1/√(number of images). Infinite for a
    difference equal to the margin.
    """
    needed = _needed_half_width(mean, config)
    return float((margin_of_error / needed) ** 2) if needed > 0 else float("inf")


def _needed_half_width(mean: float, config: TestConfig) -> float:
    """Half-width below which an interval is within the margin, or excludes 0."""
    size = abs(mean)
    return config.equivalence_margin - size if size <= config.equivalence_margin else size
