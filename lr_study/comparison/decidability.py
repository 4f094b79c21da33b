"""What would decide a pair of policies: more seeds, more images, or neither.

The variance of a difference has three parts. The effect of each image that is the same in all
trainings falls with more images alone. The interaction of image and training falls with images and
with repetitions. The effect of a training on all images falls with seeds alone. With one repetition
the first two cannot be separated, and nothing can be said about more seeds.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from lr_study.comparison.image_variance import LEAST_FREEDOM, MOST_FREEDOM, PairVariances
from lr_study.comparison.max_t import half_widths

MAX_REPETITIONS = 200
"""Largest number of repetitions that is considered affordable: 1,000 seeds of five folds."""

MAX_IMAGE_FACTOR = 1e4
"""Largest factor of more images that is considered."""


@dataclass(frozen=True)
class PairParts:
    """The variance of one pair's difference by its parts, as of now.

    ``lasting`` and ``interaction`` are NaN where they cannot be separated; their sum is ``image``.
    """

    difference: float
    image: float
    lasting: float
    interaction: float
    seed: float
    one_image: float
    freedom: float
    repetitions: int


def parts_of(variances: PairVariances, i: int, j: int) -> PairParts:
    """Return the parts of the variance of the difference of policies i and j.

    >>> from lr_study.comparison.image_scores import ImageScores
    >>> from lr_study.comparison.image_variance import pair_variances
    >>> right = np.ones((2, 2, 100))
    >>> right[1, :, :12] = 0
    >>> fold = [np.arange(100) % 5, np.arange(100) // 5 % 5]
    >>> parts = parts_of(pair_variances(ImageScores(right, fold, 5)), 0, 1)
    >>> round(parts.difference, 2), round(parts.lasting, 6), parts.interaction
    (0.12, 0.001067, 0.0)
    """
    return PairParts(
        difference=float(variances.difference[i, j]),
        image=float(variances.image_part[i, j]),
        lasting=float(variances.lasting_part[i, j]),
        interaction=float(variances.interaction_part[i, j]),
        seed=float(variances.seed_part[i, j]),
        one_image=variances.one_image,
        freedom=float(variances.freedom[i, j]),
        repetitions=variances.repetitions,
    )


def needed_half_width(difference: float, margin: float) -> float:
    """Return the half-width below which an interval is within the margin, or excludes 0.

    >>> needed_half_width(0.02, 0.005), round(needed_half_width(-0.001, 0.005), 6)
    (0.02, 0.004)
    """
    size = abs(difference)
    return margin - size if size <= margin else size


def required_repetitions(parts: PairParts, critical: float, margin: float) -> int | None:
    """Return how many repetitions in all would decide a pair, its difference taken as measured.

    None if `MAX_REPETITIONS` would not suffice, or with one repetition, which does not show it.

    Parameters
    ----------
    critical
        Of `FoldInference`: the quantile that makes intervals simultaneous.
    margin
        Equivalence margin, in the unit of the values.

    Examples
    --------
    Of the variance 1.0e-4 after two repetitions, 0.9e-4 is averaged away by more of them.

    >>> parts = PairParts(0.0101, 1e-4, 1e-5, 9e-5, 0.0, 0.0, 1e6, 2)
    >>> required_repetitions(parts, 2.0, 0.005)
    12
    >>> required_repetitions(parts, 4.0, 0.005) is None
    True
    """
    if np.isnan(parts.lasting):
        return None
    needed = needed_half_width(parts.difference, margin)
    repetitions = np.arange(1, MAX_REPETITIONS + 1)
    growth = repetitions / parts.repetitions
    variance = parts.lasting + parts.one_image + (parts.interaction + parts.seed) / growth
    # Degrees of freedom grow with seeds as far as the seed part has few; taken as they are, they
    # make the answer too large rather than too small.
    enough = half_widths(critical, variance, np.full(variance.shape, parts.freedom)) <= needed
    return int(repetitions[enough.argmax()]) if enough.any() else None


def required_image_factor(parts: PairParts, critical: float, margin: float) -> float:
    """Return by which factor more images would decide a pair with as many seeds.

    Infinite where the seed part alone is too large, and where `MAX_IMAGE_FACTOR` is not enough.

    Examples
    --------
    >>> parts = PairParts(0.0101, 1e-4, 1e-5, 9e-5, 0.0, 0.0, 1e6, 2)
    >>> round(required_image_factor(parts, 2.0, 0.005), 3)
    3.921
    >>> required_image_factor(PairParts(0.01, 0, 0, 0, 1e-4, 0.0, 8.0, 2), 2.0, 0.005)
    inf
    """
    needed = needed_half_width(parts.difference, margin)

    def excess(log_factor: float) -> float:
        factor = np.exp(log_factor)
        variance = parts.image / factor + parts.seed + parts.one_image / factor**2
        freedom = np.clip(parts.freedom, LEAST_FREEDOM, MOST_FREEDOM)
        return float(half_widths(critical, np.asarray(variance), freedom)) - needed

    most = float(np.log(MAX_IMAGE_FACTOR))
    if excess(0.0) <= 0:
        return 1.0
    if excess(most) > 0:
        return float("inf")
    return float(np.exp(brentq(excess, 0.0, most)))
