"""Test sets: variances by loops, unbiasedness, and comparisons with a baseline."""

import numpy as np
import pytest
from scipy import stats

from lr_study.comparison.crossed_inference import (
    compare_on_test_set,
    crossed_variances,
    interaction_square,
)
from lr_study.support import UsageError


def crossed(seeds: int, images: int, b: float, rng: np.random.Generator, policies: int = 1):
    """Effects of image (1), seed (b) and both (0.7), and their sum's policies of zeros: (1 + k)."""
    values = (
        rng.normal(0, 1, (policies, 1, images))
        + rng.normal(0, b, (policies, seeds, 1))
        + rng.normal(0, 0.7, (policies, seeds, images))
    )
    return np.concatenate([np.zeros((1, seeds, images)), values])


def test_it_agrees_with_loops() -> None:
    values = crossed(3, 8, 1.0, np.random.default_rng(0), policies=2)
    found = crossed_variances(values, resolution=1.0)
    d = values[1] - values[2]
    mean = d.mean()
    interaction = sum(
        (d[s, e] - d[s].mean() - d[:, e].mean() + mean) ** 2 for s in range(3) for e in range(8)
    ) / (2 * 7)
    assert interaction_square(values)[1, 2] == pytest.approx(interaction)
    between, within = np.var(d.mean(axis=1), ddof=1), interaction / 8
    assert between > within
    assert found.difference[1, 2] == pytest.approx(mean)
    assert found.image_part[1, 2] == pytest.approx(np.var(d.mean(axis=0), ddof=1) / 8)
    assert found.seed_part[1, 2] == pytest.approx((between - within) / 3)
    assert found.one_image == 1 / 64
    assert found.seed_uncertainty[1, 2] == pytest.approx(
        (between / 3) ** 2 / 2 + (within / 3) ** 2 / 14
    )
    assert found.image_freedom[1, 2] == pytest.approx(
        16 / (stats.kurtosis(d.mean(axis=0), fisher=False) - 1)
    )
    assert found.interaction_part[1, 2] == pytest.approx(interaction / 24)
    assert found.lasting_part + found.interaction_part == pytest.approx(found.image_part)
    assert (found.images, found.seeds, found.repetitions) == (8, 3, 3)


@pytest.mark.parametrize(("seeds", "ratio"), [(2, 1.0), (5, 0.0), (5, 3.0)])
def test_the_variance_is_unbiased(seeds: int, ratio: float) -> None:
    rng = np.random.default_rng(0)
    images, studies = 300, 200
    values = crossed(seeds, images, np.sqrt(ratio / images), rng, studies)
    found = crossed_variances(values, resolution=0)
    truth = 1 / images + ratio / images / seeds + 0.49 / images / seeds
    # Subtracting the variance within a seed, as on folds, would leave 1/n of the image's out.
    assert np.var(found.difference[1:, 0]) == pytest.approx(truth, rel=0.25)
    estimate = found.variance[1:, 0]
    if ratio:
        assert estimate.mean() == pytest.approx(truth, rel=0.1)
    else:  # cut off at 0
        assert truth < estimate.mean() < 1.1 * truth


def test_without_a_seed_part_none_is_uncertain() -> None:
    rng = np.random.default_rng(0)
    found = crossed_variances(crossed(4, 60, 0.0, rng, 40), resolution=0)
    none = found.seed_part == 0
    assert 100 < none.sum() < none.size
    assert not found.seed_uncertainty[none].any()
    assert (found.seed_uncertainty[~none] > 0).all()


@pytest.mark.parametrize("shape", [(2, 5), (2, 1, 5), (2, 5, 1)])
def test_too_little_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="at least two seeds and two images"):
        crossed_variances(np.ones(shape))


def test_only_the_comparisons_with_the_baseline_count() -> None:
    rng = np.random.default_rng(0)
    right = (rng.random((5, 4, 300)) < 0.8).astype(float)
    right[3] *= rng.random((4, 300)) < 0.8
    found = compare_on_test_set(right, 1, np.random.default_rng(1))
    assert found.comparisons == 4
    assert (found.reference, found.seeds) == (1, 4)
    assert found.mean == pytest.approx(right.mean(axis=(1, 2)) - right[1].mean())
    assert (found.mean[1], found.margin_of_error[1], found.p_value[1]) == (0, 0, 1)
    assert found.std_diff[3] == pytest.approx(
        np.std(right[3].mean(axis=1) - right[1].mean(axis=1), ddof=1)
    )
    assert (found.p_value < 0.05).tolist() == [False, False, False, True, False]
    alone = compare_on_test_set(right[[1, 3]], 0, np.random.default_rng(1))
    assert alone.margin_of_error[1] < found.margin_of_error[3]


def test_a_loss_of_one_has_no_smallest_step() -> None:
    same = np.ones((2, 3, 50))
    assert compare_on_test_set(same, 0, np.random.default_rng(0)).margin_of_error[1] > 0
    losses = compare_on_test_set(same, 0, np.random.default_rng(0), resolution=0)
    assert losses.margin_of_error.tolist() == [0, 0]
