"""A model of one's own as a study: what makes runs comparable, and what goes wrong."""

import warnings
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from own_models import build, digits, fragile_net, settings_of, small_net, workload

import lr_study
from lr_study.runs import ModelSettings
from lr_study.studies.model_workload import prepare_model
from lr_study.support import LrStudyError, UsageError
from lr_study.support.runtime import keras, use_one_thread_per_op

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # NumPy's
    pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning"),  # SQLAlchemy's
]

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()


# --- the protocol


def protocol_of(given, **settings):
    return prepare_model(given, settings_of(given, **settings)).protocol


def test_equal_workloads_have_one_protocol() -> None:
    assert protocol_of(workload()) == protocol_of(workload())


def frozen_net(scale: float):
    model = small_net()
    model.layers[1].trainable = False
    model.layers[1].set_weights([np.full_like(w, scale) for w in model.layers[1].get_weights()])
    model.compile("sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def changed_image():
    inputs, labels = digits()
    inputs[17, 3, 3, 0] += 1 / 16
    return inputs, labels


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (workload(), workload(train=changed_image()), {"fingerprint"}),
        (workload(), workload(test=digits(5)), {"test_size", "test_fingerprint"}),
        (workload(), workload(build(units=11)), {"model", "trained_parameters"}),
        (
            workload(build(optimizer=keras.optimizers.SGD(momentum=0.9))),
            workload(build(optimizer=keras.optimizers.SGD(momentum=0.8))),
            {"optimizer"},
        ),
        (workload(), workload(build(optimizer=keras.optimizers.SGD(0.5))), set()),  # but its rate
        (
            workload(),
            workload(build(loss=keras.losses.SparseCategoricalCrossentropy(ignore_class=3))),
            {"loss"},
        ),
        (workload(lambda: frozen_net(0.1)), workload(lambda: frozen_net(0.2)), {"frozen_weights"}),
        (workload(), workload(batch_size=8), {"batch_size"}),
        (workload(), workload(epochs=3), {"epochs"}),
        (workload(), workload(name="another"), {"workload", "data"}),
    ],
)  # fmt: skip
def test_what_differs_is_another_protocol(one, other, differ: set[str]) -> None:
    first, second = protocol_of(one), protocol_of(other)
    found = {f.name for f in fields(first) if getattr(first, f.name) != getattr(second, f.name)}
    assert found == differ
    assert (first.id != second.id) == bool(differ)


def test_equal_examples_stay_in_one_fold() -> None:
    inputs, labels = digits()
    twice = np.concatenate([inputs, inputs[:20]]), np.concatenate([labels, labels[:20]])
    given = workload(train=twice)
    prepared = prepare_model(given, settings_of(given))
    for seed in range(5):
        validated = set(prepared.examples(seed).validation.tolist())
        assert all((i in validated) == (i + 60 in validated) for i in range(20))
    assert prepared.protocol.groups
    assert not protocol_of(workload()).groups


# --- wrong use


def fails():
    raise RuntimeError("theirs\nsecond line")


SAME = small_net()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"build_model": fails}, "build_model of own failed (RuntimeError: theirs); the traceback"),
        ({"build_model": lambda: SAME}, "returned the same model twice"),
        ({"build_model": lambda: "model"}, "build_model returned a str, not a Keras model"),
        ({"build_model": build(compile=False)}, "give optimizer and loss to the workload"),
        ({"optimizer": "sgd"}, "optimizer is given, but build_model returns a compiled model"),
        ({"build_model": build(metrics=[])}, "metric=accuracy is not allowed: the metrics of"),
        ({"metric": "auc"}, "metric=auc is not allowed: the metrics of the model are accuracy"),
        ({"train": (np.zeros((60, 3)), digits()[1])}, "does not fit its examples (ValueError: "),
        ({"train": (digits()[0], digits()[1] + 5)}, "a class 14, but the model has 10"),
        ({"train": (digits()[0], digits()[1] / 2)}, "the targets of train are not classes"),
        ({"train": (digits()[0][:3], digits()[1][:3])}, "folds=5 is not allowed"),
    ],
)
def test_wrong_use_is_one_line(changes, says: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path))
    given = replace(workload(), **changes)
    with pytest.raises(UsageError) as refused:
        prepare_model(given, settings_of(given))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    kept = list(tmp_path.rglob("traceback.txt"))
    assert len(kept) == ("the traceback is in" in str(refused.value))
    if changes.get("build_model") is fails:
        assert "in fails" in kept[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"build_model": "net"}, "build_model='net' is not allowed"),
        ({"epochs": 0}, "epochs=0 is not allowed"),
        ({"batch_size": 2.5}, "batch_size=2.5 is not allowed"),
        ({"name": ""}, "name is empty"),
        ({"train": digits()[0]}, "train is not allowed: it is a tuple of inputs and targets"),
    ],
)
def test_a_workload_is_checked_when_it_is_made(changes, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        replace(workload(), **changes)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"image_size": 64}, "image_size=64 is not allowed with a workload of one's own"),
        ({"epochs": 3}, "epochs=3 is not allowed with a workload of one's own"),
        ({"resampling": "splits"}, "resampling=splits is not allowed for a workload of one's own"),
        ({"register": "digits"}, "register=digits is not allowed with a workload of one's own"),
    ],
)
def test_options_of_images_are_refused(options, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        lr_study.study(workload(), policies=["fixed"], **options)


# --- studies


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database: Path) -> dict:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
    return {"experiment": "own", "tracking_uri": f"sqlite:///{tmp_path}/mlflow.db"}


