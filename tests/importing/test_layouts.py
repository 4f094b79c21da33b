"""Which files are which run's, and what the files of a run make together."""

import math
import os
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

from lr_study.importing.curves import WANTED, Curves, join
from lr_study.importing.event_files import Point, read_event_file
from lr_study.importing.layouts import find_runs
from lr_study.support.errors import UsageError


def found(root: Path) -> dict[str, tuple[int, int, int]]:
    """How many files each run has: to train, to validate, both."""
    runs = find_runs(root).runs
    return {run.name: (len(run.train), len(run.validation), len(run.both)) for run in runs}


def test_keras_layout_at_any_depth_with_any_number_of_files(tmp_path: Path) -> None:
    write_run(tmp_path / "lr_0.1")
    write_run(tmp_path / "a" / "b" / "lr_0.1")
    write_run(tmp_path / "a" / "b" / "lr_0.1", first=4, name="events.out.tfevents.1700000000.host")
    (tmp_path / "a" / "notes.txt").write_text("no event file")
    assert found(tmp_path) == {"a/b/lr_0.1": (2, 2, 0), "lr_0.1": (1, 1, 0)}


def test_the_folder_itself_may_be_a_run(tmp_path: Path) -> None:
    write_run(tmp_path / "lr_0.1")
    assert found(tmp_path / "lr_0.1") == {"lr_0.1": (1, 1, 0)}


def test_single_files_whose_names_say_what_they_hold(tmp_path: Path) -> None:
    for name in (
        "train_lr_0.1.tfevents.1600000000.host",
        "valid_lr_0.1.tfevents.1600000000.host",
        "lr_0.2-train.events.out.tfevents.7",
        "lr_0.2-val.events.out.tfevents.7",
        "sub/train.tfevents",
        "sub/validation.tfevents",
        "trainlr_0.3",
        "validlr_0.3",
    ):
        write_file(tmp_path / name, ())
    (tmp_path / "train.py").write_text("print('training')")
    (tmp_path / "validation.csv").write_text("epoch,accuracy\n")
    assert found(tmp_path) == {
        "lr_0.1": (1, 1, 0),
        "lr_0.2": (1, 1, 0),
        "lr_0.3": (1, 1, 0),
        "sub": (1, 1, 0),
    }


def test_the_name_of_a_host_says_nothing(tmp_path: Path) -> None:
    write_file(tmp_path / "x" / "events.out.tfevents.1600000000.train-1.valid", ())
    assert found(tmp_path) == {"x": (0, 0, 1)}


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    """Links that lead out are named; those that stay inside, and loops, do no harm."""
    outside = write_run(tmp_path / "outside")
    root = tmp_path / "logs"
    write_run(root / "lr_0.1")
    (root / "above").symlink_to("..", target_is_directory=True)
    (root / "absolute").symlink_to(outside, target_is_directory=True)
    (root / "loop").symlink_to(".", target_is_directory=True)
    (root / "lr_0.2" / "train").mkdir(parents=True)
    (root / "lr_0.2" / "train" / FILE_NAME).symlink_to(outside / "train" / FILE_NAME)
    (root / "lr_0.2" / "train" / "events.out.tfevents.2").symlink_to("nowhere")
    (root / "lr_0.2" / "train" / "events.out.tfevents.3").symlink_to("events.out.tfevents.3")
    (root / "lr_0.3" / "train").mkdir(parents=True)
    (root / "lr_0.3" / "train" / FILE_NAME).symlink_to(root / "lr_0.1" / "train" / FILE_NAME)
    runs = find_runs(root)
    assert {run.name for run in runs.runs} == {"lr_0.1", "lr_0.3"}
    everything = [path for run in runs.runs for path in (*run.train, *run.validation, *run.both)]
    assert all(path.is_relative_to(root.resolve()) for path in everything)
    assert dict(runs.refused) == {
        "above": "a link that leads out of the folder: not read",
        "absolute": "a link that leads out of the folder: not read",
        f"lr_0.2/train/{FILE_NAME}": "a link that leads out of the folder: not read",
        "lr_0.2/train/events.out.tfevents.2": "a link to nothing: not read",
        "lr_0.2/train/events.out.tfevents.3": "a link to nothing: not read",
    }


