"""What MLFLOW_RUN_ID and MLFLOW_EXPERIMENT_ID choose, and that neither takes from another run."""

import getpass
import os
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Experiment
from mlflow.utils.name_utils import _generate_random_name
from waiting import active, keep

from lr_study.support import UsageError
from lr_study.tracking import Destination, RunIdentity, Sender, open_destination, tracked_run
from lr_study.tracking.environment import experiment_name, is_made_up, not_joined_lines, will_join
from lr_study.tracking.experiments import choose_experiment
from lr_study.tracking.sending import open_child

pytestmark = pytest.mark.usefixtures("state")


@pytest.fixture
def opened(client: MlflowClient, experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> str:
    """The run that `mlflow run` opened for this process."""
    run_id = str(client.create_run(experiment.experiment_id).info.run_id)
    monkeypatch.setenv("MLFLOW_RUN_ID", run_id)
    return run_id


def test_an_open_run_is_joined_and_named_unless_somebody_named_it(
    client: MlflowClient, experiment: Experiment, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = str(client.create_run(experiment.experiment_id, run_name="mine").info.run_id)
    for run_id, name in ((opened, "fixed"), (named, "mine")):
        monkeypatch.setenv("MLFLOW_RUN_ID", run_id)
        assert will_join(client)
        assert list(not_joined_lines(client)) == []
        with tracked_run(Destination(client, experiment), "fixed") as joined:
            assert joined == run_id
        assert client.get_run(run_id).info.run_name == name
        assert client.get_run(run_id).info.status == "FINISHED"


OTHERS = {
    "finished": lambda client, run_id: client.set_terminated(run_id),
    "failed": lambda client, run_id: client.set_terminated(run_id, "FAILED"),
    "killed": lambda client, run_id: client.set_terminated(run_id, "KILLED"),
    "a cell's": lambda client, run_id: client.set_tag(run_id, "lr_study.cell", "0123"),
    "a study": lambda client, run_id: client.set_tag(run_id, "lr_study.kind", "study"),
    "in use": lambda client, run_id: client.set_tag(run_id, "lr_study.process", "another"),
}


@pytest.mark.parametrize("state_of_it", OTHERS)
def test_a_run_that_is_another_commands_is_left_as_it_is(
    client: MlflowClient, experiment: Experiment, opened: str, state_of_it: str
) -> None:
    OTHERS[state_of_it](client, opened)
    before = client.get_run(opened).to_dictionary()
    assert not will_join(client)
    (line,) = not_joined_lines(client)
    assert f"the run {opened} of MLFLOW_RUN_ID is another command's" in line
    tags = {"lr_study.kind": "study"}
    with tracked_run(Destination(client, experiment), "second", tags=tags) as run_id:
        assert run_id != opened
    assert client.get_run(opened).to_dictionary() == before
    assert client.get_run(run_id).info.run_name == "second"
    assert client.get_run(run_id).info.status == "FINISHED"


def test_names_that_mlflow_makes_up_are_told_from_those_that_people_give() -> None:
    assert all(is_made_up(_generate_random_name()) for _ in range(300))
    for name in ("mine", "run-b-12", "lr-0.1-3", "bold-fox", "bold-fox-x", "a-bold-fox-1", ""):
        assert not is_made_up(name)


def test_a_run_that_the_store_does_not_have_is_refused(
    client: MlflowClient, opened: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = str(client.tracking_uri)
    client.delete_run(opened)
    with pytest.raises(UsageError, match=f"{opened} was deleted: .*mlflow runs restore"):
        open_destination(uri, None, "sample")
    for unknown in ("0" * 32, "no run's id", "\udcff"):
        monkeypatch.setenv("MLFLOW_RUN_ID", unknown)
        with pytest.raises(UsageError, match=r"is not a run of sqlite:.*unset MLFLOW_RUN_ID"):
            open_destination(uri, None, "sample")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    with pytest.raises(UsageError, match=r"MLFLOW_TRACKING_URI=sqlite:////PATH"):
        open_destination(None, None, "sample")
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    with pytest.raises(UsageError, match=f"is {tmp_path}/project/mlflow.db here: mlflow run"):
        open_destination(None, None, "sample")
    assert os.listdir() == []  # noqa: PTH208


def test_the_experiment_id_of_the_environment_counts_as_for_mlflow(
    client: MlflowClient, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = str(client.tracking_uri)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", experiment.experiment_id)
    for name in ("", "x"):
        monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", name)
        assert choose_experiment(client, None, "sample").name == "x"
        assert experiment_name(uri, None, "sample") == "x"
    assert choose_experiment(client, "given", "sample").name == "given"
    assert experiment_name(uri, "given", "sample") == "given"

    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "given")
    with pytest.raises(UsageError, match=r"_ID=\d+ is x, but MLFLOW_EXPERIMENT_NAME is given"):
        choose_experiment(client, None, "sample")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "")
    client.delete_experiment(experiment.experiment_id)
    with pytest.raises(UsageError, match="x was deleted"):
        choose_experiment(client, None, "sample")
    for unknown in ("77", "seven"):
        monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", unknown)
        with pytest.raises(UsageError, match=f"_ID={unknown} is not an experiment of .*--experi"):
            choose_experiment(client, None, "sample")
    assert client.get_experiment_by_name("sample") is None


def test_every_new_run_says_whose_it_is(client: MlflowClient, experiment: Experiment) -> None:
    destination = Destination(client, experiment)
    with tracked_run(destination, "a run"):
        open_child(client, experiment, RunIdentity("live", entry_id="1"))
        assert Sender(client).send(keep(client, experiment))
    tags = [run.data.tags.get("mlflow.user") for run in active(client, experiment)]
    assert tags == [getpass.getuser()] * 3


def test_a_user_without_a_name_can_run(
    client: MlflowClient, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    with tracked_run(Destination(client, experiment), "a run") as run_id:
        pass
    assert "mlflow.user" not in client.get_run(run_id).data.tags
