"""Which MLflow store and experiment, and the life of a run in it."""

import logging
import os
import re
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

# MLflow's own defaults keep a dead server waiting for four minutes.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# Links to each run would stand among the results, and cost a server one more request a run.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")

import mlflow
from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Experiment, RunTag
from mlflow.exceptions import MlflowException

from lr_study.errors import LrStudyError, UsageError
from lr_study.masking import mask
from lr_study.process import interrupts_held, presence
from lr_study.runs import short_hash
from lr_study.storage import cache_dir
from lr_study.tracking.closing import keep_killed

# Not a person's business each time: which tables it creates, which of its jobs it started.
logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("mlflow.utils.environment").setLevel(logging.ERROR)  # that pip has no version
logging.getLogger("alembic").setLevel(logging.WARNING)

DEFAULT_TRACKING_URI = "sqlite:///mlflow.db"

PROCESS_TAG = "lr_study.process"
"""Tag that tells which process a run belongs to, while it is RUNNING."""


def resolve_tracking_uri(given: str | None) -> str:
    """Return the store's address: as given, else ``MLFLOW_TRACKING_URI``, else a local file."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_TRACKING_URI


def connect(tracking_uri: str | None = None) -> MlflowClient:
    """Return a client of the store, after its first answer.

    Processes that meet an empty database at once would break each other's creation of it: they
    take turns.

    Raises
    ------
    LrStudyError
        If the store cannot be used.
    """
    uri = resolve_tracking_uri(tracking_uri)
    locks = cache_dir() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(locks / f"{short_hash(uri)}.lock"):
            client = MlflowClient(uri)
            client.search_experiments(max_results=1)
    except Exception as error:
        # MLflow passes on whatever its store raises; the first line tells what it was.
        reason = mask(str(error).strip().split("\n")[0])
        way_out = _of_another_mlflow(reason) or (
            f"({reason[:200]}): give another with --tracking-uri or MLFLOW_TRACKING_URI"
        )
        raise LrStudyError(f"the MLflow store {mask(uri)} cannot be used {way_out}") from error
    return client


def _of_another_mlflow(reason: str) -> str | None:
    """What to do about a database that another version of MLflow made, if it is one.

    MLflow itself advises to upgrade it, also where it is newer.
    """
    found = re.search(r"found version (\w+), but expected", reason)
    if found is None:
        return None
    migrations = Path(mlflow.__file__).parent / "store" / "db_migrations" / "versions"
    if any(migrations.glob(f"{found[1]}*.py")):
        return "(an older MLflow made it): back it up, then type mlflow db upgrade and its address"
    return (
        f"(a newer MLflow than {mlflow.__version__} made it): install that one, "
        "or give another store with --tracking-uri"
    )


def choose_experiment(client: MlflowClient, given: str | None, data_name: str) -> Experiment:
    """Return the experiment to log to, created if it is new.

    It is the one that ``mlflow run`` chose, where that started us; else the one given, else
    ``MLFLOW_EXPERIMENT_NAME``, else one named as the data.

    Raises
    ------
    UsageError
        If another experiment is given than ``mlflow run`` chose.
    """
    joined = os.environ.get("MLFLOW_RUN_ID")
    if joined:
        chosen = client.get_experiment(client.get_run(joined).info.experiment_id)
        if given and given != chosen.name:
            raise UsageError(
                f"experiment={given} is not allowed under mlflow run, which chose {chosen.name}: "
                f"write mlflow run --experiment-name {given}"
            )
        return chosen
    return _get_or_create(client, given or os.environ.get("MLFLOW_EXPERIMENT_NAME") or data_name)


def find_experiment(client: MlflowClient, name: str) -> Experiment | None:
    """Return the experiment of a name, or None if there is none.

    Raises
    ------
    LrStudyError
        If there is one, but the server shows this user nothing of it.
    """
    try:
        return client.get_experiment_by_name(name)
    except MlflowException as error:
        if error.error_code != "PERMISSION_DENIED":
            raise
        raise LrStudyError(
            f"experiment={name} in {client.tracking_uri} is not yours to read: "
            "ask whoever manages it for permission, or give another with --experiment"
        ) from error


def _get_or_create(client: MlflowClient, name: str) -> Experiment:
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


@contextmanager
def tracked_run(
    client: MlflowClient,
    experiment: Experiment,
    name: str,
    *,
    tags: Mapping[str, str] = MappingProxyType({}),
    may_join: bool = True,
) -> Iterator[str]:
    """Open a run, or join the one that ``mlflow run`` opened, and yield its id.

    Whatever ends the block ends the run: FINISHED, KILLED after an interrupt, or else FAILED.
    """
    tags = {**tags, PROCESS_TAG: presence()}
    joined = os.environ.get("MLFLOW_RUN_ID") if may_join else None
    run_id = joined or ""
    try:
        if joined:
            named = {**tags, "mlflow.runName": name}
            client.log_batch(joined, tags=[RunTag(key, value) for key, value in named.items()])
        else:
            # An interrupt waits until it is known which run it has to close.
            with interrupts_held():
                run_id = _create(client, experiment, name, tags)
        yield run_id
    except KeyboardInterrupt:
        # `mlflow run` answers one Ctrl-C with another signal: the run is closed all the same.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if run_id:
            client.set_terminated(run_id, "KILLED")
        if joined:
            keep_killed(str(client.tracking_uri), run_id)
        raise
    except BaseException:
        if run_id:
            client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")


def _create(
    client: MlflowClient, experiment: Experiment, name: str, tags: Mapping[str, str]
) -> str:
    now = int(time.time() * 1000)
    run = client.create_run(experiment.experiment_id, start_time=now, run_name=name, tags=tags)
    return str(run.info.run_id)
