"""Curves joined from the event files of a run."""

import math
from pathlib import Path

import pytest
from event_records import (
    FILE_NAME,
    SECONDS_PER_EPOCH,
    START,
    curve_records,
    write_file,
    write_run,
)

from lr_study.importing.curves import Curves
from lr_study.importing.event_files import EventFile, Point, read_event_file
from lr_study.importing.joining import TAGS, join
from lr_study.importing.layouts import find_runs


def curves_of(root: Path) -> Curves:
    (run,) = find_runs(root).runs

    def events(paths: list[Path]) -> list[EventFile]:
        return [read_event_file(path, TAGS) for path in paths]

    return join(events(run.train), events(run.validation), events(run.both))


def test_steps_from_0_become_epochs_from_1(tmp_path: Path) -> None:
    curves = curves_of(write_run(tmp_path / "x", epochs=3, rates=[0.5, 0.25, 0.125]))
    assert curves.epochs == (1, 2, 3)
    assert curves.lists() == {
        "loss": [2.0, 1.0, float.fromhex("0x1.555556p-1")],
        "accuracy": [0.5, 0.625, float.fromhex("0x1.555556p-1")],
        "val_loss": [1.0, 0.5, float.fromhex("0x1.555556p-2")],
        "val_accuracy": [0.375, 0.5, 0.5625],
        "learning_rate": [0.5, 0.25, 0.125],
    }
    assert curves.rates() == [0.5, 0.25, 0.125]
    times = [point.wall_time for name, _, point in curves.finite_points() if name == "loss"]
    assert times == [START + SECONDS_PER_EPOCH * epoch for epoch in (1, 2, 3)]
    assert curves.seconds_per_epoch() == SECONDS_PER_EPOCH


@pytest.mark.parametrize(
    ("loss", "accuracy", "rate"),
    [
        ("epoch_loss", "epoch_categorical_accuracy", "epoch_lr"),
        ("epoch_loss", "epoch_accuracy", "epoch_learning_rate"),
        ("epoch_loss", "epoch_sparse_categorical_accuracy", "lr"),
        ("loss", "acc", "learning_rate"),
    ],
)
@pytest.mark.parametrize("form", ["simple", "tensor"])
def test_the_names_of_all_versions_of_keras_are_read(
    tmp_path: Path, loss: str, accuracy: str, rate: str, form: str
) -> None:
    train = curve_records({loss: [2, 1], accuracy: [0.25, 0.5], rate: [0.5, 0.25]}, form=form)
    write_file(tmp_path / "train" / FILE_NAME, train)
    validation = curve_records({loss: [4, 3], accuracy: [0.125, 0.375]}, form=form)
    write_file(tmp_path / "validation" / FILE_NAME, validation)
    assert curves_of(tmp_path).lists() == {
        "loss": [2, 1],
        "accuracy": [0.25, 0.5],
        "val_loss": [4, 3],
        "val_accuracy": [0.125, 0.375],
        "learning_rate": [0.5, 0.25],
    }


def test_a_file_may_contain_both_sets(tmp_path: Path) -> None:
    curves = {"epoch_loss": [2, 1], "epoch_accuracy": [0.25, 0.5]}
    curves |= {"val_loss": [4, 3], "val_accuracy": [0.125, 0.375]}
    write_file(tmp_path / FILE_NAME, curve_records(curves))
    lists = curves_of(tmp_path).lists()
    assert lists["val_accuracy"] == [0.125, 0.375]
    assert lists["learning_rate"] == []


def test_several_files_of_one_run_are_joined(tmp_path: Path) -> None:
    """A later file continues from its first step; a restarted run is a later file."""
    write_run(tmp_path, epochs=4)
    later = START + 1000
    write_run(tmp_path, epochs=3, first=2, start=later, name=f"{FILE_NAME}.0", best=0.5)
    curves = curves_of(tmp_path)
    assert curves.epochs == (1, 2, 3, 4, 5)
    assert curves.lists()["val_accuracy"][:3] == [0.375, 0.5, 0.375]
    assert curves.seconds_per_epoch() == SECONDS_PER_EPOCH  # the gap between them is not an epoch
    write_run(tmp_path, epochs=2, start=START + 2000, name="0.tfevents", best=1.0)
    assert curves_of(tmp_path).lists()["val_accuracy"] == [0.5, float.fromhex("0x1.555556p-1")]


def test_an_epoch_without_both_validation_metrics_is_skipped(tmp_path: Path) -> None:
    train = curve_records({"epoch_loss": [4, 3, 2, 1, 0.5], "epoch_accuracy": [0.5] * 3})
    write_file(tmp_path / "train" / FILE_NAME, train)
    losses = {"epoch_loss": [1, math.nan, 2, 3], "epoch_accuracy": [0.5, 0.5, math.nan, 0.25]}
    write_file(tmp_path / "validation" / FILE_NAME, curve_records(losses))
    curves = curves_of(tmp_path)
    assert curves.epochs == (1, 2, 4)
    assert curves.diverged  # at epoch 2
    assert curves.lists() == {
        "loss": [4, 3, None, 1],
        "accuracy": [0.5, 0.5, None, None],
        "val_loss": [1, None, None, 3],
        "val_accuracy": [0.5, 0.5, None, 0.25],
        "learning_rate": [],
    }
    assert curves.summarize(0)["best_epoch"] == 1


def test_a_missing_loss_is_not_diverged(tmp_path: Path) -> None:
    write_run(tmp_path)
    (tmp_path / "train" / FILE_NAME).unlink()
    curves = curves_of(tmp_path)
    assert not curves.diverged
    assert curves.summarize(0)["final_val_loss"] == 0.25


def test_impossible_steps_and_times_are_ignored() -> None:
    bad = [(-1, START), (10**15, START), (0, math.nan), (1, -5.0), (2, 1e300)]
    points = [Point("epoch_loss", step, wall_time, 1.0) for step, wall_time in bad]
    assert join([EventFile(tuple(points))], [EventFile(tuple(points))]).points["val_loss"] == {}
