"""A store that answers, but whose artifacts cannot be written: a folder that a file stands for."""

from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Experiment
from stores import NO_SERVER
from waiting import active, finished, keep

from lr_study.support.errors import LrStudyError
from lr_study.tracking import outbox, own_settings
from lr_study.tracking.experiments import experiment_named
from lr_study.tracking.sending import Sender, sync
from lr_study.tracking.uploads import ArtifactError, log_files

pytestmark = pytest.mark.usefixtures("state")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", (0, 0))


@pytest.fixture
def blocked(client: MlflowClient, tmp_path: Path) -> Experiment:
    """An experiment whose artifacts cannot be written, until the file is removed."""
    (tmp_path / "file").touch()
    client.create_experiment("blocked", f"{tmp_path}/file/artifacts")
    return experiment_named(client, "blocked")


def write_note(folder: Path) -> None:
    (folder / "note.txt").write_text("here", encoding="utf-8")


def test_a_run_whose_files_cannot_be_written_is_ended_and_uploaded_later(
    client: MlflowClient, blocked: Experiment, tmp_path: Path
) -> None:
    entry = keep(client, blocked)
    sender = Sender(client)
    assert not sender.send(entry)
    later = keep(client, blocked, seed=1)
    assert not sender.send(later)  # without an attempt: its run was not created
    assert sender.last_error == ""
    assert f"artifacts cannot be written to {tmp_path}/file/artifacts/" in sender.rejection
    (run,) = active(client, blocked)
    assert run.info.status == "KILLED"
    (problem,) = sync(str(client.tracking_uri)).problems
    assert problem.startswith("2 runs not yet uploaded to sqlite:///")
    assert f"(artifacts cannot be written to {tmp_path}/file/artifacts/" in problem
    assert "once the reason is gone, lr-study sync uploads them" in problem
    assert [run.info.status for run in active(client, blocked)] == ["KILLED"]

    (tmp_path / "file").unlink()
    assert sync(str(client.tracking_uri)).sent == 2
    assert finished(client, blocked)[entry.cell] == (run.info.run_id,)
    assert finished(client, blocked).keys() == {entry.cell, later.cell}
    assert outbox.waiting() == []


def test_it_holds_up_no_other_experiment(
    client: MlflowClient, blocked: Experiment, experiment: Experiment
) -> None:
    keep(client, blocked)
    sender = Sender(client, experiment)
    assert sender.send_waiting() == 0
    run_id = client.create_run(experiment.experiment_id).info.run_id
    assert sender.log_first_files(run_id, write_note)
    assert [file.path for file in client.list_artifacts(run_id)] == ["note.txt"]
    assert sender.send(keep(client, experiment, seed=1))


def test_the_first_files_are_refused_or_wait_for_a_store_that_does_not_answer(
    client: MlflowClient, blocked: Experiment, experiment: Experiment
) -> None:
    run_id = client.create_run(blocked.experiment_id).info.run_id
    with pytest.raises(LrStudyError, match=r"/file/artifacts/.*nothing was trained.*-l PLACE"):
        Sender(client, blocked).log_first_files(run_id, write_note)
    away = Sender(MlflowClient(NO_SERVER), experiment)
    assert not away.log_first_files(run_id, write_note)
    assert away.last_error == "Connection refused"


def test_whose_fault_it_is_is_asked_of_the_store(
    client: MlflowClient, blocked: Experiment, tmp_path: Path
) -> None:
    run_id = client.create_run(blocked.experiment_id).info.run_id
    write_note(tmp_path)
    with pytest.raises(ArtifactError, match="Not a directory"):
        log_files(client, run_id, tmp_path)
    with own_settings(), pytest.raises(Exception, match="Connection refused") as caught:
        log_files(MlflowClient(NO_SERVER), run_id, tmp_path)
    assert not isinstance(caught.value, ArtifactError)
