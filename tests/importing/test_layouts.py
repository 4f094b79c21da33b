"""Which event files are found below a folder, and which run each belongs to."""

import os
from pathlib import Path

import pytest
from event_records import FILE_NAME, write_file, write_run

from lr_study.importing.layouts import find_runs
from lr_study.support.errors import UsageError


def file_counts(root: Path) -> dict[str, tuple[int, int, int]]:
    """The number of files of each run: of the training set, the validation set, and both."""
    runs = find_runs(root).runs
    return {run.name: (len(run.train), len(run.validation), len(run.both)) for run in runs}


def test_the_layout_of_keras_at_any_depth_with_any_number_of_files(tmp_path: Path) -> None:
    write_run(tmp_path / "lr_0.1")
    write_run(tmp_path / "a" / "b" / "lr_0.1")
    write_run(tmp_path / "a" / "b" / "lr_0.1", first=4, name="events.out.tfevents.1700000000.host")
    (tmp_path / "a" / "notes.txt").write_text("not an event file", encoding="utf-8")
    assert file_counts(tmp_path) == {"a/b/lr_0.1": (2, 2, 0), "lr_0.1": (1, 1, 0)}


def test_the_folder_itself_may_be_a_run(tmp_path: Path) -> None:
    write_run(tmp_path / "lr_0.1")
    assert file_counts(tmp_path / "lr_0.1") == {"lr_0.1": (1, 1, 0)}


def test_single_files_are_grouped_by_their_names(tmp_path: Path) -> None:
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
    (tmp_path / "train.py").write_text("print('training')", encoding="utf-8")
    (tmp_path / "validation.csv").write_text("epoch,accuracy\n", encoding="utf-8")
    assert file_counts(tmp_path) == {
        "lr_0.1": (1, 1, 0),
        "lr_0.2": (1, 1, 0),
        "lr_0.3": (1, 1, 0),
        "sub": (1, 1, 0),
    }


def test_the_name_of_a_host_is_ignored(tmp_path: Path) -> None:
    write_file(tmp_path / "x" / "events.out.tfevents.1600000000.train-1.valid", ())
    assert file_counts(tmp_path) == {"x": (0, 0, 1)}


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    """Links that lead out are reported; links inside, and loops, are harmless."""
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
    assert {run.name for run in runs.runs} == {"lr_0.1", "lr_0.3/train"}
    everything = [path for run in runs.runs for path in (*run.train, *run.validation, *run.both)]
    assert all(path.is_relative_to(root.resolve()) for path in everything)
    assert dict(runs.skipped) == {
        "above": "a link that leads out of the folder: skipped",
        "absolute": "a link that leads out of the folder: skipped",
        f"lr_0.2/train/{FILE_NAME}": "a link that leads out of the folder: skipped",
        "lr_0.2/train/events.out.tfevents.2": "a broken link: skipped",
        "lr_0.2/train/events.out.tfevents.3": "a broken link: skipped",
    }


def test_the_folder_may_be_a_link_or_contain_dots(tmp_path: Path) -> None:
    write_run(tmp_path / "real" / "lr_0.1")
    (tmp_path / "link").symlink_to("real")
    assert file_counts(tmp_path / "link") == {"lr_0.1": (1, 1, 0)}
    assert file_counts(tmp_path / "link" / "lr_0.1" / ".." / ".." / "real") == {"lr_0.1": (1, 1, 0)}


@pytest.mark.parametrize(
    ("name", "displayed"),
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
def test_names_stay_inside_the_folder_and_on_one_line(
    tmp_path: Path, name: str, displayed: str | None
) -> None:
    root = tmp_path / "logs"
    root.mkdir()
    if displayed is None:  # not a name in a folder, but the folder above
        write_run(root / ".." / "outside")
        write_run(root / "lr_0.1")
        assert set(file_counts(root)) == {"lr_0.1"}
        return
    write_run(root / name)
    assert set(file_counts(root)) == {displayed}


def test_a_folder_without_event_files_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1", encoding="utf-8")
    with pytest.raises(UsageError, match="contains no event file"):
        find_runs(tmp_path)
    with pytest.raises(UsageError, match=r"missing does not exist: logdir is a folder of event"):
        find_runs(tmp_path / "missing")
    with pytest.raises(UsageError, match="is not a folder: logdir is a folder of event files"):
        find_runs(tmp_path / "train.py")
