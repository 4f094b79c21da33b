"""Runs that are RUNNING though nobody here knows their process: named, and ended on request.

What a process of this machine left RUNNING, `reap_stale_runs` ends by itself: its lock tells that
it is dead. Of another machine's process, or one whose state folder is gone with its container,
only a person can know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from lr_study.support import UsageError, is_owner_dead, is_owner_here
from lr_study.tracking.connection import is_rejection, retry
from lr_study.tracking.mlflow_settings import own_settings
from lr_study.tracking.reading import all_runs
from lr_study.tracking.run_rows import is_complete
from lr_study.tracking.tags import OUTBOX_TAG, PARENT_TAG, PROCESS_TAG


@dataclass(frozen=True)
class LeftRunning:
    """A run that is RUNNING; ``since`` is the time of its start, as text."""

    run_id: str
    name: str
    since: str


@own_settings()
def left_running(client: MlflowClient, experiment_id: str) -> list[LeftRunning]:
    """Return the RUNNING runs whose process is unknown here, of a study its own run alone."""
    query = "attributes.status = 'RUNNING'"
    runs = [
        run
        for run in retry(lambda: list(all_runs(client, experiment_id, query)))
        if PROCESS_TAG in run.data.tags and not is_owner_here(run.data.tags[PROCESS_TAG])
    ]
    ids = {run.info.run_id for run in runs}
    return [
        LeftRunning(run.info.run_id, run.info.run_name, _time(run.info.start_time))
        for run in runs
        if run.data.tags.get(PARENT_TAG) not in ids
    ]


def _time(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M} UTC"


@own_settings()
def end_left_running(client: MlflowClient, run_id: str) -> Sequence[str]:
    """End a RUNNING run, and those of its runs that are RUNNING too; return the ids.

    They become KILLED and keep what was logged; the next study trains their cells in new runs. A
    study's run that lacks nothing becomes FINISHED.

    Raises
    ------
    UsageError
        If there is no such run of lr-study, it is not RUNNING, or its process lives.
    """
    run = _running(client, run_id)
    query = f"attributes.status = 'RUNNING' and tags.`{PARENT_TAG}` = '{run_id}'"
    children = retry(lambda: list(all_runs(client, run.info.experiment_id, query)))
    for each in (*children, run):
        is_whole = PARENT_TAG in each.data.tags and is_complete(each)
        if not is_whole and OUTBOX_TAG in each.data.tags:
            client.delete_tag(each.info.run_id, OUTBOX_TAG)  # its checkpoint is not here to resume
        client.set_terminated(each.info.run_id, "FINISHED" if is_whole else "KILLED")
    return [str(each.info.run_id) for each in (run, *children)]


def _running(client: MlflowClient, run_id: str) -> Run:
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        if not is_rejection(error):
            raise
        raise UsageError(f"run {run_id!r} is not a run of {client.tracking_uri}") from error
    if run.info.status != "RUNNING":
        raise UsageError(f"run {run_id} is {run.info.status}, not RUNNING: there is nothing to end")
    process = run.data.tags.get(PROCESS_TAG)
    if process is None:
        raise UsageError(f"run {run_id} is not a run of lr-study: end it where it was started")
    if is_owner_here(process) and not is_owner_dead(process):
        raise UsageError(f"run {run_id} has a process on this machine: stop that with Ctrl-C")
    return run
