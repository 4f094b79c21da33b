"""What differences over seeds allow one to say: a paired t that knows seeds share their pictures.

Scores are arrays (policies, seeds): every policy ran under every seed, so that two policies are
compared by their differences under the same seeds.

Seeds divide the same pictures anew, so their results are correlated, and s/√n is too small a
standard error: it would go to zero while the pictures stay as few as they are. The one used here
is s·√(1/n + validation/training), with n - 1 degrees of freedom [1]_. Several comparisons are
corrected by Holm's method [2]_; simultaneous intervals are Bonferroni's.

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

from lr_study.comparison.messages import message
from lr_study.comparison.results import Difference, Interval

Floats = NDArray[np.float64]

LEVEL = 0.05
"""Of what is equal, at most this share is called different; intervals cover the rest."""

MAX_SEEDS = 1000
"""More seeds than this are not advised: they cannot decide."""


@dataclass(frozen=True)
class TestConfig:
    """What the standard error and the verdicts rest on.

    Parameters
    ----------
    test_train_ratio
        Validation pictures over training pictures: how much seeds have in common.
    min_std
        The smallest difference that a score can show, below which no standard deviation is
        believed: one picture.
    equivalence_margin
        Differences up to this do not matter.
    """

    test_train_ratio: float
    min_std: float = 0.0
    equivalence_margin: float = 0.005

    __test__: ClassVar[bool] = False  # not a test class, whatever its name


@dataclass(frozen=True)
class Differences:
    """Each policy's scores less those of one of them, the reference.

    ``mean``, ``margin_of_error``, ``p_value`` and ``std_diff`` are (policies,); at the reference
    the first three are 0, 0 and 1. The interval is mean ± margin_of_error, simultaneous over
    ``comparisons``, over which the p-values are corrected too. NaN is what cannot be said:
    everything of a policy that lacks a score, and all but the mean where there is one seed.
    """

    mean: Floats
    margin_of_error: Floats
    p_value: Floats
    std_diff: Floats
    reference: int
    seeds: int
    comparisons: int

    def at(self, i: int) -> Difference:
        """Return one of them with all that is known of it."""
        if np.isnan(self.mean[i]):
            return Difference(None)
        mean = float(self.mean[i])
        if i == self.reference:
            return Difference(mean, n=self.seeds)
        if np.isnan(self.margin_of_error[i]):
            return Difference(mean, n=self.seeds, method=message("single runs"))
        return Difference(
            mean,
            interval=(mean - float(self.margin_of_error[i]), mean + float(self.margin_of_error[i])),
            p_value=float(self.p_value[i]),
            n=self.seeds,
            method=message("paired t"),
            correction=message("holm", comparisons=self.comparisons),
        )


def many_to_one(scores: ArrayLike, baseline: int, config: TestConfig) -> Differences:
    """Compare each policy with one that was named beforehand: k - 1 comparisons.

    Examples
    --------
    >>> scores = [[0.70, 0.72, 0.71, 0.73], [0.75, 0.78, 0.76, 0.78]]
    >>> found = many_to_one(scores, 0, TestConfig(test_train_ratio=0.2))
    >>> found.mean.round(4).tolist(), found.p_value.round(4).tolist()
    ([0.0, 0.0525], [1.0, 0.0006])
    """
    scores = np.asarray(scores, np.float64)
    p_value = _p_values(scores - scores[baseline], config)
    others = np.arange(len(scores)) != baseline
    p_value[others] = holm(p_value[others])
    return _differences(scores, baseline, p_value, int((~np.isnan(p_value[others])).sum()), config)


@dataclass(frozen=True)
class AllPairs:
    """All pairs of policies compared: ``p_value`` is (policies, policies), corrected over pairs."""

    scores: Floats
    config: TestConfig
    p_value: Floats
    comparisons: int

    def versus(self, reference: int) -> Differences:
        """Return the differences of all from one, which may have been chosen for its score.

        Whichever was to be chosen, its comparisons are among all pairs: correcting over these
        makes up for the choice.
        """
        p_value = self.p_value[:, reference]
        return _differences(self.scores, reference, p_value, self.comparisons, self.config)


def all_pairs(scores: ArrayLike, config: TestConfig) -> AllPairs:
    """Compare each policy with each other: k(k - 1)/2 comparisons."""
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
    """Two-sided p-values of a t test; no difference at all is 1, whatever its error."""
    seeds = differences.shape[-1]
    mean, std_diff = _paired(differences, config)
    error = std_diff * standard_error_factor(seeds, config)
    with np.errstate(invalid="ignore", divide="ignore"):
        p_value = 2 * stdtr(seeds - 1, -np.abs(mean / error))
    return np.where((mean == 0) & ~np.isnan(error), 1.0, p_value)


def standard_error_factor(seeds: ArrayLike, config: TestConfig) -> Floats:
    """Return what a standard deviation over seeds is multiplied by: √(1/n + test_train_ratio)."""
    return np.sqrt(1 / np.asarray(seeds, np.float64) + config.test_train_ratio)


def critical_value(seeds: ArrayLike, comparisons: int) -> Floats:
    """Return how many standard errors a simultaneous interval reaches; NaN with one seed."""
    freedom = np.asarray(seeds, np.float64) - 1
    with np.errstate(invalid="ignore"):
        reach = stdtrit(freedom, 1 - LEVEL / (2 * max(comparisons, 1)))
    return np.where(freedom > 0, reach, np.nan)


def holm(p_values: ArrayLike) -> Floats:
    """Return p-values corrected for their number by Holm's method, in the same order.

    NaN is no comparison and stays.

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


