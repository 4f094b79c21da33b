"""What waits in the outbox, sent to the store it was meant for: each entry once, or later."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
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
from lr_study.tracking.cells import finished_runs, supersede
from lr_study.tracking.outbox import Entry
from lr_study.tracking.reading import SUPERSEDED_TAG, all_runs, is_complete
from lr_study.tracking.store import (
    OUTBOX_TAG,
    PROCESS_TAG,
    connect,
    experiment_named,
    is_rejection,
    persist,
    resolve_tracking_uri,
    store_address,
)
from lr_study.tracking.writing import log_batch

T = TypeVar("T")

_AGAIN_SECONDS = 60
"""How long a store that could not be reached is left alone."""


class Sender:
    """Sends entries to one store, and leaves it alone for a minute when it could not be reached.

    A study trains on meanwhile: each further try would cost it seconds.

    Attributes
    ----------
    trouble
        Why the store cannot be reached; empty while it can be.
    refusal
        What the store answered to an entry that it will not have.
    """

    def __init__(self, client: MlflowClient, experiment: Experiment | None = None) -> None:
        self.client = client
        self.store = store_address(str(client.tracking_uri))
        self.trouble = ""
        self.refusal = ""
        self._left_alone_until = 0.0
        self._experiments: dict[str, str] = {}
        if experiment is not None:
            self._experiments[experiment.name] = str(experiment.experiment_id)

    def attempt(self, call: Callable[[], T]) -> T | None:
        """Return what a call to the store gives; None if the store cannot be reached."""
        if self._leaves_alone():
            return None
        try:
            answer = persist(call)
        except Exception as error:  # MLflow passes on whatever its store raises
            self._is_in_trouble(error)
            return None
        self.trouble = ""
        return answer

    def send(self, entry: Entry) -> bool:
        """Send an entry and remove it from the outbox; return whether the store has it.

        It is removed once the store says that its run is finished and whole, and sent by one
        process at a time. So it is published once, wherever a process before this one died.
        """
        if self._leaves_alone():
            return False
        try:
            with outbox.held(entry) as still_waits:
                if still_waits:
                    persist(lambda: self._deliver(entry))
                    outbox.remove(entry)
        except Exception as error:
            if is_rejection(error):
                self.refusal = one_line(error)
            else:
                self._is_in_trouble(error)
            return False
        self.trouble = ""
        return True

    def send_waiting(self) -> int:
        """Send all that waits for this store, and return how many entries were sent."""
        self.trouble = self.refusal = ""
        return sum(self.send(entry) for entry in outbox.waiting(self.store))

    def require_sent(self, experiment: str, cells: Collection[str]) -> None:
        """Try once more what waits of some cells of an experiment.

        Others may wait for studies that run at the same time, which send them.

        Raises
        ------
        LrStudyError
            If something still waits. The line says how much, and what sends it.
        UnreachableError
            If that is so because the store cannot be reached.
        """

        def waiting() -> list[Entry]:
            found = outbox.waiting(self.store, experiment)
            return [entry for entry in found if entry.cell in cells]

        self.trouble = self.refusal = ""
        for entry in waiting():
            self.send(entry)
        left = len(waiting())
        if left:
            line = waiting_line(left, self.store, self.trouble or self.refusal)
            raise UnreachableError(line) if self.trouble else LrStudyError(line)
        self.attempt(lambda: self._delete_strays(self._experiment_id(experiment)))

    def _leaves_alone(self) -> bool:
        return bool(self.trouble) and time.monotonic() < self._left_alone_until

    def _is_in_trouble(self, error: BaseException) -> None:
        self.trouble = one_line(error)
        self._left_alone_until = time.monotonic() + _AGAIN_SECONDS

    def _experiment_id(self, name: str) -> str:
        if name not in self._experiments:
            found = experiment_named(self.client, name)
            self._experiments[name] = str(found.experiment_id)
        return self._experiments[name]

    def _deliver(self, entry: Entry) -> None:
        """Bring the store to have what an entry says, whatever of it the store has already."""
        if entry.run_id is not None:
            run = find_run(self.client, entry.run_id)
            if run is not None and not _has(run, entry):
                self._fill(entry, run)
            return
        experiment_id = self._experiment_id(entry.experiment)
        runs = runs_of_entry(self.client, experiment_id, entry.id)
        done = [
            run
            for run in runs
            if _has(run, entry) and (entry.replaces or SUPERSEDED_TAG not in run.data.tags)
        ]
        if done:
            run_id = done[0].info.run_id
        else:
            mine = [run for run in runs if is_left(run)]
            run = mine[0] if mine else self._create(entry, experiment_id)
            run_id = run.info.run_id
            self._fill(entry, run)
        if entry.replaces and entry.cell is not None:
            finished = finished_runs(self.client, experiment_id, entry.cell)
            for earlier in finished[: finished.index(run_id)]:
                supersede(self.client, earlier)

    def _create(self, entry: Entry, experiment_id: str) -> Run:
        tags = {PROCESS_TAG: liveness_token(), OUTBOX_TAG: entry.id}
        if entry.parent:
            tags["mlflow.parentRunId"] = entry.parent
        run = self.client.create_run(
            experiment_id, start_time=entry.start_time, run_name=entry.name, tags=tags
        )
        if not run.info.run_id:
            raise MlflowException("the answer to a new run has no id")
        return run

    def _fill(self, entry: Entry, run: Run) -> None:
        """Log all of an entry, and end its run. What is there already, MLflow keeps once."""
        run_id = run.info.run_id
        if any(entry.files.iterdir()):
            self.client.log_artifacts(run_id, str(entry.files))
        if entry.tags:
            known = run.data.params  # what `mlflow run` logged stands as it was typed
            params = {name: value for name, value in entry.params.items() if name not in known}
            metrics = [Metric(*point) for point in entry.metrics]
            log_batch(self.client, run_id, metrics=metrics, params=params, tags=entry.tags)
        self.client.set_terminated(run_id, entry.status, entry.end_time)
        if not _has(self.client.get_run(run_id), entry):
            raise MlflowException(f"run {run_id} is not as it was sent")

    def _delete_strays(self, experiment_id: str) -> None:
        """Delete runs that were made although their making seemed to fail: the answer was late."""
        query = f"attributes.status = 'RUNNING' and tags.`{PROCESS_TAG}` = '{liveness_token()}'"
        for run in list(all_runs(self.client, experiment_id, query)):
            if OUTBOX_TAG in run.data.tags:
                self.client.delete_run(run.info.run_id)


def runs_of_entry(client: MlflowClient, experiment_id: str, entry_id: str) -> list[Run]:
    """Return the runs that were made for an entry's id, the earliest first."""
    return list(all_runs(client, experiment_id, f"tags.`{OUTBOX_TAG}` = '{entry_id}'"))


