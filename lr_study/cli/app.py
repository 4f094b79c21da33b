"""The command line: wires the other modules, and turns errors into one line and an exit code.

What costs time to import (tensorflow, mlflow, matplotlib, pandas) is imported where it is used,
so that ``--help`` and wrong values are answered at once.
"""

import os
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from lr_study.cli import import_commands
from lr_study.cli.options import (
    WEIGHTS_HELP,
    Experiment,
    Seed,
    TrackingUri,
    with_criteria,
    with_settings,
)
from lr_study.cli.terminal import say, show
from lr_study.comparison import ComparisonCriteria
from lr_study.policies import parse
from lr_study.runs import RERUNS, RunSpec, Settings, load_grid, parse_seeds
from lr_study.support import (
    LrStudyError,
    describe_external_error,
    disable_gc,
    require_one_of,
    stop_as_interrupted,
)

if TYPE_CHECKING:
    import pandas as pd

    from lr_study.comparison import Comparison

_INTERRUPTED = 130  # typer's answer to KeyboardInterrupt

app = typer.Typer(
    name="lr-study",
    help="Which learning-rate policy should I train this classifier with?",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(import_commands.app, name="import")


@app.command()
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
    from lr_study.studies import find_images

    image_set = find_images(settings)
    from lr_study.studies import run_one
    from lr_study.tracking import choose_experiment, connect

    client = connect(tracking_uri)
    chosen = choose_experiment(client, experiment, image_set.name)
    run_id, record, left_out = run_one(client, chosen, spec, image_set, with_model=log_model)
    from lr_study.report import left_out_lines, record_lines

    say(*left_out_lines(left_out))
    show(*record_lines(record, run_id, chosen.name))


@app.command()
@with_settings
def study(
    settings: Settings,
    grid: Annotated[
        str | None, typer.Option(help="seed, or a YAML file; seed where no --policy is given.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option(help="A policy as text; may be repeated.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="A number N for 0 to N-1, or a list 0,3,7.")] = "10",
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is missing, run none.")] = (
        False
    ),
    rerun: Annotated[
        str, typer.Option(help="missing; failed: those that failed too; all: all anew.")
    ] = "missing",
    log_models: Annotated[
        str, typer.Option(help="best of each family, all or none: whole models to log.")
    ] = "best",
) -> None:
    """Train a grid of policies over seeds, only what is missing, and rank them."""
    require_one_of("rerun", rerun, RERUNS)
    require_one_of("log_models", log_models, ("best", "all", "none"))
    wanted = load_grid(grid or (None if policy else "seed"), policy or ())
    settings = wanted.completed(settings)
    numbers = parse_seeds(wanted.seeds if wanted.seeds and seeds == "10" else seeds)
    from lr_study.studies import find_images

    image_set = find_images(settings)
    from lr_study.report import left_out_lines, plan_line, plan_lines, ranking_table
    from lr_study.studies import plan_study, run_study
    from lr_study.tracking import choose_experiment, connect

    client = connect(tracking_uri)
    chosen = choose_experiment(client, experiment, image_set.name)
    asked = (client, chosen, image_set, settings, wanted.policies, numbers)
    if dry_run:
        show(*plan_lines(plan_study(*asked, rerun=rerun)))
        return
    outcome = run_study(
        *asked, rerun=rerun, models=log_models, on_plan=lambda plan: say(plan_line(plan))
    )
    say(*left_out_lines(outcome.left_out))
    show(ranking_table(outcome.ranking))
    say(f"runs: experiment {chosen.name} in {client.tracking_uri}; to look at them: lr-study ui")


@app.command()
def sync(tracking_uri: TrackingUri = None) -> None:
    """Send what waits in the outbox: runs that their store could not be told of in time."""
    from lr_study.tracking import sync as send_all

    outcome = send_all(tracking_uri)
    show(f"sent: {outcome.sent}")
    if outcome.problems:
        raise LrStudyError("; ".join(outcome.problems))


@app.command()
@with_criteria
def compare(
    question: ComparisonCriteria,
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    by: Annotated[
        str, typer.Option(help="policy, or family: its best policy judged on the test part.")
    ] = "policy",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if any run was left out or set apart.")
    ] = False,
    output_format: Annotated[
        str, typer.Option("--format", help="table, json, csv or markdown.")
    ] = "table",
) -> None:
    """Rank the policies of an experiment over the seeds that all of them share."""
    from lr_study.report import BY, FORMATS

    require_one_of("format", output_format, FORMATS)
    require_one_of("by", by, BY)
    _, comparison = _compared(experiment, tracking_uri, question)
    show(FORMATS[output_format](comparison, by))
    if strict and comparison.problems:
        count = len(comparison.problems)
        raise LrStudyError(f"--strict: {count} problems; the first: {comparison.problems[0]}")


