"""``lr_study.PolicyCallback``: the rates that a script's model trains at, and the run it leaves."""

import os
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from own_models import digits, small_net

import lr_study
from lr_study.support import UsageError
from lr_study.support.runtime import keras, use_one_thread_per_op
from lr_study.tracking import sync

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # NumPy's
    pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning"),  # SQLAlchemy's
]

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

BATCHES, BATCH_SIZE = 12, 2


@pytest.fixture(autouse=True)
def client(script_store: MlflowClient) -> MlflowClient:
    return script_store


def runs_of(client: MlflowClient):
    return client.search_runs([client.get_experiment_by_name("mine").experiment_id])


# --- the rates


def of_score(labels, outputs):
    """A loss whose gradient with respect to the first output is 1."""
    return outputs[:, 0]


def rate_meter(**compiled):
    """A model of which batch k changes weight k alone, by the learning rate.

    With gradient accumulation, by its share of the mean gradient.
    """
    every = compiled.pop("accumulate", None)
    layers = [
        keras.Input((BATCHES,)),
        keras.layers.Dense(2, use_bias=False, kernel_initializer="zeros"),
    ]
    model = keras.Sequential(layers)
    sgd = keras.optimizers.SGD(gradient_accumulation_steps=every)
    model.compile(sgd, loss=of_score, metrics=["accuracy"], **compiled)
    return model


def measured_rates(model, policy: str, epochs: int = 2) -> np.ndarray:
    """The rate of each batch: (epochs, batches)."""
    inputs = np.repeat(np.eye(BATCHES, dtype=np.float32), BATCH_SIZE, axis=0)
    labels = np.zeros(len(inputs), np.int32)
    kernels = [np.zeros(BATCHES)]
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: kernels.append(model.get_weights()[0][:, 0])
    )
    model.fit(
        inputs,
        labels,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        validation_data=(inputs[:4], labels[:4]),
        callbacks=[
            lr_study.PolicyCallback(policy, seed=0, experiment="mine", data=(inputs, labels)),
            note,
        ],
    )
    return -np.diff(kernels, axis=0) * (model.optimizer.gradient_accumulation_steps or 1)


@pytest.mark.parametrize(
    ("policy", "compiled", "per_update"),
    [
        ("one_cycle:max_lr=0.5", {"steps_per_execution": 4}, 1),
        ("warmup:epochs=1+cosine:initial_lr=0.5", {"accumulate": 3, "run_eagerly": True}, 3),
        ("step_decay:initial_lr=0.5,drop=0.5,epochs_drop=1", {"accumulate": 2}, 2),
    ],
)
def test_every_update_has_the_rate_of_its_step(policy: str, compiled, per_update: int) -> None:
    measured = measured_rates(rate_meter(**compiled), policy)
    updates = BATCHES // per_update
    for epoch in range(2):
        rates = lr_study.parse(policy).step_rates(epoch, epochs=2, steps_per_epoch=updates)
        assert np.allclose(measured[epoch], np.repeat(rates, per_update), rtol=1e-5, atol=1e-7)
    runs = lr_study.load_runs("mine")
    assert lr_study.compare(runs).excluded == ()


def test_a_policy_that_reads_a_metric_follows_it_epoch_by_epoch(client: MlflowClient) -> None:
    policy = "plateau:initial_lr=0.5,factor=0.5,patience=1,monitor=val_accuracy"
    measured = measured_rates(rate_meter(accumulate=2, run_eagerly=True), policy, epochs=4)
    # The accuracy is that of its first class in all epochs, so each epoch but one halves the rate.
    curve = lr_study.load_runs("mine")["curves"][0]["val_accuracy"]
    expected = [lr_study.parse(policy)(epoch, 4, curve[:epoch]) for epoch in range(4)]
    assert expected == [0.5, 0.5, 0.25, 0.125]
    assert np.allclose(measured, np.repeat(expected, BATCHES).reshape(4, -1), rtol=1e-5)
    assert lr_study.compare(lr_study.load_runs("mine")).excluded == ()


def test_a_model_is_trained_again_only_from_its_start_and_then_at_the_new_rates() -> None:
    model = rate_meter()
    measured_rates(model, "fixed:lr=0.1")
    with pytest.raises(UsageError, match="the optimizer has made 24 updates before this fit"):
        measured_rates(model, "fixed:lr=0.2")
    for variable in (*model.weights, *model.optimizer.variables):
        variable.assign(keras.ops.zeros_like(variable))
    # Keras has traced the first rates, and would keep them.
    assert np.allclose(measured_rates(model, "fixed:lr=0.2"), 0.2)


# --- the run


def fit(policy: str = "fixed:lr=0.1", seed: int = 0, *, model=None, data=None, callbacks=(), **own):
    """Train two epochs on 90 digits as a script does, and return the model."""
    inputs, labels = digits(120) if data is None else data
    train, validation = (inputs[:90], labels[:90]), (inputs[90:], labels[90:])
    keras.utils.set_random_seed(seed)
    model = small_net(run_eagerly=True) if model is None else model()  # tracing takes seconds
    own = {"experiment": "mine", "data": train} | own
    model.fit(
        *train,
        epochs=2,
        batch_size=16,
        verbose=0,
        validation_data=validation,
        callbacks=[lr_study.PolicyCallback(policy, seed=seed, **own), *callbacks],
    )
    return model


