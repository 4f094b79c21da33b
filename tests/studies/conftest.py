"""A study of one cell that trains in a second, with a store and an experiment of its own."""

import shutil
from pathlib import Path

import pytest
from killing import Study, write_digits
from mlflow import MlflowClient


@pytest.fixture(scope="session")
def three_digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_digits(tmp_path_factory.mktemp("data") / "digits", "012", each=24)


@pytest.fixture
def small_study(
    three_digits: Path, tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> Study:
    """Its experiment is ``study``, whose artifacts are in the folder ``files``."""
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    shutil.copy(empty_database, tmp_path)
    study = Study(tmp_path, three_digits, ["fixed:lr=0.01"], seeds=1, epochs=2)
    (tmp_path / "files").mkdir()
    MlflowClient(study.uri).create_experiment("study", (tmp_path / "files").as_uri())
    return study


@pytest.fixture
def script_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database: Path
) -> MlflowClient:
    """A client of an empty store, to which scripts log by default."""
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
    return MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