def open_child(
    client: MlflowClient, experiment: Experiment, entry_id: str, parent: str, name: str
) -> str:
    """Return a run that logs while it trains: the one that was begun and cut off, or a new one."""
    tags = {PROCESS_TAG: liveness_token(), OUTBOX_TAG: entry_id, "mlflow.parentRunId": parent}
    for run in runs_of_entry(client, experiment.experiment_id, entry_id):
        if is_left(run):
            run_id = str(run.info.run_id)
            log_batch(client, run_id, tags=tags)
            client.update_run(run_id, status="RUNNING")
            return run_id
    now = int(time.time() * 1000)
    run = client.create_run(experiment.experiment_id, start_time=now, run_name=name, tags=tags)
    return str(run.info.run_id)


def is_left(run: Run) -> bool:
    """Whether a run was begun for an entry, and no other living process is at it."""
    if run.info.status == "KILLED":
        return True
    process = run.data.tags.get(PROCESS_TAG, "")
    return run.info.status == "RUNNING" and (process == liveness_token() or is_owner_dead(process))


def find_run(client: MlflowClient, run_id: str) -> Run | None:
    """Return a run by its id; None if there is none, or it was deleted."""
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None
    return run if run.info.lifecycle_stage == "active" else None


def _has(run: Run, entry: Entry) -> bool:
    """Whether a run is what an entry says."""
    return run.info.status == entry.status and (entry.cell is None or is_complete(run))


def waiting_cells(client: MlflowClient, experiment: Experiment) -> set[str]:
    """Return the cells of an experiment that wait in the outbox."""
    entries = outbox.waiting(store_address(str(client.tracking_uri)), experiment.name)
    return {entry.cell for entry in entries if entry.cell is not None}


def waiting_line(count: int, store: str, reason: str) -> str:
    """Say how many runs wait for a store, why, and what sends them."""
    runs = "1 run waits" if count == 1 else f"{count} runs wait"
    why = f" ({reason})" if reason else ""
    return (
        f"{runs} in the outbox for {store}{why}: lr-study sync sends what waits, "
        "and so does any later command that trains"
    )


@dataclass(frozen=True)
class Synced:
    """What `sync` did: how many entries were sent, and a line for each store that lacks some."""

    sent: int
    problems: Sequence[str]


def sync(tracking_uri: str | None = None) -> Synced:
    """Send what waits for a store, or for any, to the store that each entry was meant for."""
    stores = dict.fromkeys(entry.store for entry in outbox.waiting())
    chosen = resolve_tracking_uri(tracking_uri)
    if tracking_uri:
        stores = {store: None for store in stores if store == store_address(tracking_uri)}
    sent, problems = 0, []
    for store in stores:
        # The outbox holds no credentials: the address given, or in the environment, may.
        has_them = store_address(chosen) == store and without_credentials(chosen) != chosen
        uri = chosen if has_them else store
        reason = ""
        try:
            sender = Sender(connect(uri))
            sent += sender.send_waiting()
            reason = sender.trouble or sender.refusal
        except UsageError:
            raise
        except LrStudyError as error:
            reason = one_line(error.__cause__ or error)
        left = len(outbox.waiting(store))
        if left:
            problems.append(waiting_line(left, store, reason))
    return Synced(sent, problems)
