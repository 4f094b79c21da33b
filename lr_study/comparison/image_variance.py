"""How uncertain the difference of two policies is, from their results on each image.

For a pair of policies, d_re is the difference of their values on image e in repetition r, d_e its
mean over repetitions and D the mean over images. Images and seeds are crossed within a fold, so
variance comes from both [1]_ [2]_:

- the image part, Σ (d_e - D)² / (N (N - 1)): which images were sampled, and how each training turns
  out on each of them;
- the seed part, σ²/n: what a training changes for all images of its fold together. It is estimated
  as B - W, where B is the variance of the K fold means within a repetition, and W what the images
  of a fold alone contribute to it. Over several repetitions B would not do: each of them divides
  the same images, so their means differ too little.

B has few degrees of freedom. It is therefore moderated as in limma [3]_, but only ever raised:
lowering it makes learners that depend on the seed look certain. One image is added to the variance
of right and wrong: that no image happened to show a difference does not make it certain.

Degrees of freedom are Satterthwaite's. Those of the image part are 2 N / (κ - 1), with κ the
kurtosis of d_e [4]_: about twice the number of images that differ, where few do.

References
----------
.. [1] A. B. Owen. The pigeonhole bootstrap. Annals of Applied Statistics 1 (2007).
.. [2] A. C. Cameron, J. B. Gelbach and D. L. Miller. Robust inference with multiway clustering.
   Journal of Business and Economic Statistics 29 (2011).
.. [3] G. K. Smyth. Linear models and empirical Bayes methods for assessing differential expression
   in microarray experiments. Statistical Applications in Genetics and Molecular Biology 3 (2004).
.. [4] The variance of a sample variance is σ⁴ (κ - 1)/N approximately; 2 σ⁴/ν for a χ² with ν
   degrees of freedom.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lr_study.comparison.image_scores import Floats, ImageScores, Integers

PRIOR_FREEDOM = 4.0
"""Degrees of freedom of the moderation: what all pairs together say about one."""

LEAST_FREEDOM, MOST_FREEDOM = 2.0, 1e6
"""Bounds of the degrees of freedom: below 2 a t distribution has no use, above it is normal."""

ROUNDING = 1e-12
"""Relative size of what rounding may leave of a difference that is 0."""

UNSEEN_FREEDOM = 4.0
"""Degrees of freedom where no image shows a difference and only the added image counts.

The interval is then near the exact one for a count of 0, -log(α/2)/N: 2.8 and 3.7 images at
α = 0.05, 4.7 and 5.4 at 0.0093, 8.6 and 7.6 at 0.001.
"""


@dataclass(frozen=True)
class PairVariances:
    """Differences of all pairs of policies, and the parts of their variances.

    Arrays are (policies, policies); ``difference[i, j]`` is the mean of i less that of j.

    Attributes
    ----------
    image_part, seed_part
        The parts of the variance, as they add up in it with ``one_image``.
    image_freedom
        Degrees of freedom of the image part.
    seed_uncertainty
        What the seed part adds to Satterthwaite's denominator: the sum of its squared components
        over their degrees of freedom.
    lasting_part, interaction_part
        The image part divided further: the effect of each image that is the same in all trainings,
        and the interaction of image and training, which more repetitions average away. NaN with one
        repetition, where the two cannot be separated.
    uncentred_part
        Σ d_e²/N²: the image part under the hypothesis that the difference is 0.
    images, units, seeds, repetitions
        What the variance is over; units are images, or groups of images that are similar.
    """

    difference: Floats
    image_part: Floats
    seed_part: Floats
    one_image: float
    image_freedom: Floats
    seed_uncertainty: Floats
    lasting_part: Floats
    interaction_part: Floats
    uncentred_part: Floats
    images: int
    units: int
    seeds: int
    repetitions: int

    @property
    def variance(self) -> Floats:
        """Variance of each difference."""
        return self.image_part + self.seed_part + self.one_image

    @property
    def freedom(self) -> Floats:
        """Satterthwaite's degrees of freedom of `variance`."""
        uncertainty = self.image_part**2 / self.image_freedom + self.seed_uncertainty
        return satterthwaite(self.variance, uncertainty)

    @property
    def seed_share(self) -> Floats:
        """Share of the seed part in `variance`; 0 where that is 0."""
        variance = self.variance
        return np.divide(self.seed_part, variance, out=np.zeros_like(variance), where=variance > 0)


