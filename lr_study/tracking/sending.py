"""Entries of the outbox, each sent exactly once to the store it is meant for."""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from mlflow import MlflowClient
from mlflow.entities import Experiment, Metric, Run
from mlflow.exceptions import MlflowException

from lr_study.support import (
    LrStudyError,
    UnreachableError,
    UsageError,
    is_owner_dead,
    liveness_token,
    one_line,
    without_credentials,
)
from lr_study.tracking import outbox
from lr_study.tracking.addresses import resolve_tracking_uri, store_address
from lr_study.tracking.cells import finished_runs, supersede
from lr_study.tracking.connection import connect, is_rejection, retry
from lr_study.tracking.databases import MissingStoreError
from lr_study.tracking.datasets import log_dataset
from lr_study.tracking.deleted import find_run
from lr_study.tracking.entries import RunIdentity
from lr_study.tracking.experiments import experiment_of
from lr_study.tracking.mlflow_settings import own_settings
from lr_study.tracking.outbox import Entry, waiting_line
from lr_study.tracking.reading import all_runs
from lr_study.tracking.run_rows import is_complete
from lr_study.tracking.tags import (
    OPTIONS_TAG,
    OUTBOX_TAG,
    PARENT_TAG,
    PROCESS_TAG,
    PROTOCOL_TAG,
    SUPERSEDED_TAG,
)
from lr_study.tracking.uploads import ArtifactError, log_files
from lr_study.tracking.writing import log_batch, source_tags

T = TypeVar("T")

_CIRCUIT_SECONDS = 60
"""How long no call is made to a store that could not be reached."""


