"""Simultaneous intervals: quantiles of joint maxima, their floor, and t half-widths."""

import numpy as np
import pytest
from scipy import stats
from scores_on_images import guesses

from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.image_variance import pair_variances
from lr_study.comparison.max_t import critical_value, draw_normals, floored, half_widths


def quantile(scores: ImageScores, draws: int = 40_000) -> float:
    normals = draw_normals(
        scores.image_means, pair_variances(scores), np.random.default_rng(0), draws
    )
    return critical_value(normals.nested_maxima(range(scores.policies))[0], 0.05)


def test_one_pair_has_the_normal_quantile() -> None:
    assert quantile(guesses([0.8, 0.6])) == pytest.approx(1.96, abs=0.03)


def test_independent_policies_have_tukeys_quantile() -> None:
    values = np.random.default_rng(0).normal(size=(6, 1, 3000))
    scores = ImageScores(values, [np.arange(3000) % 5], 5, resolution=0)
    tukey = stats.studentized_range.ppf(0.95, 6, np.inf) / np.sqrt(2)
    assert quantile(scores) == pytest.approx(tukey, abs=0.04)


def test_policies_that_are_alike_need_less_correction() -> None:
    rng = np.random.default_rng(0)
    value = rng.normal(size=(1, 1, 500))
    alike = np.concatenate([value + 0.001 * rng.normal(size=(1, 1, 500)) for _ in range(5)])
    apart = np.concatenate([alike, value + rng.normal(size=(1, 1, 500))])
    fold = [np.arange(500) % 5]
    six = quantile(ImageScores(apart, fold, 5, resolution=0))
    five = quantile(ImageScores(alike, fold, 5, resolution=0))
    independent = rng.normal(size=(6, 1, 500))
    assert five < six < quantile(ImageScores(independent, fold, 5, resolution=0)) - 0.02


def test_draws_have_the_correlation_of_the_images() -> None:
    scores = guesses([0.9, 0.8, 0.6], images=500)
    normals = draw_normals(
        scores.image_means, pair_variances(scores), np.random.default_rng(0), 40_000
    )
    drawn = normals.statistics(0, [1, 2])
    data = scores.image_means
    expected = np.corrcoef(data[0] - data[1], data[0] - data[2])
    assert np.corrcoef(drawn) == pytest.approx(expected, abs=0.02)
    assert drawn.std(axis=1) == pytest.approx([1, 1], abs=0.02)


def test_no_quantile_is_below_that_of_a_single_comparison() -> None:
    assert critical_value(np.zeros(1000), 0.05) == pytest.approx(stats.norm.isf(0.025))
    assert floored(0.5, 0.01) == pytest.approx(stats.norm.isf(0.005))
    assert floored(0.5, 0.01, sides=1) == pytest.approx(stats.norm.isf(0.01))
    assert floored(3.0, 0.05) == 3.0
    assert quantile(ImageScores(np.ones((3, 1, 20)), [np.arange(20) % 5], 5)) == floored(0, 0.05)


def test_half_widths_are_those_of_t_intervals() -> None:
    critical = stats.norm.isf(0.001)
    found = half_widths(critical, np.array([4.0, 9.0]), np.array([3.0, 12.0]))
    assert found == pytest.approx([2 * stats.t.isf(0.001, 3), 3 * stats.t.isf(0.001, 12)])
    assert half_widths(np.inf, np.array([4.0]), np.array([3.0])).tolist() == [np.inf]


@pytest.mark.parametrize("policies", [2, 6, 18])
def test_no_image_that_differs_is_bounded_about_as_exactly(policies: int) -> None:
    """The exact bound of a count of 0 at the same level, within 40 %."""
    scores = ImageScores(np.ones((2, 1, 1000)), [np.arange(1000) % 5], 5)
    variances = pair_variances(scores)
    critical = stats.studentized_range.ppf(0.95, policies, np.inf) / np.sqrt(2)
    found = half_widths(critical, variances.variance, variances.freedom)[0, 1]
    exact = -np.log(stats.norm.sf(critical)) / 1000
    assert found == pytest.approx(exact, rel=0.4)
