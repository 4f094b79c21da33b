"""A range test in a run of its own, and the study that checks what it suggests."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE
from mlflow.utils.time import get_current_time_millis

from lr_study.comparison import (
    Comparison,
    LossCurve,
    RangeTest,
    SuggestionCheck,
    check_suggestions,
    compare,
)
from lr_study.report import (
    RangeReport,
    next_grid,
    range_description,
    range_json,
    range_test_figure,
    ranking_table,
    save_figure,
)
from lr_study.runs import Plan, Protocol, RangeSpec, StudySpec, seeds_text
from lr_study.studies.image_workloads import CachedWorkload
from lr_study.studies.study import run_study
from lr_study.support import LrStudyError, device_name, progress_bar, state_folder
from lr_study.tracking import (
    KIND_TAG,
    RANGE_TEST_KIND,
    Destination,
    Sender,
    environment_tags,
    log_batch,
    log_dataset,
    log_files,
    own_settings,
    reap_stale_runs,
    retry,
    tracked_run,
    write_files,
)


@own_settings()
def run_range_test(
    destination: Destination,
    spec: RangeSpec,
    make_workload: Callable[[], CachedWorkload],
    *,
    check: bool = False,
    on_report: Callable[[RangeReport], None] = lambda report: None,
    on_plan: Callable[[Plan], None] = lambda plan: None,
    on_ranking: Callable[[pd.DataFrame, Comparison], None] = lambda runs, ranking: None,
) -> RangeReport:
    """Run a range test and log it; then, if that is asked for, check its suggestions.

    Whatever goes wrong, the run does not stay RUNNING. The check is a study of the same
    experiment: what it lacks is trained, and the same call continues it after any stop.

    Parameters
    ----------
    check
        Whether full runs at each suggestion, a third and three times of it are trained under the
        same seeds, and ranked with each other alone: what else the experiment holds has no say.
    on_report
        Called with the suggestions as soon as they are known, before they are logged.
    on_ranking
        Called with the runs of the check and their ranking.

    Raises
    ------
    UsageError
        If the data set is too small for a curve.
    LrStudyError
        As `run_study` does; or if the store cannot be reached.
    """
    state_folder("outbox")
    client, experiment = destination.client, destination.experiment
    sender = Sender(client, experiment)
    sender.send_waiting()
    reap_stale_runs(client, experiment.experiment_id)
    name = f"range test, {len(spec.seeds)} seed{'' if len(spec.seeds) == 1 else 's'}"
    with tracked_run(destination, name, tags={KIND_TAG: RANGE_TEST_KIND}) as run_id:
        workload = make_workload()
        protocol = workload.protocol
        sender.log_first_files(run_id, lambda folder: write_files(folder, workload.data_files))
        test = measure(workload, spec)
        report = RangeReport(spec, test)
        on_report(report)
        _log(client, run_id, report, protocol)
        if check and report.policies:
            ranking = _train_check(destination, spec, report, workload, on_plan, on_ranking)
            checked = check_suggestions(test, spec.policy, ranking.protocols[0])
            report = replace(report, check=checked)
            _log_check(client, run_id, report, checked, ranking)
    return report


def measure(workload: CachedWorkload, spec: RangeSpec) -> RangeTest:
    """Train a head of each seed while the rate rises, and return the curves.

    Raises
    ------
    UsageError
        If there are too few steps.
    """
    from lr_study.training import step_losses

    settings, rate_range = spec.settings, spec.rate_range
    steps = rate_range.steps(workload.protocol.train_size, settings.batch_size)
    rates = rate_range.rates(steps)
    curves = []
    with progress_bar("range test", len(spec.seeds), "seeds") as bar:
        for seed in spec.seeds:
            losses = step_losses(
                workload.examples(seed),
                seed,
                rates=rates,
                batch_size=settings.batch_size,
                optimizer=settings.optimizer,
            )
            curves.append(LossCurve(seed, rates, losses, rate_range.smoothing))
            bar.advance(1)
    return RangeTest(tuple(curves))


def _train_check(
    destination: Destination,
    spec: RangeSpec,
    report: RangeReport,
    workload: CachedWorkload,
    on_plan: Callable[[Plan], None],
    on_ranking: Callable[[pd.DataFrame, Comparison], None],
) -> Comparison:
    """Train what is missing of the policies to check, and rank them with each other."""
    study = StudySpec(spec.settings, report.policies, spec.seeds, rerun="failed")
    outcome = run_study(destination, study, lambda: workload, models="none", on_plan=on_plan)
    names = [str(policy) for policy in report.policies]
    runs = outcome.runs
    ours = runs[runs["policy"].isin(names) & runs["seed"].isin(spec.seeds)]
    first = next(s.rate for s in report.test.suggestions if s.rate is not None)
    baseline = str(spec.policy.with_learning_rate(first))  # the others are compared with it
    ranking = compare(ours, experiment=outcome.ranking.experiment, baseline=baseline)
    ranked = [row.policy for protocol in ranking.protocols for row in protocol.rows]
    if sorted(ranked) != sorted(names):
        reasons = "; ".join(dict.fromkeys(run.reason for run in ranking.excluded))
        raise LrStudyError(f"the suggestions cannot be ranked with each other: {reasons}")
    on_ranking(ours, ranking)
    return ranking


def _log(client: MlflowClient, run_id: str, report: RangeReport, protocol: Protocol) -> None:
    """Log a range test: its losses, suggestions, figure and next grid."""
    with TemporaryDirectory(prefix="lr-study-") as temporary:
        folder = Path(temporary)
        _write_losses(folder / "losses.csv", report.test.curves)
        (folder / "range_test.json").write_text(range_json(report) + "\n", encoding="utf-8")
        if report.policies:
            (folder / "grid.yaml").write_text(next_grid(report) + "\n", encoding="utf-8")
        (folder / "figures").mkdir()
        save_figure(range_test_figure(report.test), folder / "figures" / "range_test.svg")
        retry(lambda: log_files(client, run_id, folder))

    def log_summary() -> None:
        known = client.get_run(run_id).data.params  # what `mlflow run` logged stays as typed
        log_batch(
            client,
            run_id,
            params={n: v for n, v in _params(report, protocol).items() if n not in known},
            metrics=_metrics(_suggested(report)),
            tags={**environment_tags(device_name()), MLFLOW_RUN_NOTE: range_description(report)},
        )
        log_dataset(client, run_id, protocol.to_json())

    retry(log_summary)


def _write_losses(file: Path, curves: Sequence[LossCurve]) -> None:
    """Write a row per seed and step; a loss that is not finite is written as inf or nan."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(["seed", "step", "learning_rate", "loss", "smoothed_loss"])
        for curve in curves:
            rows = zip(curve.rates, curve.losses, curve.smoothed, strict=True)
            writer.writerows([curve.seed, step, *row] for step, row in enumerate(rows))


