"""What a user may rely on in the metrics of a run."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import make_record

from lr_study.runs import (
    RunRecord,
    convergence_epoch,
    convergence_tolerance,
    required_metrics,
    summarize_curves,
)
from lr_study.tracking.writing import record_tags

accuracies = st.lists(st.integers(0, 270).map(lambda n: n / 270), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("values", "tolerance", "epoch"),
    [
        ([0.5], 0, 1),
        ([0.5, 0.5, 0.5], 0, 1),
        ([0.1, 0.2, 0.3], 0, 3),
        ([0.3, 0.5, 0.3, 0.5, 0.5], 0, 4),
        ([0.3, 0.5, 0.3, 0.5, 0.5], 0.2, 1),
        ([0.8, 0.90, 0.895, 0.9], 0.005, 2),
        ([0.8, 0.90, 0.894, 0.9], 0.005, 4),
        ([0.1 + 0.2, 0.3], 0, 1),
    ],
)
def test_convergence_epoch(values: list[float], tolerance: float, epoch: int) -> None:
    assert convergence_epoch(values, tolerance) == epoch


@given(accuracies, st.floats(0, 1))
def test_after_the_convergence_epoch_the_accuracy_stays_within_the_tolerance(
    values: list[float], tolerance: float
) -> None:
    epoch = convergence_epoch(values, tolerance)
    assert all(abs(value - values[-1]) <= tolerance + 1e-9 for value in values[epoch - 1 :])
    assert epoch == 1 or abs(values[epoch - 2] - values[-1]) > tolerance + 1e-9


def test_the_tolerance_is_never_less_than_one_image() -> None:
    assert convergence_tolerance(269) == 1 / 269
    assert convergence_tolerance(3842) == 0.001


def test_metrics_of_a_run() -> None:
    metrics = make_record().metrics()
    assert metrics == {
        "final_val_accuracy": 0.8125,
        "best_val_accuracy": 0.875,
        "best_epoch": 3,
        "convergence_epoch": 4,
        "val_accuracy_roughness": pytest.approx((0.25 + 0.125 + 0.0625) / 3),
        "best_val_loss": 0.5,
        "final_val_loss": 0.625,
        "val_loss_rise": 0.125,
        "wall_clock_seconds": 2.0,
        "seconds_per_epoch": 0.5,
        "feature_seconds": 6.0,
        "test_accuracy": 0.8,
    }
    assert set(required_metrics(diverged=False)) <= set(metrics)


def test_a_diverged_run_has_no_metric_that_needs_the_missing_loss() -> None:
    record = make_record(diverges_at=3)
    assert record.diverged
    assert "final_val_loss" not in record.metrics()
    assert record.metrics()["best_val_loss"] == 0.75
    assert set(required_metrics(diverged=True)) <= set(record.metrics())
    at_once = make_record(diverges_at=1)
    assert "best_val_loss" not in at_once.metrics()
    assert set(required_metrics(diverged=True)) <= set(at_once.metrics())


def test_the_time_of_a_run_is_its_own_unless_it_was_shared() -> None:
    def timing(record: RunRecord) -> tuple[str, str]:
        tags = record_tags(record)
        return tags["lr_study.timing"], tags["lr_study.timing_shared_among"]

    assert timing(make_record()) == ("alone", "1")
    assert timing(replace(make_record(), shared_among=4)) == ("shared", "4")


@given(accuracies)
def test_the_best_accuracy_is_never_below_the_final_one(values: list[float]) -> None:
    record = make_record(accuracies=tuple(values), losses=(1.0,) * len(values))
    metrics = summarize_curves(record.epochs, tolerance=0)
    assert metrics["best_val_accuracy"] >= metrics["final_val_accuracy"]
    assert values[int(metrics["best_epoch"]) - 1] == metrics["best_val_accuracy"]
