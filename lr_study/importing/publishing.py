"""Store imported runs in MLflow, each completely and once."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mlflow import MlflowClient
from mlflow.entities import Experiment, Metric, Run

import lr_study
from lr_study.importing.curves import Curves
from lr_study.importing.declarations import Value
from lr_study.importing.policy_choice import UNNAMED, Choice
from lr_study.importing.rates import READINGS
from lr_study.policies import parse
from lr_study.runs import (
    CONVERGENCE_TOLERANCE,
    UNKNOWN,
    canonical_json,
    convergence_tolerance,
    short_hash,
)
from lr_study.support import LrStudyError, is_owner_dead, state_folder, try_lock
from lr_study.tracking import (
    MAX_TAG_LENGTH,
    PROCESS_TAG,
    SUPERSEDED_TAG,
    Destination,
    all_runs,
    log_batch,
    supersede,
    tracked_run,
)

SOURCE = "tensorboard"

_SOURCE_TAG = "lr_study.source"
_PATH_TAG = "lr_study.source_path"
_ID_TAG = "lr_study.source_id"
_POINTS_TAG = "lr_study.source_points"

# As for runs of lr-study, but without `epochs`: a run may grow, and a param cannot change.
_PARAMS = (
    "data",
    "backbone",
    "image_size",
    "engine",
    "optimizer",
    "batch_size",
    "val_fraction",
    "test_fraction",
)


@dataclass(frozen=True)
class ImportedRun:
    """A run to store.

    Attributes
    ----------
    name
        Its path below the folder of event files.
    curves
        Its curves.
    choice
        Its policy.
    protocol
        Every field of its protocol, ``unknown`` where it was not declared.
    """

    name: str
    curves: Curves
    choice: Choice
    protocol: Mapping[str, Value]

    @property
    def source_id(self) -> str:
        """An id that stays the same while a run grows and when its folder moves: of its start."""
        first = self.curves.points["val_accuracy"][self.curves.epochs[0]]
        return short_hash(canonical_json([first.wall_time, first.value]))

    def params(self) -> dict[str, str]:
        """Return the params by name, as text."""
        parameters = self.choice.policy.texts() if self.choice.policy else {}
        values: dict[str, Value] = {"policy": self.choice.text, **parameters, "seed": UNKNOWN}
        values |= {name: self.protocol[name] for name in _PARAMS}
        return {name: str(value) for name, value in values.items()}

    def metrics(self) -> dict[str, float]:
        """Return the metrics of the whole run by name."""
        size = self.protocol["val_size"]
        tolerance = convergence_tolerance(size) if isinstance(size, int) else CONVERGENCE_TOLERANCE
        metrics = self.curves.summarize(tolerance)
        seconds = self.curves.seconds_per_epoch()
        return metrics if seconds is None else {**metrics, "seconds_per_epoch": seconds}

    def tags(self) -> dict[str, str]:
        """Return the tags of a finished run; its cell distinguishes runs of the same policy."""
        protocol = canonical_json(dict(self.protocol))
        cell = {
            "policy": self.choice.text,
            "protocol": short_hash(protocol),
            "seed": UNKNOWN,
            "source": [SOURCE, self.name, self.source_id],
        }
        tags = {
            "lr_study.protocol": protocol,
            "lr_study.protocol_id": short_hash(protocol),
            "lr_study.cell": short_hash(canonical_json(cell)),
            "lr_study.diverged": str(self.curves.diverged).lower(),
            "lr_study.policy_from": self.choice.source,
            "lr_study.version": lr_study.__version__,
        }
        if self.choice.reading:
            tags["lr_study.rates_logged"] = READINGS[self.choice.reading]
        if self.choice.stated:
            tags["lr_study.name_states"] = self.choice.stated
        curves = canonical_json(self.curves.lists())
        return tags if len(curves) > MAX_TAG_LENGTH else {**tags, "lr_study.curves": curves}


class ImportedRuns:
    """The imported runs of an experiment, which one process of this machine at a time changes."""

    def __init__(self, client: MlflowClient, experiment: Experiment) -> None:
        self._client = client
        self._experiment = experiment
        self._runs: dict[str, list[Run]] = {}
        self._owners: dict[str, str] = {}
        query = f"tags.`{_SOURCE_TAG}` = '{SOURCE}'"
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
        stored = None
        for other in self._runs.get(run.source_id, []):
            if not _is_same_path(other.data.tags.get(_PATH_TAG, ""), run.name):
                continue
            if other.info.status == "FINISHED":
                stored = stored or other
            elif other.info.status == "RUNNING" and not is_owner_dead(
                other.data.tags.get(PROCESS_TAG, "")
            ):
                return "busy", run
            else:  # left by an interrupted import
                self._client.delete_run(other.info.run_id)
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
        tags = {_SOURCE_TAG: SOURCE, _PATH_TAG: run.name, _ID_TAG: run.source_id}
        destination = Destination(self._client, self._experiment)
        with tracked_run(destination, run.name, tags=tags, may_join=False) as run_id:
            self._fill(run_id, run, with_params=True)
        self._owners.setdefault(run.choice.text, run.source_id)
        return run

    def _fill(self, run_id: str, run: ImportedRun, *, with_params: bool) -> None:
        """Log everything about a run; MLflow stores values that it already has only once.

        The number of points is logged last: until then, the next import completes the run.
        """
        metrics = [
            Metric(name, point.value, int(point.wall_time * 1000), epoch)
            for name, epoch, point in run.curves.finite_points()
        ]
        now = int(time.time() * 1000)
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


def _is_same_path(left: str, right: str) -> bool:
    """Whether two paths may be the same, relative to different folders."""
    return left == right or left.endswith(f"/{right}") or right.endswith(f"/{left}")


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
    return replace(run, name=stored.data.tags[_PATH_TAG], choice=choice, protocol=protocol)


def _is_redeclared(run: ImportedRun, stored: Run) -> bool:
    epochs = {"epochs": run.protocol["epochs"]}
    same_protocol = {**run.protocol} == {**_protocol_of(stored), **epochs}
    return run.choice.text != stored.data.params["policy"] or not same_protocol


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
