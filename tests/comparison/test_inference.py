"""Inference: worked values, agreement with scipy, and properties of arbitrary scores."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lr_study.comparison.differences import difference_at
from lr_study.comparison.inference import (
    MAX_SEEDS,
    Differences,
    TestConfig,
    all_pairs,
    assign_verdicts,
    critical_value,
    holm,
    many_to_one,
    mean_interval,
    required_data_factor,
    required_seeds,
    standard_error_factor,
    wilson_interval,
)

UNCORRECTED = TestConfig(test_train_ratio=0.0)
CORRECTED = TestConfig(test_train_ratio=0.25)

scores = st.integers(2, 6).flatmap(
    lambda policies: st.integers(2, 8).flatmap(
        lambda seeds: st.lists(
            st.lists(st.floats(0, 1, width=32), min_size=seeds, max_size=seeds),
            min_size=policies,
            max_size=policies,
        )
    )
)


def test_without_the_variance_correction_two_policies_give_the_paired_t_test() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(0.8, 0.01, (2, 7))
    expected = stats.ttest_rel(other, one)
    for found in (
        many_to_one([one, other], 0, UNCORRECTED),
        all_pairs([one, other], UNCORRECTED).versus(0),
    ):
        assert found.p_value[1] == pytest.approx(expected.pvalue)
        low, high = expected.confidence_interval(0.95)
        assert found.mean[1] - found.margin_of_error[1] == pytest.approx(low)
        assert found.mean[1] + found.margin_of_error[1] == pytest.approx(high)
        assert found.comparisons == 1


def test_the_corrected_standard_error_does_not_vanish_with_seeds() -> None:
    # Worked by hand: differences 1, 2, 3 have s = 1; √(1/3 + 1/4) = 0.76376; t = 2/0.76376.
    found = many_to_one([[0, 0, 0], [1, 2, 3]], 0, CORRECTED)
    assert found.p_value[1] == pytest.approx(2 * stats.t.sf(2 / math.sqrt(7 / 12), 2))
    assert found.margin_of_error[1] == pytest.approx(stats.t.ppf(0.975, 2) * math.sqrt(7 / 12))
    assert standard_error_factor(10**9, CORRECTED) == pytest.approx(0.5)


def test_std_is_at_least_min_std() -> None:
    config = TestConfig(test_train_ratio=0.0, min_std=0.01)
    found = many_to_one([[0.5, 0.5, 0.5], [0.6, 0.6, 0.6]], 0, config)
    assert found.std_diff[1] == 0.01
    assert found.p_value[1] == pytest.approx(2 * stats.t.sf(0.1 / (0.01 / math.sqrt(3)), 2))


@pytest.mark.parametrize(
    ("given_values", "corrected"),
    [
        ([0.01], [0.01]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.04, 0.04], [0.08, 0.08]),
        ([0.9, 0.01], [0.9, 0.02]),
        ([0.6, 0.7], [1.0, 1.0]),
        ([0.01, math.nan, 0.03], [0.02, math.nan, 0.03]),
        ([], []),
    ],
)
def test_holm_correction(given_values: list[float], corrected: list[float]) -> None:
    np.testing.assert_allclose(holm(given_values), corrected)


def test_comparisons_with_the_best_are_corrected_over_all_pairs() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(0.8, 0.01, (5, 6))
    assert many_to_one(values, 0, UNCORRECTED).comparisons == 4
    found = all_pairs(values, UNCORRECTED).versus(0)
    assert found.comparisons == 10
    raw = {(i, j): stats.ttest_rel(values[i], values[j]).pvalue for i in range(5) for j in range(i)}
    adjusted = dict(zip(raw, holm(list(raw.values())), strict=True))
    for i in range(1, 5):
        assert found.p_value[i] == pytest.approx(adjusted[i, 0])
        width = stats.t.ppf(1 - 0.05 / 20, 5) * stats.sem(values[i] - values[0])
        assert found.margin_of_error[i] == pytest.approx(width)


def test_a_policy_with_a_missing_score_is_not_counted_as_a_comparison() -> None:
    values = np.array([[0.5, 0.6, 0.4], [0.7, 0.9, 0.7], [0.5, math.nan, 0.5]])

    def both(values: np.ndarray) -> tuple[Differences, Differences]:
        return many_to_one(values, 0, CORRECTED), all_pairs(values, CORRECTED).versus(0)

    for with_gap, without in zip(both(values), both(values[:2]), strict=True):
        assert with_gap.comparisons == without.comparisons == 1
        np.testing.assert_array_equal(with_gap.p_value[:2], without.p_value)
        np.testing.assert_array_equal(with_gap.margin_of_error[:2], without.margin_of_error)
        assert np.isnan(with_gap.mean[2])
        assert difference_at(with_gap, 2).mean is None


def test_one_seed_gives_a_difference_without_interval_or_p_value() -> None:
    found = all_pairs([[0.5], [0.7]], CORRECTED).versus(1)
    assert assign_verdicts(found, CORRECTED, higher_is_better=True) == ["undecided", "undecided"]
    difference = difference_at(found, 0)
    assert (difference.mean, difference.interval, difference.p_value) == (0.5 - 0.7, None, None)


@pytest.mark.parametrize(
    ("difference", "spread", "verdict"),
    [
        (-0.10, 0.001, "worse"),
        (-0.004, 0.0001, "tied"),  # significant, but within the margin
        (-0.006, 0.0001, "worse"),
        (0.0, 0.0, "tied"),
        (-0.10, 0.2, "undecided"),
        (-0.004, 0.004, "undecided"),
    ],
)
@pytest.mark.parametrize("higher_is_better", [True, False])
def test_verdicts(difference: float, spread: float, verdict: str, higher_is_better: bool) -> None:
    sign = 1 if higher_is_better else -1
    best = np.full(8, 0.9)
    other = 0.9 + difference + spread * np.array([-1, 1] * 4)
    config = TestConfig(test_train_ratio=0.2, equivalence_margin=0.005)
    found = all_pairs(sign * np.stack([other, best]), config).versus(1)
    assert assign_verdicts(found, config, higher_is_better=higher_is_better) == [verdict, "best"]


@given(scores, st.randoms(use_true_random=False))
def test_results_do_not_depend_on_order_or_direction(values: list[list[float]], random) -> None:
    values = np.array(values)
    config = TestConfig(test_train_ratio=0.2, min_std=0.01)
    best = int(values.mean(axis=1).argmax())
    found = all_pairs(values, config).versus(best)
    negated = all_pairs(-values, config).versus(best)
    assert assign_verdicts(found, config, higher_is_better=True) == assign_verdicts(
        negated, config, higher_is_better=False
    )
    order = list(range(len(values)))
    random.shuffle(order)
    seeds = list(range(values.shape[1]))
    random.shuffle(seeds)
    shuffled = all_pairs(values[order][:, seeds], config).versus(order.index(best))
    np.testing.assert_allclose(shuffled.p_value, found.p_value[order], rtol=1e-6)
    np.testing.assert_allclose(shuffled.margin_of_error, found.margin_of_error[order], rtol=1e-6)


@given(scores)
def test_p_values_and_margins_of_error_are_in_range(values: list[list[float]]) -> None:
    found = all_pairs(values, TestConfig(test_train_ratio=0.2, min_std=0.01)).versus(0)
    assert ((found.p_value >= 0) & (found.p_value <= 1)).all()
    assert (found.margin_of_error >= 0).all()
    # More comparisons never make an interval narrower.
    assert (
        found.margin_of_error
        >= many_to_one(values, 0, TestConfig(0.2, 0.01)).margin_of_error - 1e-12
    ).all()


@pytest.mark.parametrize(("right", "size"), [(0, 10), (5, 10), (10, 10), (3450, 3842)])
def test_wilson_interval_agrees_with_scipy(right: int, size: int) -> None:
    expected = stats.binomtest(right, size).proportion_ci(method="wilson")
    assert wilson_interval(right / size, size) == pytest.approx(tuple(expected))


def test_mean_interval_agrees_with_scipy() -> None:
    low, high = mean_interval([0.1, 0.2, 0.3], TestConfig(test_train_ratio=0.0))
    expected = stats.t.interval(0.95, 2, loc=0.2, scale=0.1 / math.sqrt(3))
    assert (low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("mean", "std_diff", "seeds"),
    [
        # t * sqrt(1 / n + 0.05) <= 0.02 / 0.02: 1.030 with 12 seeds (t of 11: 2.820), 0.990 with 13
        # (t of 12: 2.779).
        (0.02, 0.02, 13),
        # <= (0.005 - 0.001) / 0.003 = 1.333: 1.444 with 7 (t of 6: 3.287), 1.309 with 8 (3.128).
        (0.001, 0.003, 8),
        # <= 0.2 / 0.05 = 4: 4.735 with 3 (t of 2: 7.649), 2.660 with 4 (t of 3: 4.857).
        (0.2, 0.05, 4),
    ],
)
def test_required_seeds_with_resplitting_and_three_comparisons(
    mean: float, std_diff: float, seeds: int
) -> None:
    # By hand, with Bonferroni's t of a printed table: 0.05 / 3, two-sided.
    config = TestConfig(test_train_ratio=0.05, equivalence_margin=0.005)
    assert required_seeds(mean, std_diff, 3, config) == seeds


def test_required_seeds_worked_by_hand() -> None:
    # The interval must exclude 0: t / sqrt(n) <= 1. With 6 seeds 2.571 / 2.449 = 1.05, with 7
    # seeds 2.447 / 2.646 = 0.92 (quantiles of a printed table).
    plain = TestConfig(test_train_ratio=0.0, equivalence_margin=0.005)
    assert required_seeds(0.02, 0.02, 1, plain) == 7
    # It must lie within 0.005: t / sqrt(n) <= 0.5. With 17 seeds 2.120 / 4.123 = 0.514, with 18
    # seeds 2.110 / 4.243 = 0.497.
    assert required_seeds(0.0, 0.01, 1, plain) == 18


def test_required_data_factor_where_no_number_of_seeds_suffices() -> None:
    config = TestConfig(test_train_ratio=0.25, equivalence_margin=0.005)
    assert required_seeds(0.01, 0.02, 3, config) is None
    assert critical_value(MAX_SEEDS, 3) * 0.02 * standard_error_factor(MAX_SEEDS, config) > 0.01
    assert required_data_factor(0.01, 0.04, config) == pytest.approx(16)
    assert required_data_factor(0.005, 0.04, config) == math.inf
