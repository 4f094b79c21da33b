"""Runs of anybody in MLflow: what each tool logs is read, and nothing in a store is trusted."""

from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from lr_study.importing.assembling import Assembled, assemble
from lr_study.importing.declarations import Declared, read_mapping
from lr_study.importing.guessing import Guess, differing_lines, guess_declarations
from lr_study.importing.mlflow_runs import read_mlflow
from lr_study.importing.storing import store_runs
from lr_study.tracking.connection import connect
from lr_study.tracking.experiments import choose_experiment
from lr_study.tracking.reading import load_runs

ACCURACY = [0.25, 0.5, 0.75]


class Store:
    """A store with the experiment of somebody else."""

    def __init__(self, database: Path) -> None:
        self.uri = f"sqlite:///{database}"
        self.client: MlflowClient = connect(self.uri)
        self.source = choose_experiment(self.client, "theirs", "theirs")

    def add(
        self,
        metrics: dict[str, dict[int, float]],
        params: dict[str, Any],
        name: str = "a",
        status: str = "FINISHED",
        tags: dict[str, str] | None = None,
    ) -> str:
        run_id: str = self.client.create_run(self.source.experiment_id, run_name=name).info.run_id
        values = [
            Metric(key, value, 1_600_000_000_000 + 1000 * step, step)
            for key, history in metrics.items()
            for step, value in history.items()
        ]
        self.client.log_batch(
            run_id,
            values,
            [Param(key, str(value)) for key, value in params.items()],
            [RunTag(key, value) for key, value in (tags or {}).items()],
        )
        self.client.set_terminated(run_id, status)
        return run_id

    def read(self, mapping: dict[str, Declared] | None = None) -> tuple[Assembled, Guess]:
        runs, names, warnings = read_mlflow(self.client, self.source, mapping or {}, {})
        guessed = guess_declarations(runs, names)
        declared = {"*": guessed.declared, **(mapping or {})}
        lines = differing_lines(guessed, declared)
        return assemble(runs, declared, {}, [*warnings, *lines]), guessed


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Store:
    (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
    return Store(tmp_path / "mlflow.db")


def steps(values: list[float], first: int = 0, every: int = 1) -> dict[int, float]:
    return {first + i * every: value for i, value in enumerate(values)}


# What each tool logs of three epochs, of which two figures a test can tell.
TOOLS: dict[str, tuple[dict[str, dict[int, float]], dict[str, Any]]] = {
    "Keras": (
        {"accuracy": steps([0.5] * 3), "loss": steps([1.0] * 3), "val_accuracy": steps(ACCURACY)}
        | {"validation_accuracy": {0: 0.75}},
        {"optimizer_learning_rate": 0.1, "batch_size": 32, "seed": 3},
    ),
    "TensorFlow": (
        {"loss": steps([1.0] * 3), "val_accuracy": steps(ACCURACY)},
        {"opt_learning_rate": 0.1, "batch_size": 32, "seed": 3},
    ),
    "Lightning": (
        {"val_acc": steps(ACCURACY, 99, 100), "epoch": steps([0, 1, 2], 99, 100)}
        | {"train_loss_step": steps([1.0] * 6, 49, 50), "train_loss_epoch": steps([1.0], 299)},
        {"lr": 0.1, "batch_size": 32, "seed": 3},
    ),
    "transformers": (
        {"eval_accuracy": steps(ACCURACY, 100, 100), "eval_loss": steps([1.0] * 3, 100, 100)}
        | {"epoch": steps([1, 2, 3], 100, 100), "learning_rate": steps([0.1] * 3, 100, 100)}
        | {"train_loss": {300: 1.0}},
        {"learning_rate": 0.1, "batch_size": 32, "seed": 3},
    ),
    "ultralytics": (
        {"metrics/accuracy_top1": steps(ACCURACY), "metrics/accuracy_top5": steps([1.0] * 3)}
        | {"lr/pg0": steps([0.1] * 3), "val/loss": steps([1.0] * 3)},
        {"lr0": 0.01, "batch_size": 32, "seed": 3},
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_what_common_tools_log(store: Store, tool: str) -> None:
    store.add(*TOOLS[tool])
    (run,) = store.read()[0].runs
    assert run.curves.lists()["val_accuracy"] == ACCURACY
    assert (run.choice.text, run.seed) == ("fixed:lr=0.1", 3)
    assert (run.protocol["epochs"], run.protocol["batch_size"]) == (3, 32)


def test_runs_are_kept_by_reference_and_added_once(store: Store) -> None:
    first = store.add(*TOOLS["Keras"])
    before = store.client.get_run(first).to_dictionary()
    target = choose_experiment(store.client, "ours", "ours")
    assert store_runs(store.client, target, store.read()[0]).counts == {"added": 1}
    store.add(TOOLS["Keras"][0], TOOLS["Keras"][1] | {"seed": 4}, name="b")
    outcome = store_runs(store.client, target, store.read()[0])
    assert outcome.counts == {"unchanged": 1, "added": 1}
    assert store.client.get_run(first).to_dictionary() == before
    runs = load_runs("ours", store.uri)
    assert (list(runs["seed"]), runs["excluded"].isna().all()) == ([3, 4], True)
    tags = store.client.get_run(runs["run_id"][0]).data.tags
    assert tags["lr_study.source"] == "mlflow"
    assert tags["lr_study.source_run"] == first
    assert tags["lr_study.source_store"] == store.uri


def test_params_that_differ_are_named_and_are_not_in_the_protocol(
    store: Store, tmp_path: Path
) -> None:
    metrics, params = TOOLS["Keras"]
    for seed, width in enumerate((8, 16)):
        store.add(metrics, params | {"seed": seed, "width": width}, name=f"run {seed}")
    found, guessed = store.read()
    (line,) = found.warnings
    assert line.endswith("no part of policy, seed or protocol: 'width'")
    assert guessed.declared.protocol_params == ("batch_size",)
    (tmp_path / "guessed.yaml").write_text(guessed.to_yaml(), encoding="utf-8")
    assert read_mapping(tmp_path / "guessed.yaml") == {"*": guessed.declared}


def test_nothing_that_a_store_says_is_a_policy_a_name_or_a_field(store: Store) -> None:
    metrics, params = TOOLS["Keras"]
    store.add(metrics, params | {"epochs: b": "<b>\n"}, name="../a\n<b>")
    store.add(metrics, params | {"optimizer_learning_rate": "python:os.system"}, name="python")
    store.add(metrics, params | {"optimizer_learning_rate": "1e400"}, name="endless")
    declared = Declared("fixed:lr={optimizer_learning_rate}", protocol_params=("epochs: b",))
    found, _ = store.read({"*": declared})
    (run,) = found.runs
    assert run.name == "../a\\n<b>"
    assert run.protocol["epochs"] == 3
    assert all(str(text).isprintable() for field in run.protocol.items() for text in field)
    reasons = "\n".join(found.warnings)
    assert "python: not imported: its param 'optimizer_learning_rate' is not a number" in reasons
    assert "endless: not imported: its param 'optimizer_learning_rate' is not a number" in reasons


def test_runs_that_cannot_be_used_are_named(store: Store) -> None:
    metrics, params = TOOLS["Keras"]
    store.add(metrics, params, name="good")
    store.add(metrics, params, name="dead", status="FAILED")
    store.add({"mAP": {0: 0.5}}, params, name="boxes")
    store.add({"val_accuracy": {0: float("nan")}}, params, name="nan")
    store.add(metrics, params, name="ours", tags={"lr_study.protocol": "{}"})
    store.add(metrics, params | {"seed": "later"}, name="seedless")
    found, _ = store.read({"*": Declared("fixed:lr={optimizer_learning_rate}", seed="{seed}")})
    assert [run.name for run in found.runs] == ["good"]
    reasons = "\n".join(found.warnings)
    for line in (
        "dead: not imported: it is FAILED",
        "boxes: not imported: it has no val_accuracy: its metrics are mAP; name one with --metric",
        "nan: not imported: its val_accuracy is not a number in any epoch",
        "ours: not imported: it is a run of lr-study already",
        "seedless: not imported: its param 'seed' is not a number: 'later'",
    ):
        assert reasons.count(line) == 1, line
