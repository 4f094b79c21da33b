"""P-values by sign flips: what a difference would be, were right and wrong exchanged by chance.

If two policies are equally good, an image on which one is right and the other wrong could as well
be the other way round. So each image gets a random sign, one for all pairs, and a difference of the
pair is the mean of signed d_e. This is exact for few images too, where normal approximations are
not: with five images that differ, all in favour of one policy, the p-value is 2/32. Similar images
have the sign of their group.

Flipping images does not reproduce what a training changes for all images of its fold. This seed
part of the variance is drawn from a normal distribution. That it is estimated from few seeds is
accounted for by transforming the observed statistic to a normal one through Student's t.
"""

import numpy as np
from scipy.special import ndtri, stdtr

from lr_study.comparison.image_scores import Floats
from lr_study.comparison.image_variance import PairVariances, satterthwaite
from lr_study.comparison.pair_draws import PairDraws

CHUNK = 1_000_000
"""Signs that are held in memory at once."""

_TIES = 1e-9


def image_signs(rng: np.random.Generator, draws: int, images: int) -> Floats:
    """Return random signs, (draws, images): 1 or -1.

    The signs of a draw do not depend on how many draws are made at once.

    >>> image_signs(np.random.default_rng(0), 2, 6).tolist()
    [[1.0, 1.0, 1.0, 1.0, 1.0, -1.0], [1.0, -1.0, -1.0, -1.0, -1.0, 1.0]]
    """
    words = rng.integers(0, 2**64, (draws, -(-images // 64)), np.uint64)
    bits = np.unpackbits(words.view(np.uint8), axis=1, count=images, bitorder="little")
    return np.asarray(bits * 2.0 - 1.0, np.float64)


def flipped_means(values: Floats, rng: np.random.Generator, draws: int) -> Floats:
    """Return the means over images of signed ``values``, (rows, draws); values are (rows, images).

    All rows of a draw have the same signs. The sign of an image depends on its place, the number
    of images and the generator alone: in another call with an equal generator it is the same, which
    keeps the interim analyses of a study dependent.

    >>> values = np.array([[1.0, 0, 0, 0], [2, 0, 0, 0]])
    >>> flipped_means(values, np.random.default_rng(0), 3).tolist()
    [[0.25, 0.25, -0.25], [0.5, 0.5, -0.5]]
    """
    images = values.shape[1]
    means = np.empty((len(values), draws))
    step = max(1, CHUNK // images)
    for start in range(0, draws, step):
        end = min(start + step, draws)
        means[:, start:end] = (image_signs(rng, end - start, images) @ values.T).T
    means /= images
    return means


def draw_flips(
    values: Floats, variances: PairVariances, rng: np.random.Generator, draws: int
) -> PairDraws:
    """Return draws of the statistics of all pairs, were no policy better than another.

    Parameters
    ----------
    values
        (policies, units): averaged over the validations of an image, summed over those of a group.
    variances
        Of these values.

    Examples
    --------
    One image alone differs, so the statistic is 1 or -1.

    >>> from lr_study.comparison.image_scores import ImageScores
    >>> from lr_study.comparison.image_variance import pair_variances
    >>> scores = ImageScores([[[1, 1, 1, 1]], [[1, 0, 1, 1]]], [[0, 0, 1, 1]], 2)
    >>> found = pair_variances(scores)
    >>> flips = draw_flips(scores.image_means, found, np.random.default_rng(0), 4)
    >>> abs(flips.statistics(0, [1])).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """
    # An image on which all policies agree adds to no difference: it needs no sign.
    differ = (values != values[0]).any(axis=0)
    differ[0] = True  # some image must be left
    own = values[:, differ]
    return flip_draws(
        flipped_means(own, rng, draws) * (differ.sum() / variances.images),
        rng.standard_normal((len(values), draws)),
        variances,
    )


def flip_draws(image: Floats, seed: Floats, variances: PairVariances) -> PairDraws:
    """Return draws of the statistics of all pairs from draws of each policy's parts.

    Parameters
    ----------
    image
        (policies, draws): of `flipped_means`.
    seed
        (policies, draws): independent standard normal numbers.
    """
    return PairDraws(image, seed, np.sqrt(variances.seed_part / 2), flip_root(variances))


def flip_root(variances: PairVariances) -> Floats:
    """Return the standard errors of the statistics: √(Σ d_e²/N² + σ²/n).

    Not of d_e - D: the hypothesis is that D is 0.
    """
    return np.sqrt(variances.uncentred_part + variances.seed_part)


def normal_statistics(variances: PairVariances) -> Floats:
    """Return the observed statistics as normal ones, (policies, policies).

    The t statistics D/root have Satterthwaite's degrees of freedom, where the image part counts
    with N - 1, of units: the draws account for its not being normal.

    Of 8 images, 5 are in favour of the first policy and 1 of the other: D/root is 4/√6 = 1.633,
    with 7 degrees of freedom.

    >>> from lr_study.comparison.image_scores import ImageScores
    >>> from lr_study.comparison.image_variance import pair_variances
    >>> right = [[[1, 1, 1, 1, 1, 1, 1, 0]], [[0, 0, 0, 1, 0, 0, 1, 1]]]
    >>> scores = ImageScores(right, [[0, 1, 0, 1, 0, 1, 0, 1]], 2)
    >>> normal_statistics(pair_variances(scores)).round(3).tolist()
    [[0.0, 1.452], [-1.452, 0.0]]
    """
    root = flip_root(variances)
    image = variances.uncentred_part
    freedom = satterthwaite(root**2, image**2 / (variances.units - 1) + variances.seed_uncertainty)
    statistic = np.divide(
        np.abs(variances.difference), root, out=np.zeros_like(root), where=root > 0
    )
    normal = -ndtri(np.maximum(stdtr(freedom, -statistic), 1e-300))
    return np.asarray(np.sign(variances.difference) * normal + 0.0, np.float64)


def p_values(statistics: Floats, maxima: Floats) -> Floats:
    """Return the p-values of absolute statistics: how many draws are as large, data included.

    Parameters
    ----------
    statistics
        Of any shape.
    maxima
        (draws,): the largest absolute draws over all comparisons that are made.

    Examples
    --------
    >>> p_values(np.array([0.0, -2.0, 9.0]), np.array([0.5, 1.0, 2.0, 3.0])).tolist()
    [1.0, 0.6, 0.2]
    """
    ordered = np.sort(maxima)
    size = np.abs(statistics)
    reaching = len(ordered) - np.searchsorted(ordered, size - _TIES * (1 + size))
    return np.asarray((1 + reaching) / (1 + len(ordered)), np.float64)
