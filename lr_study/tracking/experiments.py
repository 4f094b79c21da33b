"""Which MLflow experiment runs go to, found or created."""

import os
from dataclasses import dataclass
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Experiment
from mlflow.exceptions import MlflowException

from lr_study.support import LrStudyError, UsageError, require_utf8, state_folder
from lr_study.tracking.addresses import resolve_tracking_uri, store_address
from lr_study.tracking.connection import connect
from lr_study.tracking.databases import MissingStoreError, create_experiment
from lr_study.tracking.deleted import mlflow_command, require_active
from lr_study.tracking.environment import (
    check_given_run_has_store,
    given_experiment,
    given_run,
)
from lr_study.tracking.mlflow_settings import own_settings
from lr_study.tracking.outbox import Entry


@dataclass(frozen=True)
class Destination:
    """Where runs go: an experiment, and a client of the store that holds it."""

    client: MlflowClient
    experiment: Experiment

    @property
    def store(self) -> str:
        """The store's address, without credentials."""
        return store_address(str(self.client.tracking_uri))

    def of_entry(self) -> dict[str, Any]:
        """Return the fields of an outbox entry that say where its run goes."""
        return {
            "store": self.store,
            "experiment": self.experiment.name,
            "experiment_id": str(self.experiment.experiment_id),
            "experiment_created": self.experiment.creation_time,
        }


@own_settings()
def open_destination(
    tracking_uri: str | None, experiment: str | None, data_name: str
) -> Destination:
    """Connect to a store and choose the experiment, each created if it is new.

    Raises
    ------
    LrStudyError
        If the store or the experiment cannot be used, or the state folder cannot be written.
    UsageError
        If another experiment is given than ``mlflow run`` chose, or the environment names a run or
        an experiment that the store does not have.
    """
    state_folder("outbox")  # where runs wait if the store cannot be reached later
    check_given_run_has_store(resolve_tracking_uri(tracking_uri))
    client = connect(tracking_uri, create=True)
    return Destination(client, choose_experiment(client, experiment, data_name))


@own_settings()
def find_destination(
    tracking_uri: str | None, experiment: str | None, data_name: str
) -> Destination | None:
    """Return what `open_destination` would, but None where it would create anything.

    Raises
    ------
    LrStudyError, UsageError
        As `open_destination`.
    """
    try:
        client = connect(tracking_uri)
    except MissingStoreError:
        return None
    found = _opened_experiment(client, experiment) or find_experiment(
        client, _experiment_name(client, experiment, data_name)
    )
    return Destination(client, require_active(client, found)) if found else None


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
    opened = _opened_experiment(client, given)
    return opened or experiment_named(client, _experiment_name(client, given, data_name))


def _opened_experiment(client: MlflowClient, given: str | None) -> Experiment | None:
    """The experiment that ``mlflow run`` chose; None if that did not start this process."""
    opened = given_run(client)
    if opened is None:
        return None
    active = client.get_experiment(opened.info.experiment_id)
    if given and given != active.name:
        raise UsageError(
            f"experiment={given} is not allowed under mlflow run, which chose {active.name}: "
            f"write mlflow run --experiment-name {given}"
        )
    return active


def _experiment_name(client: MlflowClient, given: str | None, data_name: str) -> str:
    chosen = None if given else given_experiment(client)
    if chosen is not None:
        return str(chosen.name)
    return given or os.environ.get("MLFLOW_EXPERIMENT_NAME") or data_name


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


def experiment_of(client: MlflowClient, entry: Entry) -> Experiment:
    """Return the experiment that an entry was written for, whatever it is called by now.

    In another database at the same address it is the one of the same name. None is created: the
    entry may be of a store that is elsewhere.

    Raises
    ------
    UsageError
        If there is none, or it was deleted.
    """
    found = entry.experiment_id and _experiment_with_id(client, entry.experiment_id)
    if not found or not entry.is_of(found):
        found = find_experiment(client, entry.experiment)
    if found is None:
        raise UsageError(
            f"it has no experiment {entry.experiment}: create one with "
            f"{mlflow_command(client, 'experiments', 'create', '-n', entry.experiment)}"
        )
    return require_active(client, found)


def _experiment_with_id(client: MlflowClient, experiment_id: str) -> Experiment | None:
    try:
        return client.get_experiment(experiment_id)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None


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
            create_experiment(client, name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise UsageError(f"experiment={name[:100]!r} is not allowed: {error}") from error
        found = find_experiment(client, name)
    return require_active(client, found)
