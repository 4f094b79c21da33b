"""A store with an experiment, and a state folder of the test's own."""

from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Experiment

from lr_study.tracking import connect
from lr_study.tracking.experiments import experiment_named


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "state"


@pytest.fixture
def client(tmp_path: Path, empty_database: Path) -> MlflowClient:
    (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
    return connect(f"sqlite:///{tmp_path}/mlflow.db")


@pytest.fixture
def experiment(client: MlflowClient, tmp_path: Path) -> Experiment:
    client.create_experiment("x", str(tmp_path / "artifacts"))
    return experiment_named(client, "x")
