"""Sign flips: exact enumeration, and what is drawn."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats
from scores_on_images import guesses

from lr_study.comparison import sign_flips
from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.image_variance import pair_variances
from lr_study.comparison.sign_flips import (
    draw_flips,
    flip_root,
    flipped_means,
    image_signs,
    normal_statistics,
    p_values,
)


def test_signs_are_fair_and_independent() -> None:
    signs = image_signs(np.random.default_rng(0), 4000, 70)
    assert signs.shape == (4000, 70)
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert np.abs(signs.mean(axis=0)).max() < 4 / np.sqrt(4000)
    products = signs.T @ signs / 4000 - np.eye(70)
    assert np.abs(products).max() < 5 / np.sqrt(4000)


def test_a_draw_does_not_depend_on_how_many_are_made_at_once(monkeypatch) -> None:
    values = np.random.default_rng(0).normal(size=(3, 130))
    at_once = flipped_means(values, np.random.default_rng(1), 50)
    made = []

    def counted(rng: np.random.Generator, draws: int, images: int) -> np.ndarray:
        made.append(draws)
        return image_signs(rng, draws, images)

    monkeypatch.setattr(sign_flips, "image_signs", counted)
    for chunk, parts in ((130 * 20, [20, 20, 10]), (100, [1] * 50)):
        monkeypatch.setattr(sign_flips, "CHUNK", chunk)
        assert flipped_means(values, np.random.default_rng(1), 50) == pytest.approx(at_once)
        assert made == parts
        made.clear()
    signs = image_signs(np.random.default_rng(1), 50, 130)
    assert at_once == pytest.approx(values @ signs.T / 130)


def test_an_image_has_the_same_sign_in_each_call_whatever_the_others_are() -> None:
    first, later = np.zeros((1, 90)), np.random.default_rng(0).normal(size=(2, 90))
    first[0, 70] = later[0, 70] = 90.0
    later[0, :70] = later[0, 71:] = 0.0
    of_first, of_later = (
        flipped_means(values, np.random.default_rng(1), 40) for values in (first, later)
    )
    assert np.array_equal(of_first[0], of_later[0])
    assert set(of_first[0]) == {-1.0, 1.0}


def test_images_on_which_all_agree_need_no_sign(monkeypatch) -> None:
    scores = guesses([0.9, 0.9, 0.9], images=1000, repetitions=1)
    variances = pair_variances(scores)
    told_apart = (np.ptp(scores.image_means, axis=0) > 0).sum()
    asked = []

    def counted(rng: np.random.Generator, draws: int, images: int) -> np.ndarray:
        asked.append(images)
        return image_signs(rng, draws, images)

    monkeypatch.setattr(sign_flips, "image_signs", counted)
    drawn = draw_flips(scores.image_means, variances, np.random.default_rng(0), 4000)
    assert told_apart <= asked[0] <= told_apart + 1 < 500
    # In spite of that the mean is over all.
    spread = (drawn.image[0] - drawn.image[1]).std()
    assert spread == pytest.approx(np.sqrt(variances.uncentred_part[0, 1]), rel=0.05)


def few_images() -> ImageScores:
    """Three policies on 10 images, of which they differ on 8, without a seed part."""
    right = np.ones((3, 1, 10))
    right[1, 0, :7] = 0
    right[2, 0, [1, 3, 5, 8]] = 0
    return ImageScores(right, [[0, 1, 1, 0, 0, 1, 1, 0, 0, 1]], 2)


def test_p_values_are_those_of_all_possible_signs() -> None:
    scores = few_images()
    variances = pair_variances(scores)
    assert not variances.seed_part.any()
    values = scores.image_means
    pairs = list(combinations(range(3), 2))
    root = {(i, j): np.sqrt(((values[i] - values[j]) ** 2).sum()) for i, j in pairs}
    maxima = []
    for signs in product([-1, 1], repeat=10):
        maxima.append(max(abs((values[i] - values[j]) @ signs) / root[i, j] for i, j in pairs))
    flips = draw_flips(values, variances, np.random.default_rng(0), 20_000)
    drawn = flips.nested_maxima([0, 1, 2])[0]
    statistics = np.array([abs((values[i] - values[j]).sum()) / root[i, j] for i, j in pairs])
    exact = np.array([np.mean(np.array(maxima) >= t - 1e-9) for t in statistics])
    assert exact.min() < 0.05 < exact.max() < 1
    assert p_values(statistics, drawn) == pytest.approx(exact, abs=4 * 0.5 / np.sqrt(20_000))


@pytest.mark.parametrize(("images", "expected"), [(1, 1), (2, 1 / 2), (5, 1 / 16), (6, 1 / 32)])
def test_images_all_in_favour_of_one_policy_give_the_sign_test(
    images: int, expected: float
) -> None:
    right = np.ones((2, 1, 400))
    right[1, 0, :images] = 0
    scores = ImageScores(right, [np.arange(400) % 5], 5)
    variances = pair_variances(scores)
    flips = draw_flips(scores.image_means, variances, np.random.default_rng(0), 10_000)
    found = p_values(normal_statistics(variances), flips.nested_maxima([0, 1])[0])
    assert found[0, 1] == pytest.approx(expected, abs=4 * np.sqrt(expected / 10_000))


def test_policies_that_agree_on_all_images_have_the_statistic_0() -> None:
    scores = guesses([0.8, 0.6]).select([0, 1, 0])
    variances = pair_variances(scores)
    assert normal_statistics(variances)[0, 2] == 0
    flips = draw_flips(scores.image_means, variances, np.random.default_rng(0), 100)
    assert not flips.statistics(0, [2]).any()


def test_draws_vary_as_the_statistics_would() -> None:
    # Fold means differ much: most of the variance is the seed part.
    rng = np.random.default_rng(0)
    fold = np.stack([rng.permutation(np.arange(100) % 5) for _ in range(2)])
    level = rng.normal(0, 0.5, (3, 2, 5))
    values = rng.normal(size=(3, 2, 100)) + np.stack([level[:, r, fold[r]] for r in (0, 1)], 1)
    scores = ImageScores(values, fold, 5, resolution=0)
    variances = pair_variances(scores)
    assert variances.seed_share[np.triu_indices(3, 1)].min() > 0.3
    flips = draw_flips(scores.image_means, variances, rng, 20_000)
    for i, j in combinations(range(3), 2):
        (drawn,) = flips.statistics(i, [j])
        assert drawn.mean() == pytest.approx(0, abs=4 / np.sqrt(20_000))
        assert drawn.std() == pytest.approx(1, abs=0.03)
    # The seed part is of the policies: two pairs that share one depend on each other.
    together = np.corrcoef(flips.statistics(0, [1, 2]))[0, 1]
    assert 0.2 < together < 0.8


def test_statistics_are_t_with_the_seed_parts_degrees_of_freedom() -> None:
    fold = np.arange(500) % 5
    values = np.ones((2, 1, 500))
    values[1, 0, fold == 0] = 0  # B = 0.2, W = 0: the seed part is 0.04, with 4 degrees of freedom
    variances = pair_variances(ImageScores(values, fold[None], 5))
    root = flip_root(variances)[0, 1]
    assert root == pytest.approx(np.sqrt(100 / 500**2 + 0.04))
    freedom = root**4 / (0.0004**2 / 499 + 0.04**2 / 4)
    expected = stats.norm.isf(stats.t.sf(0.2 / root, freedom))
    assert normal_statistics(variances)[0, 1] == pytest.approx(expected)
    assert normal_statistics(variances)[1, 0] == pytest.approx(-expected)


def test_a_statistic_beyond_all_numbers_is_large_and_finite() -> None:
    values = np.ones((2, 1, 50_000))
    values[1] = 0
    variances = pair_variances(ImageScores(values, [np.arange(50_000) % 5], 5))
    assert normal_statistics(variances)[0, 1] == pytest.approx(-stats.norm.ppf(1e-300))


def test_p_values_count_the_data_among_the_draws() -> None:
    maxima = np.arange(1.0, 20.0)
    assert p_values(np.array([100.0, 19.0, -19.0, 10.0, 0.0]), maxima).tolist() == [
        1 / 20,
        2 / 20,
        2 / 20,
        11 / 20,
        1.0,
    ]
    # What differs by rounding alone is equal.
    assert p_values(np.array(19.0 + 1e-12), maxima) == 2 / 20
    assert p_values(np.array(19.0 + 1e-6), maxima) == 1 / 20
