"""Folders of event files become runs in MLflow: each once and complete, whatever happens."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
from event_records import FILE_NAME, SECONDS_PER_EPOCH, START, write_file, write_run
from forked import lr_study
from mlflow import MlflowClient

from lr_study.importing import publishing
from lr_study.importing.declarations import Declared, Value
from lr_study.importing.layouts import find_runs
from lr_study.importing.storing import Outcome, store_runs
from lr_study.importing.tensorboard import read_tensorboard
from lr_study.policies import parse
from lr_study.support.errors import LrStudyError
from lr_study.support.process import liveness_token
from lr_study.tracking.connection import connect
from lr_study.tracking.experiments import choose_experiment
from lr_study.tracking.reading import load_runs


class Store:
    """A tracking store with one experiment, and a folder of event files beside it."""

    def __init__(self, folder: Path, database: Path) -> None:
        self.logs = folder / "logs"
        (folder / "mlflow.db").write_bytes(database.read_bytes())
        self.uri = f"sqlite:///{folder / 'mlflow.db'}"
        self.client: MlflowClient = connect(self.uri)
        self.experiment = choose_experiment(self.client, "x", "x")

    def load(
        self,
        logs: Path | None = None,
        mapping: Mapping[str, Declared] | None = None,
        **protocol: Value,
    ) -> Outcome:
        assembled = read_tensorboard(find_runs(logs or self.logs), mapping or {}, protocol)
        return store_runs(self.client, self.experiment, assembled)

    def runs(self) -> pd.DataFrame:
        return load_runs("x", self.uri)

    def ranked(self) -> pd.DataFrame:
        runs = self.runs()
        return runs[runs["excluded"].isna()]

    def statuses(self) -> list[str]:
        runs = self.client.search_runs([self.experiment.experiment_id])
        return sorted(run.info.status for run in runs)


@pytest.fixture
def store(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    return Store(tmp_path, empty_database)


EXP = "exp_decay:initial_lr=0.1,k=0.3"
RATES = [parse(EXP)(epoch) for epoch in range(50)]


def test_an_imported_run_is_a_run_like_any_other(store: Store) -> None:
    write_run(store.logs / "a" / "run_1", rates=RATES)
    outcome = store.load(
        mapping={"run_1": Declared(protocol={"shuffle": "buffer 8"})}, val_size=100
    )
    assert (dict(outcome.counts), outcome.warnings) == ({"added": 1}, [])
    row = store.runs().iloc[0]
    assert row["excluded"] is None
    assert (row["policy"], row["family"], row["seed"]) == (EXP, "exp_decay", "unknown")
    known = {"epochs": 4, "shuffle": "buffer 8", "val_size": 100}
    assert {name: row["protocol"][name] for name in known} == known
    assert {v for name, v in row["protocol"].items() if name not in known} == {"unknown"}
    assert row["final_val_accuracy"] == pytest.approx(0.6)
    assert (row["best_epoch"], row["seconds_per_epoch"]) == (4, SECONDS_PER_EPOCH)
    assert len(row["curves"]["learning_rate"]) == 4
    run = store.client.get_run(row["run_id"])
    assert run.info.run_name == "a/run_1"
    assert run.data.params["seed"] == run.data.params["batch_size"] == "unknown"
    assert (run.data.params["initial_lr"], run.data.params["k"]) == ("0.1", "0.3")
    tags = run.data.tags
    assert tags["lr_study.source"] == "tensorboard"
    assert tags["lr_study.source_path"] == "a/run_1"
    assert tags["lr_study.policy_from"] == "rates"
    assert not any(str(store.logs.parent) in text for text in tags.values())
    history = store.client.get_metric_history(run.info.run_id, "val_accuracy")
    assert [point.step for point in history] == [1, 2, 3, 4]
    expected = [(START + SECONDS_PER_EPOCH * epoch) * 1000 for epoch in (1, 2, 3, 4)]
    assert [point.timestamp for point in history] == expected


def test_importing_again_adds_nothing(store: Store) -> None:
    for best, name in ((0.5, "lr_0.1"), (0.6, "lr_0.2"), (0.7, "other")):
        write_run(store.logs / "logs" / name, best=best)
    store.load(batch_size=16)
    before = store.runs()
    for logs in (store.logs, store.logs / "logs"):  # and relative to the folder below
        assert dict(store.load(logs).counts) == {"unchanged": 3}
    pd.testing.assert_frame_equal(store.runs(), before)
    assert sorted(store.ranked()["policy"]) == [
        "fixed:lr=0.1",
        "fixed:lr=0.2",
        "unnamed:name=logs/other",
    ]
    assert store.ranked()["cell"].nunique() == 3


def test_a_run_that_has_grown_is_completed(store: Store) -> None:
    folder = write_run(store.logs / "lr_0.1", epochs=3)
    store.load()
    first = store.ranked().iloc[0]
    write_run(folder, epochs=2, first=3, start=START, name=f"{FILE_NAME}.1")
    outcome = store.load()
    assert dict(outcome.counts) == {"completed": 1}
    row = store.ranked().iloc[0]
    assert (len(store.runs()), row["run_id"]) == (1, first["run_id"])
    assert (first["protocol"]["epochs"], row["protocol"]["epochs"]) == (3, 5)
    assert row["final_val_accuracy"] > first["final_val_accuracy"]
    assert row["protocol_id"] != first["protocol_id"]
    assert len(row["curves"]["val_loss"]) == 5
    history = store.client.get_metric_history(row["run_id"], "val_loss")
    assert [point.step for point in history] == [1, 2, 3, 4, 5]  # none twice
    (folder / "validation" / f"{FILE_NAME}.1").unlink()
    outcome = store.load()
    assert outcome.warnings == ["lr_0.1: fewer points than already imported; kept the stored run"]
    assert store.ranked().iloc[0]["protocol"]["epochs"] == 5


def test_curves_too_long_for_a_tag_are_read_from_the_metrics(store: Store) -> None:
    folder = write_run(store.logs / "lr_0.1", epochs=3)
    store.load()
    write_run(folder, epochs=200, first=3, name=f"{FILE_NAME}.1")
    store.load()
    row = store.ranked().iloc[0]
    assert "lr_study.curves" not in store.client.get_run(row["run_id"]).data.tags
    assert len(row["curves"]["val_accuracy"]) == 203
    assert None not in row["curves"]["loss"]


def test_a_changed_declaration_replaces_and_a_missing_one_is_kept(
    store: Store,
) -> None:
    write_run(store.logs / "first")
    store.load(data="flowers")
    assert store.ranked()["policy"].tolist() == ["unnamed:name=first"]
    outcome = store.load(mapping={"first": Declared("fixed:lr=0.1")}, batch_size=16)
    assert dict(outcome.counts) == {"replaced": 1}
    row = store.ranked().iloc[0]
    assert (len(store.runs()), len(store.ranked())) == (2, 1)
    assert row["policy"] == "fixed:lr=0.1"
    assert (row["protocol"]["data"], row["protocol"]["batch_size"]) == ("flowers", 16)
    assert dict(store.load().counts) == {"unchanged": 1}


def test_unnamed_runs_with_the_same_name_are_not_merged(store: Store) -> None:
    write_run(store.logs / "here" / "first")
    write_run(store.logs / "there" / "first", best=0.5)
    for folder in ("here", "there", "here", "there"):
        store.load(store.logs / folder)
    policies = sorted(store.ranked()["policy"])
    assert policies[0] == "unnamed:name=first"
    assert policies[1].startswith("unnamed:name=first#")
    assert len(policies) == 2


def test_runs_of_the_same_policy_are_not_duplicates(store: Store) -> None:
    write_run(store.logs / "monday" / "lr_0.1")
    write_run(store.logs / "tuesday" / "lr_0.1", best=0.5)
    store.load(data="flowers")
    runs = store.ranked()
    assert runs["policy"].tolist() == ["fixed:lr=0.1"] * 2
    assert runs["protocol_id"].nunique() == 1
    assert runs["cell"].nunique() == 2


def test_a_diverged_run_is_imported(store: Store) -> None:
    from event_records import curve_records

    losses = {"epoch_loss": [1.0, float("inf"), float("nan")], "epoch_accuracy": [0.5, 0.1, 0.1]}
    for role in ("train", "validation"):
        write_file(store.logs / "lr_9" / role / FILE_NAME, curve_records(losses))
    store.load()
    row = store.ranked().iloc[0]
    assert row["diverged"]
    assert row["curves"]["val_loss"] == [1.0, None, None]


def test_the_intact_part_of_a_damaged_run_is_imported(store: Store) -> None:
    write_run(store.logs / "lr_0.1", epochs=5, best=0.5)
    cut = write_run(store.logs / "lr_0.2", epochs=5)
    whole = {role: (cut / role / FILE_NAME).read_bytes() for role in ("train", "validation")}
    for role, content in whole.items():
        (cut / role / FILE_NAME).write_bytes(content[:-150])
    flipped = write_run(store.logs / "lr_0.3", epochs=5, best=0.6)
    content = bytearray((flipped / "validation" / FILE_NAME).read_bytes())
    content[len(content) // 2] ^= 64
    (flipped / "validation" / FILE_NAME).write_bytes(content)
    write_file(store.logs / "lr_0.4" / "train" / FILE_NAME, ())
    (store.logs / "lr_0.4" / "validation").mkdir()
    (store.logs / "lr_0.4" / "validation" / FILE_NAME).touch()
    (store.logs / "lr_0.5" / "validation").mkdir(parents=True)
    (store.logs / "lr_0.5" / "validation" / FILE_NAME).write_text(
        "not an event file at all", encoding="utf-8"
    )
    sparse = store.logs / "lr_0.6" / "validation" / FILE_NAME
    sparse.parent.mkdir(parents=True)
    sparse.touch()
    os.truncate(sparse, 10 << 30)
    (store.logs / "up").symlink_to("..")
    outcome = store.load()
    warnings = "\n".join(outcome.warnings)
    assert dict(outcome.counts) == {"added": 3}
    for line in (
        "up: a link that leads out of the folder",
        f"lr_0.2/train/{FILE_NAME}: it ends within a record at byte",
        f"lr_0.2/validation/{FILE_NAME}: it ends within a record at byte",
        f"lr_0.3/validation/{FILE_NAME}: skipped 1 damaged record (the first at byte",
        "lr_0.3: no val_loss in epoch 3",
        f"lr_0.4/validation/{FILE_NAME}: empty",
        "lr_0.4: not imported: it has no val_accuracy",
        f"lr_0.5/validation/{FILE_NAME}: not an event file",
        f"lr_0.6/validation/{FILE_NAME}: 10240 MiB exceed the limit of 256 MiB",
    ):
        assert warnings.count(line) == 1, line
    epochs = {row.policy: row.protocol["epochs"] for row in store.ranked().itertuples()}
    assert epochs == {"fixed:lr=0.1": 5, "fixed:lr=0.2": 3, "fixed:lr=0.3": 5}
    third = store.ranked().set_index("policy").loc["fixed:lr=0.3"]
    assert third["curves"]["val_loss"][2] is None
    assert not third["diverged"]
    for role, content in whole.items():
        (cut / role / FILE_NAME).write_bytes(content)
    assert store.load().counts["completed"] == 1


def test_steps_that_are_not_epochs_are_rejected_and_no_usable_run_is_an_error(
    store: Store,
) -> None:
    from event_records import scalar_record

    records = [
        scalar_record(tag, 500 * i, 0.5, START + i)
        for i in range(5)
        for tag in ("epoch_loss", "epoch_accuracy")
    ]
    write_file(store.logs / "validation" / FILE_NAME, records)
    with pytest.raises(
        LrStudyError, match=r"none of 1 runs .* steps up to 2000 are too sparse to be epochs"
    ):
        store.load()
    assert store.statuses() == []


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, "KILLED"), (OSError, "FAILED")])
def test_an_interrupted_run_does_not_stay_running_and_is_imported_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], status: str
) -> None:
    for best, name in ((0.5, "lr_0.1"), (0.6, "lr_0.2"), (0.7, "lr_0.3")):
        write_run(store.logs / name, best=best)
    log, calls = publishing.log_batch, iter(range(9))

    def interrupted_log(*arguments: object, **options: object) -> None:
        if next(calls) == 1:
            raise error
        log(*arguments, **options)

    monkeypatch.setattr(publishing, "log_batch", interrupted_log)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(error):
        store.load()
    assert store.statuses() == sorted(["FINISHED", status])
    assert dict(store.load().counts) == {"unchanged": 1, "added": 2}
    assert store.statuses() == ["FINISHED"] * 3


def test_a_run_that_another_process_imports_is_not_touched(store: Store) -> None:
    write_run(store.logs / "lr_0.1")
    store.load()
    run_id = store.ranked().iloc[0]["run_id"]
    store.client.update_run(run_id, status="RUNNING")
    store.client.set_tag(run_id, "lr_study.process", liveness_token())
    outcome = store.load()
    assert dict(outcome.counts) == {"busy": 1}
    assert "another process is importing it" in outcome.warnings[0]
    with (
        publishing.publishing(store.client, store.experiment),
        pytest.raises(LrStudyError, match="another import into experiment x is running"),
    ):
        store.load()


def test_declared_names_that_are_not_found_are_reported(store: Store) -> None:
    write_run(store.logs / "lr_0.1")
    mapping = {"lr_0.1": Declared("fixed:lr=0.1"), "../lr_0.2": Declared("fixed:lr=0.2")}
    assert store.load(mapping=mapping).warnings == ["declared but not found: '../lr_0.2'"]


def lr(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return lr_study("import", "tensorboard", *arguments, cwd=cwd)


def test_the_command(store: Store, tmp_path: Path) -> None:
    write_run(tmp_path / "tensorboard" / "lr_0.1")  # named like the Python package
    write_run(tmp_path / "tensorboard" / "b" / "exp_k0.3", best=0.5)
    (tmp_path / "p.yaml").write_text(
        "lr_0.1: {policy: 'fixed:lr=0.1', shuffle: buffer 8}\n", encoding="utf-8"
    )
    options = ["--experiment", "x", "--policies", "p.yaml", "--set", "batch_size=16"]
    answer = lr("tensorboard", *options, "--tracking-uri", store.uri, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines() == [
        "b/exp_k0.3: unnamed:name=b/exp_k0.3 (policy from: none), 4 epochs",
        "lr_0.1: fixed:lr=0.1 (policy from: mapping), 4 epochs",
        "2 runs imported",
    ]
    warning = "b/exp_k0.3: its name gives exp_decay, k=0.3, but not initial_lr"
    assert warning in answer.stderr.splitlines()
    assert set(store.ranked()["name"]) == {"lr_0.1", "b/exp_k0.3"}
    tags = [json.loads(protocol)["shuffle"] for protocol in _protocols(store)]
    assert sorted(tags) == ["buffer 8", "unknown"]


def _protocols(store: Store) -> list[str]:
    runs = store.client.search_runs([store.experiment.experiment_id])
    return [run.data.tags["lr_study.protocol"] for run in runs]


def test_no_tensorflow_is_imported(store: Store) -> None:
    write_run(store.logs / "lr_0.1")
    code = (
        "import sys; from lr_study.cli import app\n"
        f"sys.argv[1:] = ['import', 'tensorboard', {str(store.logs)!r}, '--experiment', 'x']\n"
        "assert app._run() == 0\n"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert answer.stdout.splitlines()[-1] == "[]", answer.stderr


def test_without_the_tensorboard_package_one_line_says_what_to_install(tmp_path: Path) -> None:
    write_run(tmp_path / "tensorboard" / "lr_0.1")
    code = (
        "import sys; sys.modules['tensorboard'] = None\n"
        "from lr_study.cli import app\n"
        "sys.argv[1:] = ['import', 'tensorboard', 'tensorboard', '--experiment', 'x']\n"
        "sys.exit(app._run())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8"
    )
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert "pip install 'lr-study[tensorboard]'" in line
    assert [path.name for path in tmp_path.iterdir()] == ["tensorboard"]
