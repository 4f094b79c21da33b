"""The life of an MLflow run: opened or joined, and always ended, in the store or in the outbox."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TypeVar

from mlflow.exceptions import MlflowException

from lr_study.support import (
    LrStudyError,
    UnreachableError,
    UsageError,
    defer_signals,
    ignore_signals,
    liveness_token,
)
from lr_study.tracking import outbox
from lr_study.tracking.closing import keep_killed
from lr_study.tracking.connection import retry
from lr_study.tracking.deleted import find_run
from lr_study.tracking.environment import join
from lr_study.tracking.experiments import Destination, permission_error
from lr_study.tracking.outbox import Entry
from lr_study.tracking.tags import PROCESS_TAG
from lr_study.tracking.writing import source_tags

RunId = TypeVar("RunId", str, str | None)


@contextmanager
def tracked_run(
    destination: Destination,
    name: str,
    *,
    tags: Mapping[str, str] = MappingProxyType({}),
    may_join: bool = True,
) -> Iterator[str]:
    """Open a run, or join the one that ``mlflow run`` opened for this command, and yield its id.

    When the block ends, the run ends: FINISHED, KILLED after an interrupt, or FAILED after another
    error. If the store cannot be reached, the end waits in the outbox; if an entry for the run
    waits there already, that entry will end it.

    Raises
    ------
    LrStudyError
        If the run should be FINISHED, and the store cannot be reached or the run was deleted.
    """
    tags = {**tags, PROCESS_TAG: liveness_token()}
    given = os.environ.get("MLFLOW_RUN_ID") if may_join else None

    def open_run() -> str:
        joined = join(destination.client, name, tags) if given else None
        return joined or _create(destination, name, tags)

    with end_on_error(destination, lambda: retry(open_run), joined=given) as run_id:
        yield run_id
    if not _end(destination, run_id, "FINISHED"):
        raise LrStudyError(
            f"the end of run {run_id} waits in the outbox for {destination.store}"
            f"{_reason(destination, run_id)}: lr-study sync uploads it"
        )


def _reason(destination: Destination, run_id: str) -> str:
    """Why a run cannot be ended, if it was deleted."""
    try:
        find_run(destination.client, run_id)
    except UsageError as error:
        return f" ({error})"
    except Exception:  # the store cannot be reached
        return ""
    return ""


def _create(destination: Destination, name: str, tags: Mapping[str, str]) -> str:
    client, experiment = destination.client, destination.experiment
    now, tags = int(time.time() * 1000), {**source_tags(), **tags}
    try:
        run = client.create_run(experiment.experiment_id, start_time=now, run_name=name, tags=tags)
    except MlflowException as error:
        if error.error_code != "PERMISSION_DENIED":
            raise
        raise permission_error(client, experiment.name, "write to") from error
    return str(run.info.run_id)


@contextmanager
def end_on_error(
    destination: Destination, open_run: Callable[[], RunId], *, joined: str | None = None
) -> Iterator[RunId]:
    """Open a run and yield its id; end it KILLED if an interrupt ends the block, else FAILED.

    A block without an error leaves the run open. ``open_run`` may return None if the store cannot
    be reached: then there is nothing to end. The ``joined`` run, if it is the one that was opened,
    is ended by ``mlflow run`` too, which would mark a KILLED run FAILED.
    """
    run_id: RunId | None = None
    try:
        with defer_signals():  # until the run that an interrupt has to end is known
            run_id = open_run()
        yield run_id
    except KeyboardInterrupt:
        # `mlflow run` answers one Ctrl-C with another signal: the run is ended all the same.
        with ignore_signals():
            if run_id is not None:
                _end(destination, run_id, "KILLED")
                if joined == run_id:
                    keep_killed(str(destination.client.tracking_uri), run_id)
            raise
    except BaseException as error:
        if run_id is not None:
            reachable = not isinstance(error, UnreachableError)
            _end(destination, run_id, "FAILED", reachable=reachable)
        raise


def _end(destination: Destination, run_id: str, status: str, *, reachable: bool = True) -> bool:
    """End a run in the store if that is ``reachable``, or else in the outbox.

    Return whether the store has the end, or will have it from an entry that waits.
    """
    now = int(time.time() * 1000)
    entry = Entry(
        **destination.of_entry(),
        id=run_id,
        name=run_id,
        status=status,
        start_time=now,
        end_time=now,
        run_id=run_id,
    )
    if outbox.is_waiting(entry):
        return True  # that entry holds the whole run, not only its end
    if reachable:
        with suppress(Exception):  # MLflow passes on whatever its store raises
            retry(lambda: destination.client.set_terminated(run_id, status, now))
            return True
        # Once this process is gone, the next study on this machine ends the run.
    with suppress(LrStudyError):
        outbox.put(entry)
    return False
