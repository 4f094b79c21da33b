"""The remaining commands: ``policies``, ``ui`` and ``doctor``."""

from pathlib import Path
from typing import Annotated

import typer

from lr_study.cli.completion import experiment_names
from lr_study.cli.options import TrackingUri
from lr_study.cli.terminal import echo, echo_err
from lr_study.runs import Settings
from lr_study.support import UsageError, atomic_write


def policies(
    plot: Annotated[Path | None, typer.Option(help="Draw the defaults into this SVG file.")] = None,
    epochs: Annotated[int, typer.Option(help="How many epochs to draw.")] = 50,
) -> None:
    """List the policy families, their parameters and the allowed values."""
    from lr_study.report import policies_text

    echo(policies_text())
    if plot is not None:
        from lr_study.report import policies_figure

        figure = policies_figure(epochs)
        with atomic_write(plot) as file:
            figure.savefig(file, format="svg", metadata={"Date": None})
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
