"""Models that are ranked by another metric than the accuracy: trained, stored, ranked, reported."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from own_models import settings_of

import lr_study
from lr_study.cli.app import app
from lr_study.policies import parse
from lr_study.runs import RunSpec
from lr_study.studies.model_workload import prepare_model
from lr_study.support import UsageError
from lr_study.support.runtime import keras, use_one_thread_per_op
from lr_study.training.fitting import train_model

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # NumPy's
    pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning"),  # SQLAlchemy's
]

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

FAST, SLOW = "fixed:lr=0.05", "fixed:lr=0.001"


def line(examples: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Three numbers and a weighted sum of them, with noise."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(examples, 3)).astype(np.float32)
    return inputs, (inputs @ [1, 2, 3] + rng.normal(size=examples) / 10).astype(np.float32)


def net() -> Any:
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


def regression(**changes: Any) -> lr_study.Workload:
    usual = {"train": line(), "test": line(10), "epochs": 2, "batch_size": 12, "name": "line"}
    compiled = {"optimizer": "sgd", "loss": "mse", "metric": "val_mae"}
    return lr_study.Workload(**{"build_model": net, **usual, **compiled, **changes})


# --- what is refused


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"metric": "gini"}, "metric=gini: its name does not tell whether higher values are"),
        ({"higher_is_better": 1.5}, "higher_is_better=1.5 is not allowed"),
        ({"metric": "loss", "higher_is_better": True}, "higher_is_better=True is not allowed"),
    ],
)
def test_a_metric_without_a_direction_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        regression(**changes)
    assert str(refused.value).startswith(says)


def compiled_net() -> Any:
    model = net()
    model.compile("sgd", "mse", metrics=["mse"])
    return model


@pytest.mark.parametrize(
    ("changes", "settings", "says"),
    [
        ({"metric": "accuracy"}, {}, "the targets of train are not classes: "),
        (
            {"metric": "roc_auc", "loss": "mse"},
            {},
            "does not fit its examples (ValueError: Could not interp",
        ),
        (
            {"build_model": compiled_net, "optimizer": None, "loss": None},
            {},
            "metric=mae is not allowed: the metrics of the model are loss, mse; compile it with",
        ),
        ({}, {"stratify": True}, "stratify=True is not allowed with metric=mae"),
    ],
)
def test_what_does_not_fit_is_one_line(
    changes: dict[str, Any], settings: dict[str, Any], says: str, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path))
    given = regression(**changes)
    with pytest.raises(UsageError) as refused:
        prepare_model(given, settings_of(given, **settings))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"race": True}, "--race is not allowed with the metric mae"),
        ({"until_regret": 1}, "--until-regret is not allowed with the metric mae"),
        (
            {"policies": ["plateau:monitor=val_accuracy"]},
            "reads val_accuracy, which these runs do not have",
        ),
    ],
)
def test_what_needs_an_accuracy_is_refused(
    options: dict[str, Any], says: str, tmp_path: Path, monkeypatch, empty_database: Path
) -> None:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
    store = f"sqlite:///{tmp_path}/mlflow.db"
    given = {"policies": [FAST, SLOW], "seeds": 10} | options
    with pytest.raises(UsageError, match=says):
        lr_study.study(regression(), **given, tracking_uri=store)


# --- the protocol


def test_the_protocol_names_metric_and_direction() -> None:
    mae, mse, up = (
        prepare_model(given, settings_of(given)).protocol
        for given in (
            regression(),
            regression(metric="mse"),
            regression(higher_is_better=True),
        )
    )
    assert replace(mae, metric="mse", direction="lower") == mse
    assert replace(mae, direction="higher") == up
    assert len({mae.id, mse.id, up.id}) == 3
    assert (mae.classes, mae.ranked_by.val) == (0, "val_mae")


def test_equal_examples_stay_together() -> None:
    inputs, targets = line()
    other = np.concatenate([targets, targets[:9], targets[9:12] + 1])
    given = regression(train=(np.concatenate([inputs, inputs[:12]]), other))
    prepared = prepare_model(given, settings_of(given))
    for seed in range(5):
        validated = set(prepared.examples(seed).validation.tolist())
        assert all((i in validated) == (i + 60 in validated) for i in range(9))
    assert prepared.folds.together[69:].tolist() == [69, 70, 71]


# --- several outputs, other targets


def two_outputs() -> Any:
    inputs = keras.Input((3,))
    outputs = {
        "age": keras.layers.Dense(2, name="age")(inputs),
        "kind": keras.layers.Dense(3, "softmax", name="kind")(inputs),
    }
    model = keras.Model(inputs, outputs)
    model.compile(
        "sgd",
        loss={"age": "mse", "kind": "sparse_categorical_crossentropy"},
        metrics={"age": ["mae"], "kind": ["accuracy"]},
    )
    return model


@pytest.mark.parametrize("metric", ["val_age_mae", "kind_accuracy"])
def test_a_model_with_several_outputs_is_ranked_by_one_of_its_metrics(metric: str) -> None:
    inputs, targets = line()
    several = {"age": np.stack([targets, -targets], axis=1), "kind": np.arange(60) % 3}
    given = regression(
        build_model=two_outputs, optimizer=None, loss=None, metric=metric, epochs=1,
        train=(inputs, several), test=(inputs, several),
    )  # fmt: skip
    prepared = prepare_model(given, settings_of(given))
    spec = RunSpec(parse(FAST), 0, settings_of(given))
    record = train_model(prepared.new_model, prepared.examples(0), spec, prepared.protocol).record
    name = metric.removeprefix("val_")
    values = record.epochs[0].values()
    assert record.metrics()[f"final_val_{name}"] == values[f"val_{name}"]
    assert record.metrics()[f"test_{name}"] > 0
    assert (record.image_results, record.test_accuracy) == (None, None)
    assert "accuracy" not in values


# --- a study


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("metrics")
    (folder / "mlflow.db").write_bytes(empty_database.read_bytes())
    place = {"experiment": "line", "tracking_uri": f"sqlite:///{folder}/mlflow.db"}
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LR_STUDY_STATE", str(folder / "state"))
        patched.chdir(folder)
        yield place


@pytest.fixture(scope="module")
def ranking(place: dict[str, str]) -> lr_study.Comparison:
    return lr_study.study(regression(), policies=[FAST, SLOW], seeds=5, log_models="none", **place)


def test_a_regression_is_ranked_by_its_error(ranking: lr_study.Comparison) -> None:
    assert (ranking.metric, ranking.higher_is_better) == ("val_mae", False)
    (found,) = ranking.protocols
    assert [row.policy for row in found.rows] == [FAST, SLOW]
    assert found.rows[0].estimate < found.rows[1].estimate
    assert found.rule == "splits"
    assert (found.fields["metric"], found.fields["direction"]) == ("mae", "lower")
    assert found.families[0].test_estimate > 0
    assert "of val_mae" in found.advice
    for text in (repr(ranking), ranking._repr_html_()):
        assert "val_mae" in text
        assert "accuracy" not in text


def test_runs_have_their_metric_and_no_accuracy(
    ranking: lr_study.Comparison, place: dict[str, str]
) -> None:
    runs = lr_study.load_runs("line", place["tracking_uri"])
    runs = runs[runs["excluded"].isna()]
    assert len(runs) == 10
    client = MlflowClient(place["tracking_uri"])
    run = client.get_run(runs["run_id"].iloc[0])
    names = {"mae", "val_mae", "final_val_mae", "best_val_mae", "test_mae", "val_mae_roughness"}
    assert names <= run.data.metrics.keys()
    assert len(client.get_metric_history(run.info.run_id, "val_mae")) == 2
    kept = [run.data.metrics, run.data.params, run.data.tags]
    assert not any("accuracy" in name for of_kind in kept for name in of_kind)
    assert run.data.params["metric"] == "mae"
    history = Path(client.download_artifacts(run.info.run_id, "history.csv"))
    assert history.read_text(encoding="utf-8").startswith("epoch,loss,val_loss,learning_rate,mae,")
    assert {file.path for file in client.list_artifacts(run.info.run_id)} == {
        "history.csv",
        "weights.npz",
    }


def command(name: str, place: dict[str, str], *options: str) -> None:
    where = ["--experiment", "line", "--tracking-uri", place["tracking_uri"]]
    app([name, *where, *options], standalone_mode=False)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "rank vs best policy val_mae"),
        (["--metric", "val_loss"], "val loss"),
        (["--metric", "mae", "--lower-is-better", "--margin", "3.5"], "margin 3.5 of val_mae"),
        (["--by", "family"], "test"),
        (["--target", "3"], "epochs to mae 3"),
    ],
)
def test_the_command_compares_by_any_metric(
    ranking: lr_study.Comparison, place: dict[str, str], options, says: str, capsys
) -> None:
    command("compare", place, *options)
    shown = capsys.readouterr().out
    assert says in " ".join(shown.split())
    assert "accuracy" not in shown


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--higher-is-better"], "higher_is_better=True is not allowed for val_mae"),
        (["--metric", "val_accuracy"], "metric=val_accuracy is not allowed: the runs have val_l"),
    ],
)
def test_the_command_refuses_what_the_runs_do_not_have(
    ranking: lr_study.Comparison, place: dict[str, str], options, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        command("compare", place, *options)


@pytest.mark.parametrize(("lang", "image"), [("en", "image"), ("ru", "изображен")])
@pytest.mark.parametrize("suffix", ["html", "md"])
def test_a_report_names_the_metric_and_no_image(
    ranking: lr_study.Comparison, place: dict[str, str], lang: str, image: str, suffix: str
) -> None:
    command("report", place, "--lang", lang, "--output", f"line.{lang}.{suffix}")
    page = Path(f"line.{lang}.{suffix}").read_text(encoding="utf-8")
    words = page.partition("</style>")[2] or page
    assert "mae" in words
    shown = [line for line in words.splitlines() if image in line.lower() and "<img" not in line]
    assert [line for line in shown if not line.startswith("![")] == []
    assert "accuracy" not in words.replace("accuracy_zoom", "")


def test_json_keeps_its_keys(ranking: lr_study.Comparison, place: dict[str, str], capsys) -> None:
    command("compare", place, "--format", "json")
    (found,) = json.loads(capsys.readouterr().out)["protocols"]
    row, family = found["rows"][0], found["families"][0]
    assert row["metrics"]["final_val_accuracy"] is None
    assert row["metrics"]["final_val_mae"] == row["estimate"]
    assert family["test_accuracy"] is None
    assert family["test_estimate"] is not None
