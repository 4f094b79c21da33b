"""One run: a study of a single cell, in a run that ``mlflow run`` may have opened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Run

from lr_study.runs import RunRecord, RunSpec
from lr_study.studies.local_executor import LocalExecutor
from lr_study.studies.publishing import Publisher, failed_line, run_name
from lr_study.studies.workload import Executor, StudyWorkload
from lr_study.support import LrStudyError, progress_bar, state_folder
from lr_study.tracking import (
    Destination,
    Entry,
    RunIdentity,
    Sender,
    finished_runs,
    log_model,
    own_settings,
    reap_stale_runs,
    tracked_run,
    write_curves,
    write_files,
)
from lr_study.training import FailedRun, TrainedRun


@dataclass(frozen=True)
class FinishedRun:
    """A run that was trained and uploaded: its experiment, its workload, and its files' content."""

    run_id: str
    experiment: str
    record: RunRecord
    workload: StudyWorkload
    files: Mapping[str, bytes]

    @own_settings()
    def log_model(self, client: MlflowClient) -> None:
        """Log the whole model too: the run is finished, even if this fails."""
        model = self.workload.build_model(self.files[self.workload.model_file])
        log_model(client, self.run_id, model)


@own_settings()
def finished_run(destination: Destination, spec: RunSpec, workload: StudyWorkload) -> Run | None:
    """Return the run that finished the same policy, seed and protocol first, or None.

    Parameters
    ----------
    workload
        What would be trained; it may be only described.
    """
    client = destination.client
    cell = workload.protocol.cell(spec.policy, spec.seed)
    run_ids = finished_runs(client, destination.experiment.experiment_id, cell)
    return client.get_run(run_ids[0]) if run_ids else None


@own_settings()
def run_one(
    destination: Destination,
    spec: RunSpec,
    make_workload: Callable[[], StudyWorkload],
    *,
    rerun: bool = False,
    executor: Executor | None = None,
) -> FinishedRun:
    """Train one run and log it.

    A trainer of width 1 logs each epoch as it ends, and resumes after the last epoch that an
    interrupted run of the same cell reached; others log everything at the end. Whatever goes
    wrong, the run does not stay RUNNING, and what was trained is uploaded or waits in the outbox.

    Parameters
    ----------
    make_workload
        Prepares what is trained; called when the run is open, so that its failure is recorded.
    rerun
        Whether the run replaces earlier runs of its cell, and does not resume after one.

    Raises
    ------
    LrStudyError
        If the run waits in the outbox because its store cannot be reached, or the state folder
        cannot be written.
    """
    state_folder("outbox")
    client = destination.client
    sender = Sender(client, destination.experiment)
    sender.send_waiting()
    reap_stale_runs(client, destination.experiment.experiment_id)
    name = run_name(spec)
    with tracked_run(destination, name) as run_id:
        workload = make_workload()
        sender.log_first_files(run_id, lambda folder: write_files(folder, workload.data_files))

        def more_files(folder: Path, trained: TrainedRun) -> None:
            write_curves(folder, trained.record)
            write_files(folder, workload.data_files)

        def batches() -> Iterator[Sequence[RunSpec]]:
            if workload.trainer(spec.seed).width == 1:
                publisher.log_while_training(spec)
            yield [spec]

        finished: list[tuple[TrainedRun, Entry]] = []
        failed: list[tuple[FailedRun, Entry]] = []
        identity = RunIdentity(name, run_id, replaces=rerun)
        publisher = Publisher(destination, sender, workload, lambda _: identity, more_files)
        with progress_bar("training", spec.settings.epochs, "epochs") as bar:
            publisher.publish(
                executor or LocalExecutor(restart=rerun),
                batches(),
                on_entry=lambda *run_and_entry: finished.append(run_and_entry),
                on_failure=lambda *run_and_entry: failed.append(run_and_entry),
                on_epoch=lambda _: bar.advance(1),
            )
        for failure, entry in failed:
            sender.send(entry)
            raise LrStudyError(failed_line(failure))
        ((trained, entry),) = finished
        sender.send(entry)
        sender.require_sent(destination.experiment, [trained.record.cell])
    experiment_id = destination.experiment.experiment_id
    # It may have been renamed meanwhile.
    found = sender.try_call(lambda: client.get_experiment(experiment_id)) or destination.experiment
    return FinishedRun(run_id, found.name, trained.record, workload, trained.files)