def test_a_study_is_trained_tracked_ranked_and_continued(place: dict) -> None:
    policies = ["fixed:lr=0.5", "fixed:lr=0.0001"]
    given = workload(build(compile=False), optimizer="sgd", loss="sparse_categorical_crossentropy")
    given = replace(given, train=digits(400), test=digits(100), epochs=4)
    place |= {"folds": 2}
    ranking = lr_study.study(given, policies=policies, seeds=2, **place)
    (found,) = ranking.protocols
    assert [(row.policy, row.verdict) for row in found.rows] == [
        ("fixed:lr=0.5", "best"),
        ("fixed:lr=0.0001", "clearly worse"),
    ]
    assert found.fields["workload"] == "own"
    assert "own, 760 parameters trained" in ranking._repr_html_()
    again = lr_study.study(given, policies=policies, seeds=2, **place)
    assert again == ranking

    client = MlflowClient(place["tracking_uri"])
    runs = lr_study.load_runs("own", place["tracking_uri"])
    runs = runs[runs["excluded"].isna()]
    assert len(runs) == 4
    run = client.get_run(runs["run_id"].iloc[0])
    assert run.data.params["workload"] == "own"
    assert run.data.params["loss"] == "sparse_categorical_crossentropy"
    assert {file.path for file in client.list_artifacts(run.info.run_id)} >= {
        "history.csv",
        "weights.npz",
    }
    # The best runs have their whole models.
    models = client.search_logged_models([run.info.experiment_id])
    assert [model.status for model in models] == ["READY"]

    changed = replace(given, train=digits(399))
    both = lr_study.study(changed, policies=policies[:1], seeds=1, **place)
    assert len(both.protocols) == 1
    compared = lr_study.compare(lr_study.load_runs("own", place["tracking_uri"]))
    assert len(compared.protocols) == 2
    assert any("fingerprint" in warning for warning in compared.warnings)


def test_a_run_that_fails_is_failed_and_the_others_are_ranked(place: dict) -> None:
    given = workload(fragile_net, epochs=1)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        ranking = lr_study.study(
            given, policies=["fixed:lr=0.5", "fixed:lr=0.1"], seeds=2, log_models="none", **place
        )
    lines = [str(warning.message) for warning in warned if "fixed:lr=0.5" in str(warning.message)]
    assert [line.partition(":  ")[0][:45] for line in lines] == [
        f"fixed:lr=0.5 failed under seed {seed} (ArithmeticE" for seed in (0, 1)
    ]
    assert [row.policy for row in ranking.protocols[0].rows] == ["fixed:lr=0.1"]
    client = MlflowClient(place["tracking_uri"])
    experiment = client.get_experiment_by_name("own")
    failed = client.search_runs([experiment.experiment_id], "attributes.status = 'FAILED'")
    assert {run.data.params["policy"] for run in failed} == {"fixed:lr=0.5"}
    assert len(failed) == 2
    file = Path(client.download_artifacts(failed[0].info.run_id, "traceback.txt"))
    assert "ArithmeticError: too high a rate" in file.read_text(encoding="utf-8")
    others = client.search_runs([experiment.experiment_id], "attributes.status != 'FAILED'")
    assert {run.info.status for run in others} == {"FINISHED"}


def test_a_study_of_which_every_run_fails_stops_after_the_first_seed(place: dict) -> None:
    given = workload(fragile_net, epochs=1)
    with pytest.raises(LrStudyError, match=r"all runs of the first seed failed; the first: "):
        lr_study.study(given, policies=["fixed:lr=0.5", "fixed:lr=0.6"], seeds=5, **place)
    client = MlflowClient(place["tracking_uri"])
    experiment = client.get_experiment_by_name("own")
    runs = client.search_runs([experiment.experiment_id])
    assert {run.info.status for run in runs} == {"FAILED"}
    assert len(runs) == 3


def test_settings_name_what_is_not_allowed() -> None:
    with pytest.raises(UsageError, match="folds=1 is not allowed"):
        ModelSettings(folds=1)
