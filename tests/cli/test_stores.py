"""What commands do to a store: those that only read leave everything as it was."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from forked import Completed, lr_study
from mlflow import MlflowClient
from stores import free_port

from lr_study.cli.ui import serve_ui
from lr_study.tracking import open_destination


def lr(*arguments: str, cwd: Path, **environment: str) -> Completed[str]:
    state = {"LR_STUDY_STATE": str(cwd.parent / "state")}
    return lr_study(*arguments, cwd=cwd, env=os.environ | state | environment)


def error_of(answer: Completed[str], code: int) -> str:
    """The one line of a command that failed."""
    assert answer.returncode == code, answer.stderr
    assert answer.stdout == ""
    (line,) = answer.stderr.splitlines()
    assert line.startswith("error: ")
    return line


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


READING = {
    "compare": ["compare"],
    "compare --strict": ["compare", "--strict"],
    "report": ["report", "--output", "report.html"],
    "model": ["model", "0" * 32, "--output", "x.keras"],
    "ui": ["ui"],
}


@pytest.mark.parametrize("arguments", READING.values(), ids=READING)
@pytest.mark.parametrize("given", ["by default", "as an option"])
def test_reading_creates_no_store(here: Path, arguments: list[str], given: str) -> None:
    option = ["--tracking-uri", "sqlite:///sub/team.db"] if given == "as an option" else []
    line = error_of(lr(*arguments, *option, cwd=here), 2)
    file = here / ("sub/team.db" if option else "mlflow.db")
    assert line.startswith(f"error: there is no MLflow store at sqlite:///{file}: give another")
    assert list(here.iterdir()) == []


def test_a_plan_creates_neither_a_store_nor_an_experiment(
    here: Path, tiny_folder: Path, empty_database: Path
) -> None:
    plan = ["study", "--data", str(tiny_folder), "--policy", "fixed", "--seeds", "2", "--dry-run"]
    plan += ["--backbone", "efficientnet-lite0"]
    before = lr(*plan, cwd=here)
    assert before.returncode == 0, before.stderr
    assert list(here.iterdir()) == []
    content = empty_database.read_bytes()
    (here / "mlflow.db").write_bytes(content)
    assert lr(*plan, cwd=here).stdout == before.stdout
    assert before.stdout.startswith("2 runs")
    assert (here / "mlflow.db").read_bytes() == content


def test_the_doctor_creates_no_store(here: Path) -> None:
    answer = lr("doctor", cwd=here)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines()[-1].split(None, 1) == [
        "store",
        "sqlite:///mlflow.db, created by the first run",
    ]
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("name", ["disk", "a b%20#ü"])
def test_artifacts_are_kept_beside_the_database(
    here: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    disk = here.parent / name
    disk.mkdir()
    (disk / "mlflow.db").write_bytes(empty_database.read_bytes())
    monkeypatch.chdir(here)
    uri = f"sqlite:///{disk}/mlflow.db".replace("%", "%25")
    destination = open_destination(uri, "x", "x")
    client, experiment = destination.client, destination.experiment
    run = client.create_run(experiment.experiment_id)
    client.log_text(run.info.run_id, "kept", "note.txt")
    (kept,) = [
        file for file in disk.rglob("note.txt") if file.read_text(encoding="utf-8") == "kept"
    ]
    assert kept.is_relative_to(disk / "mlruns" / experiment.experiment_id)
    assert list(here.iterdir()) == []
    monkeypatch.chdir("/")
    files = MlflowClient(str(client.tracking_uri)).list_artifacts(run.info.run_id)
    assert [file.path for file in files] == ["note.txt"]


def test_a_new_database_keeps_the_artifacts_of_all_its_experiments_beside_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here)
    disk = here.parent / "disk"
    client = open_destination(f"sqlite:///{disk}/mlflow.db", "x", "x").client
    locations = [experiment.artifact_location for experiment in client.search_experiments()]
    assert sorted(locations) == [f"{disk}/mlruns/{number}" for number in (0, 1)]
    assert sorted(path.name for path in disk.iterdir()) == ["mlflow.db"]
    assert list(here.iterdir()) == []


# --- MLflow's pages


@pytest.mark.parametrize("port", ["80000", "65536", "0", "-1"])
def test_a_port_that_cannot_be_is_refused(here: Path, port: str) -> None:
    line = error_of(lr("ui", "--port", port, cwd=here), 2)
    assert line.startswith(
        f"error: port={port} is not allowed: port is a whole number from 1 to 65535"
    )


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_a_port_that_is_taken_is_refused(here: Path, empty_database: Path, address: str) -> None:
    (here / "mlflow.db").write_bytes(empty_database.read_bytes())
    with socket.socket() as other:
        other.bind((address, 0))
        other.listen()
        port = str(other.getsockname()[1])
        line = error_of(lr("ui", "--port", port, cwd=here), 1)
    assert line == (
        f"error: port {port} cannot be used (Address already in use): give another with --port"
    )


def test_a_free_port_is_handed_to_mlflow_with_the_store(
    here: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "mlflow.db").write_bytes(empty_database.read_bytes())
    monkeypatch.chdir(here)
    monkeypatch.setenv("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
    monkeypatch.setenv("MLFLOW_BACKEND_STORE_URI", "")  # put back after the test
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda path, command: started.append(command))
    port = free_port()
    serve_ui(None, port)
    (command,) = started
    assert command[command.index("--port") + 1] == str(port)
    assert os.environ["MLFLOW_BACKEND_STORE_URI"] == f"sqlite:///{here}/mlflow.db"


# --- experiments that were deleted

COMPARING = {
    "compare": ["compare"],
    "compare --strict": ["compare", "--strict"],
    "report": ["report", "--output", "report.html"],
}


@pytest.fixture
def with_deleted(here: Path, empty_database: Path) -> Path:
    """A folder whose store has a deleted experiment, with id 1."""
    (here / "mlflow.db").write_bytes(empty_database.read_bytes())
    client = MlflowClient(f"sqlite:///{here}/mlflow.db")
    client.delete_experiment(client.create_experiment("roses"))
    return here


@pytest.mark.parametrize("arguments", COMPARING.values(), ids=COMPARING)
def test_a_deleted_experiment_is_not_an_empty_one(with_deleted: Path, arguments: list[str]) -> None:
    line = error_of(lr(*arguments, "--experiment", "roses", cwd=with_deleted), 2)
    assert line == (
        "error: experiment=roses was deleted: restore it with "
        f"MLFLOW_TRACKING_URI=sqlite:///{with_deleted}/mlflow.db mlflow experiments restore -x 1"
    )
    assert [path.name for path in with_deleted.iterdir()] == ["mlflow.db"]


def test_a_plan_for_a_deleted_experiment_is_refused(with_deleted: Path, tiny_folder: Path) -> None:
    options = ["--data", str(tiny_folder), "--experiment", "roses", "--policy", "fixed"]
    answer = lr("study", *options, "--dry-run", cwd=with_deleted)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "experiment=roses was deleted: restore it" in answer.stderr.splitlines()[-1]


def test_the_command_that_restores_an_experiment_can_be_typed_from_anywhere(
    with_deleted: Path,
) -> None:
    line = error_of(lr("compare", "--experiment", "roses", cwd=with_deleted), 2)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["bash", "-c", line.partition("restore it with ")[2]],
        cwd="/",
        env=os.environ | {"PATH": path, "MLFLOW_TRACKING_URI": "sqlite:////nowhere/else.db"},
        check=True,
        timeout=60,
    )
    answer = lr("compare", "--experiment", "roses", cwd=with_deleted)
    assert (answer.returncode, answer.stderr) == (0, "")
