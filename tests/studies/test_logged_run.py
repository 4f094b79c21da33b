"""``lr_study.log_run``: runs of any framework, checked and ranked."""

import subprocess
import sys

import numpy as np
import pytest
from mlflow import MlflowClient

import lr_study
from lr_study.support import UsageError

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning")  # SQLAlchemy's

PROTOCOL = {
    "data": "points",
    "fingerprint": "version 1",
    "model": "two layers of 16",
    "optimizer": "sgd(momentum=0.9)",
    "loss": "cross entropy",
    "classes": 2,
    "train_size": 60,
    "val_size": 20,
    "batch_size": 8,
    "epochs": 2,
    "framework": "pytorch 2",
}


@pytest.fixture(autouse=True)
def client(script_store: MlflowClient) -> MlflowClient:
    return script_store


def log(policy="fixed:lr=0.1", seed=0, *, right=15, protocol=(), **changes):
    """Log a run of which the first examples are right."""
    outcomes = np.arange(20) < right
    given = {
        "seed": seed,
        "experiment": "mine",
        "protocol": PROTOCOL | dict(protocol),
        "val_accuracy": [0.5, right / 20],
        "val_loss": [0.7, 0.6],
        "accuracy": [0.5, 0.8],
        "loss": [0.7, 0.5],
        "wall_clock_seconds": 3.0,
        "right": outcomes,
        "log_probability": np.where(outcomes, -0.1, -2.0),
        "labels": np.arange(20) % 2,
    }
    lr_study.log_run(policy, **given | changes)


def test_logged_runs_are_ranked(client: MlflowClient) -> None:
    for seed in range(3):
        log("fixed:lr=0.1", seed, right=15 + seed)
        log("one_cycle:max_lr=0.1", seed, right=12 + seed, device="a laptop")
    runs = lr_study.load_runs("mine")
    comparison = lr_study.compare(runs)
    assert comparison.excluded == ()
    (ranking,) = comparison.protocols
    assert ranking.rows[0].policy == "fixed:lr=0.1"
    assert (ranking.rule, ranking.resampling, ranking.fields["framework"]) == (
        "splits",
        "given",
        "pytorch 2",
    )
    one = runs[runs["family"] == "one_cycle"].iloc[0]
    run = client.get_run(one["run_id"])
    assert run.data.params["model"] == "two layers of 16"
    assert run.data.tags["lr_study.device"] == "a laptop"
    assert "lr_study.tensorflow_version" not in run.data.tags
    assert one["image_results"].validated.tolist() == list(range(60, 80))
    # By its last update, at 7/8 of the second epoch.
    rate = one["curves"]["learning_rate"][-1]
    assert rate == lr_study.parse("one_cycle:max_lr=0.1").at(1, 7 / 8, 2)


def test_a_protocol_that_differs_is_named() -> None:
    log("fixed:lr=0.1")
    log("fixed:lr=0.2", protocol={"framework": "keras"})
    compared = lr_study.compare(lr_study.load_runs("mine"))
    assert len(compared.protocols) == 2
    assert any("framework: " in warning for warning in compared.warnings)


def test_folds_that_a_script_made_are_ranked_by_the_fold_rule() -> None:
    folds = {"resampling": "folds", "folds": 2, "train_size": 20}
    for seed in range(4):
        of_seed = np.arange(seed % 2, 40, 2)
        for policy, right in (("fixed:lr=0.1", 18), ("fixed:lr=0.01", 8)):
            log(policy, seed, right=right, protocol=folds, indices=of_seed, examples=40)
    (ranking,) = lr_study.compare(lr_study.load_runs("mine")).protocols
    assert (ranking.rule, ranking.rows[0].policy) == ("folds", "fixed:lr=0.1")


def test_the_same_run_is_logged_once_unless_it_replaces(client: MlflowClient) -> None:
    log(right=15)
    with pytest.warns(UserWarning, match="finished already, as run .* and is not logged again"):
        log(right=16)
    log(right=17, rerun=True)
    runs = lr_study.load_runs("mine")
    assert len(runs) == 2
    assert runs[runs["excluded"].isna()]["final_val_accuracy"].tolist() == [17 / 20]


def test_a_run_that_diverged_is_one() -> None:
    log(loss=[0.7, float("inf")], val_loss=[0.7, float("nan")])
    assert lr_study.load_runs("mine")["diverged"].tolist() == [True]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"protocol": {"epochs": 3}}, "val_accuracy has 2 values, but epochs=3"),
        ({"protocol": {"batch_size": 0}}, "protocol batch_size=0 is not allowed"),
        ({"protocol": {"data": 5}}, "protocol data=5 is not allowed: it is a text"),
        ({"protocol": {"dropout": [0.5]}}, "protocol dropout=.* is not allowed: it is a text, a"),
        ({"protocol": {"dropout": float("nan")}}, "protocol dropout=nan is not allowed"),
        ({"protocol": {"resampling": "folds"}}, "protocol folds=0 is not allowed"),
        ({"protocol": {"resampling": "random"}}, "protocol resampling=random is not allowed"),
        ({"policy": "fixed:lr=0"}, "lr=0 is not allowed"),
        ({"policy": "plateau"}, "lowers the rate by the val_loss of the run: give learning_rate"),
        ({"seed": -1}, "seed=-1 is not allowed"),
        ({"wall_clock_seconds": -1.0}, "wall_clock_seconds=-1.0 is not allowed"),
        ({"val_accuracy": [0.5, 0.8]}, "contradicts itself: .*val_accuracy"),
        ({"val_accuracy": [0.5, 75.0]}, "contradicts itself: .*75"),
        ({"learning_rate": [0.1, 0.2]}, "contradicts itself: .*0.2"),
        ({"labels": None}, "labels is missing"),
        ({"labels": np.zeros(19)}, "the results of validation examples are not allowed"),
        ({"indices": np.arange(20)}, "indices and examples go together with resampling=folds"),
        ({"test_accuracy": 0.5, "protocol": {"test_size": 10}}, "contradicts itself"),
    ],
)
def test_a_run_that_cannot_be_ranked_is_refused(client: MlflowClient, changes, says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        log(**changes)
    assert "\n" not in str(refused.value)
    assert client.get_experiment_by_name("mine") is None


def test_tensorflow_is_not_needed() -> None:
    code = "import sys, lr_study; lr_study.log_run; print('tensorflow' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert answer.stdout == "False\n", answer.stderr
