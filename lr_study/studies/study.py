"""A grid of policies over seeds: only what is missing is trained, and everything is ranked."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from lr_study.comparison import Comparison, compare
from lr_study.runs import Plan, RunSpec, StudySpec, make_plan
from lr_study.studies.early_end import EarlyEnd, decide_from_store, log_decisions
from lr_study.studies.local_executor import LocalExecutor
from lr_study.studies.models import log_models
from lr_study.studies.publishing import Publisher, failed_line, run_name
from lr_study.studies.ranking_log import log_ranking
from lr_study.studies.workload import Executor, StudyWorkload
from lr_study.support import (
    Bar,
    LrStudyError,
    UsageError,
    progress_bar,
    reason_of_failure,
    state_folder,
)
from lr_study.tracking import (
    KIND_TAG,
    Cells,
    Destination,
    Entry,
    RunIdentity,
    Sender,
    cell_identity,
    commit_tags,
    find_cells,
    mark_duplicates,
    own_settings,
    reap_stale_runs,
    require_active,
    retry,
    runs_of_experiment,
    tracked_run,
    waiting_cells,
    will_join,
    write_files,
)
from lr_study.training import FailedRun, TrainedRun


@dataclass(frozen=True)
class Outcome:
    """The result of a study.

    Attributes
    ----------
    left_out
        The examples left out, each with the reason.
    runs, ranking
        All finished runs of the protocol, as from `lr_study.load_runs`, and their ranking.
    unlogged
        What could not be logged after the ranking, each with the reason: ``models`` or
        ``ranking``.
    failed
        A line for each run that this study could not train.
    """

    left_out: Mapping[str, str]
    runs: pd.DataFrame
    ranking: Comparison
    unlogged: Mapping[str, str] = field(default_factory=dict)
    failed: Sequence[str] = ()


@own_settings()
def plan_study(destination: Destination | None, study: StudySpec, workload: StudyWorkload) -> Plan:
    """Return what `run_study` would train; everything, if the destination is yet to be created."""
    return _plan(destination, study, workload, EarlyEnd(study, workload.protocol))


def _plan(
    destination: Destination | None, study: StudySpec, workload: StudyWorkload, ending: EarlyEnd
) -> Plan:
    """The plan; ``ending`` makes the decisions that the runs in the store allow."""
    if destination is None:
        return make_plan(study, workload.protocol, finished=(), failed=())
    # Read before the store: a run that is sent between the two reads is in one of the answers.
    waiting = waiting_cells(destination.client, destination.experiment)
    cells = _cells(destination, workload)
    plan = make_plan(
        study,
        workload.protocol,
        finished=cells.finished.keys() | waiting,
        failed=cells.failed,
    )
    if study.may_end_early:
        ending.read(runs_of_experiment(destination.client, destination.experiment.experiment_id))
    return plan.only(ending.needs)


@own_settings()
def run_study(
    destination: Destination,
    study: StudySpec,
    make_workload: Callable[[], StudyWorkload],
    *,
    models: str = "best",
    executor: Executor | None = None,
    on_plan: Callable[[Plan], None] = lambda plan: None,
    on_decision: Callable[[str], None] = lambda line: None,
    on_ranking: Callable[[pd.DataFrame, Comparison], None] = lambda runs, ranking: None,
) -> Outcome:
    """Train and publish what is missing under one parent run, and rank all finished runs.

    The missing policies of a seed train together, go to the outbox, and are published while the
    next seed trains. Whatever stops the study, each cell is finished, waiting or missing: the same
    command continues. Once ``on_ranking`` has the runs and their ranking, what else there is to log
    is optional: a failure of it is in the outcome, and costs neither the ranking nor the study's
    run.

    Parameters
    ----------
    on_decision
        Called with a line after each whole repetition of a study that may end early.
    on_ranking
        Called with the finished runs and their ranking as soon as it is known, before it is
        logged.

    Raises
    ------
    LrStudyError
        If runs wait in the outbox at the end because their store cannot be reached, or because
        their experiment was deleted meanwhile; if the study's own run was; or if the state folder
        cannot be written, as soon as that shows.
    """
    state_folder("outbox")
    client, experiment = destination.client, destination.experiment
    sender = Sender(client, experiment)
    sender.send_waiting()
    reap_stale_runs(client, experiment.experiment_id)
    workload = make_workload()
    ending = EarlyEnd(study, workload.protocol)
    plan = _plan(destination, study, workload, ending)
    on_plan(plan)
    for line in ending.new_lines():
        on_decision(line)
    unlogged: dict[str, str] = {}
    failed: Sequence[str] = ()
    if plan.missing or not ending.is_logged or will_join(client):
        name = f"study {len(study.policies)}×{len(study.seeds)} (policies × seeds)"
        with tracked_run(destination, name, tags={KIND_TAG: "study", **commit_tags()}) as parent:
            replaces = study.rerun == "all"

            def write_plan(folder: Path) -> None:
                _write_plan(folder, plan, workload)

            plan_is_logged = sender.log_first_files(parent, write_plan)
            log_decisions(ending, sender, parent)
            failed = _train(
                _Study(destination, sender, workload, parent, plan, replaces, ending, on_decision),
                executor or LocalExecutor(restart=replaces),
            )
            runs, ranking = _rank(destination, workload)
            on_ranking(runs, ranking)
            unlogged["ranking"] = reason_of_failure(
                lambda: mark_duplicates(client, _cells(destination, workload)),
                lambda: log_ranking(client, parent, runs, ranking, workload.protocol),
                lambda: plan_is_logged or sender.log_first_files(parent, write_plan),
            )
    else:
        sender.require_sent(experiment, _cells_of(workload, plan))
        runs, ranking = _rank(destination, workload)
        on_ranking(runs, ranking)
    unlogged["models"] = reason_of_failure(
        lambda: log_models(client, runs, ranking, workload, models)
    )
    unlogged = {what: why for what, why in unlogged.items() if why}
    return Outcome(workload.left_out, runs, ranking, unlogged, failed)


@dataclass
class _Study:
    """The missing cells of a study while they are trained and published under one parent run."""

    destination: Destination
    sender: Sender
    workload: StudyWorkload
    parent: str
    plan: Plan
    replaces: bool
    ending: EarlyEnd
    on_decision: Callable[[str], None]
    published: int = 0
    skipped: int = 0
    trained: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.plan.missing) - self.skipped

    def identity_of(self, spec: RunSpec) -> RunIdentity:
        cell = self.cell(spec)
        return cell_identity(run_name(spec), cell, self.parent, replaces=self.replaces)

    def cell(self, spec: RunSpec) -> str:
        return self.workload.protocol.cell(spec.policy, spec.seed)

    def decide(self, finished: int) -> None:
        """Make the decisions that are due after so many whole repetitions."""
        if self.ending.is_due(finished):
            cells = _cells_of(self.workload, self.plan)
            where = self.destination, self.sender, self.parent
            decide_from_store(self.ending, *where, cells, self.on_decision)

    def require_some(self) -> None:
        """Raise an `LrStudyError` if runs failed and none was trained: so would all others."""
        if self.failed and not self.trained:
            raise LrStudyError(f"all runs of the first seed failed; the first: {self.failed[0]}")

    def still_missing(self, specs: Sequence[RunSpec]) -> list[RunSpec]:
        """Return the specs that no other study finished meanwhile, as far as the store answers."""
        if self.replaces:
            return list(specs)
        there = waiting_cells(self.destination.client, self.destination.experiment)
        cells = self.sender.try_call(lambda: _cells(self.destination, self.workload))
        there |= set() if cells is None else cells.finished.keys()
        missing = [spec for spec in specs if self.cell(spec) not in there]
        self.skipped += len(specs) - len(missing)
        return missing


def _train(study: _Study, executor: Executor) -> Sequence[str]:
    """Train what is missing, and upload finished runs while others train.

    Return a line for each run that failed.
    """
    plan = study.plan
    publisher = Publisher(study.destination, study.sender, study.workload, study.identity_of)
    epochs = study.workload.protocol.epochs
    uploads: list[Future[None]] = []

    def on_entry(trained: TrainedRun, entry: Entry) -> None:
        study.trained += 1
        uploads.append(uploader.submit(_upload, study, bar, entry))

    def on_failure(failed: FailedRun, entry: Entry) -> None:
        study.failed.append(failed_line(failed))
        bar.advance(epochs)
        uploads.append(uploader.submit(_upload, study, bar, entry))

    with (
        progress_bar(f"0 of {study.total} runs", epochs * study.total, "epochs") as bar,
        ThreadPoolExecutor(1, thread_name_prefix="publish") as uploader,
    ):
        try:
            publisher.publish(
                executor,
                _batches(study, publisher, bar, uploads),
                on_entry=on_entry,
                on_failure=on_failure,
                on_epoch=lambda event: bar.advance(1),
            )
            # Not left to the end of the block: Python 3.11 takes a thread for ended when its
            # joining is interrupted, and would exit in the middle of an upload.
            wait(uploads)
        except KeyboardInterrupt:
            wait(uploads)  # finished runs are uploaded, or wait after the first failure
            raise
    for submitted in uploads:
        submitted.result()
    study.sender.require_sent(study.destination.experiment, _cells_of(study.workload, plan))
    study.decide(finished=len(study.ending.rounds))
    study.require_some()
    return study.failed


def _batches(
    study: _Study, publisher: Publisher, bar: Bar, uploads: Sequence[Future[None]]
) -> Iterator[Sequence[RunSpec]]:
    """Yield the cells of each seed that are still missing, as many as train at once.

    An upload that raised ends the study before the next batch: training on would cost hours, and
    end with the same error.
    """
    repetition = None
    for of_seed in study.plan.by_seed():
        before, repetition = repetition, study.ending.round_of(of_seed[0])
        study.require_some()
        if before not in (None, repetition):
            wait(uploads)
            for submitted in uploads:
                submitted.result()
            study.decide(finished=repetition)
        needed = [spec for spec in of_seed if study.ending.needs(spec)]
        study.skipped += len(of_seed) - len(needed)
        bar.advance(study.workload.protocol.epochs * (len(of_seed) - len(needed)))
        if not needed:
            continue
        width = study.workload.trainer(needed[0].seed).width
        for start in range(0, len(needed), width):
            planned = needed[start : start + width]
            for submitted in uploads:
                if submitted.done():
                    submitted.result()
            specs = study.still_missing(planned)
            bar.advance(study.workload.protocol.epochs * (len(planned) - len(specs)))
            if width == 1:
                for spec in specs:
                    publisher.log_while_training(spec)
            if specs:
                yield specs


def _upload(study: _Study, bar: Bar, entry: Entry) -> None:
    if study.sender.send(entry) and entry.status == "FINISHED":
        study.published += 1
        bar.describe(f"{study.published} of {study.total} runs")


def _write_plan(folder: Path, plan: Plan, workload: StudyWorkload) -> None:
    grid = {
        "policies": list(dict.fromkeys(str(spec.policy) for spec in plan.specs)),
        "seeds": list(dict.fromkeys(spec.seed for spec in plan.specs)),
    }
    (folder / "grid.json").write_text(json.dumps(grid, indent=1) + "\n", encoding="utf-8")
    write_files(folder, workload.data_files)


def _rank(destination: Destination, workload: StudyWorkload) -> tuple[pd.DataFrame, Comparison]:
    """Read the runs of this protocol only, and compare them.

    The experiment may have been renamed meanwhile: the comparison has its name of now.
    """
    client, experiment_id = destination.client, destination.experiment.experiment_id
    runs = runs_of_experiment(client, experiment_id)
    experiment = retry(lambda: client.get_experiment(experiment_id))
    try:
        require_active(client, experiment)
    except UsageError as error:  # nobody's wrong use: it was there when the study began
        raise LrStudyError(str(error)) from error
    ours = runs[runs["protocol_id"] == workload.protocol.id]
    return ours, compare(ours, experiment=experiment.name)


def _cells_of(workload: StudyWorkload, plan: Plan) -> set[str]:
    return {workload.protocol.cell(spec.policy, spec.seed) for spec in plan.specs}


def _cells(destination: Destination, workload: StudyWorkload) -> Cells:
    experiment_id = destination.experiment.experiment_id
    return find_cells(destination.client, experiment_id, workload.protocol.id)
