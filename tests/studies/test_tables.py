"""Tables without code: what of a file is used, how it is encoded, and two studies of real ones."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from forked import lr_study
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.datasets import load_diabetes, load_iris

from lr_study import compare, load_runs
from lr_study.runs import TabularSettings
from lr_study.studies.model_workload import prepare_model
from lr_study.studies.tables import Table, read_table, table_workload
from lr_study.support import UsageError, use_one_thread_per_op
from lr_study.training.tables import TableEncoder

use_one_thread_per_op()

FRAME = pd.DataFrame(
    {
        "height": [1.5, 1.6, 1.7, 1.8],
        "is_old": [True, False, True, False],
        "colour": ["red", "blue", "red", "green"],
        "planet": ["Earth"] * 4,
        "kind": ["b", "a", "b", "a"],
    }
)


@pytest.fixture
def read(tmp_path: Path):
    def of(frame: pd.DataFrame, target: str = "kind", **options: str) -> Table:
        file = tmp_path / "table.csv"
        frame.to_csv(file, index=False)
        return read_table(TabularSettings(data=str(file), target=target, **options))

    return of


def test_columns_are_numbers_or_categories_or_left_out(read, tmp_path: Path) -> None:
    table = read(FRAME)
    assert table.numbers.tolist() == [[1.5, 1], [1.6, 0], [1.7, 1], [1.8, 0]]
    assert (table.codes.tolist(), table.categories) == ([[2], [0], [2], [1]], (3,))
    assert (table.targets.tolist(), table.classes) == ([1, 0, 1, 0], ("a", "b"))
    assert table.left_out == {"planet": "the same in each row"}
    assert list(table.lines()) == [
        "table: 4 rows, columns: 2 of numbers and 1 of categories; 2 classes",
        "columns left out: planet (the same in each row)",
    ]
    FRAME.to_parquet(tmp_path / "table.parquet")
    settings = TabularSettings(data=str(tmp_path / "table.parquet"), target="kind")
    assert read_table(settings).codes.tolist() == table.codes.tolist()


def test_names_and_dates_are_no_categories(read, tmp_path: Path) -> None:
    days = pd.date_range("2026-01-01", periods=60)
    frame = pd.DataFrame({"x": range(60), "name": [f"n{i}" for i in range(60)], "day": days})
    frame["y"] = ["a", "b"] * 30
    many = "60 different values, at most 50 are categories"
    assert read(frame, "y").left_out == {"name": many, "day": many}
    frame.to_parquet(tmp_path / "table.parquet")  # in which dates have a type
    table = read_table(TabularSettings(data=str(tmp_path / "table.parquet"), target="y"))
    assert table.left_out == {"name": many, "day": "dates"}


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["x", "y"] * 30, "auto", 2),
        ([True, False] * 30, "auto", 2),
        ([7, 9, 11] * 20, "auto", 3),
        (list(range(60)), "auto", 0),
        ([0.5, 1.5] * 30, "auto", 0),
        ([7, 9, 11] * 20, "regression", 0),
        (list(range(60)), "classification", 60),
    ],
)
def test_the_task_is_that_of_the_targets_values(read, values, task, classes) -> None:
    table = read(pd.DataFrame({"x": range(60), "y": values}), "y", task=task)
    assert len(table.classes) == classes
    assert len(set(table.targets.tolist())) == len(set(values))


@pytest.mark.parametrize(
    ("change", "options", "line"),
    [
        ({}, {"target": "weight"}, "target=weight is not allowed: the columns of .* are height,"),
        ({}, {"target": "planet"}, "target=planet is the same in each row"),
        ({}, {"task": "regression"}, "task=regression is not allowed: kind does not hold numbers"),
        (
            {"height": [1.5, None, None, 1.8], "kind": ["a", "b", None, "a"]},
            {},
            ".* has 4 rows, and values are missing: height in 2, kind in 1; fill them",
        ),
        ({"height": [1.5, np.inf, 1.7, 1.8]}, {}, ".* has infinite numbers"),
        (
            {"height": [1] * 4, "is_old": [1] * 4, "colour": ["red"] * 4},
            {},
            ".* has no column to learn kind from",
        ),
    ],
)
def test_a_table_that_cannot_be_learned_from_is_one_line(read, change, options, line) -> None:
    with pytest.raises(UsageError, match=f"^{line}") as caught:
        read(FRAME.assign(**change), **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", 'a,b\n1,2,3,4\n1\n"', None])
def test_a_file_that_is_no_table_is_one_line(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "table.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"^data=.* cannot be read as a CSV or Parquet file \("
    ) as e:
        read_table(TabularSettings(data=str(file), target="y"))
    assert "\n" not in str(e.value)


@given(arrays.arrays(np.int64, (6, 2), elements=st.integers(0, 3)), st.integers(1, 5))
def test_categories_that_the_training_set_lacks_are_encoded_as_none(codes, trained) -> None:
    rows = {"numbers": np.zeros((6, 0)), "categories": codes}
    train = {name: values[:trained] for name, values in rows.items()}
    encoded = TableEncoder((4, 4))(train)(rows)
    assert encoded.shape == (6, 8)
    for column in range(2):
        known = np.isin(codes[:, column], codes[:trained, column])
        one_hot = encoded[:, 4 * column : 4 * column + 4]
        assert (one_hot.sum(axis=1) == known).all()
        assert (one_hot.argmax(axis=1)[known] == codes[known, column]).all()


def test_numbers_are_standardised_by_the_training_set_alone() -> None:
    """Whatever the validation set holds, the inputs of the training set are the same."""
    numbers = np.random.default_rng(0).normal(5, 3, (20, 2))
    rows = {"numbers": numbers, "categories": np.zeros((20, 0), np.int64)}
    table = Table("t", numbers, rows["categories"], (), np.arange(20) % 2, ("a", "b"), {})
    settings = TabularSettings(data="t.csv", target="y", hidden="4", epochs=1)
    workload = prepare_model(table_workload(settings, table), settings)
    examples = workload.examples(0)
    trained = examples.inputs[examples.train]
    assert np.allclose(trained.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(trained.std(axis=0), 1, atol=1e-6)
    changed = numbers.copy()
    changed[examples.validation] += 100
    other = prepare_model(table_workload(settings, replace(table, numbers=changed)), settings)
    assert (other.examples(0).inputs[examples.train] == trained).all()
    assert other.protocol.fingerprint != workload.protocol.fingerprint
    assert workload.protocol.preprocessing == "TableEncoder(categories=())"


def test_an_error_is_in_the_unit_of_the_target() -> None:
    targets = np.array([100.0, 140.0, 120.0])
    table = Table("t", np.eye(3), np.zeros((3, 0), np.int64), (), targets, (), {})
    workload = table_workload(TabularSettings(data="t.csv", target="y"), table)
    assert np.allclose(workload.train[1], (targets - 120) / targets.std())
    model = workload.build_model()
    model.set_weights([np.zeros_like(weights) for weights in model.get_weights()])
    found = model.evaluate(np.eye(3), workload.train[1], return_dict=True, verbose=0)
    assert found["mae"] == pytest.approx(40 / 3)  # it predicts the mean


def test_a_classification_and_a_regression_are_ranked(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    iris = load_iris(as_frame=True)
    iris.frame.assign(target=iris.target_names[iris.target]).to_csv(tmp_path / "iris.csv")
    load_diabetes(as_frame=True, scaled=False).frame.to_csv(tmp_path / "diabetes.csv", index=False)
    words = ["study", "--workload=tabular", "--target=target", "--hidden=16", "--folds=2"]
    words += ["--policy=fixed:lr=0.03", "--policy=fixed:lr=0.00001", "--seeds=2", "--epochs=2"]
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    for name, metric in (("iris", "accuracy"), ("diabetes", "mae")):
        trained = lr_study(*words, f"--data={name}.csv", cwd=tmp_path)
        assert trained.returncode == 0, trained.stderr
        assert "--workload tabular" in trained.stdout
        (ranking,) = compare(load_runs(name, uri)).protocols
        assert [row.policy for row in ranking.rows] == ["fixed:lr=0.03", "fixed:lr=1e-05"]
        assert ranking.fields["metric"] == metric
