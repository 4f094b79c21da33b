"""Runs that nobody here can know to be dead: named with what ends them, and ended by it."""

import re
import shutil
from pathlib import Path

import pytest
from forked import lr_study, run_code
from mlflow import MlflowClient
from mlflow.entities import Experiment
from records import log_record, make_record
from waiting import active, finished, keep

from lr_study.support import UsageError, liveness_token
from lr_study.tracking import Sender, end_left_running, left_running
from lr_study.tracking.cells import reap_stale_runs

pytestmark = pytest.mark.usefixtures("state")


@pytest.fixture(autouse=True)
def _token_of_this_state_folder(state: Path) -> None:
    liveness_token.cache_clear()


FIVE_PAST_NINE = 1_700_125_500_000  # milliseconds: 2023-11-16 09:05 UTC


def running(client: MlflowClient, experiment: Experiment, process: str, **tags: str) -> str:
    given = {name.replace("_", ".", 1): value for name, value in tags.items()}
    given["lr_study.process"] = process
    start = FIVE_PAST_NINE
    run = client.create_run(experiment.experiment_id, start, given, run_name="study: policies=2")
    return str(run.info.run_id)


def test_a_study_of_an_unknown_process_is_named_once(
    client: MlflowClient, experiment: Experiment, state: Path
) -> None:
    dead = run_code("from lr_study.support import liveness_token; print(liveness_token())").stdout
    running(client, experiment, dead.strip())
    running(client, experiment, liveness_token())
    client.create_run(experiment.experiment_id)  # somebody else's
    assert left_running(client, experiment.experiment_id) == []

    shutil.rmtree(state)  # as with a container
    assert reap_stale_runs(client, experiment.experiment_id) == 0
    assert len(left_running(client, experiment.experiment_id)) == 2
    assert reap_stale_runs(client, experiment.experiment_id) == 0


def test_ending_a_study_ends_its_runs_and_keeps_what_is_whole(
    client: MlflowClient, experiment: Experiment
) -> None:
    parent = running(client, experiment, "gone")
    cell = make_record().cell
    whole = running(client, experiment, "gone", mlflow_parentRunId=parent)
    log_record(client, whole, make_record(seed=1))
    live = running(client, experiment, "gone", mlflow_parentRunId=parent)
    client.set_tag(live, "lr_study.outbox", cell)
    client.log_metric(live, "val_accuracy", 0.5, step=1)
    other = running(client, experiment, "gone")
    found = left_running(client, experiment.experiment_id)
    assert sorted(run.run_id for run in found) == sorted([parent, other])
    assert {(run.name, run.since) for run in found} == {
        ("study: policies=2", "2023-11-16 09:05 UTC")
    }
    assert set(end_left_running(client, parent)) == {parent, whole, live}
    status = {run.info.run_id: run.info.status for run in active(client, experiment)}
    assert status == {parent: "KILLED", whole: "FINISHED", live: "KILLED", other: "RUNNING"}
    assert client.get_run(live).data.metrics == {"val_accuracy": 0.5}

    assert Sender(client).send(keep(client, experiment))  # the cell of the live one, again
    assert live not in finished(client, experiment)[cell]
    assert client.get_run(live).info.status == "KILLED"


def test_what_is_not_left_running_is_not_ended(
    client: MlflowClient, experiment: Experiment
) -> None:
    ended = running(client, experiment, "gone")
    client.set_terminated(ended)
    for run_id, reason in (
        ("nothing", "is not a run of sqlite:"),
        (ended, "is FINISHED, not RUNNING"),
        (client.create_run(experiment.experiment_id).info.run_id, "is not a run of lr-study"),
        (running(client, experiment, liveness_token()), "has a process on this machine"),
    ):
        before = len(client.search_runs([experiment.experiment_id], "status = 'RUNNING'"))
        with pytest.raises(UsageError, match=reason):
            end_left_running(client, run_id)
        runs = client.search_runs([experiment.experiment_id], "status = 'RUNNING'")
        assert len(runs) == before


def test_the_line_that_names_a_run_holds_the_command_that_ends_it(
    client: MlflowClient, experiment: Experiment, tmp_path: Path, tiny_folder: Path
) -> None:
    run_id = running(client, experiment, "gone")
    store = ("--tracking-uri", str(client.tracking_uri))
    words = ("fixed", "--data", str(tiny_folder), "--image-size=32", "--epochs=1", "--no-log-model")
    options = ("--backbone=efficientnet-lite0", "--experiment=x", *store)
    answer = lr_study("run", *words, *options, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    found = re.search(r"^note: (.*); if that was killed, type lr-study (.*)$", answer.stderr, re.M)
    assert found is not None
    assert found[1].startswith("study: policies=2 is RUNNING since 2023-11-16 09:05 UTC")
    answer = lr_study(*found[2].split(), cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, "ended: 1\n")
    assert client.get_run(run_id).info.status == "KILLED"
    assert {run.info.status for run in active(client, experiment)} == {"KILLED", "FINISHED"}
