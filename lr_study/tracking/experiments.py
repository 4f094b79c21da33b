"""Which MLflow experiment runs go to, found or created."""

import os
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Experiment
from mlflow.exceptions import MlflowException

from lr_study.support import LrStudyError, UsageError, require_utf8
from lr_study.tracking.connection import connect, resolve_tracking_uri, store_address
from lr_study.tracking.environment import (
    check_given_run_has_store,
    given_experiment,
    given_run,
)


@dataclass(frozen=True)
class Destination:
    """Where runs go: an experiment, and a client of the store that holds it."""

    client: MlflowClient
    experiment: Experiment

    @property
    def store(self) -> str:
        """The store's address, without credentials."""
        return store_address(str(self.client.tracking_uri))


def open_destination(
    tracking_uri: str | None, experiment: str | None, data_name: str
) -> Destination:
    """Connect to a store and choose the experiment, as `connect` and `choose_experiment` do.

    Raises
    ------
    LrStudyError
        If the store or the experiment cannot be used.
    UsageError
        If another experiment is given than ``mlflow run`` chose, or the environment names a run or
        an experiment that the store does not have.
    """
    check_given_run_has_store(resolve_tracking_uri(tracking_uri))
    client = connect(tracking_uri)
    return Destination(client, choose_experiment(client, experiment, data_name))


def choose_experiment(client: MlflowClient, given: str | None, data_name: str) -> Experiment:
    """Return the experiment to log to, created if it is new.

    It is the one that ``mlflow run`` chose, if that started this process; else the one given, else
    ``MLFLOW_EXPERIMENT_NAME`` or ``MLFLOW_EXPERIMENT_ID``, else one named after the data.

    Raises
    ------
    UsageError
        If another experiment is given than ``mlflow run`` chose, or the environment names a run or
        an experiment that the store does not have.
    """
    opened = given_run(client)
    if opened is not None:
        active = client.get_experiment(opened.info.experiment_id)
        if given and given != active.name:
            raise UsageError(
                f"experiment={given} is not allowed under mlflow run, which chose {active.name}: "
                f"write mlflow run --experiment-name {given}"
            )
        return active
    chosen = None if given else given_experiment(client)
    if chosen is not None:
        return experiment_named(client, str(chosen.name))
    return experiment_named(client, given or os.environ.get("MLFLOW_EXPERIMENT_NAME") or data_name)


def find_experiment(client: MlflowClient, name: str) -> Experiment | None:
    """Return the experiment of a name, or None if there is none.

    Raises
    ------
    UsageError
        If the name is not UTF-8.
    LrStudyError
        If the server does not let this user read it.
    """
    require_utf8("experiment", name)
    try:
        return client.get_experiment_by_name(name)
    except MlflowException as error:
        if error.error_code != "PERMISSION_DENIED":
            raise
        raise permission_error(client, name, "read") from error


def permission_error(client: MlflowClient, experiment: str, action: str) -> LrStudyError:
    """Return the error for an experiment that this user may not ``read`` or ``write to``."""
    return LrStudyError(
        f"experiment={experiment} in {client.tracking_uri}: you may not {action} it: "
        "ask its owner for permission, or give another with --experiment"
    )


def experiment_named(client: MlflowClient, name: str) -> Experiment:
    """Return an experiment by its name, created if it is new.

    Raises
    ------
    UsageError
        If it was deleted, or cannot be created.
    LrStudyError
        If the server does not let this user read it.
    """
    found = find_experiment(client, name)
    if found is None:
        try:
            client.create_experiment(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise UsageError(f"experiment={name[:100]!r} is not allowed: {error}") from error
        found = find_experiment(client, name)
    if found is None or found.lifecycle_stage == "deleted":
        raise UsageError(
            f"experiment={name} was deleted: restore it with mlflow experiments restore, "
            "or give another with --experiment"
        )
    return found
