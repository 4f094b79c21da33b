"""The command ``range-test``: which rates a range test suggests, and whether they are good."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lr_study.cli.completion import policy_names
from lr_study.cli.options import Experiment, TrackingUri, with_fields_of, with_settings
from lr_study.cli.terminal import command_line, display, echo, echo_err
from lr_study.cli.training import name_left_running, prepared
from lr_study.policies import parse
from lr_study.runs import DEFAULT_SEEDS, RangeSpec, RateRange, Settings, parse_seeds
from lr_study.support import require_one_of

if TYPE_CHECKING:
    import pandas as pd

    from lr_study.comparison import Comparison
    from lr_study.report import RangeReport
    from lr_study.studies import CachedWorkload, Subject


@with_settings
@with_fields_of(RateRange, "rate_range")
def range_test(
    settings: Settings,
    rate_range: RateRange,
    policy: Annotated[
        str,
        typer.Option(
            help="What rates are suggested for: its learning rate becomes each suggestion.",
            autocompletion=policy_names,
        ),
    ] = "fixed",
    seeds: Annotated[str, typer.Option(help="A number N for 0 to N-1, or a list 0,3,7.")] = (
        DEFAULT_SEEDS
    ),
    check: Annotated[
        bool,
        typer.Option("--check", help="Train full runs at and around each suggestion, and rank."),
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="Draw the losses into this file, .svg or .png.")
    ] = None,
    output_format: Annotated[
        str, typer.Option("--format", help="table, json, or yaml: the grid to train next.")
    ] = "table",
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
) -> None:
    """Raise the learning rate over two epochs, and suggest rates from the loss; or check them.

    The suggestions of three rules are those of fastai's learning-rate finder. Engine cached.
    """
    from lr_study.report import RANGE_FORMATS, check_figure_file

    require_one_of("format", output_format, RANGE_FORMATS)
    spec = RangeSpec(settings, rate_range, parse(policy).loaded(), parse_seeds(seeds))
    if output is not None:
        check_figure_file("output", output)
    from lr_study.studies import subject_of

    subject = subject_of(settings)
    rate_range.steps(subject.describe().protocol.train_size, settings.batch_size)
    from lr_study.report import (
        check_table,
        next_grid,
        origin_of,
        plan_summary,
        range_json,
        range_table,
        range_test_figure,
        ranking_table,
        save_figure,
    )
    from lr_study.studies import run_range_test
    from lr_study.tracking import not_joined_lines, open_destination

    echo_err(*subject.lines())
    destination = open_destination(tracking_uri, experiment, subject.name)
    echo_err(*not_joined_lines(destination.client))
    name_left_running(destination, tracking_uri)
    is_table = output_format == "table"

    def show(report: "RangeReport") -> None:
        if is_table:
            echo(range_table(report, display()), "")
            if report.policies and not check:
                echo("to train next, with lr-study study --grid FILE:", "", next_grid(report))
        if output is not None:
            save_figure(range_test_figure(report.test), output)
            echo_err(f"written: {output}")

    def show_ranking(runs: "pd.DataFrame", ranking: "Comparison") -> None:
        if is_table:
            origin = origin_of(ranking, runs, tracking_uri)
            echo(ranking_table(ranking, origin=origin, display=display()))

    report = run_range_test(
        destination,
        spec,
        lambda: _prepared(subject),
        check=check,
        on_report=show,
        on_plan=lambda plan: echo_err(*plan_summary(plan)),
        on_ranking=show_ranking,
    )
    if output_format == "json":
        echo(range_json(report))
    elif output_format == "yaml":
        echo(next_grid(report))
    elif report.check is not None:
        echo(check_table(report, display()))
    where = f"experiment {destination.experiment.name} in {destination.client.tracking_uri}"
    echo_err(f"runs: {where}; view them with {command_line(['lr-study', 'ui'], tracking_uri)}")


def _prepared(subject: "Subject") -> "CachedWorkload":
    from lr_study.studies import CachedWorkload

    workload = prepared(subject)
    assert isinstance(workload, CachedWorkload)  # a range test has no other engine
    return workload