def test_weights_are_those_of_a_model_compiled_with_the_schedule() -> None:
    policy, (inputs, labels) = "one_cycle:max_lr=0.5", digits(120)
    trained = fit(policy, model=small_net)
    keras.utils.set_random_seed(0)
    rates = lr_study.schedule(policy, epochs=2, steps_per_epoch=6)
    usual = small_net(optimizer=keras.optimizers.SGD(rates))
    usual.fit(inputs[:90], labels[:90], epochs=2, batch_size=16, verbose=0)
    for ours, theirs in zip(trained.get_weights(), usual.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


def test_a_run_is_logged_with_its_protocol_curves_and_examples(client: MlflowClient) -> None:
    seen = []
    model = fit(
        callbacks=[
            keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: seen.append(
                    (runs_of(client)[0].info.status, runs_of(client)[0].data.metrics["val_loss"])
                )
            )
        ]
    )
    (run,) = runs_of(client)
    assert [status for status, _ in seen] == ["RUNNING", "RUNNING"]  # logged as it goes
    assert run.info.status == "FINISHED"
    assert run.data.params["resampling"] == "given"
    row = lr_study.load_runs("mine").iloc[0]
    assert row["excluded"] is None
    inputs, labels = digits(120)
    right = model.predict(inputs[90:], verbose=0).argmax(axis=1) == labels[90:]
    assert np.array_equal(row["image_results"].right, right)
    assert row["curves"]["val_accuracy"][-1] == right.mean()
    assert row["image_results"].validated.tolist() == list(range(90, 120))
    expected = {"batch_size": 16, "epochs": 2, "train_size": 90, "val_size": 30, "shuffle": "full"}
    assert {name: row["protocol"][name] for name in expected} == expected
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert "history.csv" in files


def changed_image():
    inputs, labels = digits(120)
    inputs[17, 3, 3, 0] += 1 / 16
    return inputs, labels


def changed_validation_image():
    inputs, labels = digits(120)
    inputs[100, 3, 3, 0] += 1 / 16
    return inputs, labels


def test_runs_of_something_else_are_refused_with_the_field_named() -> None:
    fit()
    for changes, fields in [
        ({"data": changed_image()}, {"fingerprint"}),
        ({"data": changed_validation_image()}, {"fingerprint"}),
        ({"model": partial(small_net, 11, run_eagerly=True)}, {"model", "trained_parameters"}),
        ({"model": partial(small_net, optimizer=momentum(), run_eagerly=True)}, {"optimizer"}),
        ({"name": "other"}, {"data", "workload"}),
    ]:
        fit(**changes)
        runs = lr_study.load_runs("mine")
        newest, first = runs["protocol"].iloc[0], runs["protocol"].iloc[-1]
        assert {name for name in first if newest[name] != first[name]} == fields
    compared = lr_study.compare(runs)
    assert len(compared.protocols) == 6
    (apart,) = [warning for warning in compared.warnings if "fingerprint" in warning]
    assert all(f"{name}: " in apart for name in ("fingerprint", "model", "optimizer"))


def momentum():
    return keras.optimizers.SGD(momentum=0.5)


def test_the_same_run_again_is_said_and_counts_once(client: MlflowClient) -> None:
    fit()
    with pytest.warns(UserWarning, match="fixed:lr=0.1 under seed 0 is finished already, as run"):
        fit()
    (ranking,) = lr_study.compare(lr_study.load_runs("mine")).protocols
    assert ranking.runs == 1
    fit(rerun=True)
    runs = lr_study.load_runs("mine")
    assert [str(run.data.tags.get("lr_study.superseded")) for run in runs_of(client)] == [
        "None",
        "true",
        "true",
    ]
    assert runs["excluded"].isna().sum() == 1


# --- what goes wrong


class Failing(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise ArithmeticError("theirs")


class Interrupted(keras.Sequential):
    def train_step(self, data):
        raise KeyboardInterrupt


def interrupted_net():
    model = Interrupted(small_net().layers)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)
    return model


def test_a_fit_that_raises_leaves_a_failed_run(client: MlflowClient) -> None:
    with suppress(ArithmeticError):
        fit(callbacks=[Failing()])
    (run,) = runs_of(client)
    assert run.info.status == "FAILED"
    assert len(client.get_metric_history(run.info.run_id, "val_loss")) == 1
    fit()  # the cell is still missing, so nothing is said
    assert sorted(run.info.status for run in runs_of(client)) == ["FAILED", "FINISHED"]


