"""What a user may rely on in the figures of a run, its protocol and its identity."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import PROTOCOL, make_record

from lr_study.policies import parse
from lr_study.runs import (
    OPTIMIZERS,
    Protocol,
    Settings,
    convergence_epoch,
    convergence_tolerance,
    required_metrics,
    summarize_curves,
)
from lr_study.support.errors import UsageError

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
def test_from_the_convergence_epoch_on_all_is_near_the_end(
    values: list[float], tolerance: float
) -> None:
    epoch = convergence_epoch(values, tolerance)
    assert all(abs(value - values[-1]) <= tolerance + 1e-9 for value in values[epoch - 1 :])
    assert epoch == 1 or abs(values[epoch - 2] - values[-1]) > tolerance


def test_the_tolerance_is_never_less_than_one_picture() -> None:
    assert convergence_tolerance(269) == 1 / 269
    assert convergence_tolerance(3842) == 0.001


def test_figures_of_a_run() -> None:
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


def test_a_diverged_run_has_no_figure_that_needs_the_lost_loss() -> None:
    record = make_record(diverges_at=3)
    assert record.diverged
    assert "final_val_loss" not in record.metrics()
    assert record.metrics()["best_val_loss"] == 0.75
    assert set(required_metrics(diverged=True)) <= set(record.metrics())
    at_once = make_record(diverges_at=1)
    assert "best_val_loss" not in at_once.metrics()
    assert set(required_metrics(diverged=True)) <= set(at_once.metrics())


@given(accuracies)
def test_the_best_is_never_below_the_final(values: list[float]) -> None:
    record = make_record(accuracies=tuple(values), losses=(1.0,) * len(values))
    figures = summarize_curves(record.epochs, tolerance=0)
    assert figures["best_val_accuracy"] >= figures["final_val_accuracy"]
    assert values[int(figures["best_epoch"]) - 1] == figures["best_val_accuracy"]


def test_protocol_is_canonical_json() -> None:
    text = PROTOCOL.to_json()
    assert list(json.loads(text)) == sorted(field.name for field in fields(Protocol))
    assert " " not in text
    assert len(PROTOCOL.id) == 12
    assert int(PROTOCOL.id, 16) >= 0


@pytest.mark.parametrize("name", [field.name for field in fields(Protocol)])
def test_any_field_makes_another_protocol_and_another_cell(name: str) -> None:
    value = getattr(PROTOCOL, name)
    other = replace(PROTOCOL, **{name: value + 1 if not isinstance(value, str) else value + "x"})
    assert other.id != PROTOCOL.id
    policy = parse("fixed")
    assert other.cell(policy, 0) != PROTOCOL.cell(policy, 0)
    assert PROTOCOL.cell(policy, 1) != PROTOCOL.cell(policy, 0)
    assert PROTOCOL.cell(parse("fixed:lr=0.01"), 0) != PROTOCOL.cell(policy, 0)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("engine", "fast", "cached, live"),
        ("backbone", "vgg", "efficientnet-lite0"),
        ("optimizer", "lamb", "adam, adamw"),
        ("image_size", 31, ">= 32"),
        ("epochs", 0, ">= 1"),
        ("batch_size", 0, ">= 1"),
        ("min_class_size", -1, ">= 0"),
        ("val_fraction", 0.0, "0 <"),
        ("val_fraction", float("nan"), "0 <"),
        ("test_fraction", 1.0, "< 1"),
        ("val_fraction", 0.9, "sum"),
    ],
)
def test_settings_refuse_what_is_not_allowed(name: str, value: object, says: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Settings(**{name: value})
    assert f"{name}={value}" in str(refusal.value)
    assert says in str(refusal.value)


def test_auto_means_no_download_for_the_sample() -> None:
    assert Settings().resolved_backbone() == "efficientnet-lite0"
    assert Settings(data="oregon").resolved_backbone() == "efficientnet-b0"
    assert Settings(data="oregon", backbone="efficientnet-lite0").resolved_backbone() == (
        "efficientnet-lite0"
    )
    assert len(OPTIMIZERS) == 9
