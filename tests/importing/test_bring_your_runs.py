"""Runs that Keras logged, by MLflow's autologging and by CSVLogger, rank as their own values."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml
from forked import lr_study

from lr_study import compare
from lr_study.comparison import Comparison
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.tracking.reading import load_runs

use_one_thread_per_op()

RATES, SEEDS, EPOCHS = (0.5, 0.01), (0, 1, 2), 2
BASELINE = "fixed:lr=0.01"


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Iterator[tuple[Path, pd.DataFrame]]:
    """A folder with the store and the tables of some runs, and the runs as rows."""
    import keras
    import mlflow
    import numpy as np

    folder = tmp_path_factory.mktemp("runs")
    (folder / "mlflow.db").write_bytes(empty_database.read_bytes())
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.set_experiment("mine")
    mlflow.keras.autolog(log_models=False, log_datasets=False)
    random = np.random.default_rng(0)
    points = random.normal(size=(120, 4)).astype("float32")
    classes = (points.sum(axis=1) + random.normal(size=120) > 0).astype("int32")
    rows = []
    for rate in RATES:
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "softmax")])
            model.compile(
                keras.optimizers.SGD(rate), "sparse_categorical_crossentropy", metrics=["accuracy"]
            )
            table = folder / f"lr_{rate}_s{seed}.csv"
            with mlflow.start_run(run_name=table.stem):
                mlflow.log_param("seed", seed)
                fitted = model.fit(
                    points,
                    classes,
                    validation_split=0.5,
                    epochs=EPOCHS,
                    verbose=0,
                    callbacks=[keras.callbacks.CSVLogger(str(table))],
                )
            rows.append({"lr": rate, "seed": seed, **{k: v[-1] for k, v in fitted.history.items()}})
    mlflow.keras.autolog(disable=True)
    yield folder, pd.DataFrame(rows)
    mlflow.set_tracking_uri(None)


def figures(comparison: Comparison) -> list[tuple[object, ...]]:
    """What a ranking says of each policy."""
    (ranking,) = comparison.protocols
    return [
        (row.policy, row.rank, row.verdict, row.runs, row.estimate, row.interval)
        for row in ranking.rows
    ]


def imported(folder: Path, *arguments: str) -> str:
    answer = lr_study("import", *arguments, cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_runs_logged_by_autolog_and_by_csv_logger_rank_alike(
    trained: tuple[Path, pd.DataFrame],
) -> None:
    folder, rows = trained
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    expected = compare(rows, policy="lr", seed="seed", metric="val_accuracy", baseline=BASELINE)
    assert [row[3] for row in figures(expected)] == [len(SEEDS)] * len(RATES)

    guessed = imported(folder, "mlflow", "--from", "mine", "--guess")
    (declared,) = yaml.safe_load(guessed).values()
    assert (declared["policy"], declared["seed"]) == (
        "fixed:lr={optimizer_learning_rate}",
        "{seed}",
    )
    assert declared["metrics"]["val_accuracy"] == "val_accuracy"
    assert "batch_size" in declared["protocol_params"]
    (folder / "declared.yaml").write_text(guessed, encoding="utf-8")

    options = ["--from", "mine", "--experiment", "from_mlflow", "--policies", "declared.yaml"]
    assert imported(folder, "mlflow", *options).splitlines()[-1] == "6 runs imported"
    assert imported(folder, "mlflow", *options).splitlines()[-1] == (
        "0 runs imported, 6 runs already imported"
    )
    runs = load_runs("from_mlflow", uri)
    assert figures(compare(runs, baseline=BASELINE)) == figures(expected)

    tables = sorted(str(path.name) for path in folder.glob("lr_*.csv"))
    lines = [f'"lr_{rate}_s{{seed}}": {{policy: "fixed:lr={rate}"}}' for rate in RATES]
    (folder / "seeds.yaml").write_text("\n".join(lines), encoding="utf-8")
    imported(folder, "csv", *tables, "--experiment", "from_csv", "--policies", "seeds.yaml")
    assert figures(compare(load_runs("from_csv", uri), baseline=BASELINE)) == figures(expected)
