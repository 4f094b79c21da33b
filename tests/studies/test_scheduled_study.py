"""A study of policies by step, on a plateau, and of one's own, in both engines, to its ranking."""

import csv
import gzip
import math
from pathlib import Path

import pytest
from mlflow import MlflowClient

import lr_study
from lr_study.support.runtime import keras, use_one_thread_per_op

pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning"),  # SQLAlchemy's
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # NumPy's
]

# TensorFlow fixes its thread counts with its first operation, in whichever test that comes.
use_one_thread_per_op()

EPOCHS, BATCH_SIZE = 3, 8


def halved(epoch: float, epochs: float) -> float:
    return 0.01 * 0.5**epoch


@pytest.mark.parametrize("engine", ["cached", "live"])
def test_any_policy_is_trained_tracked_and_ranked(
    three_digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    decay = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=5, decay_rate=0.5)
    policies = ["warmup:epochs=1+cosine:initial_lr=0.1"]
    if engine == "cached":
        policies += ["plateau:patience=1,min_delta=0.5", halved, decay]
    options = {
        "data": str(three_digits),
        "backbone": "efficientnet-lite0",
        "weights": "random",
        "image_size": 32,
        "epochs": EPOCHS,
        "batch_size": BATCH_SIZE,
        "engine": engine,
        "seeds": [0],
        "log_models": "none",
        "tracking_uri": uri,
        "experiment": "scheduled",
    }
    ranking = lr_study.study(policies=policies, **options)
    rows = ranking.protocols[0].rows
    assert len(rows) == len(policies)
    assert ranking.excluded == ()
    assert {row.runs for row in rows} == {1}

    runs = lr_study.load_runs("scheduled", uri).set_index(["policy", "seed"])
    policy = str(lr_study.parse(policies[0]))
    train_size = runs.loc[(policy, 0), "protocol"]["train_size"]
    steps = math.ceil(train_size / BATCH_SIZE)
    rates = rates_of(uri, runs.loc[(policy, 0), "run_id"], tmp_path)
    assert len(rates) == EPOCHS * steps
    for step, rate in enumerate(rates):
        time = step / steps
        after = 0.05 * (1 + math.cos(math.pi * (time - 1) / 2))
        assert rate == pytest.approx(0.1 * time if time < 1 else after, rel=1e-6)
    schedule = lr_study.schedule(policies[0], epochs=EPOCHS, steps_per_epoch=steps)
    assert schedule.rates == rates
    if engine == "cached":
        (ours,) = (p for p in runs.index.levels[0] if p.startswith("python:"))
        assert runs.loc[(ours, 0), "curves"]["learning_rate"] == [0.01, 0.005, 0.0025]
        (theirs,) = (p for p in runs.index.levels[0] if p.startswith("keras:ExponentialDecay@"))
        last = [0.01 * 0.5 ** (((epoch + 1) * steps - 1) / 5) for epoch in range(EPOCHS)]
        logged = runs.loc[(theirs, 0), "curves"]["learning_rate"]
        assert logged == pytest.approx(last, rel=1e-6)
    again = lr_study.study(policies=policies, **options)  # all are known to be finished
    assert again == ranking


def rates_of(uri: str, run_id: str, folder: Path) -> list[float]:
    file = MlflowClient(uri).download_artifacts(run_id, "learning_rates.csv.gz", str(folder))
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return [float(row["learning_rate"]) for row in csv.DictReader(text)]
