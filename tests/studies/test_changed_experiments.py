"""Experiments and runs that somebody renames or deletes in MLflow's pages while a study trains."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from killing import Study, write_digits
from mlflow import MlflowClient

from lr_study.cli import app as cli
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.tracking import open_destination
from lr_study.training import batched as heads

# TensorFlow fixes its thread counts with its first operation, in whichever test that comes.
use_one_thread_per_op()

POLICIES = ("fixed:lr=0.01", "fixed:lr=0.001")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@dataclass
class Store:
    """A study with a store, in which something happens while it trains."""

    study: Study
    client: MlflowClient
    experiment_id: str
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def lr(self, *words: str) -> Answer:
        """Run a command in this process."""
        self.monkeypatch.setattr(sys, "argv", ["lr-study", *words])
        self.capsys.readouterr()
        code = cli._run()
        return Answer(code, *self.capsys.readouterr())

    def train(self, *words: str, meanwhile: Callable[[], None]) -> Answer:
        """Run a command that trains, and let something happen once it does."""
        train_heads = heads.train_heads

        def train(*args, **kwargs):
            meanwhile()
            patch.undo()
            return train_heads(*args, **kwargs)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(heads, "train_heads", train)
            return self.lr(*words)

    def words_of_run(self) -> list[str]:
        options = [word for word in self.study.words()[1:] if not word.startswith("--policy")]
        options = [word for word in options if not word.startswith(("--seeds", "--log-models"))]
        return ["run", POLICIES[0], *options, "--no-log-model"]

    def statuses(self) -> list[str]:
        runs = self.client.search_runs([self.experiment_id])
        return sorted(run.info.status for run in runs)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Images, and a cache that all tests share."""
    folder = tmp_path_factory.mktemp("home")
    return write_digits(folder / "digits", "012", each=12), folder / "cache"


@pytest.fixture
def store(
    home: tuple[Path, Path],
    tmp_path: Path,
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Store:
    data, cache = home
    monkeypatch.setenv("LR_STUDY_CACHE", str(cache))
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    study = Study(tmp_path, data, POLICIES, seeds=2, epochs=2)
    destination = open_destination(study.uri, "study", "study")
    experiment_id = str(destination.experiment.experiment_id)
    return Store(study, destination.client, experiment_id, monkeypatch, capsys)


def test_an_experiment_is_renamed_while_a_study_trains(store: Store) -> None:
    answer = store.train(
        *store.study.words(),
        meanwhile=lambda: store.client.rename_experiment(store.experiment_id, "team"),
    )
    assert answer.code == 0, answer.err
    assert "fixed:lr=0.01" in answer.out
    assert "experiment team in sqlite:" in answer.err.splitlines()[-1]
    assert store.statuses() == ["FINISHED"] * 5
    assert {found.name for found in store.client.search_experiments()} == {"team", "Default"}
    again = store.lr(*store.study.words("--experiment=team"))
    assert again.code == 0
    assert "nothing is missing" in again.err


def test_an_experiment_is_renamed_while_a_run_trains(store: Store) -> None:
    answer = store.train(
        *store.words_of_run(),
        meanwhile=lambda: store.client.rename_experiment(store.experiment_id, "team"),
    )
    assert answer.code == 0, answer.err
    assert "in experiment team\n" in answer.out
    assert store.statuses() == ["FINISHED"]


def test_an_experiment_is_deleted_while_a_run_trains(store: Store) -> None:
    answer = store.train(
        *store.words_of_run(), meanwhile=lambda: store.client.delete_experiment("1")
    )
    restore = f"MLFLOW_TRACKING_URI={store.study.uri} mlflow experiments restore -x 1"
    assert answer.code == 1
    assert f"(experiment=study was deleted: restore it with {restore})" in answer.err
    sent = store.lr("sync")
    assert (sent.code, sent.out) == (1, "sent: 0\n")
    assert sent.err.startswith("error: 1 run not yet uploaded to ")
    assert f"(experiment=study was deleted: restore it with {restore})" in sent.err
    store.client.restore_experiment("1")
    assert store.statuses() == ["RUNNING"]
    assert store.lr("sync") == Answer(0, "sent: 1\n", "")
    assert store.statuses() == ["FINISHED"]
    assert "fixed:lr=0.01" in store.lr("compare", "--experiment=study").out


def test_an_experiment_is_deleted_while_a_study_trains(store: Store) -> None:
    answer = store.train(
        *store.study.words(), meanwhile=lambda: store.client.delete_experiment("1")
    )
    assert answer.code == 1
    assert "mlflow experiments restore -x 1" in answer.err.splitlines()[-1]
    sent = store.lr("sync")
    assert (sent.code, sent.out) == (1, "sent: 0\n")
    assert "error: 5 runs not yet uploaded to " in sent.err
    store.client.restore_experiment("1")
    assert store.lr("sync") == Answer(0, "sent: 5\n", "")
    assert store.statuses() == ["FAILED", *["FINISHED"] * 4]
    again = store.lr(*store.study.words())
    assert (again.code, "nothing is missing" in again.err) == (0, True)


def test_the_run_of_a_run_is_deleted_while_it_trains(store: Store) -> None:
    deleted: list[str] = []

    def delete() -> None:
        (run,) = store.client.search_runs(["1"])
        store.client.delete_run(run.info.run_id)
        deleted.append(run.info.run_id)

    answer = store.train(*store.words_of_run(), meanwhile=delete)
    restore = f"MLFLOW_TRACKING_URI={store.study.uri} mlflow runs restore --run-id {deleted[0]}"
    assert answer.code == 1
    assert f"(run {deleted[0]} was deleted: restore it with {restore})" in answer.err
    assert store.lr("sync").code == 1
    store.client.restore_run(deleted[0])
    assert store.lr("sync") == Answer(0, "sent: 1\n", "")
    assert store.statuses() == ["FINISHED"]


def test_the_run_of_a_study_is_deleted_while_it_trains(store: Store) -> None:
    deleted: list[str] = []

    def delete() -> None:
        (run,) = store.client.search_runs(["1"])
        store.client.delete_run(run.info.run_id)
        deleted.append(run.info.run_id)

    answer = store.train(*store.study.words(), meanwhile=delete)
    assert answer.code == 1
    assert "fixed:lr=0.001" in answer.out  # the ranking
    assert store.statuses() == ["FINISHED"] * 4
    restore = f"MLFLOW_TRACKING_URI={store.study.uri} mlflow runs restore --run-id {deleted[0]}"
    assert f"(run {deleted[0]} was deleted: restore it with {restore})" in answer.err
    assert answer.err.splitlines()[-1].endswith("lr-study sync uploads it")
    store.client.restore_run(deleted[0])
    assert store.lr("sync") == Answer(0, "sent: 1\n", "")
    assert store.statuses() == ["FINISHED"] * 5
    again = store.lr(*store.study.words())
    assert again.out == answer.out
