"""A client of an MLflow store, and calls to it that are tried again."""

import time
from collections.abc import Callable
from typing import TypeVar

from mlflow import MlflowClient

from lr_study.support import LrStudyError, UsageError, is_final, keep_liveness_lock, mask, one_line
from lr_study.tracking.address_checks import check_address
from lr_study.tracking.addresses import canonical_uri, resolve_tracking_uri
from lr_study.tracking.databases import (
    MissingStoreError,
    UnusableDatabaseError,
    prepare_database,
)
from lr_study.tracking.mlflow_settings import own_settings

_PAUSES_SECONDS = (0.5, 1.5)
_PATIENCE_SECONDS = 6

T = TypeVar("T")


@own_settings()
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
            keep_liveness_lock()  # a run may have been created though the answer was lost
            elapsed = time.monotonic() - started
            if is_rejection(error) or elapsed + pause > _PATIENCE_SECONDS:
                raise
        time.sleep(pause)
    return call()


def is_rejection(error: BaseException) -> bool:
    """Whether the store answered, and would answer the same request the same way."""
    return isinstance(error, UsageError) or is_final(error)


@own_settings()
def connect(tracking_uri: str | None = None, *, create: bool = False) -> MlflowClient:
    """Return a client of the store, after its first answer.

    Parameters
    ----------
    create
        Whether a database that does not exist, or is empty, is created. Nothing else creates or
        changes one.

    Raises
    ------
    MissingStoreError
        If there is no database at the address, and ``create`` is false.
    LrStudyError
        If the store cannot be used.
    UsageError
        If the address is not allowed.
    """
    given = resolve_tracking_uri(tracking_uri)
    check_address(given)
    try:
        uri = canonical_uri(given)
        retry(lambda: prepare_database(uri, create=create))
        client = MlflowClient(uri)
        retry(lambda: client.search_experiments(max_results=1))
    except MissingStoreError:
        raise
    except Exception as error:
        # MLflow passes on whatever its store raises; the first line names the cause.
        advice = (
            str(error)
            if isinstance(error, UnusableDatabaseError)
            else f"({one_line(error)}): give another with --tracking-uri or MLFLOW_TRACKING_URI"
        )
        raise LrStudyError(f"the MLflow store {mask(given)} cannot be used {advice}") from error
    return client