def test_the_folder_may_be_given_through_a_link_or_from_below(tmp_path: Path) -> None:
    write_run(tmp_path / "real" / "lr_0.1")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path / "link") == {"lr_0.1": (1, 1, 0)}
    assert found(tmp_path / "link" / "lr_0.1" / ".." / ".." / "real") == {"lr_0.1": (1, 1, 0)}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..", None),
        ("...", "..."),
        ("..\\..\\etc", "..\\..\\etc"),
        ("a\nb", "a\\nb"),
        ("скорость_0.1", "скорость_0.1"),
        (os.fsdecode(b"\xff"), "\\udcff"),
        ("..%2f..%2fetc", "..%2f..%2fetc"),
        ("-rf", "-rf"),
    ],
)
def test_no_name_leads_out_or_breaks_a_line(tmp_path: Path, name: str, shown: str | None) -> None:
    root = tmp_path / "logs"
    root.mkdir()
    if shown is None:  # a file system gives no such name: it is the folder above
        write_run(root / ".." / "outside")
        write_run(root / "lr_0.1")
        assert set(found(root)) == {"lr_0.1"}
        return
    write_run(root / name)
    assert set(found(root)) == {shown}


def test_no_folder_or_no_event_file_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1")
    with pytest.raises(UsageError, match="it holds no event file"):
        find_runs(tmp_path)
    for path in (tmp_path / "missing", tmp_path / "train.py"):
        with pytest.raises(UsageError, match="it is a folder of event files"):
            find_runs(path)


def curves_of(root: Path) -> Curves:
    (run,) = find_runs(root).runs

    def points(paths: list[Path]) -> list[tuple[Point, ...]]:
        return [read_event_file(path, WANTED).points for path in paths]

    return join(points(run.train), points(run.validation), points(run.both))


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
    times = [point.wall_time for name, _, point in curves.kept() if name == "loss"]
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
def test_names_old_and_new(tmp_path: Path, loss: str, accuracy: str, rate: str, form: str) -> None:
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


def test_one_file_with_both(tmp_path: Path) -> None:
    curves = {"epoch_loss": [2, 1], "epoch_accuracy": [0.25, 0.5]}
    curves |= {"val_loss": [4, 3], "val_accuracy": [0.125, 0.375]}
    write_file(tmp_path / FILE_NAME, curve_records(curves))
    lists = curves_of(tmp_path).lists()
    assert lists["val_accuracy"] == [0.125, 0.375]
    assert lists["learning_rate"] == []


def test_several_files_of_one_run_are_joined(tmp_path: Path) -> None:
    """The later goes on from its first step; a run started anew is the later run."""
    write_run(tmp_path, epochs=4)
    later = START + 1000
    write_run(tmp_path, epochs=3, first=2, start=later, name=f"{FILE_NAME}.0", best=0.5)
    curves = curves_of(tmp_path)
    assert curves.epochs == (1, 2, 3, 4, 5)
    assert curves.lists()["val_accuracy"][:3] == [0.375, 0.5, 0.375]
    assert curves.seconds_per_epoch() == SECONDS_PER_EPOCH  # the gap between them is no epoch
    write_run(tmp_path, epochs=2, start=START + 2000, name="0.tfevents", best=1.0)
    assert curves_of(tmp_path).lists()["val_accuracy"] == [0.5, float.fromhex("0x1.555556p-1")]


def test_only_epochs_with_both_validation_figures_count(tmp_path: Path) -> None:
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
    assert curves.summarize_curves(0)["best_epoch"] == 1


def test_absent_is_not_diverged(tmp_path: Path) -> None:
    write_run(tmp_path)
    (tmp_path / "train" / FILE_NAME).unlink()
    curves = curves_of(tmp_path)
    assert not curves.diverged
    assert curves.summarize_curves(0)["final_val_loss"] == 0.25


def test_steps_and_times_that_cannot_be_are_passed_over() -> None:
    bad = [(-1, START), (10**15, START), (0, math.nan), (1, -5.0), (2, 1e300)]
    points = [Point("epoch_loss", step, wall_time, 1.0) for step, wall_time in bad]
    assert join([points], [points]).points["val_loss"] == {}
