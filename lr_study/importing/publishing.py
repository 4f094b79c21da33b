"""Store imported runs in MLflow, each completely and once."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from mlflow import MlflowClient
from mlflow.entities import Experiment, Metric, Run

from lr_study.importing.declarations import Value
from lr_study.importing.imported_run import ImportedRun
from lr_study.importing.policy_choice import UNNAMED
from lr_study.policies import parse
from lr_study.runs import UNKNOWN, short_hash
from lr_study.support import LrStudyError, is_owner_dead, state_folder, try_lock
from lr_study.tracking import (
    PROCESS_TAG,
    SOURCE_TAG,
    SUPERSEDED_TAG,
    Destination,
    all_runs,
    log_batch,
    supersede,
    tracked_run,
)

_PATH_TAG = "lr_study.source_path"
_ID_TAG = "lr_study.source_id"
_POINTS_TAG = "lr_study.source_points"


class ImportedRuns:
    """The imported runs of an experiment, which one process of this machine at a time changes."""

    def __init__(self, client: MlflowClient, experiment: Experiment) -> None:
        self._client = client
        self._experiment = experiment
        self._runs: dict[str, list[Run]] = {}
        self._owners: dict[str, str] = {}
        query = f"tags.`{SOURCE_TAG}` LIKE '%'"
        for run in all_runs(client, experiment.experiment_id, query):
            if SUPERSEDED_TAG not in run.data.tags:
                source_id = run.data.tags.get(_ID_TAG, "")
                self._runs.setdefault(source_id, []).append(run)
                self._owners.setdefault(run.data.params.get("policy", ""), source_id)

    def publish(self, run: ImportedRun) -> tuple[str, ImportedRun]:
        """Store a run unless it is stored already; return the outcome, and the run as stored.

        The outcome is ``added``, ``completed`` (the run has grown), ``replaced`` (its declarations
        have changed), ``unchanged``, ``fewer`` (it has fewer points than the stored run, which was
        kept) or ``busy`` (another process is importing it).
        """
        stored: list[Run] = []
        for other in self._runs.get(run.source_id, []):
            if other.info.status == "FINISHED":
                stored.append(other)
            elif other.info.status == "RUNNING" and not is_owner_dead(
                other.data.tags.get(PROCESS_TAG, "")
            ):
                return "busy", run
            else:  # left by an interrupted import
                self._client.delete_run(other.info.run_id)
        for copy in stored[1:]:  # of a version that counted copies of a folder
            supersede(self._client, copy.info.run_id)
        return self._store(run, stored[0] if stored else None)

    def _store(self, run: ImportedRun, stored: Run | None) -> tuple[str, ImportedRun]:
        if stored is None:
            return "added", self._add(run)
        run = _with_stored_declarations(run, stored)
        if _is_redeclared(run, stored):
            run = self._add(run)
            supersede(self._client, stored.info.run_id)
            return "replaced", run
        count = len(run.curves.finite_points())
        stored_count = int(stored.data.tags.get(_POINTS_TAG, 0))
        if count <= stored_count:
            return "fewer" if count < stored_count else "unchanged", run
        self._fill(stored.info.run_id, run, with_params=False)
        if "lr_study.curves" in stored.data.tags.keys() - run.tags().keys():
            self._client.delete_tag(stored.info.run_id, "lr_study.curves")
        return "completed", run

    def _add(self, run: ImportedRun) -> ImportedRun:
        """Create, fill and finish a run; if this is interrupted, the run does not stay RUNNING."""
        run = self._with_unique_text(run)
        tags = {SOURCE_TAG: run.read.source, _PATH_TAG: run.name, _ID_TAG: run.source_id}
        destination = Destination(self._client, self._experiment)
        with tracked_run(destination, run.name, tags=tags, may_join=False) as run_id:
            self._fill(run_id, run, with_params=True)
        self._owners.setdefault(run.choice.text, run.source_id)
        return run

    def _fill(self, run_id: str, run: ImportedRun, *, with_params: bool) -> None:
        """Log everything about a run; MLflow stores values that it already has only once.

        The number of points is logged last: until then, the next import completes the run.
        """
        now = int(time.time() * 1000)
        metrics = [  # a table without times has 0
            Metric(name, point.value, int(point.wall_time * 1000) or now, epoch)
            for name, epoch, point in run.curves.finite_points()
        ]
        metrics += [Metric(name, value, now, 0) for name, value in run.metrics().items()]
        params = run.params() if with_params else {}
        log_batch(self._client, run_id, metrics=metrics, params=params, tags=run.tags())
        self._client.set_tag(run_id, _POINTS_TAG, str(len(run.curves.finite_points())))

    def _with_unique_text(self, run: ImportedRun) -> ImportedRun:
        """Distinguish runs with the same name and unknown policies, which may be different."""
        text = run.choice.text
        owner = self._owners.get(text, run.source_id)
        if run.choice.policy is not None or owner == run.source_id:
            return run
        return replace(run, choice=replace(run.choice, text=f"{text}#{run.source_id[:6]}"))


def _with_stored_declarations(run: ImportedRun, stored: Run) -> ImportedRun:
    """Fill in what an earlier import declared and this one does not."""
    choice = run.choice
    if choice.policy is None:
        text = stored.data.params["policy"]
        policy = None if text.startswith(UNNAMED) else parse(text)
        source = stored.data.tags.get("lr_study.policy_from", choice.source)
        choice = replace(choice, text=text, policy=policy, source=source)
    stored_protocol = _protocol_of(stored)
    protocol = {
        name: stored_protocol.get(name, value) if value == UNKNOWN else value
        for name, value in run.protocol.items()
    }
    seed = stored.data.params.get("seed", UNKNOWN) if run.seed is None else str(run.seed)
    return replace(
        run,
        read=replace(run.read, name=stored.data.tags[_PATH_TAG]),
        choice=choice,
        protocol=protocol,
        seed=int(seed) if seed.isdecimal() else None,
    )


def _is_redeclared(run: ImportedRun, stored: Run) -> bool:
    epochs = {"epochs": run.protocol["epochs"]}
    same_protocol = {**run.protocol} == {**_protocol_of(stored), **epochs}
    declared = run.choice.text, run.seed_text
    return declared != (stored.data.params["policy"], stored.data.params["seed"]) or not (
        same_protocol
    )


def _protocol_of(run: Run) -> dict[str, Value]:
    return dict(json.loads(run.data.tags["lr_study.protocol"]))


@contextmanager
def publishing(client: MlflowClient, experiment: Experiment) -> Iterator[ImportedRuns]:
    """Lock the imported runs of an experiment, and yield them to be changed.

    Raises
    ------
    LrStudyError
        If another process of this machine is importing into the experiment.
    """
    locks = state_folder("locks")
    where = short_hash(f"{client.tracking_uri} {experiment.experiment_id}")
    lock = try_lock(locks / f"import-{where}.lock")
    if lock is None:
        raise LrStudyError(
            f"another import into experiment {experiment.name} is running: "
            "wait until it ends, and run the same command again"
        )
    with lock:
        yield ImportedRuns(client, experiment)
