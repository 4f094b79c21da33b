"""What was deleted in MLflow, and the command that restores it.

MLflow keeps what it deletes until it is purged: a deleted experiment or run is neither absent nor
empty, and nothing can be logged to it.
"""

import shlex

from mlflow import MlflowClient
from mlflow.entities import Experiment, Run
from mlflow.exceptions import MlflowException

from lr_study.support import UsageError
from lr_study.tracking.addresses import store_address


def require_active(client: MlflowClient, experiment: Experiment) -> Experiment:
    """Return an experiment that was not deleted.

    Raises
    ------
    UsageError
        If it was deleted. The message has the command that restores it.
    """
    if experiment.lifecycle_stage == "deleted":
        command = mlflow_command(client, "experiments", "restore", "-x", experiment.experiment_id)
        raise UsageError(f"experiment={experiment.name} was deleted: restore it with {command}")
    return experiment


def find_run(client: MlflowClient, run_id: str) -> Run | None:
    """Return a run by its id; None if there is none.

    Raises
    ------
    UsageError
        If it was deleted, alone or with its experiment. The message has the command that restores
        it.
    """
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None
    if run.info.lifecycle_stage == "active":
        return run
    require_active(client, client.get_experiment(run.info.experiment_id))
    command = mlflow_command(client, "runs", "restore", "--run-id", run_id)
    raise UsageError(f"run {run_id} was deleted: restore it with {command}")


def mlflow_command(client: MlflowClient, *words: str) -> str:
    """Return a command of MLflow for the store of a client, as it is typed in a shell."""
    store = shlex.quote(store_address(str(client.tracking_uri)))
    return f"MLFLOW_TRACKING_URI={store} mlflow {shlex.join(words)}"
