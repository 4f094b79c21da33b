"""Differences on a test set, which is the same for all seeds.

Here every image is judged under every seed, so images and seeds are fully crossed. Which images are
in the test set affects the means of all seeds alike. Images contribute to the variance of seed
means by the interaction of image and seed alone, so its mean square is subtracted, not the variance
within a seed.
"""

import numpy as np

from lr_study.comparison.fold_inference import DRAWS, run_deviation, versus_named
from lr_study.comparison.image_scores import Floats
from lr_study.comparison.image_variance import (
    PairVariances,
    image_freedom,
    image_moments,
    one_image,
    seed_part,
    seed_uncertainty,
    uncentred_part,
)
from lr_study.comparison.inference import LEVEL, Differences
from lr_study.comparison.max_t import draw_normals
from lr_study.comparison.sign_flips import draw_flips
from lr_study.support import UsageError


def crossed_variances(values: Floats, resolution: float = 1.0) -> PairVariances:
    """Return the differences of all pairs of policies and their variances on a test set.

    Parameters
    ----------
    values
        (policies, seeds, images): 1 for right and 0 for wrong, or losses.
    resolution
        The smallest step of an image's value, as in `ImageScores`.

    Raises
    ------
    UsageError
        If there are fewer than two seeds or two images: nothing can be estimated.

    Examples
    --------
    Two policies differ on two of four images, on one of them under one of two seeds alone.

    >>> right = np.ones((2, 2, 4))
    >>> right[1, :, 0] = right[1, 0, 1] = 0
    >>> found = crossed_variances(right)
    >>> found.difference[0].tolist(), found.image_part[0].round(5).tolist()
    ([0.0, 0.375], [0.0, 0.05729])

    Seed means are 1/2 and 1/4, so B = 1/32; the interaction has the mean square 1/8, and W = 1/32.

    >>> found.seed_part[0].tolist()
    [0.0, 0.0]
    """
    values = np.asarray(values, np.float64)
    if values.ndim != 3 or values.shape[1] < 2 or values.shape[2] < 2:
        raise UsageError(
            f"values of shape {values.shape}: give (policies, seeds, images) with at least two "
            "seeds and two images"
        )
    _, seeds, images = values.shape
    run_means, image_means = values.mean(axis=2), values.mean(axis=1)
    means = values.sum(axis=(1, 2)) / (seeds * images)
    between = run_deviation(run_means) ** 2
    interaction = interaction_square(values)
    within = interaction / images
    image, kurtosis = image_moments(image_means)
    seed = seed_part(between, within, seeds)
    uncertainty = seed_uncertainty(
        between,
        within,
        np.full(between.shape, seeds - 1.0),
        (seeds - 1.0) * (images - 1.0),
        seeds,
    )
    interaction_part = np.minimum(within / seeds, image)
    return PairVariances(
        difference=means[:, None] - means,
        image_part=image,
        seed_part=seed,
        one_image=one_image(images, resolution),
        image_freedom=image_freedom(kurtosis, images),
        seed_uncertainty=np.where(seed > 0, uncertainty, 0.0),
        lasting_part=image - interaction_part,
        interaction_part=interaction_part,
        uncentred_part=uncentred_part(image_means, images),
        images=images,
        units=images,
        seeds=seeds,
        repetitions=seeds,
    )


def interaction_square(values: Floats) -> Floats:
    """Return the mean square of the interaction of seed and image for each pair of policies.

    It is Σ (d_se - d_s. - d_.e + D)² / ((n - 1)(N - 1)); ``values`` is (policies, seeds, images).

    >>> interaction_square(np.array([[[1.0, 0], [0, 1]], [[0, 0], [0, 0]]])).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    policies, seeds, images = values.shape
    left = values - values.mean(axis=2, keepdims=True)
    left -= left.mean(axis=1, keepdims=True)
    square = np.zeros((policies, policies))
    for i in range(policies):
        differences = left - left[i]
        square[i] = np.einsum("pse,pse->p", differences, differences)
    return np.asarray(square / ((seeds - 1) * (images - 1)), np.float64)


def compare_on_test_set(
    values: Floats,
    baseline: int,
    rng: np.random.Generator,
    *,
    resolution: float = 1.0,
    level: float = LEVEL,
    draws: int = DRAWS,
) -> Differences:
    """Compare policies on a test set with one named beforehand: k - 1 comparisons.

    Parameters
    ----------
    values
        (policies, seeds, images): 1 for right and 0 for wrong, or losses. The policies were chosen
        without the test set.
    rng
        For signs and normal numbers.

    Examples
    --------
    >>> right = np.ones((2, 3, 100))
    >>> right[1, :, :12] = 0
    >>> found = compare_on_test_set(right, 1, np.random.default_rng(0))
    >>> found.mean.round(2).tolist(), (found.p_value < 0.05).tolist(), found.seeds
    ([0.12, 0.0], [True, False], 3)
    """
    values = np.asarray(values, np.float64)
    variances = crossed_variances(values, resolution)
    image_means = values.mean(axis=1)
    return versus_named(
        variances,
        draw_flips(image_means, variances, rng, draws),
        draw_normals(image_means, variances, rng, draws),
        run_deviation(values.mean(axis=2)),
        baseline,
        level,
    )
