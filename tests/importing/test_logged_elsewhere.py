"""Event files as many tools write them: layouts that were read wrongly or refused without need."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from event_records import START, framed, scalar_record, write_file
from tensorboard.compat.proto import event_pb2

from lr_study.importing.assembling import Assembled
from lr_study.importing.declarations import Declared
from lr_study.importing.imported_run import ImportedRun
from lr_study.importing.layouts import find_runs
from lr_study.importing.tensorboard import read_tensorboard
from lr_study.support.errors import LrStudyError

EVENTS = "events.out.tfevents.1600000000.host"
Curve = Sequence[float]


def rising(epochs: int, best: float = 0.75) -> list[float]:
    """An accuracy of as many epochs, exact in 32 bits."""
    return [best - 0.5 ** (epoch + 2) for epoch in range(epochs)]


def records(
    curves: Mapping[str, Curve | Mapping[int, float]], *, first: int = 0, start: float = START
) -> list[bytes]:
    """Scalars of a file: a value a step from ``first``, or values by their steps; in time order."""
    points = [
        (step, tag, value)
        for tag, curve in curves.items()
        for step, value in (
            curve.items() if isinstance(curve, Mapping) else enumerate(curve, start=first)
        )
    ]
    points.sort(key=lambda point: point[0])
    return [
        scalar_record(tag, step, value, start + place, form="simple")
        for place, (step, tag, value) in enumerate(points, start=1)
    ]


def read(root: Path, mapping: Mapping[str, Declared] | None = None, **options) -> Assembled:
    folder = options.pop("validation_folder", None)
    return read_tensorboard(find_runs(root, folder), mapping or {}, {}, **options)


def only(root: Path, **options) -> ImportedRun:
    """The one run below a folder."""
    (run,) = read(root, **options).runs
    return run


def val_accuracy(run: ImportedRun) -> list[float | None]:
    return run.curves.lists()["val_accuracy"]


BOTH = {"loss": [1.0, 0.5, 0.25], "val_accuracy": rising(3), "lr": [0.1] * 3}


def test_a_second_training_without_validation_lends_nothing_to_the_first(tmp_path: Path) -> None:
    train = {"epoch_accuracy": rising(3), "epoch_learning_rate": [0.125] * 3}
    write_file(tmp_path / "a" / "train" / EVENTS, records(train))
    validation = records({"epoch_accuracy": rising(3)}, start=START + 0.5)
    write_file(tmp_path / "a" / "validation" / EVENTS, validation)
    later = {"epoch_accuracy": [0.25] * 3, "epoch_learning_rate": [0.5] * 3}
    write_file(tmp_path / "a" / "train" / f"{EVENTS}.1", records(later, start=START + 1000))
    found = read(tmp_path)
    assert [run.choice.text for run in found.runs] == ["fixed:lr=0.125"]
    assert found.runs[0].curves.lists()["accuracy"] == rising(3)
    assert "a: a later training without val_accuracy is in its files: not read" in found.warnings


@pytest.mark.parametrize("is_one_file", [True, False])
def test_of_several_trainings_in_one_folder_the_last_counts(
    tmp_path: Path, is_one_file: bool
) -> None:
    last = {"val_accuracy": [0.25, 0.5], "lr": [0.5] * 2}
    parts = [records(BOTH), records(last, start=START + 1000)]
    for i, part in enumerate([parts[0] + parts[1]] if is_one_file else parts):
        write_file(tmp_path / "a" / f"{EVENTS}.{i}", part)
    found = read(tmp_path)
    assert val_accuracy(found.runs[0]) == [0.25, 0.5]
    assert found.runs[0].choice.text == "fixed:lr=0.5"
    assert found.runs[0].curves.lists()["loss"] == []  # that of the first training
    assert [line for line in found.warnings if "2 trainings are in its files" in line]


def test_a_session_start_begins_a_training_where_no_step_goes_back(tmp_path: Path) -> None:
    start = event_pb2.Event(wall_time=START + 500)
    start.session_log.status = event_pb2.SessionLog.START
    first = records({"val_accuracy": rising(2)})
    second = records({"val_accuracy": rising(6, 0.5), "loss": [0.5] * 6}, start=START + 1000)
    # The first was written by another tag; only the start of a session tells the second apart.
    first = [scalar_record("lr", step, 0.5, START + step, form="simple") for step in range(2)]
    write_file(tmp_path / "a" / EVENTS, [*first, framed(start.SerializeToString()), *second])
    assert only(tmp_path).curves.lists()["learning_rate"] == []


def test_a_metric_of_the_hparams_plugin_cuts_nothing(tmp_path: Path) -> None:
    for role in ("train", "validation"):
        write_file(tmp_path / "a" / role / EVENTS, records({"epoch_accuracy": rising(8)}))
    hparams = [scalar_record("accuracy", 1, 0.875, START + 900, form="simple")]
    write_file(tmp_path / "a" / EVENTS, hparams)
    assert only(tmp_path).curves.lists()["accuracy"] == rising(8)
    # and in the same folder as all else
    write_file(
        tmp_path / "b" / EVENTS,
        records(dict.fromkeys(("accuracy", "val_accuracy", "loss"), rising(8))),
    )
    write_file(tmp_path / "b" / f"{EVENTS}.1", hparams)
    assert len(only(tmp_path / "b").curves.points["accuracy"]) == 8


def test_rates_and_losses_of_batches_beside_epochs_are_not_those_of_epochs(tmp_path: Path) -> None:
    curves = {"lr": [0.1] * 107, "loss": [0.5] * 107, "val_accuracy": rising(10)}
    write_file(tmp_path / "a" / EVENTS, records(curves))
    found = read(tmp_path)
    assert found.runs[0].choice.text == "unnamed:name=a"
    assert found.runs[0].curves.lists()["loss"] == []
    assert any("loss of single steps left out" in line for line in found.warnings)
    assert any("cannot be assigned to 10 epochs" in line for line in found.warnings)


def test_two_writers_in_one_folder_lose_no_epoch(tmp_path: Path) -> None:
    accuracy = rising(9)
    outer = {step: accuracy[step] for step in (0, 1, 2, 6, 7, 8)}
    write_file(tmp_path / "a" / EVENTS, records({"val_accuracy": outer}))
    inner = {step: accuracy[step] for step in (3, 4, 5)}
    write_file(tmp_path / "a" / f"{EVENTS}.1", records({"val_accuracy": inner}, start=START + 2.5))
    assert val_accuracy(only(tmp_path)) == accuracy


def test_copies_of_a_folder_are_one_run(tmp_path: Path) -> None:
    for folder in ("lr_0.1", "backup/lr_0.1"):
        write_file(tmp_path / folder / EVENTS, records(BOTH))
    found = read(tmp_path)
    assert [run.name for run in found.runs] == ["lr_0.1"]
    assert found.warnings == ["backup/lr_0.1: the same training as lr_0.1: counted once"]


def test_accuracies_in_percent_become_shares(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / EVENTS, records({"val_accuracy": [50.0, 75.0], "acc": [25, 50]}))
    found = read(tmp_path)
    assert val_accuracy(found.runs[0]) == [0.5, 0.75]
    assert found.runs[0].curves.lists()["accuracy"] == [0.25, 0.5]
    assert "a: val_accuracy is in percent, as values above 1 show: divided by 100" in found.warnings
    write_file(tmp_path / "a" / EVENTS, records({"val_accuracy": [500.0, 75.0]}))
    with pytest.raises(LrStudyError, match=r"val_accuracy has the value 5, which is not from 0 to"):
        read(tmp_path)


def test_steps_may_begin_at_1(tmp_path: Path) -> None:
    rates = [0.1] * 4 + [0.05] * 5 + [0.025]
    curves = {"val_accuracy": rising(10), "lr": rates, "loss": [0.5] * 10}
    write_file(tmp_path / "a" / EVENTS, records(curves, first=1))
    run = only(tmp_path)
    assert val_accuracy(run) == rising(10)
    assert run.choice.text == "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5"


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("every", [2, 5])
def test_validations_every_few_epochs_are_read(tmp_path: Path, first: int, every: int) -> None:
    epochs = range(every, 21, every)
    validated = dict(zip((e - 1 + first for e in epochs), rising(len(epochs)), strict=True))
    curves = {"val_accuracy": validated, "loss": [0.5] * 20, "lr": [0.1] * 20}
    write_file(tmp_path / "a" / EVENTS, records(curves, first=first))
    run = only(tmp_path)
    assert run.curves.epochs == tuple(epochs)
    assert (run.protocol["epochs"], run.protocol["validated_every"]) == (20, every)
    assert run.choice.text == "fixed:lr=0.1"


def test_lightning_logs_the_epoch_of_each_validation(tmp_path: Path) -> None:
    ends = [99, 199, 299, 399]
    curves = {
        "val_acc": dict(zip(ends, rising(4), strict=True)),
        "epoch": {49: 0, 99: 0, 149: 1, 199: 1, 299: 2, 399: 3},
        "lr-SGD": {0: 0.1, 100: 0.1, 200: 0.01, 300: 0.01},
        "train_loss_step": dict.fromkeys(range(49, 400, 50), 0.5),
        "train_loss_epoch": dict.fromkeys(ends, 0.25),
        "hp_metric": {0: -1.0},
    }
    write_file(tmp_path / "a" / EVENTS, records(curves))
    run = only(tmp_path)
    assert val_accuracy(run) == rising(4)
    assert run.curves.lists()["loss"] == [0.25] * 4
    assert run.curves.lists()["learning_rate"] == pytest.approx([0.1, 0.1, 0.01, 0.01])


def test_transformers_validates_within_epochs_too(tmp_path: Path) -> None:
    steps = range(50, 401, 50)
    curves = {
        "eval/accuracy": dict(zip(steps, rising(8), strict=True)),
        "train/epoch": {step: step / 200 for step in steps},
        "train/learning_rate": {step: 0.5 - step / 800 for step in steps},
    }
    write_file(tmp_path / "a" / EVENTS, records(curves))
    found = read(tmp_path)
    assert val_accuracy(found.runs[0]) == [rising(8)[3], rising(8)[7]]
    assert "a: 6 of 8 validations were not at the end of an epoch: left out" in found.warnings
    assert found.runs[0].choice.text == "linear:initial_lr=0.5,final_lr=0.0"


@pytest.mark.parametrize(
    ("accuracy", "rate"),
    [
        ("eval/accuracy", "learning rate"),
        ("Accuracy/val", "lr-SGD"),
        ("metrics/accuracy_top1", "lr/pg0"),
        ("valid/acc", "train/learning_rate"),
        ("test/accuracy", "lr-AdamW"),
        ("epoch_val_acc", "epoch_lr"),
    ],
)
def test_names_of_other_tools(tmp_path: Path, accuracy: str, rate: str) -> None:
    write_file(tmp_path / "a" / EVENTS, records({accuracy: rising(3), rate: [0.5] * 3}))
    run = only(tmp_path)
    assert (val_accuracy(run), run.choice.text) == (rising(3), "fixed:lr=0.5")


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ("a/train", "a/eval"),
        ("a/train", "a/test"),
        ("a", "a/eval"),
        ("a_train", "a_val"),
        ("a/training", "a/validation"),
    ],
)
def test_folders_of_two_sets(tmp_path: Path, train: str, validation: str) -> None:
    write_file(tmp_path / train / EVENTS, records({"accuracy": [0.25] * 3}))
    write_file(tmp_path / validation / EVENTS, records({"accuracy": rising(3)}))
    run = only(tmp_path)
    assert run.name == "a"
    assert val_accuracy(run) == rising(3)
    assert run.curves.lists()["accuracy"] == [0.25] * 3


def test_a_folder_named_train_may_hold_everything(tmp_path: Path) -> None:
    for i, folder in enumerate(("train", "train2")):
        write_file(tmp_path / folder / EVENTS, records(BOTH, start=START + i))
    assert [run.name for run in read(tmp_path).runs] == ["train", "train2"]


def test_a_refusal_lists_what_is_there_and_options_map_it(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "dev" / EVENTS, records({"accuracy": rising(3)}))
    write_file(tmp_path / "a" / "train" / EVENTS, records({"accuracy": [0.25] * 3, "f1": [0.5]}))
    with pytest.raises(LrStudyError, match=r"tags accuracy, f1 in a/train; .*--validation-folder"):
        read(tmp_path)
    assert val_accuracy(only(tmp_path, validation_folder="dev")) == rising(3)
    write_file(tmp_path / "b" / EVENTS, records({"top1/dev": rising(3)}))
    assert val_accuracy(only(tmp_path / "b", tags={"val_accuracy": "top1/dev"})) == rising(3)
    declared = {"b": Declared(metrics={"val_accuracy": "top1/dev"})}
    assert val_accuracy(only(tmp_path / "b", mapping=declared)) == rising(3)


def test_a_family_may_be_named_by_one_folder_and_its_rate_by_another(tmp_path: Path) -> None:
    names = ("fixed/0.001", "step/lr0.1_drop0.5_5", "step/lr0.1")
    for i, name in enumerate(names):
        curves = {"val_accuracy": rising(3)}
        write_file(tmp_path / name / EVENTS, records(curves, start=START + i))
    assert {run.name: run.choice.text for run in read(tmp_path).runs} == {
        "fixed/0.001": "fixed:lr=0.001",
        "step/lr0.1_drop0.5_5": "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5",
        "step/lr0.1": "unnamed:name=step/lr0.1",
    }


def test_seeds_by_run_by_pattern_and_by_order(tmp_path: Path) -> None:
    for i, name in enumerate(("lr_0.1/a", "lr_0.1/b", "lr_0.1/x_s7", "lr_0.1/mine")):
        curves = {"val_accuracy": rising(3)}
        write_file(tmp_path / name / EVENTS, records(curves, start=START + i))
    mapping = {
        "*": Declared("fixed:lr=0.1", seed="order"),
        "*_s{seed}": Declared(),
        "mine": Declared(seed="3"),
    }
    found = read(tmp_path, mapping)
    assert {run.name[7:]: run.seed for run in found.runs} == {"a": 0, "b": 1, "x_s7": 7, "mine": 3}
    assert any("seeds are given by the order of names" in line for line in found.warnings)


def test_files_that_are_none_of_runs_are_named(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / EVENTS, records(BOTH))
    (tmp_path / "a" / f"{EVENTS}.csv").write_text("Wall time,Step,Value\n", encoding="utf-8")
    (tmp_path / "a" / "tfevents.go").write_text("package main\n", encoding="utf-8")
    pointer = tmp_path / "b" / EVENTS
    pointer.parent.mkdir()
    pointer.write_text("version https://git-lfs.github.com/spec/v1\n", encoding="utf-8")
    assert read(tmp_path).warnings == [
        f"b/{EVENTS}: a Git LFS pointer, not the file itself: git lfs pull",
        "b: not imported: it has no val_accuracy",
    ]


def test_a_file_without_a_version_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a" / EVENTS
    file.parent.mkdir()
    file.write_bytes(b"".join(records(BOTH)))
    assert val_accuracy(only(tmp_path)) == rising(3)