def test_an_interrupted_fit_leaves_a_killed_run(client: MlflowClient) -> None:
    with pytest.raises(KeyboardInterrupt) as interrupted:  # which holds what it came from
        fit(model=interrupted_net)
    (run,) = runs_of(client)
    assert run.info.status == "KILLED"
    assert interrupted.value is not None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"policy": "fixed:lr=0"}, "lr=0 is not allowed"),
        ({"seed": -1}, "seed=-1 is not allowed"),
        ({"data": 3}, r"data is not allowed: it is \(x, y\), two arrays of examples, or a text"),
    ],
)
def test_wrong_arguments_are_refused_before_fit(changes, says: str) -> None:
    given = {"policy": "fixed", "seed": 0, "experiment": "mine", "data": digits()} | changes
    with pytest.raises(UsageError, match=says):
        lr_study.PolicyCallback(given.pop("policy"), **given)


INPUTS, LABELS = digits(40)


@pytest.mark.parametrize(
    ("options", "own", "says"),
    [
        ({}, {}, "validation_data of fit cannot be read"),
        ({"initial_epoch": 1, "validation_split": 0.2}, {}, "initial_epoch=1 is not allowed"),
        ({"steps_per_epoch": 2, "validation_split": 0.2}, {}, "an epoch is one pass over the tra"),
        ({"validation_split": 0.2}, {"metric": "auc"}, "fit reports no auc and no val_auc"),
    ],
)
def test_a_fit_that_cannot_be_compared_is_refused(client, options, own, says: str) -> None:
    callback = lr_study.PolicyCallback(
        "fixed", seed=0, experiment="mine", data=(INPUTS, LABELS), **own
    )
    with pytest.raises(UsageError, match=says):
        small_net(run_eagerly=True).fit(
            INPUTS, LABELS, epochs=2, verbose=0, callbacks=[callback], **options
        )
    experiment = client.get_experiment_by_name("mine")
    assert experiment is None or {run.info.status for run in runs_of(client)} == {"FAILED"}


def test_accumulation_must_divide_an_epoch() -> None:
    with pytest.raises(UsageError, match="gradient_accumulation_steps=5 is not allowed with the"):
        measured_rates(rate_meter(accumulate=5), "fixed", epochs=1)


def test_batches_need_their_size_and_a_declared_text_names_the_data() -> None:
    batches = keras.utils.PyDataset
    given = type("Given", (batches,), {"__len__": lambda s: 3, "__getitem__": batch_of})()
    common = {"seed": 0, "experiment": "mine", "data": "digits 1", "validation": (INPUTS, LABELS)}
    options = {"epochs": 1, "verbose": 0, "validation_data": (INPUTS, LABELS)}
    without = lr_study.PolicyCallback("fixed", **common)
    with pytest.raises(UsageError, match="give PolicyCallback batch_size="):
        small_net().fit(given, callbacks=[without], **options)
    known = lr_study.PolicyCallback("fixed", batch_size=10, **common)
    small_net(run_eagerly=True).fit(given, callbacks=[known], **options)
    protocol = lr_study.load_runs("mine")["protocol"].iloc[-1]
    expected = {"fingerprint": "declared: digits 1", "train_size": 30, "shuffle": "unknown"}
    assert {name: protocol[name] for name in expected} == expected


def batch_of(self, index: int):
    return INPUTS[index * 10 : index * 10 + 10], LABELS[index * 10 : index * 10 + 10]


# --- another process

SCRIPT = """
import os, signal
import keras
from test_policy_callback import fit

class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        os.kill(os.getpid(), signal.SIGINT)

fit("fixed:lr=0.5", seed=0)
fit("fixed:lr=0.5", seed=1)
fit("fixed:lr=0.5", seed=2, callbacks=[Stop()])
"""


def test_two_processes_log_to_one_experiment_at_once(client: MlflowClient) -> None:
    tests = Path(__file__).parents[1]
    paths = [str(tests / "studies"), str(tests), str(Path(lr_study.__file__).parents[1])]
    script = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    for seed in range(2):
        fit("fixed:lr=0.1", seed)
    said, _ = script.communicate(timeout=300)
    assert "KeyboardInterrupt" in said
    (ranking,) = lr_study.compare(lr_study.load_runs("mine")).protocols
    assert (ranking.runs, len(ranking.rows)) == (4, 2)
    assert (ranking.rule, ranking.resampling) == ("splits", "given")
    assert "classifying these validation examples" in ranking.scope
    # The third fit of the script was interrupted, and with it the script.
    statuses = {
        (r.data.params["policy"], r.data.params["seed"]): r.info.status for r in runs_of(client)
    }
    assert statuses.pop(("fixed:lr=0.5", "2")) == "KILLED"
    assert set(statuses.values()) == {"FINISHED"}


def test_a_run_whose_store_is_gone_waits_in_the_outbox(client: MlflowClient) -> None:
    database, elsewhere = Path("mlflow.db"), Path("elsewhere.db")

    class Gone(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                database.rename(elsewhere)
                database.mkdir()

    with pytest.warns(UserWarning, match="1 run not yet uploaded"):
        fit(callbacks=[Gone()])
    database.rmdir()
    elsewhere.rename(database)
    assert sync().sent == 1
    assert [run.info.status for run in runs_of(client)] == ["FINISHED"]
