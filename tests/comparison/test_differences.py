"""How metrics are tested under a protocol, and what is said of how a difference was computed."""

import math
from typing import Any

import pytest
from compared_runs import BASE, FAST, SLOW, ranked, with_curves
from records import make_record

from lr_study.comparison.differences import test_config_for as config_for
from lr_study.comparison.inference import TestConfig
from lr_study.comparison.results import Difference

SIZES = {"val_size": 200, "train_size": 1000}


@pytest.mark.parametrize(
    ("metric", "fields", "margin", "config"),
    [
        # One image of 200 is 0.005: the least standard deviation, and the least margin.
        ("val_accuracy", SIZES, 0.005, TestConfig(0.2, 0.005, 0.005)),
        ("val_accuracy", SIZES, 0.02, TestConfig(0.2, 0.005, 0.02)),
        ("val_accuracy", SIZES, 0.001, TestConfig(0.2, 0.005, 0.005)),
        ("val_loss", SIZES, 0.001, TestConfig(0.2, 0.0, 0.001)),
        ("convergence_epoch", SIZES, 0.0, TestConfig(0.2, 1.0, 0.0)),
        # Of sizes that are unknown, nothing is corrected by them.
        (
            "val_accuracy",
            {"val_size": 200, "train_size": "unknown"},
            0.02,
            TestConfig(0, 0.005, 0.02),
        ),
        ("val_accuracy", {"val_size": "unknown", "train_size": 1000}, 0.02, TestConfig(0, 0, 0.02)),
        ("val_loss", {}, 0.005, TestConfig(0, 0, 0.005)),
    ],
)
def test_how_a_metric_is_tested(
    metric: str, fields: dict[str, Any], margin: float, config: TestConfig
) -> None:
    assert config_for(metric, fields, margin) == config


def test_a_difference_says_how_it_was_computed() -> None:
    runs = with_curves(
        *(
            make_record(policy, seed, accuracies=(0.5, end + seed / 50), losses=(1, 1))
            for policy, end in ((BASE, 0.5), (FAST, 0.7), (SLOW, 0.6))
            for seed in range(3)
        )
    )
    best, middle, last = ranked(runs).rows
    assert (best.policy, middle.policy, last.policy) == (FAST, SLOW, BASE)
    versus_best, versus_baseline = middle.vs_best, middle.vs_baseline["val_accuracy"]
    assert versus_best is not None
    for difference, mean in ((versus_best, -0.1), (versus_baseline, 0.1)):
        assert math.isclose(difference.mean, mean)
        low, high = difference.interval
        assert math.isclose((low + high) / 2, mean)
        assert low < mean < high
        assert difference.n == 3
        assert difference.method == "paired t with the Nadeau-Bengio variance"
    # All pairs of three policies, and two policies with the baseline.
    assert str(versus_best.correction).endswith("over 3 comparisons")
    assert str(versus_baseline.correction).endswith("over 2 comparisons")
    assert best.vs_best == Difference(0.0, n=3)


def test_a_difference_of_single_runs_says_so() -> None:
    runs = with_curves(
        make_record(BASE, accuracies=(0.5, 0.5), losses=(1, 1)),
        make_record(FAST, accuracies=(0.5, 0.75), losses=(1, 1), diverges_at=2),
    )
    last, first = ranked(runs).rows[::-1]
    assert (first.policy, last.policy) == (BASE, FAST)
    assert last.vs_best == Difference(0.25, n=1, method="difference of single runs")
    assert last.vs_baseline["val_loss"] == Difference(None, n=0)