def pair_variances(scores: ImageScores) -> PairVariances:
    """Return the differences of all pairs of policies and their variances.

    Examples
    --------
    Two policies differ on images 0, 2 and 3 of 8, and the first is right on two of them: D is 1/8.

    >>> first = [1, 1, 1, 0, 1, 1, 1, 1]
    >>> other = [0, 1, 0, 1, 1, 1, 1, 1]
    >>> found = pair_variances(ImageScores([[first], [other]], [[0, 1, 0, 1, 0, 1, 0, 1]], 2))
    >>> found.difference[0].tolist(), found.image_part[0].round(5).tolist(), found.one_image
    ([0.0, 0.125], [0.0, 0.05134], 0.015625)

    The fold means of the difference are 1/2 and -1/4, with the variance B = 9/32. Within the folds
    the differences 1, 1, 0, 0 and 0, -1, 0, 0 have the mean variance 7/24, so W = 7/96.

    >>> found.seed_part[0].round(5).tolist(), round((9 / 32 - 7 / 96) / 2, 5)
    ([0.0, 0.10417], 0.10417)
    """
    between = fold_variance(scores.seed_means)
    within, within_freedom = within_fold_variance(scores)
    raised, freedom = moderated(between, within, scores.repetitions * (scores.folds - 1.0))
    values, sizes = scores.unit_sums(scores.image_means), scores.unit_sizes
    image, kurtosis = image_moments(values, sizes)
    seed = seed_part(raised, within, scores.seeds)
    lasting, interaction = _divided(scores, image, np.maximum(between - within, 0.0))
    means = scores.means
    return PairVariances(
        difference=means[:, None] - means,
        image_part=image,
        seed_part=seed,
        one_image=one_image(scores.images, scores.resolution),
        image_freedom=image_freedom(kurtosis, len(sizes)),
        seed_uncertainty=np.where(
            seed > 0,
            seed_uncertainty(raised, within, freedom, within_freedom, scores.seeds),
            0.0,
        ),
        lasting_part=lasting,
        interaction_part=interaction,
        uncentred_part=uncentred_part(values, scores.images),
        images=scores.images,
        units=len(sizes),
        seeds=scores.seeds,
        repetitions=scores.repetitions,
    )


def fold_variance(seed_means: Floats) -> Floats:
    """Return B of each pair: the variance of fold means within repetitions, averaged over these.

    >>> fold_variance(np.array([[[0.5, 0.7], [0.6, 0.6]], [[0.5, 0.5], [0.5, 0.5]]])).round(4)
    array([[0.  , 0.01],
           [0.01, 0.  ]])
    """
    differences = seed_means[:, None] - seed_means
    return np.asarray(differences.var(axis=-1, ddof=1).mean(axis=-1), np.float64)


