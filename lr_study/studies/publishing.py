"""The one way from a spec to the store: train, keep in the outbox, upload."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from lr_study.runs import RunSpec
from lr_study.studies.workload import Executor, StudyWorkload
from lr_study.tracking import (
    Destination,
    Entry,
    RunIdentity,
    Sender,
    end_on_error,
    environment_tags,
    failed_entry,
    log_epochs,
    log_start,
    open_child,
    put,
    record_entry,
    write_files,
    write_image_results,
)
from lr_study.training import EpochEnd, FailedRun, TrainedRun

TRACEBACK_FILE = "traceback.txt"
"""Of a failed run: what the code that it trains raised."""


def run_name(spec: RunSpec) -> str:
    """Return the name of a run: its seed and policy, in what MLflow's table shows of a name."""
    return f"s{spec.seed} {spec.policy.short_name}"


def failed_line(failed: FailedRun) -> str:
    """Return which run failed, why, and where there is more."""
    spec = failed.spec
    return (
        f"{spec.policy} failed under seed {spec.seed} ({failed.reason}): the traceback is "
        f"{TRACEBACK_FILE} of its run"
    )


def keep_run(
    destination: Destination,
    trained: TrainedRun,
    identity: RunIdentity,
    *,
    tags: Mapping[str, str],
    more_files: Callable[[Path], None] = lambda folder: None,
) -> Entry:
    """Put a finished run with its files into the outbox, and return its entry.

    Parameters
    ----------
    tags
        Besides those of the record: the environment's.
    more_files
        Writes files into the run's folder, beside those of its trainer.
    """
    entry = record_entry(
        destination,
        trained.record,
        identity,
        tags=tags,
        epoch_times_ms=trained.epoch_times_ms,
    )

    def write(folder: Path) -> None:
        write_files(folder, trained.files)
        write_image_results(folder, trained.record)
        more_files(folder)

    return put(entry, write)


@dataclass
class Publisher:
    """Takes runs from an executor to the outbox.

    Attributes
    ----------
    identity_of
        Which MLflow run a spec's record belongs to.
    more_files
        Writes files into a run's folder, beside those of its trainer.
    """

    destination: Destination
    sender: Sender
    workload: StudyWorkload
    identity_of: Callable[[RunSpec], RunIdentity]
    more_files: Callable[[Path, TrainedRun], None] = lambda folder, trained: None
    _live: dict[RunSpec, "_LiveRun"] = field(default_factory=dict)

    def publish(
        self,
        executor: Executor,
        batches: Iterable[Sequence[RunSpec]],
        *,
        on_entry: Callable[[TrainedRun, Entry], None],
        on_failure: Callable[[FailedRun, Entry], None],
        on_epoch: Callable[[EpochEnd], None],
    ) -> None:
        """Train batches of specs, and call ``on_entry`` with each run and its outbox entry.

        Of a run that could not be trained, ``on_failure`` is called instead.

        Runs that were begun by `log_while_training` do not stay RUNNING, whatever ends this.
        """

        def epoch_ended(event: EpochEnd) -> None:
            live = self._live.get(event.spec)
            if live is not None and live.run_id is not None:
                self._log_epoch(live.run_id, event)
            on_epoch(event)

        with ExitStack() as live_runs:
            live_runs.push(self._end_live_runs)
            for trained in executor.run(self.workload, batches, epoch_ended):
                if isinstance(trained, FailedRun):
                    on_failure(trained, self._keep_failure(trained))
                else:
                    on_entry(trained, self._keep(trained))

    def log_while_training(self, spec: RunSpec) -> None:
        """Log each epoch of a run as it ends: to the run that it has, or to one opened now."""
        identity = self.identity_of(spec)
        stack = ExitStack()
        run_id = identity.run_id
        if run_id is None:
            opened = end_on_error(self.destination, lambda: self._open(spec, identity))
            run_id = stack.enter_context(opened)
        self._live[spec] = _LiveRun(identity, run_id, stack)

    def _open(self, spec: RunSpec, identity: RunIdentity) -> str | None:
        client = self.destination.client

        def open_run() -> str:
            run_id = open_child(client, self.destination.experiment, identity)
            log_start(client, run_id, spec, self.workload.protocol)
            return run_id

        return self.sender.try_call(open_run)

    def _log_epoch(self, run_id: str, event: EpochEnd) -> None:
        client = self.destination.client
        self.sender.try_call(lambda: log_epochs(client, run_id, [event.record], [event.time_ms]))

    def _keep(self, trained: TrainedRun) -> Entry:
        """Write a finished run to the outbox, before the network is used."""
        spec = trained.record.spec
        live = self._live.get(spec)
        entry = keep_run(
            self.destination,
            trained,
            live.identity if live else self.identity_of(spec),
            tags=self._environment,
            more_files=lambda folder: self.more_files(folder, trained),
        )
        if live:
            self._live.pop(spec).stack.close()  # the entry ends the run
        return entry

    def _keep_failure(self, failed: FailedRun) -> Entry:
        live = self._live.get(failed.spec)
        entry = failed_entry(
            self.destination,
            failed.spec,
            self.workload.protocol,
            live.identity_now if live else self.identity_of(failed.spec),
            tags=self._environment,
        )
        put(entry, lambda folder: write_files(folder, {TRACEBACK_FILE: failed.traceback.encode()}))
        if live:
            self._live.pop(failed.spec).stack.close()
        return entry

    def _end_live_runs(self, *error: object) -> None:
        for live in self._live.values():
            live.stack.__exit__(*error)  # type: ignore[arg-type]

    @cached_property
    def _environment(self) -> Mapping[str, str]:
        from lr_study.support import device_name  # with TensorFlow, which not every run needs

        return environment_tags(device_name())


@dataclass(frozen=True)
class _LiveRun:
    """A run that logs while it trains; None as its id if its store cannot be reached."""

    identity: RunIdentity
    run_id: str | None
    stack: ExitStack

    @property
    def identity_now(self) -> RunIdentity:
        """With the id of the run that was opened, if there is one."""
        return replace(self.identity, run_id=self.run_id)
