"""Commands that compare runs: ``compare`` and ``report``."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lr_study.cli.options import Experiment, TrackingUri, with_criteria
from lr_study.cli.terminal import display, echo, echo_err
from lr_study.comparison import ComparisonCriteria
from lr_study.runs import Settings
from lr_study.support import LrStudyError, disable_gc, require_one_of

if TYPE_CHECKING:
    import pandas as pd

    from lr_study.comparison import Comparison


@with_criteria
def compare(
    criteria: ComparisonCriteria,
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    by: Annotated[
        str, typer.Option(help="policy; or family: its best policy, judged on the test set.")
    ] = "policy",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if any run was excluded or set apart.")
    ] = False,
    output_format: Annotated[
        str, typer.Option("--format", help="table, json, csv or markdown.")
    ] = "table",
    full_names: Annotated[
        bool, typer.Option("--full-names", help="Name policies in full where lines then wrap.")
    ] = False,
) -> None:
    """Rank the policies of an experiment over the seeds that all of them share."""
    from lr_study.comparison import BY
    from lr_study.report import FORMATS, origin_of, ranking_text

    require_one_of("format", output_format, FORMATS)
    require_one_of("by", by, BY)
    disable_gc()
    runs, comparison = load_and_compare(experiment, tracking_uri, criteria)
    origin = origin_of(comparison, runs, tracking_uri)
    shown = display(full_names=full_names)
    echo(ranking_text(comparison, output_format, by, origin=origin, display=shown))
    if strict and comparison.problems:
        count = len(comparison.problems)
        raise LrStudyError(f"--strict: {count} problems; the first: {comparison.problems[0]}")


@with_criteria
def report(
    criteria: ComparisonCriteria,
    output: Annotated[Path, typer.Option(help="FILE.html, one page; or FILE.md with its figures.")],
    experiment: Experiment = None,
    tracking_uri: TrackingUri = None,
    lang: Annotated[str, typer.Option(help="en or ru.")] = "en",
) -> None:
    """Write the comparison of an experiment as a page with figures and how to reproduce it."""
    from lr_study.report import check_report, origin_of, write_report

    check_report(output, lang)
    disable_gc()
    runs, comparison = load_and_compare(experiment, tracking_uri, criteria)
    write_report(output, comparison, runs, lang, origin_of(comparison, runs, tracking_uri))
    echo_err(f"written: {output}")


def load_and_compare(
    experiment: str | None, tracking_uri: str | None, criteria: ComparisonCriteria
) -> "tuple[pd.DataFrame, Comparison]":
    """Read the runs of an experiment, and compare them."""
    from lr_study.comparison import compare as compare_runs
    from lr_study.tracking import experiment_name, load_runs

    name = experiment_name(tracking_uri, experiment, Settings.data)
    runs = load_runs(name, tracking_uri)
    return runs, compare_runs(runs, experiment=name, **asdict(criteria))