@app.command()
@with_criteria
def report(
    question: ComparisonCriteria,
    output: Annotated[Path, typer.Option(help="FILE.html, one page; or FILE.md with its figures.")],
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    lang: Annotated[str, typer.Option(help="en or ru.")] = "en",
) -> None:
    """Write the comparison of an experiment as a page with figures and how to reproduce it."""
    from lr_study.report import check_report, write_report

    check_report(output, lang)
    runs, comparison = _compared(experiment, tracking_uri, question)
    write_report(output, comparison, runs, lang)
    say(f"written: {output}")


def _compared(
    experiment: str | None, tracking_uri: str | None, question: ComparisonCriteria
) -> "tuple[pd.DataFrame, Comparison]":
    """Read the runs of an experiment, and compare them."""
    disable_gc()
    name = experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME") or Settings.data
    from lr_study.comparison import compare as compare_runs
    from lr_study.tracking import load_runs

    runs = load_runs(name, tracking_uri)
    return runs, compare_runs(runs, experiment=name, **asdict(question))


@app.command()
def model(
    run_id: Annotated[str, typer.Argument(help="A run of lr-study.")],
    output: Annotated[Path, typer.Option(help="Where to save the model: FILE.keras.")],
    weights: Annotated[str, typer.Option(help=WEIGHTS_HELP)] = Settings.weights,
    tracking_uri: TrackingUri = None,
) -> None:
    """Save the whole Keras model of a run, backbone and trained layer."""
    from lr_study.studies import save_model
    from lr_study.tracking import connect

    save_model(connect(tracking_uri), run_id, weights, output)
    say(f"written: {output}")


@app.command()
def policies(
    plot: Annotated[Path | None, typer.Option(help="Draw the defaults into this SVG file.")] = None,
    epochs: Annotated[int, typer.Option(help="How many epochs to draw.")] = 50,
) -> None:
    """List the families of policies, their parameters and what these allow."""
    from lr_study.report import policies_table

    show(policies_table())
    if plot is not None:
        from lr_study.report import policies_figure
        from lr_study.support import atomic_write

        figure = policies_figure(epochs)
        with atomic_write(plot) as file:
            figure.savefig(file, format="svg", metadata={"Date": None})
        say(f"written: {plot}")


@app.command()
def ui(
    tracking_uri: TrackingUri = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 5000,
) -> None:
    """Open MLflow's own pages on the store, on this machine alone; Ctrl-C ends them."""
    from lr_study.cli.ui import serve_ui

    serve_ui(tracking_uri, port)


@app.command()
def doctor(tracking_uri: TrackingUri = None) -> None:
    """Say what is installed, what trains, and where things are kept."""
    from lr_study.cli.doctor import findings

    show(*(f"{name:<12} {value}" for name, value in findings(tracking_uri)))


def main() -> None:
    """Run the command line; exit with 0 done, 1 the work failed, 2 wrong use."""
    stop_as_interrupted()
    sys.excepthook = _fail
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(standalone_mode=False)
    except LrStudyError as error:
        say(f"error: {' '.join(str(error).split())}")
        return error.exit_code
    except TyperException as error:
        message = " ".join(error.format_message().split())
        say(f"error: {message}{_what_is_allowed(error) if _is_unknown(message) else ''}")
        return error.exit_code
    except Exception as error:
        line = describe_external_error(error)
        if line is None:
            raise
        say(f"error: {' '.join(line.split())}")
        return 1
    if code == _INTERRUPTED:
        say("interrupted: what was finished is kept, and the same command goes on with the rest")
        return 1
    return int(code or 0)


def _is_unknown(message: str) -> bool:
    return "No such" in message or message == "Missing command."


def _what_is_allowed(error: TyperException) -> str:
    """The options or commands of the command that could not make sense of its arguments."""
    context = getattr(error, "ctx", None)
    if context is None:
        return ""
    names = [name for option in context.command.params for name in option.opts if name[:2] == "--"]
    names += getattr(context.command, "commands", {})
    return f" ({context.command_path} takes {', '.join(names)})"


def _fail(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Print what nobody foresaw as Python does, but for credentials."""
    say("".join(traceback.format_exception(kind, error, where)).rstrip())
