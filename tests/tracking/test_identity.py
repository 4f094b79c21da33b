"""Stores and experiments that are renamed, linked or replaced while runs wait for them."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from forked import Forked
from mlflow import MlflowClient
from waiting import active, finished, keep

from lr_study.tracking import open_destination, outbox
from lr_study.tracking.addresses import canonical_uri, store_address
from lr_study.tracking.sending import Sender, sync, waiting_cells

pytestmark = pytest.mark.usefixtures("state")


# --- experiments


def test_runs_wait_for_an_experiment_and_not_for_its_name(client, experiment):
    entry = keep(client, experiment)
    client.rename_experiment(experiment.experiment_id, "team")
    renamed = client.get_experiment(experiment.experiment_id)
    assert waiting_cells(client, renamed) == {entry.cell}
    client.create_experiment("x")  # somebody else's
    other = client.get_experiment_by_name("x")
    assert waiting_cells(client, other) == set()
    assert (sync().sent, sync().problems) == (1, [])
    assert list(finished(client, renamed)) == [entry.cell]
    assert active(client, other) == []


def test_sync_creates_no_experiment_under_the_name_that_was(client, experiment):
    keep(client, experiment)
    client.rename_experiment(experiment.experiment_id, "team")
    assert sync().sent == 1
    assert {found.name for found in client.search_experiments()} == {"team", "Default"}


def test_a_cell_has_one_entry_whatever_its_experiment_is_called(client, experiment):
    first = keep(client, experiment)
    client.rename_experiment(experiment.experiment_id, "team")
    again = keep(client, client.get_experiment(experiment.experiment_id))
    assert again.key == first.key
    assert outbox.waiting() == [first]


def test_in_a_new_database_at_the_same_address_the_name_counts(
    client, experiment, empty_database, tmp_path
):
    """An experiment of another database may have the same id."""
    entry = keep(client, experiment)
    (tmp_path / "mlflow.db").rename(tmp_path / "old.db")
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    replaced = MlflowClient(f"sqlite:///{tmp_path}/./mlflow.db")  # not the one MLflow has open
    stranger = replaced.get_experiment(replaced.create_experiment("stranger"))
    assert stranger.experiment_id == experiment.experiment_id
    assert waiting_cells(replaced, stranger) == set()

    sender = Sender(replaced)
    assert not sender.send(entry)
    assert "it has no experiment x: create one with" in sender.rejection
    command = sender.rejection.partition("create one with ")[2]
    assert command == (
        f"MLFLOW_TRACKING_URI=sqlite:///{tmp_path}/mlflow.db mlflow experiments create -n x"
    )
    assert active(replaced, stranger) == []
    assert outbox.waiting() == [entry]

    same_name = replaced.get_experiment(replaced.create_experiment("x"))
    assert sender.send(entry)
    assert list(finished(replaced, same_name)) == [entry.cell]
    assert active(replaced, stranger) == []


# --- files


def test_a_file_has_one_address_however_it_is_typed(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "linked.db").symlink_to("mlflow.db")
    monkeypatch.chdir(tmp_path / "link")
    typed = [
        "sqlite:///mlflow.db",
        "sqlite:///./mlflow.db",
        "sqlite:///linked.db",
        "sqlite:///../link/mlflow.db",
        "sqlite+pysqlite:///mlflow.db",
        "sqlite:///mlflow.db?timeout=9",
        f"sqlite:///{tmp_path}/link/mlflow.db",
        f"sqlite:///{tmp_path}/real/../real/mlflow.db",
    ]
    assert {store_address(uri) for uri in typed} == {f"sqlite:///{tmp_path}/real/mlflow.db"}
    assert canonical_uri(typed[5]) == f"sqlite:///{tmp_path}/real/mlflow.db?timeout=9"
    for uri in ("sqlite://", "sqlite:///:memory:", "http://host/x", "postgresql://host/x"):
        assert canonical_uri(uri) == uri


def test_runs_wait_for_a_file_and_not_for_its_path(client, experiment, tmp_path):
    """An entry of before has its store's path as it was typed, and no id of its experiment."""
    (tmp_path / "link").symlink_to(tmp_path)
    store = f"sqlite:///{tmp_path}/link/mlflow.db"
    before = {"store": store, "experiment_id": None, "experiment_created": None}
    entry = replace(keep(client, experiment, seed=1), **before)
    shutil.rmtree(tmp_path / "state")
    outbox.put(entry)
    assert waiting_cells(client, experiment) == {entry.cell}
    assert sync(f"sqlite:///{tmp_path}/mlflow.db").sent == 1
    assert list(finished(client, experiment)) == [entry.cell]


OPEN = """
import sys
from lr_study.tracking import configure_mlflow, open_destination
configure_mlflow()
print(open_destination({uri!r}, "x", "x").experiment.experiment_id)
"""


def test_two_users_may_begin_with_one_new_file_at_once(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "link").symlink_to("shared")
    typed = {
        "relative": "sqlite:///mlflow.db",
        "absolute": f"sqlite:///{tmp_path}/shared/mlflow.db",
        "linked": f"sqlite:///{tmp_path}/link/mlflow.db",
    }
    processes = [
        Forked(
            code=OPEN.format(uri=uri),
            cwd=tmp_path / "shared",
            env=os.environ | {"LR_STUDY_STATE": str(tmp_path / name)},
        )
        for name, uri in typed.items()
    ]
    answers = [process.completed() for process in processes]
    assert [answer.stderr for answer in answers] == [""] * 3
    assert [answer.stdout for answer in answers] == ["1\n"] * 3
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["mlflow.db"]
    client = open_destination(typed["absolute"], "x", "x").client
    assert {found.name for found in client.search_experiments()} == {"x", "Default"}