class Sender:
    """Sends entries to one store, with a circuit breaker.

    After a call that could not reach the store no other is made for a minute: a study goes on
    training, and each further attempt would cost it seconds.

    Attributes
    ----------
    last_error
        Why the store cannot be reached; empty while it can be.
    rejection
        The store's answer to an entry that it does not accept, or why its files cannot be written.
    """

    def __init__(self, client: MlflowClient, experiment: Experiment | None = None) -> None:
        self.client = client
        self.store = store_address(str(client.tracking_uri))
        self.last_error = ""
        self.rejection = ""
        self._open_until = 0.0
        self._rejections: dict[str, None] = {}
        self._blocked: set[str] = set()
        self._experiments = [] if experiment is None else [experiment]

    def try_call(self, call: Callable[[], T]) -> T | None:
        """Return the result of a call to the store; None if the store cannot be reached.

        Raises
        ------
        ArtifactError
            If the store answers, but the files of a run cannot be written.
        """
        if self._circuit_is_open():
            return None
        try:
            answer = retry(call)
        except ArtifactError:
            raise
        except Exception as error:  # MLflow passes on whatever its store raises
            self._open_circuit(error)
            return None
        self.last_error = ""
        return answer

    def log_first_files(self, run_id: str, write_files: Callable[[Path], None]) -> bool:
        """Log files to a run before it trains; return whether the store has them.

        A store that cannot be reached is no reason not to train: it may be back at the end. One
        that answers, and whose artifacts cannot be written, will never take a finished run.

        Raises
        ------
        LrStudyError
            If the store answers, but files cannot be written.
        """
        with TemporaryDirectory(prefix="lr-study-") as folder:
            write_files(Path(folder))

            def log() -> bool:
                log_files(self.client, run_id, Path(folder))
                return True

            try:
                return self.try_call(log) or False
            except ArtifactError as error:
                raise LrStudyError(
                    f"{error}; nothing was trained: make that place writable from this machine "
                    "(of a server: mlflow server --artifacts-destination), or create an "
                    "experiment with another place (mlflow experiments create -n NAME -l PLACE) "
                    "and give it with --experiment"
                ) from error

    def send(self, entry: Entry) -> bool:
        """Send an entry and remove it from the outbox; return whether the store has it.

        One process sends it at a time, and it is removed once the store confirms that its run is
        finished and complete. So each run is published once, wherever an earlier sender died. A run
        whose files cannot be written is KILLED meanwhile, and others of its experiment wait: each
        attempt would take seconds.

        Raises
        ------
        OutboxError
            If the outbox cannot be written, so that no later entry could be sent either.
        """
        if self._circuit_is_open() or entry.experiment in self._blocked:
            return False
        try:
            with outbox.held(entry) as is_waiting:
                if is_waiting:
                    retry(lambda: self._deliver(entry))
                    outbox.remove(entry)
        except ArtifactError as error:
            self.rejection = str(error)
            self._blocked.add(entry.experiment)
            with suppress(Exception):  # the next study on this machine ends it
                self.client.set_terminated(error.run_id, "KILLED")
            return False
        except outbox.OutboxError:
            raise
        except Exception as error:
            if is_rejection(error):
                self._note_rejection(error)
            else:
                self._open_circuit(error)
            return False
        self.last_error = ""
        return True

    def send_waiting(self) -> int:
        """Send all entries that wait for this store, and return how many were sent."""
        self._start_afresh()
        return sum(self.send(entry) for entry in outbox.waiting(self.store))

    def try_send(self, experiment: Experiment, cells: Collection[str]) -> int:
        """Try once more to send the waiting entries of some cells; return how many still wait.

        Raises
        ------
        OutboxError
            If the outbox cannot be written.
        """

        def waiting() -> list[Entry]:
            found = outbox.waiting(self.store, experiment)
            return [entry for entry in found if entry.cell in cells]

        self._start_afresh()
        for entry in waiting():
            self.send(entry)
        return len(waiting())

    def require_sent(self, experiment: Experiment, cells: Collection[str]) -> None:
        """Try once more to send the waiting entries of some cells of an experiment.

        Entries of other cells belong to studies that run at the same time, which send them.

        Raises
        ------
        LrStudyError
            If entries still wait. The message says how many, and what sends them.
        UnreachableError
            If they wait because the store cannot be reached.
        """
        left = self.try_send(experiment, cells)
        if left:
            if self.last_error:
                raise UnreachableError(waiting_line(left, self.store, self.last_error))
            raise LrStudyError(waiting_line(left, self.store, self.rejection, refused=True))
        self.try_call(lambda: self._delete_strays(str(experiment.experiment_id)))

    def _note_rejection(self, error: BaseException) -> None:
        """Keep the answer; of many that differ, keep the first and their number."""
        answer = str(error) if isinstance(error, UsageError) else one_line(error)
        self._rejections[answer] = None
        first, *others = self._rejections
        self.rejection = f"{first}; and {len(others)} more" if others else first

    def _start_afresh(self) -> None:
        self.last_error = self.rejection = ""
        self._rejections.clear()
        self._blocked.clear()

    def _circuit_is_open(self) -> bool:
        return bool(self.last_error) and time.monotonic() < self._open_until

    def _open_circuit(self, error: BaseException) -> None:
        self.last_error = one_line(error)
        self._open_until = time.monotonic() + _CIRCUIT_SECONDS

    def _experiment_id(self, entry: Entry) -> str:
        for known in self._experiments:
            if entry.is_of(known):
                return str(known.experiment_id)
        found = experiment_of(self.client, entry)
        if entry.is_of(found):
            self._experiments.append(found)
        return str(found.experiment_id)

    def _deliver(self, entry: Entry) -> None:
        """Make the store hold an entry's run, however much of it the store has already."""
        try:
            self._complete(entry)
        except MlflowException as error:
            if is_rejection(error):  # most likely because something was deleted
                self._experiments.clear()
                self._experiment_id(entry)
            raise

    def _complete(self, entry: Entry) -> None:
        if entry.run_id is not None:
            run = find_run(self.client, entry.run_id)
            if run is not None and not _is_delivered(run, entry):
                self._fill(entry, run)
            if run is not None:
                self._supersede_earlier(entry, run.info.experiment_id, run.info.run_id)
            if run is not None or entry.cell is None:
                return
            # The run was purged, or is in another database: its record goes to a run of its own.
        experiment_id = self._experiment_id(entry)
        runs = runs_of_entry(self.client, experiment_id, entry.id)
        done = [
            run
            for run in runs
            if _is_delivered(run, entry) and (entry.replaces or SUPERSEDED_TAG not in run.data.tags)
        ]
        if done:
            run_id = done[0].info.run_id
        else:
            mine = [run for run in runs if is_resumable(run)]
            run = mine[0] if mine else self._create(entry, experiment_id)
            run_id = run.info.run_id
            self._fill(entry, run)
        self._supersede_earlier(entry, experiment_id, run_id)

    def _supersede_earlier(self, entry: Entry, experiment_id: str, run_id: str) -> None:
        """Let the earlier runs of a cell no longer count, if its run was to replace them."""
        if entry.replaces and entry.cell is not None:
            finished = finished_runs(self.client, experiment_id, entry.cell)
            for earlier in finished[: finished.index(run_id)]:
                supersede(self.client, earlier)

    def _create(self, entry: Entry, experiment_id: str) -> Run:
        tags = {**source_tags(), PROCESS_TAG: liveness_token(), OUTBOX_TAG: entry.id}
        if entry.parent:
            tags[PARENT_TAG] = entry.parent
        run = self.client.create_run(
            experiment_id, start_time=entry.start_time, run_name=entry.name, tags=tags
        )
        if not run.info.run_id:
            raise MlflowException("the response to a new run has no id")
        return run

    def _fill(self, entry: Entry, run: Run) -> None:
        """Log all of an entry, and end its run. Values that are logged again, MLflow keeps once."""
        run_id = run.info.run_id
        if any(entry.files.iterdir()):
            log_files(self.client, run_id, entry.files)
        if entry.tags:
            known = run.data.params  # what `mlflow run` logged stays as it was typed
            params = {name: value for name, value in entry.params.items() if name not in known}
            metrics = [Metric(*point) for point in entry.metrics]
            log_batch(self.client, run_id, metrics=metrics, params=params, tags=entry.tags)
            log_dataset(
                self.client, run_id, entry.tags[PROTOCOL_TAG], entry.tags.get(OPTIONS_TAG, "{}")
            )
        self.client.set_terminated(run_id, entry.status, entry.end_time)
        if not _is_delivered(self.client.get_run(run_id), entry):
            raise MlflowException(f"run {run_id} is incomplete after it was sent")

    def _delete_strays(self, experiment_id: str) -> None:
        """Delete runs whose creation seemed to fail, because the answer came too late."""
        query = f"attributes.status = 'RUNNING' and tags.`{PROCESS_TAG}` = '{liveness_token()}'"
        for run in list(all_runs(self.client, experiment_id, query)):
            if OUTBOX_TAG in run.data.tags:
                self.client.delete_run(run.info.run_id)


