"""A grid of policies over seeds as one piece of work: only what is missing is trained."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Experiment

from lr_study.comparison import Comparison, compare
from lr_study.data import ImageSet
from lr_study.policies import Policy
from lr_study.report import draw, html_report, inline_svg, ranking_json, ranking_table
from lr_study.runs import Plan, RunSpec, Settings, make_plan
from lr_study.studies.models import log_models
from lr_study.studies.single_run import environment, run_name, train_live_cell, write_run
from lr_study.studies.workloads import Prepared, prepare, prepare_without_features
from lr_study.support import Bar, progress_bar
from lr_study.tracking import (
    Cells,
    Entry,
    Sender,
    find_cells,
    load_runs,
    mark_duplicates,
    persist,
    put,
    reap_stale_runs,
    record_entry,
    tracked_run,
    waiting_cells,
    write_left_out,
)
from lr_study.training import History


@dataclass(frozen=True)
class Outcome:
    """What a study gave: the pictures left out, and the ranking of all that is finished."""

    left_out: Mapping[str, str]
    ranking: Comparison


def plan_study(
    client: MlflowClient,
    experiment: Experiment,
    image_set: ImageSet,
    settings: Settings,
    policies: Sequence[Policy],
    seeds: Sequence[int],
    *,
    rerun: str = "missing",
) -> Plan:
    """Say what `run_study` would train, from what is known without looking at any picture."""
    prepared = prepare_without_features(settings, image_set)
    return _plan(client, experiment, prepared, policies, seeds, rerun)


def run_study(
    client: MlflowClient,
    experiment: Experiment,
    image_set: ImageSet,
    settings: Settings,
    policies: Sequence[Policy],
    seeds: Sequence[int],
    *,
    rerun: str = "missing",
    models: str = "best",
    on_plan: Callable[[Plan], None] = lambda plan: None,
) -> Outcome:
    """Train and publish what is missing under one parent run, and rank what is there.

    All missing policies of a seed train together, go to the outbox, and are published while the
    next seed trains. Whatever stops the study, a cell is finished, waiting or missing: the same
    command goes on.

    Raises
    ------
    LrStudyError
        If runs wait in the outbox at the end, as their store cannot be reached.
    """
    sender = Sender(client, experiment)
    sender.send_waiting()
    reap_stale_runs(client, experiment.experiment_id)
    prepared = prepare(settings, image_set)
    plan = _plan(client, experiment, prepared, policies, seeds, rerun)
    on_plan(plan)
    joined = "MLFLOW_RUN_ID" in os.environ
    if plan.missing or joined:
        name = f"study: policies={len(policies)} seeds={len(seeds)}"
        tags = {"lr_study.kind": "study"}
        with tracked_run(client, experiment, name, tags=tags) as parent:
            _run_missing(sender, experiment, prepared, plan, parent, rerun)
            runs, ranking = _rank(client, experiment, prepared)
            log_models(client, runs, ranking, prepared, models)
            _log_ranking(client, parent, runs, ranking)
    else:
        sender.require_sent(experiment.name, _cells_of(prepared, plan))
        _, ranking = _rank(client, experiment, prepared)
    return Outcome(prepared.left_out, ranking)


def _log_ranking(
    client: MlflowClient, parent: str, runs: pd.DataFrame, ranking: Comparison
) -> None:
    with TemporaryDirectory(prefix="lr-study-") as temporary:
        folder = Path(temporary)
        (folder / "ranking.txt").write_text(ranking_table(ranking) + "\n")
        (folder / "ranking.json").write_text(ranking_json(ranking) + "\n")
        pictures = draw(ranking, runs, "en", inline_svg)
        (folder / "report.html").write_text(html_report(ranking, pictures, "en"))
        (folder / "figures").mkdir()
        for of_protocol in pictures.values():  # there is one protocol, or none
            for name, svg in of_protocol.items():
                (folder / "figures" / f"{name}.svg").write_text(svg)
        persist(lambda: client.log_artifacts(parent, temporary))


def _plan(
    client: MlflowClient,
    experiment: Experiment,
    prepared: Prepared,
    policies: Sequence[Policy],
    seeds: Sequence[int],
    rerun: str,
) -> Plan:
    # Asked before the store is: what is sent between the two would be in neither answer.
    waiting = waiting_cells(client, experiment)
    cells = _cells(client, experiment, prepared)
    return make_plan(
        prepared.protocol,
        prepared.settings,
        policies,
        seeds,
        finished=cells.finished.keys() | waiting,
        failed=cells.failed,
        rerun=rerun,
    )


def _run_missing(
    sender: Sender,
    experiment: Experiment,
    prepared: Prepared,
    plan: Plan,
    parent: str,
    rerun: str,
) -> None:
    with TemporaryDirectory(prefix="lr-study-") as folder:
        _write_grid(Path(folder), plan)
        write_left_out(Path(folder), prepared.left_out)
        sender.attempt(lambda: sender.client.log_artifacts(parent, folder))
    epochs = prepared.settings.epochs * len(plan.missing)
    with progress_bar(f"0 of {len(plan.missing)} runs", epochs, "epochs") as bar:
        work = _Work(sender, experiment, prepared, parent, rerun, bar, len(plan.missing))
        if prepared.features is None:
            work.one_by_one(plan)
        else:
            work.seed_by_seed(plan)
    sender.require_sent(experiment.name, _cells_of(prepared, plan))
    mark_duplicates(sender.client, _cells(sender.client, experiment, prepared))


def _rank(
    client: MlflowClient, experiment: Experiment, prepared: Prepared
) -> tuple[pd.DataFrame, Comparison]:
    """Read the runs of this protocol alone, and compare them."""
    runs = load_runs(experiment.name, str(client.tracking_uri))
    ours = runs[runs["protocol_id"] == prepared.protocol.id]
    return ours, compare(ours, experiment=experiment.name)


def _write_grid(folder: Path, plan: Plan) -> None:
    grid = {
        "policies": list(dict.fromkeys(str(spec.policy) for spec in plan.specs)),
        "seeds": list(dict.fromkeys(spec.seed for spec in plan.specs)),
    }
    (folder / "grid.json").write_text(json.dumps(grid, indent=1) + "\n")


def _cells_of(prepared: Prepared, plan: Plan) -> set[str]:
    return {prepared.cell(spec) for spec in plan.specs}


def _cells(client: MlflowClient, experiment: Experiment, prepared: Prepared) -> Cells:
    return find_cells(client, experiment.experiment_id, prepared.protocol.id)


@dataclass
class _Work:
    """The missing cells being trained, and published under one parent."""

    sender: Sender
    experiment: Experiment
    prepared: Prepared
    parent: str
    rerun: str
    bar: Bar
    total: int
    published: int = 0

    def one_by_one(self, plan: Plan) -> None:
        """Train in turn; each run logs as it goes."""
        for planned in plan.missing:
            for spec in self._still_missing([planned]):
                entry = train_live_cell(
                    self.sender,
                    self.experiment,
                    spec,
                    self.prepared,
                    parent=self.parent,
                    replaces=self.rerun == "all",
                    on_epochs=self.bar.advance,
                )
                self._send(entry)

    def seed_by_seed(self, plan: Plan) -> None:
        """Train all policies of a seed together, and publish them while the next seed trains."""
        from lr_study.training import train_heads

        tags = environment()
        publishing: list[Future[None]] = []
        with ThreadPoolExecutor(1, thread_name_prefix="publish") as publisher:
            try:
                for planned in plan.by_seed():
                    specs = self._still_missing(planned)
                    if not specs:
                        continue
                    examples = self.prepared.examples(specs[0].seed)
                    histories = train_heads(examples, specs, on_epochs=self.bar.advance)
                    for spec, history in zip(specs, histories, strict=True):
                        entry = self._keep(spec, history, tags)
                        publishing.append(publisher.submit(self._send, entry))
                # Not left to the end of the block: Python 3.11 takes a thread for ended when its
                # joining is interrupted, and would end with a run half sent.
                wait(publishing)
            except KeyboardInterrupt:
                wait(publishing)  # what is trained is sent, or waits after the first failure
                raise
        for future in publishing:
            future.result()

    def _still_missing(self, specs: Sequence[RunSpec]) -> list[RunSpec]:
        """Leave out what another study finished meanwhile, as far as the store can be asked."""
        if self.rerun == "all":
            return list(specs)
        there = waiting_cells(self.sender.client, self.experiment)
        cells = self.sender.attempt(
            lambda: _cells(self.sender.client, self.experiment, self.prepared)
        )
        there |= set() if cells is None else cells.finished.keys()
        missing = [spec for spec in specs if self.prepared.cell(spec) not in there]
        self.total -= len(specs) - len(missing)
        self.bar.advance(self.prepared.settings.epochs * (len(specs) - len(missing)))
        return missing

    def _keep(self, spec: RunSpec, history: History, tags: Mapping[str, str]) -> Entry:
        """Write a trained cell to the outbox, before the network is touched."""
        entry = record_entry(
            self.sender.client,
            self.experiment,
            self.prepared.record(spec, history),
            tags=tags,
            name=run_name(spec),
            parent=self.parent,
            replaces=self.rerun == "all",
        )
        return put(entry, lambda folder: write_run(folder, history, self.prepared))

    def _send(self, entry: Entry) -> None:
        if self.sender.send(entry):
            self.published += 1
            self.bar.describe(f"{self.published} of {self.total} runs")
