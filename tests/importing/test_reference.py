"""Event files written by Keras's callback, and the reference runs if they are available."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lr_study.importing.declarations import parse_fields, read_mapping
from lr_study.importing.layouts import find_runs
from lr_study.importing.storing import Outcome, store_runs
from lr_study.importing.tensorboard import read_tensorboard
from lr_study.policies import parse
from lr_study.runs import CURVES, convergence_epoch
from lr_study.tracking.connection import connect
from lr_study.tracking.experiments import choose_experiment
from lr_study.tracking.reading import load_runs

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"

# As the README beside the runs describes them.
MAPPING = """
"0.1": fixed:lr=0.1
"0.01": fixed:lr=0.01
"0.001": fixed:lr=0.001
"0.0001": fixed:lr=0.0001
exp_decay0.1: exp_decay:initial_lr=0.1,k=0.5
exp_decay0.01: exp_decay:initial_lr=0.01,k=0.5
exp_decay0.001: exp_decay:initial_lr=0.001,k=0.5
exp_decay0.0001: exp_decay:initial_lr=0.0001,k=0.5
step_decay0.1: {policy: "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5", shuffle: buffer 8}
step_decay0.01: {policy: "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5", shuffle: buffer 8}
step_decay0.001: {policy: "step_decay:initial_lr=0.001,drop=0.5,epochs_drop=5", shuffle: buffer 8}
step_decay0.0001: step_decay:initial_lr=0.0001,drop=0.4,epochs_drop=5
"""
DECLARED = ["data=oregon", "batch_size=16", "optimizer=adam", "shuffle=none", "val_size=3842"]


def load(
    uri: str, folder: Path, mapping: Path | None = None, declared: Sequence[str] = ()
) -> Outcome:
    client = connect(uri, create=True)
    experiment = choose_experiment(client, "x", "x")
    entries = read_mapping(mapping) if mapping else {}
    assembled = read_tensorboard(find_runs(folder), entries, parse_fields(declared))
    return store_runs(client, experiment, assembled)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference runs are not beside the project")
def test_the_reference_runs(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    mapping = tmp_path / "policies.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    outcome = load(uri, REFERENCE / "tensorboard", mapping, DECLARED)
    assert (dict(outcome.counts), outcome.warnings) == ({"added": 12}, [])
    assert dict(load(uri, REFERENCE / "tensorboard").counts) == {"unchanged": 12}

    runs = load_runs("x", uri).set_index("name")
    assert (len(runs), runs["excluded"].isna().all()) == (12, True)
    with (REFERENCE / "curves.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 600
    for line in lines:
        curves, epoch = runs.loc[line["run"], "curves"], int(line["epoch"])
        for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
            assert curves[name][epoch - 1] == float(line[name])

    converged = {
        name: convergence_epoch(row["curves"]["val_accuracy"], tolerance=0)
        for name, row in runs.iterrows()
    }
    assert converged["exp_decay0.01"] == 15
    assert converged["step_decay0.0001"] == 39
    assert [converged[name] for name in ("0.1", "0.01", "0.001", "0.0001")] == [50] * 4
    by_accuracy = runs["final_val_accuracy"].sort_values(ascending=False)
    assert by_accuracy.index[0] == "step_decay0.01"
    assert round(by_accuracy.iloc[0], 4) == 0.8980
    final = [line for line in lines if line["epoch"] == "50"]
    by_loss = sorted(final, key=lambda line: float(line["val_loss"]))
    ranked = list(runs["final_val_loss"].sort_values().index)
    assert ranked == [line["run"] for line in by_loss] != list(by_accuracy.index)

    shuffled = runs[runs["protocol"].map(lambda protocol: protocol["shuffle"]) == "buffer 8"]
    assert set(shuffled.index) == {"step_decay0.1", "step_decay0.01", "step_decay0.001"}
    assert runs["protocol_id"].nunique() == 2
    assert shuffled["protocol_id"].nunique() == 1
    assert runs["seconds_per_epoch"].max() > 1.9 * runs["seconds_per_epoch"].min()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # from tensorflow and tensorboard
def test_files_that_keras_writes_in_each_of_its_layouts(tmp_path: Path) -> None:
    """One fit per policy, in two parts for one of them: the histories are imported exactly."""
    from lr_study.support.runtime import keras

    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    inputs = random.normal(size=(48, 5)).astype(np.float32)
    labels = np.eye(3, dtype=np.float32)[random.integers(0, 3, 48)]
    policies = {
        "a/first": "fixed:lr=0.01",
        "a/second": "step_decay:initial_lr=0.1,drop=0.5,epochs_drop=3",
        "third": "exp_decay:initial_lr=0.1,k=0.3",
    }
    histories = {}
    for name, text in policies.items():
        policy = parse(text)
        model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, "softmax")])
        model.compile("adam", "categorical_crossentropy", metrics=["categorical_accuracy"])
        history: dict[str, list[float]] = {}
        # The second is continued after a pause, in another file.
        for begin, end in ((0, 5), (5, 8)) if name == "a/second" else ((0, 8),):
            callbacks = [
                keras.callbacks.LearningRateScheduler(lambda epoch, rate, p=policy: p(epoch)),
                keras.callbacks.TensorBoard(str(tmp_path / "logs" / name), write_graph=True),
            ]
            fitted = model.fit(
                inputs,
                labels,
                batch_size=16,
                initial_epoch=begin,
                epochs=end,
                validation_data=(inputs[:20], labels[:20]),
                callbacks=callbacks,
                verbose=0,
            ).history
            for key, values in fitted.items():
                history.setdefault(key, []).extend(values)
        histories[name] = history

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    outcome = load(uri, tmp_path / "logs")
    assert (dict(outcome.counts), outcome.warnings) == ({"added": 3}, [])
    assert len(list((tmp_path / "logs" / "a" / "second" / "train").iterdir())) == 2
    runs = load_runs("x", uri).set_index("name")
    for name, history in histories.items():
        row = runs.loc[name]
        assert row["policy"] == policies[name]
        assert row["protocol"]["epochs"] == 8
        for curve in CURVES:
            key = curve.replace("accuracy", "categorical_accuracy")
            expected = [float(np.float32(value)) for value in history[key]]
            assert row["curves"][curve] == expected, curve
    assert dict(load(uri, tmp_path / "logs").counts) == {"unchanged": 3}
