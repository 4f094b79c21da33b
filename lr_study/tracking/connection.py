"""Which MLflow store, and calls to it that are tried again."""

import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

# MLflow's own defaults keep a dead server waiting for four minutes. `retry` tries again instead.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# Links to each run would mix with the results, and cost one more request per run.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")

import mlflow
from filelock import FileLock
from mlflow import MlflowClient

from lr_study.runs import short_hash
from lr_study.support import (
    LrStudyError,
    UsageError,
    is_final,
    mask,
    one_line,
    state_folder,
    without_credentials,
)
from lr_study.tracking.addresses import check_address

# Routine messages: tables created, background jobs started, pip without a version.
logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("mlflow.utils.environment").setLevel(logging.ERROR)
logging.getLogger("alembic").setLevel(logging.WARNING)
# It logs what it also raises, and the command line reports that in one line.
logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)

DEFAULT_TRACKING_URI = "sqlite:///mlflow.db"

_PAUSES_SECONDS = (0.5, 1.5)
_PATIENCE_SECONDS = 6

T = TypeVar("T")


def retry(call: Callable[[], T]) -> T:
    """Return the result of a call to a store, made up to three times.

    No attempt starts once `_PATIENCE_SECONDS` have passed, nor after a rejection.

    >>> retry(lambda: "answer")
    'answer'
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
    """Whether the store answered, and would answer the same request the same way."""
    return isinstance(error, UsageError) or is_final(error)


def store_address(uri: str) -> str:
    """Return a store's address without credentials, and independent of the working directory.

    >>> store_address("https://ann:secret@example.org/mlflow/")
    'https://example.org/mlflow'
    """
    kind, slashes, path = uri.partition("sqlite:///")
    if slashes and not kind:
        file, question_mark, options = path.partition("?")
        return without_credentials(f"sqlite:///{Path(file).absolute()}{question_mark}{options}")
    return without_credentials(uri).rstrip("/")


def resolve_tracking_uri(given: str | None) -> str:
    """Return the store's address: as given, else ``MLFLOW_TRACKING_URI``, else a local file."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_TRACKING_URI


def connect(tracking_uri: str | None = None) -> MlflowClient:
    """Return a client of the store, after its first answer.

    Processes that open an empty database at the same time would break each other's creation of
    its tables: they take turns.

    Raises
    ------
    LrStudyError
        If the store cannot be used.
    UsageError
        If the address is not allowed.
    """
    uri = resolve_tracking_uri(tracking_uri)
    check_address(uri)
    try:
        with _turn(uri):
            client = MlflowClient(uri)
            retry(lambda: client.search_experiments(max_results=1))
    except Exception as error:
        # MLflow passes on whatever its store raises; the first line names the cause.
        advice = _advice_on_version(str(error)) or (
            f"({one_line(error)}): give another with --tracking-uri or MLFLOW_TRACKING_URI"
        )
        raise LrStudyError(f"the MLflow store {mask(uri)} cannot be used {advice}") from error
    return client


@contextmanager
def _turn(uri: str) -> Iterator[None]:
    """Hold the lock of a store; without a state folder that can be written, do without."""
    with ExitStack() as stack:
        with suppress(LrStudyError, OSError):
            stack.enter_context(FileLock(state_folder("locks") / f"{short_hash(uri)}.lock"))
        yield


def _advice_on_version(reason: str) -> str | None:
    """What to do about a database that another version of MLflow created; None for other errors.

    MLflow itself advises to upgrade the database even where it is newer than MLflow.
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
