"""Which MLflow store and experiment, and the life of a run in it."""

import logging
import os
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

# MLflow's own defaults keep a dead server waiting for four minutes. `persist` tries again.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
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

from lr_study.runs import short_hash
from lr_study.support import (
    LrStudyError,
    UnreachableError,
    UsageError,
    defer_signals,
    liveness_token,
    mask,
    one_line,
    state_dir,
    without_credentials,
)
from lr_study.tracking import outbox
from lr_study.tracking.closing import keep_killed
from lr_study.tracking.outbox import Entry

# Not a person's business each time: which tables it creates, which of its jobs it started.
logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("mlflow.utils.environment").setLevel(logging.ERROR)  # that pip has no version
logging.getLogger("alembic").setLevel(logging.WARNING)
# It logs what it also raises, and we say in one line.
logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)

DEFAULT_TRACKING_URI = "sqlite:///mlflow.db"

PROCESS_TAG = "lr_study.process"
"""Tag that tells which process a run belongs to, while it is RUNNING."""

OUTBOX_TAG = "lr_study.outbox"
"""Tag that tells for which entry of an outbox a run was made."""

_PAUSES_SECONDS = (0.5, 1.5)
_PATIENCE_SECONDS = 6

T = TypeVar("T")
RunId = TypeVar("RunId", str, str | None)


def persist(call: Callable[[], T]) -> T:
    """Return what a call to a store gives, at the third try at the latest.

    No try begins when `_PATIENCE_SECONDS` have passed, nor after an answer that is final.
    """
    started = time.monotonic()
    for pause in _PAUSES_SECONDS:
        try:
            return call()
        except Exception as error:
            elapsed = time.monotonic() - started
            if is_rejection(error) or elapsed + pause > _PATIENCE_SECONDS:
                raise
        time.sleep(pause)
    return call()


def is_rejection(error: BaseException) -> bool:
    """Whether the store answered, and will answer the same to the same again."""
    if isinstance(error, MlflowException):
        status = int(error.get_http_status_code())
        return 400 <= status < 500 and status not in (408, 429)
    return isinstance(error, UsageError)


def store_address(uri: str) -> str:
    """Return by what a store is known: its address without credentials, from wherever one looks.

    >>> store_address("https://ann:secret@example.org/mlflow/")
    'https://example.org/mlflow'
    """
    kind, slashes, path = uri.partition("sqlite:///")
    if slashes and not kind:
        file, question, options = path.partition("?")
        return without_credentials(f"sqlite:///{Path(file).absolute()}{question}{options}")
    return without_credentials(uri).rstrip("/")


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
    locks = state_dir() / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(locks / f"{short_hash(uri)}.lock"):
            client = MlflowClient(uri)
            persist(lambda: client.search_experiments(max_results=1))
    except Exception as error:
        # MLflow passes on whatever its store raises; the first line tells what it was.
        way_out = _of_another_mlflow(str(error)) or (
            f"({one_line(error)}): give another with --tracking-uri or MLFLOW_TRACKING_URI"
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
    return experiment_named(client, given or os.environ.get("MLFLOW_EXPERIMENT_NAME") or data_name)


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
        raise _not_yours(client, name, "read") from error


def _not_yours(client: MlflowClient, name: str, to: str) -> LrStudyError:
    return LrStudyError(
        f"experiment={name} in {client.tracking_uri} is not yours to {to}: "
        "ask whoever manages it for permission, or give another with --experiment"
    )


def experiment_named(client: MlflowClient, name: str) -> Experiment:
    """Return an experiment by its name, created if it is new.

    Raises
    ------
    UsageError
        If it was deleted, or cannot be created.
    LrStudyError
        If the server shows this user nothing of it.
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

    Whatever ends the block ends the run: FINISHED, KILLED after an interrupt, or else FAILED. Where
    the store cannot be told, the outbox keeps it; and what the outbox has for the run, it ends.

    Raises
    ------
    LrStudyError
        If the run was to be FINISHED and its store cannot be told.
    """
    tags = {**tags, PROCESS_TAG: liveness_token()}
    joined = os.environ.get("MLFLOW_RUN_ID") if may_join else None

    def open_run() -> str:
        if joined is None:
            return _create(client, experiment, name, tags)
        named = {**tags, "mlflow.runName": name}
        client.log_batch(joined, tags=[RunTag(key, value) for key, value in named.items()])
        return joined

    keep = joined is not None
    with end_on_error(client, experiment, lambda: persist(open_run), keep=keep) as run_id:
        yield run_id
    if not _end(client, experiment, run_id, "FINISHED"):
        raise LrStudyError(
            f"the end of run {run_id} waits in the outbox for "
            f"{store_address(str(client.tracking_uri))}: lr-study sync sends it"
        )


def _create(
    client: MlflowClient, experiment: Experiment, name: str, tags: Mapping[str, str]
) -> str:
    now = int(time.time() * 1000)
    try:
        run = client.create_run(experiment.experiment_id, start_time=now, run_name=name, tags=tags)
    except MlflowException as error:
        if error.error_code != "PERMISSION_DENIED":
            raise
        raise _not_yours(client, experiment.name, "write to") from error
    return str(run.info.run_id)


@contextmanager
def end_on_error(
    client: MlflowClient,
    experiment: Experiment,
    open_run: Callable[[], RunId],
    *,
    keep: bool = False,
) -> Iterator[RunId]:
    """Open a run and yield its id; end it KILLED if an interrupt ends the block, else FAILED.

    A block that ends well leaves it as it is. ``open_run`` may give None, where the store cannot
    be reached: then there is nothing to end. ``keep`` says that ``mlflow run`` would mark it
    otherwise, and is not to.
    """
    run_id: RunId | None = None
    try:
        with defer_signals():  # until it is known which run an interrupt has to end
            run_id = open_run()
        yield run_id
    except KeyboardInterrupt:
        # `mlflow run` answers one Ctrl-C with another signal: the run is closed all the same.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if run_id is not None:
            _end(client, experiment, run_id, "KILLED")
            if keep:
                keep_killed(str(client.tracking_uri), run_id)
        raise
    except BaseException as error:
        if run_id is not None:
            can_ask = not isinstance(error, UnreachableError)
            _end(client, experiment, run_id, "FAILED", can_ask=can_ask)
        raise


def _end(
    client: MlflowClient, experiment: Experiment, run_id: str, status: str, *, can_ask: bool = True
) -> bool:
    """End a run, in the store if that can be asked, or else in the outbox.

    Return whether the store knows, or will know from what waits.
    """
    now = int(time.time() * 1000)
    entry = Entry(
        store=store_address(str(client.tracking_uri)),
        experiment=experiment.name,
        id=run_id,
        name=run_id,
        status=status,
        start_time=now,
        end_time=now,
        run_id=run_id,
    )
    if outbox.is_waiting(entry):
        return True  # what waits says more than how the run ended
    if can_ask:
        with suppress(Exception):  # MLflow passes on whatever its store raises
            persist(lambda: client.set_terminated(run_id, status, now))
            return True
    with suppress(LrStudyError):  # the next study here ends it, once this process is gone
        outbox.put(entry)
    return False