def assign_verdicts(found: Differences, config: TestConfig, *, higher_is_better: bool) -> list[str]:
    """Say of each policy how it stands to the best one, from which the differences are.

    ``worse``: significantly on the wrong side of the best one and by more than the margin;
    ``tied``: its simultaneous interval lies within the margin; else ``undecided``, as with one
    seed all are.
    """
    if found.seeds == 1:
        return ["undecided"] * len(found.mean)
    loss = -found.mean if higher_is_better else found.mean
    worse = (found.p_value < LEVEL) & (loss > config.equivalence_margin)
    tied = np.abs(found.mean) + found.margin_of_error <= config.equivalence_margin
    verdicts = np.where(worse, "worse", np.where(tied, "tied", "undecided")).tolist()
    verdicts[found.reference] = "best"
    return [str(verdict) for verdict in verdicts]


def mean_interval(scores: ArrayLike, config: TestConfig) -> Interval:
    """Return the 95 % interval of one policy's mean over seeds, by the same standard error."""
    scores = np.asarray(scores, np.float64)
    mean, std_diff = _paired(scores, config)
    half = float(
        critical_value(len(scores), 1) * std_diff * standard_error_factor(len(scores), config)
    )
    return float(mean) - half, float(mean) + half


def wilson_interval(share: float, size: int) -> Interval:
    """Return the 95 % interval of a share of ``size`` pictures, by sampling alone [1]_.

    References
    ----------
    .. [1] E. B. Wilson. Probable inference, the law of succession, and statistical inference.
       Journal of the American Statistical Association 22 (1927).

    >>> [round(end, 4) for end in wilson_interval(0.898, 3842)]
    [0.888, 0.9072]
    """
    z = float(ndtri(1 - LEVEL / 2))
    scale = 1 + z**2 / size
    middle = (share + z**2 / (2 * size)) / scale
    half = z / scale * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return float(middle - half), float(middle + half)


def required_seeds(
    mean: float, std_diff: float, comparisons: int, config: TestConfig
) -> int | None:
    """Return how many seeds in all would settle a difference, were it what it is measured to be.

    Settled is an interval that lies within the margin, or, where the difference is larger than
    that, one that does not reach 0. None if `MAX_SEEDS` seeds do not suffice: what is left of the
    error with any number of seeds is that of the pictures.
    """
    seeds = np.arange(2, MAX_SEEDS + 1)
    margin_of_error = (
        critical_value(seeds, comparisons) * std_diff * standard_error_factor(seeds, config)
    )
    enough = margin_of_error <= _needed_half_width(mean, config)
    return int(seeds[enough.argmax()]) if enough.any() else None


def required_data_factor(mean: float, margin_of_error: float, config: TestConfig) -> float:
    """Return how many times the pictures would settle, with the same seeds, a difference.

    Roughly: an interval is taken to shrink as one over the root of the number of pictures. Infinite
    for a difference of the margin itself.
    """
    needed = _needed_half_width(mean, config)
    return float((margin_of_error / needed) ** 2) if needed > 0 else float("inf")


def _needed_half_width(mean: float, config: TestConfig) -> float:
    size = abs(mean)
    return config.equivalence_margin - size if size <= config.equivalence_margin else size
