"""Commands that train and upload: ``run``, ``study`` and ``sync``.

Heavy imports (tensorflow, mlflow, pandas) stand inside the commands of all modules here, so that
``--help`` and wrong values are answered at once.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from lr_study.cli.options import Experiment, Seed, TrackingUri, with_settings
from lr_study.cli.terminal import echo, echo_err
from lr_study.policies import parse
from lr_study.runs import RERUNS, RunSpec, Settings, StudySpec, load_grid, parse_seeds
from lr_study.support import LrStudyError, require_one_of

if TYPE_CHECKING:
    from lr_study.studies import CachedWorkload, LiveWorkload


@with_settings
def run(
    policy: Annotated[str, typer.Argument(help="Such as step_decay:drop=0.5; see policies.")],
    settings: Settings,
    seed: Seed = 0,
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    log_model: Annotated[bool, typer.Option(help="Log the whole Keras model too.")] = True,
) -> None:
    """Train one policy under one seed, and track it in MLflow."""
    spec = RunSpec(parse(policy), seed, settings)
    from lr_study.studies import data_lines, find_images, prepare

    image_set = find_images(settings)
    from lr_study.report import left_out_lines, record_lines
    from lr_study.studies import run_one
    from lr_study.tracking import open_destination

    destination = open_destination(tracking_uri, experiment, image_set.name)
    echo_err(*data_lines(image_set))
    finished = run_one(
        destination, spec, lambda: _announced(prepare(settings, image_set)), with_model=log_model
    )
    echo_err(*left_out_lines(finished.left_out))
    echo(*record_lines(finished.record, finished.run_id, destination.experiment.name))


@with_settings
def study(
    settings: Settings,
    grid: Annotated[
        str | None, typer.Option(help="seed, or a YAML file; seed if no --policy is given.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option(help="A policy as text; may be repeated.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="A number N for 0 to N-1, or a list 0,3,7.")] = "10",
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and exit.")] = False,
    rerun: Annotated[
        str, typer.Option(help="missing; failed: failed runs too; all: everything again.")
    ] = "missing",
    log_models: Annotated[
        str, typer.Option(help="Whole models to log: best of each family, all, or none.")
    ] = "best",
) -> None:
    """Train a grid of policies over seeds, only what is missing, and rank them."""
    require_one_of("rerun", rerun, RERUNS)
    require_one_of("log_models", log_models, ("best", "all", "none"))
    loaded = load_grid(grid or (None if policy else "seed"), policy or ())
    settings = loaded.completed(settings)
    numbers = parse_seeds(loaded.seeds if loaded.seeds and seeds == "10" else seeds)
    requested = StudySpec(settings, loaded.policies, numbers, rerun)
    from lr_study.studies import data_lines, find_images

    image_set = find_images(settings)
    from lr_study.report import left_out_lines, plan_line, plan_lines, ranking_table
    from lr_study.studies import describe, plan_study, prepare, run_study
    from lr_study.tracking import open_destination

    destination = open_destination(tracking_uri, experiment, image_set.name)
    echo_err(*data_lines(image_set))
    if dry_run:
        echo(*plan_lines(plan_study(destination, requested, describe(settings, image_set))))
        return
    outcome = run_study(
        destination,
        requested,
        lambda: _announced(prepare(settings, image_set)),
        models=log_models,
        on_plan=lambda plan: echo_err(plan_line(plan)),
    )
    echo_err(*left_out_lines(outcome.left_out))
    echo(ranking_table(outcome.ranking))
    where = f"experiment {destination.experiment.name} in {destination.client.tracking_uri}"
    echo_err(f"runs: {where}; view them with lr-study ui")


def _announced(workload: "CachedWorkload | LiveWorkload") -> "CachedWorkload | LiveWorkload":
    """Print what a user should know about the images before they are trained on."""
    echo_err(*workload.notices())
    return workload


def sync(tracking_uri: TrackingUri = None) -> None:
    """Upload the runs in the outbox: those not yet uploaded to their store."""
    from lr_study.tracking import sync as send_all

    outcome = send_all(tracking_uri)
    echo(f"sent: {outcome.sent}")
    if outcome.problems:
        raise LrStudyError("; ".join(outcome.problems))
