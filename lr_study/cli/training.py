"""Commands that train and upload: ``run``, ``study``, ``end`` and ``sync``.

Heavy imports (tensorflow, mlflow, pandas) stand inside the commands of all modules here, so that
``--help`` and wrong values are answered at once.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from lr_study.cli.completion import grid_names, policy_names
from lr_study.cli.options import Experiment, Seed, TrackingUri, typed_options, with_settings
from lr_study.cli.terminal import command_line, display, echo, echo_err
from lr_study.policies import parse
from lr_study.runs import (
    DEFAULT_SEEDS,
    LOG_MODELS,
    RERUNS,
    TABULAR,
    TASKS,
    RunSpec,
    Settings,
    TabularSettings,
    parse_points,
    requested_study,
    tabular_settings,
)
from lr_study.support import (
    LrStudyError,
    UsageError,
    reason_of_failure,
    require_model_name,
    require_one_of,
)

if TYPE_CHECKING:
    from lr_study import Workload
    from lr_study.runs import ModelSettings
    from lr_study.studies import StudyWorkload, Subject
    from lr_study.tracking import Destination

IMAGES = "images"
"""The built-in workload: a softmax head on a frozen backbone, trained on a folder of images."""

_UNLOGGED = {
    "ranking": (
        "warning: the ranking was not logged to the study's run ({why}): all runs are stored; to "
        "see it again, type {compare}"
    ),
    "models": (
        "warning: whole models could not be logged ({why}): all runs and their ranking are "
        "stored; the same command tries the models again, --log-models none leaves them out"
    ),
}


@with_settings
def run(
    policy: Annotated[
        str,
        typer.Argument(
            help="Such as step_decay:drop=0.5; see policies.", autocompletion=policy_names
        ),
    ],
    settings: Settings,
    seed: Seed = 0,
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    log_model: Annotated[bool, typer.Option(help="Log the whole Keras model too.")] = True,
    rerun: Annotated[
        bool, typer.Option("--rerun", help="Train again what is finished, and replace its run.")
    ] = False,
) -> None:
    """Train one policy under one seed, unless that is finished, and track it in MLflow."""
    spec = RunSpec(parse(policy).loaded(), seed, settings)
    from lr_study.studies import subject_of

    subject = subject_of(settings)
    name = subject.name
    from lr_study.report import left_out_lines, result_lines
    from lr_study.studies import finished_run, run_one
    from lr_study.tracking import DIVERGED_TAG, not_joined_lines, open_destination, will_join

    destination = open_destination(tracking_uri, experiment, name)
    echo_err(*not_joined_lines(destination.client))
    name_left_running(destination, tracking_uri)
    echo_err(*subject.lines())
    earlier = None if rerun else finished_run(destination, spec, subject.describe())
    if earlier is not None and will_join(destination.client):  # `mlflow run` asks for a run
        echo_err(
            f"note: run {earlier.info.run_id} finished the same policy, seed and settings: "
            "compare ranks that one, and lists this one as a duplicate"
        )
    elif earlier is not None:
        echo_err("finished already, and not trained again: --rerun trains it, and replaces its run")
        diverged = earlier.data.tags.get(DIVERGED_TAG) == "true"
        where = {"run_id": earlier.info.run_id, "experiment": destination.experiment.name}
        echo(*result_lines(str(spec.policy), earlier.data.metrics, diverged=diverged, **where))
        return
    finished = run_one(destination, spec, lambda: prepared(subject), rerun=rerun)
    echo_err(*left_out_lines(finished.workload.left_out))
    record = finished.record
    where = {"run_id": finished.run_id, "experiment": finished.experiment}
    echo(*result_lines(str(spec.policy), record.metrics(), diverged=record.diverged, **where))
    if log_model:
        why = reason_of_failure(lambda: finished.log_model(destination.client))
        if why:
            words = ["lr-study", "model", finished.run_id, "--output", "model.keras"]
            if settings.weights != Settings.weights:
                words += ["--weights", settings.weights]
            echo_err(
                f"warning: the whole model could not be logged ({why}): all else of the run is "
                "stored, and --no-log-model leaves the model out; to build it here, type "
                f"{command_line(words, tracking_uri)}"
            )


@with_settings
def study(
    context: typer.Context,
    settings: Settings,
    grid: Annotated[
        str | None,
        typer.Option(
            help="seed, modern, or a YAML file; seed if no --policy is given.",
            autocompletion=grid_names,
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="A policy as text; may be repeated.", autocompletion=policy_names),
    ] = None,
    seeds: Annotated[str, typer.Option(help="A number N for 0 to N-1, or a list 0,3,7.")] = (
        DEFAULT_SEEDS
    ),
    workload: Annotated[
        str,
        typer.Option(
            help="images, tabular, or MODULE:ATTRIBUTE of an lr_study.Workload of one's own."
        ),
    ] = IMAGES,
    target: Annotated[
        str, typer.Option(help="With --workload tabular: the column of --data to predict.")
    ] = "",
    hidden: Annotated[
        str, typer.Option(help="With --workload tabular: units of each hidden layer.")
    ] = TabularSettings.hidden,
    task: Annotated[
        str, typer.Option(help=f"With --workload tabular: one of {', '.join(TASKS)}.")
    ] = TabularSettings.task,
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and exit.")] = False,
    rerun: Annotated[
        str, typer.Option(help="missing; failed: failed runs too; all: everything again.")
    ] = "missing",
    log_models: Annotated[
        str, typer.Option(help="Whole models to log: best of each family, all, or none.")
    ] = "best",
    register: Annotated[
        str, typer.Option(help="Register the model of the best policy in MLflow under this name.")
    ] = "",
    race: Annotated[
        bool,
        typer.Option(
            "--race",
            help="After each repetition of the folds, train no policy that may not be best.",
        ),
    ] = False,
    until_regret: Annotated[
        str,
        typer.Option(
            help="End when choosing the leader loses at most so many points of accuracy (95 %), "
            "such as 0.5.",
            metavar="POINTS",
        ),
    ] = "",
) -> None:
    """Train a grid of policies over seeds, only what is missing, and rank them."""
    require_one_of("rerun", rerun, RERUNS)
    require_one_of("log_models", log_models, LOG_MODELS)
    if register:
        require_model_name(register)
    typed = typed_options(context)
    of_tables = {"target": target, "hidden": hidden, "task": task}
    own: Workload | None = None
    given: Settings | ModelSettings = settings
    if workload == TABULAR:
        given = tabular_settings(settings, **of_tables)
    else:
        _refuse_options_of_tables(of_tables)
        if workload != IMAGES:
            own, given = _imported(workload, settings)
    requested = requested_study(
        grid,
        policy or (),
        given,
        seeds=seeds if "seeds" in typed else None,
        rerun=rerun,
        typed=typed,
        race=race,
        until_regret=parse_points(until_regret),
    )
    from lr_study.studies import subject_of

    subject = subject_of(requested.settings, own)
    subject.require_registrable(register)
    name = subject.name
    from lr_study.report import left_out_lines, origin_of, plan_lines, plan_summary, ranking_table
    from lr_study.studies import plan_study, register_classifier, run_study, winner
    from lr_study.tracking import CHAMPION, find_destination, not_joined_lines, open_destination

    echo_err(*subject.lines())
    if dry_run:
        destination = find_destination(tracking_uri, experiment, name)
        echo(*plan_lines(plan_study(destination, requested, subject.describe())))
        return
    destination = open_destination(tracking_uri, experiment, name)
    echo_err(*not_joined_lines(destination.client))
    name_left_running(destination, tracking_uri)
    outcome = run_study(
        destination,
        requested,
        lambda: prepared(subject),
        models=log_models,
        on_plan=lambda plan: echo_err(*plan_summary(plan)),
        on_decision=echo_err,
        on_ranking=lambda runs, ranking: echo(
            ranking_table(ranking, origin=origin_of(ranking, runs, tracking_uri), display=display())
        ),
    )
    echo_err(*left_out_lines(outcome.left_out))
    words = ["lr-study", "compare", "--experiment", outcome.ranking.experiment]
    for what, why in outcome.unlogged.items():
        echo_err(_UNLOGGED[what].format(why=why, compare=command_line(words, tracking_uri)))
    if register:
        chosen = winner(outcome.runs, outcome.ranking)
        version = register_classifier(destination.client, register, chosen.run_id, chosen=chosen)
        echo_err(f"registered: models:/{register}@{CHAMPION}, version {version}: {chosen}")
    where = f"experiment {outcome.ranking.experiment} in {destination.client.tracking_uri}"
    echo_err(f"runs: {where}; view them with {command_line(['lr-study', 'ui'], tracking_uri)}")
    if outcome.failed:
        echo_err(*outcome.failed)
        count = f"{len(outcome.failed)} run{'s' * (len(outcome.failed) > 1)}"
        raise LrStudyError(f"{count} failed, and all others are ranked: --rerun failed tries again")


def _refuse_options_of_tables(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if value != getattr(TabularSettings, name):
            raise UsageError(f"{name}={value} is not allowed without --workload {TABULAR}")


def _imported(path: str, settings: Settings) -> "tuple[Workload, ModelSettings]":
    """Import a workload of one's own, and return it with the settings of its runs."""
    from lr_study.studies import import_workload, model_settings
    from lr_study.support import use_available_cpus

    use_available_cpus()  # before their module, which may make TensorFlow start
    workload = import_workload(path)
    return workload, model_settings(workload, settings, path)


