"""Runs in tables: CSVLogger, exported histories, several runs in one table."""

from pathlib import Path

import pytest

from lr_study.importing.assembling import Assembled, assemble
from lr_study.importing.declarations import Declared
from lr_study.importing.guessing import guess_declarations
from lr_study.importing.tables import read_tables
from lr_study.support.errors import LrStudyError, UsageError


def read(*files: Path, mapping: dict[str, Declared] | None = None, **options) -> Assembled:
    runs, names, warnings = read_tables(list(files), mapping or {}, {}, **options)
    declared = {"*": guess_declarations(runs, names).declared, **(mapping or {})}
    return assemble(runs, declared, {}, warnings)


def table(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_csv_logger_counts_epochs_from_0(tmp_path: Path) -> None:
    header = "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss"
    file = table(tmp_path / "a.csv", header, "0,0.5,0.1,2,0.25,3", "1,0.75,0.05,1,0.5,2")
    (run,) = read(file).runs
    assert run.curves.lists() == {
        "loss": [2.0, 1.0],
        "accuracy": [0.5, 0.75],
        "val_loss": [3.0, 2.0],
        "val_accuracy": [0.25, 0.5],
        "learning_rate": [0.1, 0.05],
    }
    assert "seconds_per_epoch" not in run.metrics()  # a table has no times


def test_a_second_training_appended_to_a_table_counts_alone(tmp_path: Path) -> None:
    lines = ["epoch,val_accuracy", "0,0.5", "1,0.75", "2,0.75", "0,0.25", "1,0.5"]
    found = read(table(tmp_path / "a.csv", *lines))
    assert found.runs[0].curves.lists()["val_accuracy"] == [0.25, 0.5]
    assert "a: 2 trainings are in its files" in found.warnings[0]


def test_an_exported_history_has_several_runs_and_empty_cells(tmp_path: Path) -> None:
    lines = [
        "run;_step;epoch;_timestamp;train/loss;val/acc;seed;lr",
        "x;9;0;1600000010;1.0;;3;0.1",
        "x;9;0;1600000020;;0.5;3;0.1",
        "x;19;1;1600000040;;0.75;3;0.1",
        "y;9;0;1600000010;;0.25;4;0.1",
        "y;19;1;1600000030;;0.5;4;0.1",
    ]
    runs = read(table(tmp_path / "history.csv", *lines)).runs
    assert [(run.name, run.seed, run.choice.text) for run in runs] == [
        ("x", 3, "fixed:lr=0.1"),
        ("y", 4, "fixed:lr=0.1"),
    ]
    assert [run.curves.lists()["val_accuracy"] for run in runs] == [[0.5, 0.75], [0.25, 0.5]]
    assert runs[0].metrics()["seconds_per_epoch"] == 20.0


def test_results_of_ultralytics_in_folders_of_their_own(tmp_path: Path) -> None:
    header = "                  epoch,             train/loss,  metrics/accuracy_top1,   lr/pg0"
    files = [
        table(
            tmp_path / name / "results.csv", header, f"1, 0.5, {best}, 0.1", f"2, 0.4, {best}, 0.1"
        )
        for name, best in (("a", 0.5), ("b", 0.75))
    ]
    runs = read(*files).runs
    assert [(run.name, run.protocol["epochs"]) for run in runs] == [("a", 2), ("b", 2)]
    assert runs[1].curves.lists()["val_accuracy"] == [0.75, 0.75]


def test_policy_and_protocol_come_from_columns(tmp_path: Path) -> None:
    header = "epoch,val_accuracy,batch_size,initial,drop,seed"
    file = table(tmp_path / "a.csv", header, *(f"{e},0.5,16,0.1,0.5,2" for e in range(3)))
    policy = "step_decay:initial_lr={initial},drop={drop},epochs_drop=5"
    declared = Declared(policy, seed="{seed}", protocol_params=("batch_size",))
    (run,) = read(file, mapping={"*": declared}).runs
    assert run.choice.text == "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5"
    assert (run.seed, run.protocol["batch_size"]) == (2, 16)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not a table: No columns to parse"),
        ("a,b\n1,2\n", "it has no column for the epoch or the step: there are a, b"),
        (
            "epoch,accuracy\n0,0.5\n",
            "there are the columns epoch, accuracy; name one with --column",
        ),
        ('epoch,val_accuracy\n0,"0.5\n', "not a table: "),
        ("epoch,val_accuracy\nx,0.5\n", "it has no val_accuracy"),
        ("epoch,val_accuracy\n0,5000\n", "val_accuracy has the value 50, which is not from 0 to 1"),
        ("epoch,val_accuracy\n0,inf\n", "which is not from 0 to 1"),
        ("\0\0\0", "a: "),
    ],
)
def test_what_is_no_table_of_a_run_is_named(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(LrStudyError) as caught:
        read(table(tmp_path / "a.csv", content))
    assert reason in str(caught.value)


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing.csv does not exist: give tables"):
        read(tmp_path / "missing.csv")