def within_fold_variance(scores: ImageScores) -> tuple[Floats, float]:
    """Return W of each pair, and its degrees of freedom over all seeds.

    W is the variance of differences within a fold over the images of the fold, averaged over seeds:
    what the images alone contribute to the variance of fold means. Where folds were dealt class by
    class it is the variance within class, since each fold has its share of every class. Of similar
    images it is the variance of the sums of their group.

    >>> scores = ImageScores([[[1, 0, 1, 1]], [[1, 1, 1, 1]]], [[0, 0, 1, 1]], 2)
    >>> within_fold_variance(scores)[0].tolist(), within_fold_variance(scores)[1]
    ([[0.0, 0.125], [0.125, 0.0]], 2.0)
    """
    within = np.zeros((scores.policies, scores.policies))
    total = 0
    classes = np.zeros(scores.images, np.int64) if scores.classes is None else scores.classes
    for r, fold in enumerate(scores.fold):
        cells, cell = np.unique(fold * (classes.max() + 1) + classes, return_inverse=True)
        deviations = scores.values[:, r] - _cell_means(scores.values[:, r], cell)[:, cell]
        unit_fold = scores.unit_folds[r]
        order = np.argsort(unit_fold, kind="stable")
        centred = scores.unit_sums(deviations)[:, order]
        images, units = np.bincount(fold), np.bincount(unit_fold)
        freedom = units - np.bincount(cells // (classes.max() + 1))
        total += int(np.maximum(freedom, 0).sum())
        weight = units / (np.maximum(freedom, 1) * images**2 * scores.seeds)
        folds = np.cumsum(units) - units
        for i, differences in _rows(centred):
            squares = np.add.reduceat(differences**2, folds, axis=1) @ weight
            within[i, i + 1 :] += squares
            within[i + 1 :, i] += squares
    return within, float(total)


def moderated(between: Floats, within: Floats, freedom: float) -> tuple[Floats, Floats]:
    """Raise B of each pair towards what is usual; return it with its degrees of freedom.

    The usual B is ρ W, with ρ the median of B/W over pairs; it counts as `PRIOR_FREEDOM` degrees of
    freedom. A pair whose own B is above the mean of both keeps it.

    >>> between = np.array([[0, 1, 4], [1, 0, 4.0], [4, 4, 0]])
    >>> raised, freedom = moderated(between, np.ones((3, 3)), 4.0)
    >>> raised[0, 1:].tolist(), freedom[0, 1:].tolist()
    ([2.5, 4.0], [8.0, 4.0])
    """
    pairs = np.triu_indices(len(between), 1)
    b, w = between[pairs], within[pairs]
    usual = float(np.median(b[w > 0] / w[w > 0])) if (w > 0).any() else 0.0
    pooled = (PRIOR_FREEDOM * usual * within + freedom * between) / (PRIOR_FREEDOM + freedom)
    # The pair whose own ratio is the median would be raised by rounding alone.
    raise_it = pooled > between * (1 + ROUNDING)
    return (
        np.where(raise_it, pooled, between),
        np.where(raise_it, freedom + PRIOR_FREEDOM, freedom),
    )


def seed_part(between: Floats, within: Floats, seeds: int) -> Floats:
    """Return σ²/n, the part of the variance that only seeds lower: at least 0.

    >>> seed_part(np.array([3.0, 1.0]), np.array([1.0, 2.0]), 5).tolist()
    [0.4, 0.0]
    """
    excess = between - within
    return np.where(excess > ROUNDING * between, excess, 0.0) / seeds


def seed_uncertainty(
    between: Floats, within: Floats, freedom: Floats, within_freedom: float, seeds: int
) -> Floats:
    """Return the seed part's term of Satterthwaite's denominator: (B/n)²/ν_B + (W/n)²/ν_W.

    >>> seed_uncertainty(np.array([10.0]), np.array([5.0]), np.array([4.0]), 100.0, 5).tolist()
    [1.01]
    """
    return (between / seeds) ** 2 / freedom + (within / seeds) ** 2 / max(within_freedom, 1.0)


def image_moments(values: Floats, sizes: Floats | None = None) -> tuple[Floats, Floats]:
    """Return the image part of each pair, and the kurtosis of its differences.

    The kurtosis is NaN where the differences of all images are equal.

    Parameters
    ----------
    values
        (policies, units): of each image, or the sum over the images of a group.
    sizes
        (units,): the number of images of each unit; by default 1.

    Examples
    --------
    >>> part, kurtosis = image_moments(np.array([[1.0, 0, 0, 0], [0, 0, 0, 0]]))
    >>> part[0].tolist(), kurtosis[0].round(4).tolist()
    ([0.0, 0.0625], [nan, 2.3333])

    The same image twice is one unit of two images: 5 images, D = 2/5, and the deviations of the
    units are 6/5, -2/5, -2/5, -2/5.

    >>> twice = np.array([[2.0, 0, 0, 0], [0, 0, 0, 0]])
    >>> image_moments(twice, np.array([2.0, 1, 1, 1]))[0][0].round(4).tolist()
    [0.0, 0.1024]
    """
    policies, units = values.shape
    images = units if sizes is None else sizes.sum()
    norms = np.einsum("pe,pe->p", values, values)
    part, kurtosis = np.zeros((policies, policies)), np.full((policies, policies), np.nan)
    for i, differences in _rows(centred_values(values, sizes)):
        squares = differences**2
        second = squares.sum(axis=1)
        fourth = np.einsum("pe,pe->p", squares, squares)
        # What rounding leaves of equal differences is no variance.
        second[second <= ROUNDING**2 * (norms[i] + norms[i + 1 :])] = 0.0
        part[i, i + 1 :] = part[i + 1 :, i] = second / images**2 * (units / (units - 1))
        known = second > 0
        row = np.full(second.shape, np.nan)
        row[known] = units * fourth[known] / second[known] ** 2
        kurtosis[i, i + 1 :] = kurtosis[i + 1 :, i] = row
    return part, kurtosis


def centred_values(values: Floats, sizes: Floats | None = None) -> Floats:
    """Return ``values`` of units less what they would be, were all their images the mean image.

    >>> centred_values(np.array([[3.0, 1.0]]), np.array([3.0, 1.0])).tolist()
    [[0.0, 0.0]]
    """
    sizes = np.ones(values.shape[1]) if sizes is None else sizes
    return np.asarray(values - values.sum(axis=1, keepdims=True) / sizes.sum() * sizes, np.float64)


def uncentred_part(values: Floats, images: int) -> Floats:
    """Return the image part of each pair under the hypothesis that the difference is 0: Σ d_e²/N².

    >>> uncentred_part(np.array([[1.0, 0, 1, 1], [1, 1, 0, 1]]), 4)[0].tolist()
    [0.0, 0.125]
    """
    part = np.zeros((len(values), len(values)))
    for i, differences in _rows(values):
        squares = np.einsum("pe,pe->p", differences, differences)
        part[i, i + 1 :] = part[i + 1 :, i] = squares / images**2
    return part


def image_freedom(kurtosis: Floats, images: int) -> Floats:
    """Return the degrees of freedom of the image part: 2 N / (κ - 1).

    One of 100 images differs: κ is 98.01 and the degrees of freedom are near 2.

    >>> image_freedom(np.array([3.0, 98.01, np.nan]), 100).round(2).tolist()
    [100.0, 2.06, 4.0]
    """
    # A kurtosis is at least 1; there and just above, the part is as good as known.
    freedom = 2 * images / np.maximum(kurtosis - 1, 2 * images / MOST_FREEDOM)
    return np.where(np.isnan(kurtosis), UNSEEN_FREEDOM, freedom)


def one_image(images: int, resolution: float) -> float:
    """Return the variance that is added to each pair's: one image that differs.

    >>> one_image(200, 1.0), one_image(200, 0.0)
    (2.5e-05, 0.0)
    """
    return (resolution / images) ** 2


def satterthwaite(variance: Floats, uncertainty: Floats) -> Floats:
    """Return the degrees of freedom of a sum of variances: its square over ``uncertainty``.

    >>> satterthwaite(np.array([2.0, 1.0]), np.array([0.25, 0.0])).tolist()
    [16.0, 4.0]
    """
    freedom = np.full(variance.shape, UNSEEN_FREEDOM)
    np.divide(variance**2, uncertainty, out=freedom, where=uncertainty > 0)
    return np.asarray(np.clip(freedom, LEAST_FREEDOM, MOST_FREEDOM), np.float64)


def _divided(scores: ImageScores, image: Floats, seed_variance: Floats) -> tuple[Floats, Floats]:
    """The lasting part and the interaction part of the image part; NaN where unknown.

    An image's results differ between repetitions by the interaction of image and seed, and by the
    seeds themselves, whose variance is subtracted.
    """
    repetitions, sizes = scores.repetitions, scores.unit_sizes
    if repetitions == 1:
        unknown = np.full(image.shape, np.nan)
        return unknown, unknown
    between = np.zeros(image.shape)
    means = scores.image_means
    for r in range(repetitions):
        for i, differences in _rows(scores.unit_sums(scores.values[:, r] - means)):
            squares = np.einsum("pe,pe->p", differences, differences)
            between[i, i + 1 :] += squares
            between[i + 1 :, i] += squares
    between /= repetitions - 1
    of_seeds = seed_variance * (sizes**2).sum()
    interaction = (between - of_seeds) / (scores.images**2 * repetitions)
    interaction = np.clip(interaction, 0.0, image)
    return image - interaction, interaction


def _rows(values: Floats) -> Iterator[tuple[int, Floats]]:
    """Each policy but the last, with the differences of the later ones from it: a row of pairs.

    All pairs at once would take policies²/2 times as much memory as the images.
    """
    for i in range(len(values) - 1):
        yield i, values[i + 1 :] - values[i]


def _cell_means(values: Floats, cell: Integers) -> Floats:
    """The means of (rows, images) over the images of each cell, numbered from 0."""
    order, sizes = np.argsort(cell, kind="stable"), np.bincount(cell)
    sums = np.add.reduceat(values[:, order], np.cumsum(sizes) - sizes, axis=1)
    return np.asarray(sums / sizes, np.float64)
