"""Reading needs no state folder, and waits for no other process."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock
from mlflow import MlflowClient
from records import log_record, make_record
from stores import NO_SERVER
from typer.testing import CliRunner

from lr_study.cli.app import app
from lr_study.support import LrStudyError
from lr_study.tracking import connect, databases, load_runs


@pytest.fixture(params=["sqlite", "server"])
def uri(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    empty_database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """A store with a run, and a state folder that nobody, root either, can create or write."""
    monkeypatch.chdir(tmp_path)
    if request.param == "server":
        uri = str(request.getfixturevalue("server"))
    else:
        (tmp_path / "mlflow.db").write_bytes(empty_database.read_bytes())
        uri = f"sqlite:///{tmp_path}/mlflow.db"
    client = MlflowClient(uri)
    experiment_id = client.create_experiment("read-only", artifact_location=tmp_path.as_uri())
    run = client.create_run(experiment_id)
    log_record(client, run.info.run_id, make_record(), {"lr_study.version": "0"})
    client.set_terminated(run.info.run_id)
    (tmp_path / "a file").touch()
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "a file" / "state"))
    return uri


def test_what_only_reads_works_without_a_state_folder(uri: str, tmp_path: Path) -> None:
    assert list(load_runs("read-only", uri)["excluded"]) == [None]
    where = [f"--tracking-uri={uri}", "--experiment=read-only"]
    compared = CliRunner().invoke(app, ["compare", *where])
    assert compared.exit_code == 0, compared.output
    assert str(make_record().spec.policy) in compared.output
    output = tmp_path / "report.html"
    reported = CliRunner().invoke(app, ["report", *where, f"--output={output}"])
    assert reported.exit_code == 0, reported.output
    assert str(make_record().spec.policy) in output.read_text(encoding="utf-8")


def test_reading_waits_for_no_lock(
    client: MlflowClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_CREATION_SECONDS", 0)
    with FileLock(tmp_path / ".mlflow.db.lock"):
        assert len(load_runs("Default", str(client.tracking_uri))) == 0
        with pytest.raises(LrStudyError, match=r"127\.0\.0\.1:9 cannot be used"):
            connect(NO_SERVER)


def test_a_database_that_another_process_creates_is_waited_for_with_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_CREATION_SECONDS", 0.1)
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    file = tmp_path / ".mlflow.db.lock"
    with (
        FileLock(file),
        pytest.raises(LrStudyError, match=r"another process has been creating it .*db\.lock\)"),
    ):
        connect(uri, create=True)
    assert not (tmp_path / "mlflow.db").exists()
    connect(uri, create=True)
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        assert database.execute("SELECT name FROM experiments").fetchall() == [("Default",)]
    assert {path.name for path in tmp_path.iterdir()} == {"mlflow.db"}
