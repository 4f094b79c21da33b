"""Families compared on the test set."""

import math

import pytest
from compared_runs import BASE, FAST, ranked, three_policies, with_curves
from records import make_record


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
