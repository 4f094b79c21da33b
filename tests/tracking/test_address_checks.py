"""Addresses that are no store's, and a state folder that cannot be written."""

import os
import re
from pathlib import Path

import pytest
from forked import lr_study
from mlflow import MlflowClient
from records import make_record
from waiting import keep

from lr_study.support import LrStudyError, UsageError, is_owner_dead, liveness_token, state_folder
from lr_study.tracking import Sender, connect
from lr_study.tracking.address_checks import check_address
from lr_study.tracking.experiments import experiment_named

pytestmark = pytest.mark.usefixtures("state")


@pytest.mark.parametrize(
    ("uri", "meant"),
    [
        ("127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("localhost:5000", "http://localhost:5000"),
        ("localhost", "http://localhost"),
        ("mlflow:5000/base", "http://mlflow:5000/base"),
        ("mlflow.example.org", "http://mlflow.example.org"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("mlflow.db", "sqlite:///mlflow.db"),
        ("runs/all.sqlite", "sqlite:///runs/all.sqlite"),
    ],
)
def test_an_address_without_its_beginning_is_answered_with_it(uri: str, meant: str) -> None:
    with pytest.raises(LrStudyError, match=f"did you mean {re.escape(meant)}\\?$"):
        connect(uri)
    check_address(meant)


@pytest.mark.parametrize("uri", ["./mlruns", "mlruns", "HERE/old runs", "file:old%20runs"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_of_runs_is_answered_with_both_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str, exists: bool
) -> None:
    uri = uri.replace("HERE", str(tmp_path))
    if exists:
        (tmp_path / "mlruns").mkdir()
        (tmp_path / "old runs").mkdir()
    with pytest.raises(
        LrStudyError, match=r"migrate-filestore --source .* or set MLFLOW_ALLOW_FIL"
    ):
        connect(uri)
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    check_address(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite+pysqlite:///:memory:",
        "sqlite:///file::memory:?cache=shared&uri=true",
        "sqlite:///file:x?mode=memory&uri=true",
    ],
)
def test_a_store_in_memory_is_refused(uri: str) -> None:
    with pytest.raises(UsageError, match=r"gone when the command ends; give a file"):
        connect(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "sqlite:///mlflow.db",
        "sqlite:////data/my%20runs.db?timeout=5",
        "http://127.0.0.1:5000",
        "https://ann:pw@mlflow.example.org/base",
        "postgresql+psycopg2://ann@db/mlflow",
        "databricks",
        "databricks://profile",
        "uc:host",
    ],
)
def test_other_addresses_pass(uri: str) -> None:
    check_address(uri)


def test_names_that_are_not_utf8_are_refused_as_such(client: MlflowClient) -> None:
    for call in (
        lambda: connect("sqlite:///caf\udce9.db"),
        lambda: experiment_named(client, "caf\udce9"),
    ):
        with pytest.raises(UsageError, match=r"caf\\udce9.* is not allowed: it is not UTF-8"):
            call()
    assert experiment_named(client, "caf\u00e9 \N{SNOWMAN}").name == "caf\u00e9 \N{SNOWMAN}"


@pytest.fixture
def unwritable(tmp_path: Path, client: MlflowClient) -> dict[str, str]:
    """Variables with a state folder that cannot be: a file stands for its parent."""
    experiment = experiment_named(client, "x")
    assert Sender(client).send(keep(client, experiment))
    (tmp_path / "file").touch()
    return {**os.environ, "LR_STUDY_STATE": str(tmp_path / "file" / "state")}


def test_reading_needs_no_state_folder(unwritable: dict[str, str], tmp_path: Path) -> None:
    answer = lr_study("compare", "--experiment", "x", cwd=tmp_path, env=unwritable)
    assert answer.returncode == 0, answer.stderr
    assert str(make_record().spec.policy) in answer.stdout
    answer = lr_study("sync", cwd=tmp_path, env=unwritable)
    assert (answer.returncode, answer.stdout) == (0, "sent: 0\n")


def test_training_says_which_variable_to_set(
    unwritable: dict[str, str], tmp_path: Path, tiny_folder: Path
) -> None:
    data = ("--data", str(tiny_folder), "--experiment", "x")
    for words in (("run", "fixed"), ("study", "--policy=fixed", "--seeds=1")):
        answer = lr_study(*words, *data, cwd=tmp_path, env=unwritable)
        assert answer.returncode == 1
        line = answer.stderr.splitlines()[-1]
        assert line.startswith(f"error: the state folder {tmp_path}/file/state cannot be written (")
        assert line.endswith("set LR_STUDY_STATE to another folder")


def test_a_process_is_known_to_be_dead_only_where_its_lock_can_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "file" / "state"))
    assert not is_owner_dead(liveness_token())
    with pytest.raises(LrStudyError, match="set LR_STUDY_STATE"):
        state_folder("processes")