def runs_of_entry(client: MlflowClient, experiment_id: str, entry_id: str) -> list[Run]:
    """Return the runs that were created for an entry's id, the earliest first."""
    return list(all_runs(client, experiment_id, f"tags.`{OUTBOX_TAG}` = '{entry_id}'"))


def open_child(client: MlflowClient, experiment: Experiment, identity: RunIdentity) -> str:
    """Return a run that logs while it trains: an interrupted one to resume, or a new one."""
    tags = {
        PROCESS_TAG: liveness_token(),
        OUTBOX_TAG: identity.entry_id or "",
        PARENT_TAG: identity.parent or "",
    }
    for run in runs_of_entry(client, experiment.experiment_id, identity.entry_id or ""):
        if is_resumable(run):
            run_id = str(run.info.run_id)
            log_batch(client, run_id, tags=tags)
            client.update_run(run_id, status="RUNNING")
            return run_id
    now = int(time.time() * 1000)
    run = client.create_run(
        experiment.experiment_id,
        start_time=now,
        run_name=identity.name,
        tags={**source_tags(), **tags},
    )
    return str(run.info.run_id)


def is_resumable(run: Run) -> bool:
    """Whether a run was started for an entry, and no other living process writes to it."""
    if run.info.status == "KILLED":
        return True
    process = run.data.tags.get(PROCESS_TAG, "")
    return run.info.status == "RUNNING" and (process == liveness_token() or is_owner_dead(process))


def _is_delivered(run: Run, entry: Entry) -> bool:
    """Whether a run holds all of an entry."""
    return run.info.status == entry.status and (entry.cell is None or is_complete(run))


def waiting_cells(client: MlflowClient, experiment: Experiment) -> set[str]:
    """Return the cells of an experiment that wait in the outbox."""
    entries = outbox.waiting(store_address(str(client.tracking_uri)), experiment)
    return {entry.cell for entry in entries if entry.cell is not None}


@dataclass(frozen=True)
class Synced:
    """The result of `sync`: how many entries were sent, and a line per store that lacks some."""

    sent: int
    problems: Sequence[str]


@own_settings()
def sync(tracking_uri: str | None = None) -> Synced:
    """Send all waiting entries, or those of one store, each to the store it is meant for."""
    stores = dict.fromkeys(store_address(entry.store) for entry in outbox.waiting())
    resolved = resolve_tracking_uri(tracking_uri)
    if tracking_uri:
        stores = {store: None for store in stores if store == store_address(tracking_uri)}
    sent, problems = 0, []
    for store in stores:
        # The outbox holds no credentials: the address given, or in the environment, may.
        has_credentials = (
            store_address(resolved) == store and without_credentials(resolved) != resolved
        )
        uri = resolved if has_credentials else store
        reason, refused = "", False
        try:
            sender = Sender(connect(uri))
            sent += sender.send_waiting()
            reason, refused = sender.last_error or sender.rejection, not sender.last_error
        except MissingStoreError:
            reason = "it is not there: move it back, or mount its disk"
        except UsageError:
            raise
        except LrStudyError as error:
            reason = one_line(error.__cause__ or error)
        left = len(outbox.waiting(store))
        if left:
            problems.append(waiting_line(left, store, reason, refused=refused))
    return Synced(sent, problems)
