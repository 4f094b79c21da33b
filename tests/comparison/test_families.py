"""Families compared on the test set."""

import math

import pytest
from compared_runs import BASE, FAST, ranked, three_policies, with_curves
from records import make_record
from scipy import stats


def test_policies_are_selected_on_validation_and_compared_on_test() -> None:
    runs = with_curves(
        *(
            make_record(policy, seed, accuracies=(0.1, accuracy), losses=(1, 0.5))
            for policy, accuracy in (
                (BASE, 0.70),
                ("fixed:lr=0.1", 0.60),
                (FAST, 0.75),
                ("exp_decay:initial_lr=0.1,k=0.3", 0.74),
            )
            for seed in (0, 1, 2)
        )
    )
    # The policies that validation does not select are better on test.
    runs["test_accuracy"] = [0.7] * 3 + [0.9] * 3 + [0.71, 0.72, 0.73] + [0.9] * 3
    decay, fixed = ranked(runs).families
    assert (decay.family, decay.policy, decay.tried) == ("exp_decay", FAST, 2)
    assert decay.test_accuracy == pytest.approx(0.72)
    assert decay.vs_baseline.mean == pytest.approx(0.02)
    assert "over 1 comparisons" in decay.vs_baseline.correction
    assert (fixed.policy, fixed.vs_baseline) == (BASE, None)
    assert decay.interval_method == "Wilson, 269 test images"


def test_without_a_test_set_there_are_no_test_figures() -> None:
    runs = three_policies()
    runs["test_accuracy"] = math.nan
    for family in ranked(runs).families:
        assert (family.test_accuracy, family.interval, family.vs_baseline) == (None, None, None)


def runs_on_test(better: str = FAST, **changes):
    """BASE and a better policy under three seeds, with accuracies on test."""
    runs = with_curves(
        *(
            make_record(policy, seed, accuracies=(0.1, end), losses=(1, 0.5), **changes)
            for policy, end in ((BASE, 0.7), (better, 0.8))
            for seed in range(3)
        )
    )
    runs["test_accuracy"] = [0.7, 0.71, 0.72, 0.8, 0.82, 0.81]
    return runs


def test_the_interval_on_test_is_that_of_sampling_its_images() -> None:
    decay, fixed = ranked(runs_on_test(test_size=100)).families
    assert (decay.family, decay.estimate, decay.runs) == ("exp_decay", pytest.approx(0.8), 3)
    for family, accuracy in ((decay, 0.81), (fixed, 0.71)):
        expected = stats.binomtest(round(100 * accuracy), 100).proportion_ci(method="wilson")
        assert family.test_accuracy == pytest.approx(accuracy)
        assert family.interval == pytest.approx(tuple(expected))
        assert family.interval_method == "Wilson, 100 test images"
    # By hand: differences 0.10, 0.11, 0.09.
    assert decay.vs_baseline.mean == pytest.approx(0.1)
    low, high = decay.vs_baseline.interval
    assert 0 < low < 0.1 < high
    assert decay.vs_baseline.n == 3


def test_a_test_set_of_unknown_size_has_no_interval() -> None:
    runs = runs_on_test()
    for protocol in runs["protocol"]:
        protocol["test_size"] = "unknown"
    decay, _ = ranked(runs).families
    assert (decay.test_accuracy, decay.interval) == (pytest.approx(0.81), None)
    assert decay.vs_baseline.mean == pytest.approx(0.1)


def test_a_baseline_that_lacks_a_test_accuracy_is_compared_with_none() -> None:
    runs = runs_on_test()
    runs.loc[1, "test_accuracy"] = math.nan
    decay, fixed = ranked(runs).families
    assert (fixed.test_accuracy, fixed.interval, fixed.interval_method) == (None, None, None)
    assert (decay.test_accuracy, decay.vs_baseline) == (pytest.approx(0.81), None)


def test_a_policy_that_is_not_the_baseline_is_compared_within_its_family_too() -> None:
    (fixed,) = ranked(runs_on_test(better="fixed:lr=0.01")).families
    assert (fixed.policy, fixed.tried) == ("fixed:lr=0.01", 2)
    assert fixed.vs_baseline.mean == pytest.approx(0.1)
