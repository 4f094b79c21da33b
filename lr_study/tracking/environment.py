"""What MLflow's environment variables choose: a run to join, and an experiment.

``mlflow run`` opens a run and gives it to its command as ``MLFLOW_RUN_ID``. Every command that a
project starts has the same id, so a run is looked at before anything is logged to it.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Experiment, Run, RunTag
from mlflow.exceptions import MlflowException

from lr_study.support import UsageError, hold_lock, liveness_token, state_folder
from lr_study.tracking.addresses import canonical_uri
from lr_study.tracking.connection import connect, is_rejection
from lr_study.tracking.tags import CELL_TAG, KIND_TAG, PROCESS_TAG

try:
    from mlflow.utils import name_utils

    _MADE_UP_FIRST = frozenset(word.lower() for word in name_utils._GENERATOR_PREDICATES)
    _MADE_UP_SECOND = frozenset(word.lower() for word in name_utils._GENERATOR_NOUNS)
except (ImportError, AttributeError):  # then every name is taken for one that somebody gave
    _MADE_UP_FIRST = _MADE_UP_SECOND = frozenset()

_OPEN = ("RUNNING", "SCHEDULED")


def given_run(client: MlflowClient) -> Run | None:
    """Return the run of ``MLFLOW_RUN_ID``, whatever is in it; None if the variable is not set.

    Raises
    ------
    UsageError
        If the store has no such run, or it was deleted.
    """
    run_id = os.environ.get("MLFLOW_RUN_ID")
    if not run_id:
        return None
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        if not is_rejection(error):
            raise
        raise _no_such_run(run_id, str(client.tracking_uri)) from error
    if run.info.lifecycle_stage == "deleted":
        raise UsageError(
            f"MLFLOW_RUN_ID={run_id} was deleted: restore it with mlflow runs restore "
            f"--run-id {run_id}, or unset MLFLOW_RUN_ID"
        )
    return run


def check_given_run_has_store(tracking_uri: str) -> None:
    """Refuse a run that must be in a database file which does not exist, before that is created.

    ``mlflow run DIR`` starts its command in DIR, where a relative address means another file.

    Raises
    ------
    UsageError
        If ``MLFLOW_RUN_ID`` is set and the file does not exist.
    """
    run_id, file = os.environ.get("MLFLOW_RUN_ID"), _relative_file(tracking_uri)
    if run_id and file is not None and not file.exists():
        raise _no_such_run(run_id, tracking_uri)


def _relative_file(tracking_uri: str) -> Path | None:
    """The database file of a relative address; None for any other address."""
    kind, slashes, path = tracking_uri.partition(":///")
    file = Path(path.partition("?")[0])
    return file if kind == "sqlite" and slashes and not file.is_absolute() else None


def _no_such_run(run_id: str, tracking_uri: str) -> UsageError:
    given = os.environ.get("MLFLOW_TRACKING_URI", "")
    if canonical_uri(given) == tracking_uri:
        tracking_uri = given  # as it was typed
    line = f"MLFLOW_RUN_ID={run_id} is not a run of {tracking_uri}"
    file = _relative_file(tracking_uri)
    if file is not None:
        return UsageError(
            f"{line}, which is {file.absolute()} here: mlflow run starts commands in the project's "
            "folder, so give the store from the root, as MLFLOW_TRACKING_URI=sqlite:////PATH"
        )
    return UsageError(f"{line}: unset MLFLOW_RUN_ID, or give the store that has it")


def is_joinable(run: Run) -> bool:
    """Whether a run is open and holds nothing of lr-study yet, nor belongs to another process."""
    tags = run.data.tags
    return (
        run.info.status in _OPEN
        and CELL_TAG not in tags
        and KIND_TAG not in tags
        and tags.get(PROCESS_TAG, liveness_token()) == liveness_token()
    )


def will_join(client: MlflowClient) -> bool:
    """Whether `join` would return a run now."""
    run = given_run(client)
    return run is not None and is_joinable(run)


def not_joined_lines(client: MlflowClient) -> Iterator[str]:
    """Yield a line if the run of ``MLFLOW_RUN_ID`` is another's, so that it cannot be joined."""
    run = given_run(client)
    if run is not None and not is_joinable(run):
        yield (
            f"warning: the run {run.info.run_id} of MLFLOW_RUN_ID is another command's "
            f"({run.info.run_name}, {run.info.status}): this command logs to a run of its own"
        )


def join(client: MlflowClient, name: str, tags: Mapping[str, str]) -> str | None:
    """Make the run of ``MLFLOW_RUN_ID`` this process's own, and return its id.

    None if the variable is not set, or the run is not `is_joinable`. A name that somebody gave to
    the run stays; one that MLflow made up is replaced.
    """
    run_id = os.environ.get("MLFLOW_RUN_ID")
    if not run_id:
        return None
    with hold_lock(state_folder("locks") / "joined.lock"):  # two commands may start at once
        run = given_run(client)
        if run is None or not is_joinable(run):
            return None
        named = {**tags, PROCESS_TAG: liveness_token()}
        if not run.info.run_name or is_made_up(run.info.run_name):
            named["mlflow.runName"] = name
        client.log_batch(run_id, tags=[RunTag(key, value) for key, value in named.items()])
    return run_id


def is_made_up(name: str) -> bool:
    """Whether MLflow made up the name of a run that was given none.

    >>> is_made_up("bold-fox-123"), is_made_up("mine"), is_made_up("run-b-12")
    (True, False, False)
    """
    parts = name.split("-")
    return (
        len(parts) == 3
        and parts[0] in _MADE_UP_FIRST
        and parts[1] in _MADE_UP_SECOND
        and parts[2].isdigit()
    )


def given_experiment(client: MlflowClient) -> Experiment | None:
    """Return the experiment of ``MLFLOW_EXPERIMENT_ID``; None if the variable is not set.

    ``mlflow.set_experiment``, AzureML and Databricks set it. As for MLflow,
    ``MLFLOW_EXPERIMENT_NAME`` goes before it, and they may not disagree.

    Raises
    ------
    UsageError
        If the store has no such experiment, or ``MLFLOW_EXPERIMENT_NAME`` names another.
    """
    experiment_id = os.environ.get("MLFLOW_EXPERIMENT_ID")
    if not experiment_id:
        return None
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME")
    try:
        found = client.get_experiment(experiment_id)
    except MlflowException as error:
        if not is_rejection(error):
            raise
        raise UsageError(
            f"MLFLOW_EXPERIMENT_ID={experiment_id} is not an experiment of {client.tracking_uri}: "
            "unset it, or give --experiment"
        ) from error
    if name and name != found.name:
        raise UsageError(
            f"MLFLOW_EXPERIMENT_ID={experiment_id} is {found.name}, but MLFLOW_EXPERIMENT_NAME is "
            f"{name}: unset one of them, or give --experiment"
        )
    return found


def experiment_name(tracking_uri: str | None, given: str | None, default: str) -> str:
    """Return the name of the experiment to read.

    The one given, else that of the environment, else the default.
    """
    if given:
        return given
    if os.environ.get("MLFLOW_EXPERIMENT_ID"):
        found = given_experiment(connect(tracking_uri))
        if found is not None:
            return str(found.name)
    return os.environ.get("MLFLOW_EXPERIMENT_NAME") or default
