"""The remaining commands: ``policies``, ``ui`` and ``doctor``."""

from pathlib import Path
from typing import Annotated

import typer

from lr_study.cli.completion import experiment_names, policy_names
from lr_study.cli.options import TrackingUri, option
from lr_study.cli.terminal import display, echo, echo_err
from lr_study.runs import Settings, load_grid
from lr_study.support import UsageError, require_one_of, whole_number


def policies(
    policy: Annotated[
        list[str] | None,
        typer.Argument(
            help="Whose rates to show; none lists the families.", autocompletion=policy_names
        ),
    ] = None,
    epochs: Annotated[int, option("epochs", int)] = Settings.epochs,
    steps_per_epoch: Annotated[int, option("steps_per_epoch", int)] = 100,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the rates into this file, .svg or .png.")
    ] = None,
    output_format: Annotated[
        str,
        typer.Option("--format", help="table: a line for each epoch; csv or json: each step."),
    ] = "table",
) -> None:
    """List the policy families and their parameters, or show the rates of policies."""
    from lr_study.report import (
        RATE_FORMATS,
        check_figure_file,
        depends_on_run,
        policies_figure,
        policies_text,
        policy_rates,
        rates_figure,
        rates_text,
        save_figure,
    )

    require_one_of("format", output_format, RATE_FORMATS)
    whole_number("epochs", epochs, 1)
    if plot is not None:
        check_figure_file("plot", plot)
    if not policy and output_format != "table":
        raise UsageError(
            f"format={output_format} is not allowed without a policy: name one, "
            "such as lr-study policies cosine --format csv"
        )
    shown = load_grid(None, policy or ()).policies
    lines = policy_rates(shown, epochs, steps_per_epoch)
    if lines:
        echo(rates_text(lines, output_format, display=display()))
    else:
        echo(policies_text(display().width))
    echo_err(*depends_on_run(shown))
    if plot is not None:
        save_figure(rates_figure(lines) if lines else policies_figure(epochs), plot)
        echo_err(f"written: {plot}")


def ui(
    experiment: Annotated[
        str | None,
        typer.Option(
            help="Whose page to open; else MLFLOW_EXPERIMENT_NAME or _ID, else the newest.",
            autocompletion=experiment_names,
        ),
    ] = None,
    tracking_uri: TrackingUri = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 5000,
) -> None:
    """Serve MLflow's pages for the store, on this machine only; Ctrl-C stops them.

    The address of the experiment's page is printed: its runs as a table.
    """
    if not 1 <= port <= 65535:
        raise UsageError(
            f"port={port} is not allowed: port is a whole number from 1 to 65535, such as 5001"
        )
    from lr_study.cli.ui import serve_ui

    serve_ui(tracking_uri, port, experiment)


def doctor(
    tracking_uri: TrackingUri = None,
    data: Annotated[
        str | None, typer.Option(help="Check this folder of images instead, without training.")
    ] = None,
    test_data: Annotated[str, typer.Option(help="A given test set to check with --data.")] = "",
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Follow links that lead out of the folder.")
    ] = False,
) -> None:
    """Show what is installed, which device trains, and where files are kept; or check images."""
    if data is not None:
        from lr_study.studies import check_data

        for line in check_data(Settings(data=data, test_data=test_data, follow_links=follow_links)):
            echo(line)
        return
    from lr_study.cli.doctor import findings

    echo(*(f"{name:<12} {value}" for name, value in findings(tracking_uri)))