def _log_check(
    client: MlflowClient,
    run_id: str,
    report: RangeReport,
    check: SuggestionCheck,
    ranking: Comparison,
) -> None:
    with TemporaryDirectory(prefix="lr-study-") as temporary:
        folder = Path(temporary)
        (folder / "range_test.json").write_text(range_json(report) + "\n", encoding="utf-8")
        (folder / "check.txt").write_text(ranking_table(ranking) + "\n", encoding="utf-8")
        retry(lambda: log_files(client, run_id, folder))
    values: dict[str, float] = {"best_lr": check.best_rate, "top_group": len(check.top_group)}
    for checked in check.suggestions:
        values[f"{checked.rule}_rank"] = checked.rank
        values[f"{checked.rule}_in_top_group"] = float(checked.in_top_group)
    tags = {MLFLOW_RUN_NOTE: range_description(report)}
    retry(lambda: log_batch(client, run_id, metrics=_metrics(values), tags=tags))


def _params(report: RangeReport, protocol: Protocol) -> dict[str, str]:
    settings, rate_range = report.spec.settings, report.spec.rate_range
    values = {
        "data": protocol.data,
        "backbone": settings.resolved_backbone(),
        "image_size": settings.image_size,
        "engine": settings.resolved_engine(),
        "optimizer": settings.optimizer,
        "batch_size": settings.batch_size,
        "start_lr": rate_range.start_lr,
        "end_lr": rate_range.end_lr,
        "range_epochs": rate_range.range_epochs,
        "smoothing": rate_range.smoothing,
        "policy": report.spec.policy,
        "seeds": seeds_text(report.spec.seeds),
    }
    return {name: str(value) for name, value in values.items()}


def _suggested(report: RangeReport) -> dict[str, float]:
    """The suggestions as metrics, with the lowest and highest of the seeds."""
    values: dict[str, float] = {"steps": len(report.test.curves[0].rates)}
    for suggestion in report.test.suggestions:
        if suggestion.rate is not None:
            values[f"{suggestion.rule}_lr"] = suggestion.rate
            values[f"{suggestion.rule}_lr_lowest"] = suggestion.found[0]
            values[f"{suggestion.rule}_lr_highest"] = suggestion.found[-1]
    return values


def _metrics(values: dict[str, float]) -> list[Metric]:
    now = get_current_time_millis()
    return [Metric(name, value, now, 0) for name, value in values.items()]