def prepared(subject: "Subject") -> "StudyWorkload":
    """Prepare what is trained, and print what a user should know of it before."""
    from lr_study.support import use_available_cpus, use_one_thread_per_op

    if subject.uses_one_thread:
        use_one_thread_per_op()
    else:
        use_available_cpus()
    workload = subject.prepare()
    echo_err(*subject.notices(workload))
    return workload


def name_left_running(destination: "Destination", tracking_uri: str | None) -> None:
    """Print a line for each run that may have been RUNNING since its process was killed."""
    from lr_study.tracking import left_running

    for run in left_running(destination.client, destination.experiment.experiment_id):
        echo_err(
            f"note: {run.name} is RUNNING since {run.since}, and this machine does not know its "
            "process; if that was killed, type "
            f"{command_line(['lr-study', 'end', run.run_id], tracking_uri)}"
        )


def end(
    run_id: Annotated[
        str, typer.Argument(help="A run that is RUNNING; a study's own ends all of its runs.")
    ],
    tracking_uri: TrackingUri = None,
) -> None:
    """End a run that was left RUNNING when its process was killed elsewhere."""
    from lr_study.tracking import connect, end_left_running

    ended = end_left_running(connect(tracking_uri), run_id)
    echo(f"ended: {len(ended)}")


def sync(tracking_uri: TrackingUri = None) -> None:
    """Upload the runs in the outbox: those not yet uploaded to their store."""
    from lr_study.tracking import sync as send_all

    outcome = send_all(tracking_uri)
    echo(f"sent: {outcome.sent}")
    if outcome.problems:
        raise LrStudyError("; ".join(outcome.problems))
