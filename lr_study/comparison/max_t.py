"""Intervals that hold for many pairs at once: t intervals at the quantile of a joint maximum.

The differences of all pairs are jointly normal over images, and strongly dependent. The quantile of
the largest of their absolute statistics [1]_ is smaller than Bonferroni's; it becomes a t quantile
for each pair by its degrees of freedom. It is never below that of a single comparison: where no
image shows a difference, the joint maximum is 0, and intervals of width 0 would call all tied.

References
----------
.. [1] T. Hothorn, F. Bretz and P. Westfall. Simultaneous inference in general parametric models.
   Biometrical Journal 50 (2008).
"""

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from lr_study.comparison.image_scores import Floats
from lr_study.comparison.image_variance import PairVariances, centred_values
from lr_study.comparison.pair_draws import PairDraws, upper_quantile


def draw_normals(
    values: Floats,
    variances: PairVariances,
    rng: np.random.Generator,
    draws: int,
    sizes: Floats | None = None,
) -> PairDraws:
    """Return draws of the joint normal distribution of the image parts of all pairs.

    Parameters
    ----------
    values, sizes
        As `image_moments` takes them.

    Examples
    --------
    >>> from lr_study.comparison.image_scores import ImageScores
    >>> from lr_study.comparison.image_variance import pair_variances
    >>> values = np.random.default_rng(0).normal(size=(2, 1, 50))
    >>> scores = ImageScores(values, [[0, 1] * 25], 2, resolution=0)
    >>> rng = np.random.default_rng(1)
    >>> normals = draw_normals(scores.image_means, pair_variances(scores), rng, 10_000)
    >>> normals.statistics(0, [1]).std().round(2)
    np.float64(1.0)
    """
    policies, units = values.shape
    centred = centred_values(values, sizes)
    covariance = centred @ centred.T / variances.images**2 * (units / (units - 1))
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return PairDraws(
        image=root @ rng.standard_normal((policies, draws)),
        seed=None,
        seed_scale=None,
        root=np.sqrt(variances.image_part),
    )


def floored(quantile: float, level: float, *, sides: int = 2) -> float:
    """Return a quantile, but at least that of a single comparison.

    >>> round(floored(0.0, 0.05), 3), round(floored(0.0, 0.05, sides=1), 3), floored(2.7, 0.05)
    (1.96, 1.645, 2.7)
    """
    return max(quantile, -float(ndtri(level / sides)))


def critical_value(maxima: Floats, level: float) -> float:
    """Return the two-sided quantile of joint maxima, floored.

    >>> round(critical_value(np.zeros(1000), 0.05), 3)
    1.96
    """
    return floored(upper_quantile(maxima, level), level)


def half_widths(critical: float, variance: Floats, freedom: Floats) -> Floats:
    """Return half-widths of t intervals, whose level is that of a normal quantile ``critical``.

    >>> half_widths(1.96, np.array([4.0]), np.array([1e6])).round(2).tolist()
    [3.92]
    >>> half_widths(1.96, np.array([4.0]), np.array([4.0])).round(2).tolist()
    [5.55]
    """
    if np.isinf(critical):
        return np.full(np.shape(variance), np.inf)
    quantile = -stdtrit(freedom, ndtr(-critical))
    return np.asarray(quantile * np.sqrt(variance), np.float64)
