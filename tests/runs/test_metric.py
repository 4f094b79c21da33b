"""The metric that runs are ranked by: what names tell, and what a run's curves give."""

import pytest

from lr_study.runs import (
    ACCURACY,
    LOSS,
    EpochRecord,
    Metric,
    direction_of,
    metric_of,
    required_metrics,
    summarize_curves,
)
from lr_study.support import UsageError

MAE = Metric("mae", higher_is_better=False)


@pytest.mark.parametrize(
    ("higher_is_better", "names"),
    [
        (True, "accuracy acc sparse_categorical_accuracy auc auc_2 precision r2_score f1_score"),
        (True, "digit_accuracy mean_io_u precision_at_recall PR_AUC"),
        (False, "loss age_loss mae mse root_mean_squared_error mean_absolute_percentage_error"),
        (False, "categorical_crossentropy kl_divergence huber squared_hinge age_mae_1 logcosh"),
        (None, "gini pinball score accuracy_of_age lossy"),
    ],
)
def test_which_values_are_better_by_the_name(higher_is_better: bool | None, names: str) -> None:
    assert {name: direction_of(name) for name in names.split()} == dict.fromkeys(
        names.split(), higher_is_better
    )


def test_a_name_that_does_not_tell_needs_a_direction() -> None:
    with pytest.raises(UsageError, match="give higher_is_better=True or False"):
        Metric.named("gini")
    assert Metric.named("val_gini", higher_is_better=True) == Metric("gini", True)
    assert Metric.named("mae", higher_is_better=True).higher_is_better  # their own, of that name
    with pytest.raises(UsageError, match="higher_is_better=True is not allowed for the metric los"):
        Metric.named("val_loss", higher_is_better=True)


@pytest.mark.parametrize(
    ("fields", "metric"),
    [
        ({}, ACCURACY),
        ({"metric": "acc"}, ACCURACY),  # what a classifier's model calls it
        ({"metric": "unknown", "direction": "unknown"}, ACCURACY),
        ({"metric": 3, "direction": "lower"}, ACCURACY),
        ({"metric": "mae", "direction": "lower"}, MAE),
        ({"metric": "loss", "direction": "lower"}, LOSS),
        ({"metric": "loss", "direction": "higher"}, LOSS),  # nobody wrote that but by hand
        ({"metric": "accuracy", "direction": "lower"}, ACCURACY),
    ],
)
def test_the_metric_of_a_protocol(fields, metric: Metric) -> None:
    assert metric_of(fields) == metric


def curve(*values: float | None, loss: float | None = 1.0) -> list[EpochRecord]:
    return [
        EpochRecord(i, loss, None, loss, None, 0.1, {"mae": value, "val_mae": value})
        for i, value in enumerate(values, start=1)
    ]


def test_a_run_is_summarized_by_its_own_metric() -> None:
    found = summarize_curves(curve(9.0, 3.0, 4.02, 4.0), 0.001, MAE)
    assert found == {
        "final_val_mae": 4.0,
        "best_val_mae": 3.0,
        "best_epoch": 2,
        "convergence_epoch": 3,  # within 1 % of the last value from there on
        "val_mae_roughness": pytest.approx((6 + 1.02 + 0.02) / 3),
        "final_val_loss": 1.0,
        "best_val_loss": 1.0,
        "val_loss_rise": 0.0,
    }
    assert set(required_metrics(MAE, diverged=False)) == set(found)


def test_a_metric_that_diverged_has_no_last_value() -> None:
    found = summarize_curves(curve(9.0, None, loss=None), 0.001, MAE)
    assert found == {"best_val_mae": 9.0, "best_epoch": 1}
    assert required_metrics(MAE, diverged=True) == ()
    assert summarize_curves(curve(None, loss=None), 0.001, MAE) == {}


def test_a_loss_ranks_without_another_metric() -> None:
    epochs = [EpochRecord(i, v, None, v, None, 0.1) for i, v in ((1, 0.5), (2, 0.75))]
    found = summarize_curves(epochs, 0.001, LOSS)
    assert (found["final_val_loss"], found["best_val_loss"], found["best_epoch"]) == (0.75, 0.5, 1)
    assert set(required_metrics(LOSS, diverged=False)) == set(found)
