"""The command line of ``lr-study import``: one command for each kind of files."""

from pathlib import Path
from typing import Annotated

import typer

from lr_study.cli.options import TrackingUri
from lr_study.cli.terminal import echo, echo_err
from lr_study.importing import parse_fields, read_mapping
from lr_study.support import UsageError

app = typer.Typer(help="Make runs that others trained runs of ours.")


@app.command()
def tensorboard(
    logdir: Annotated[Path, typer.Argument(help="A folder of event files, at any depth.")],
    experiment: Annotated[str, typer.Option(help="MLflow experiment to import into.")],
    policies: Annotated[
        Path | None,
        typer.Option(help="YAML file, NAME: POLICY a line, or NAME: {policy: ..., FIELD: ...}."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="field=value: declare a protocol field of all runs; repeat."),
    ] = None,
    tracking_uri: TrackingUri = None,
) -> None:
    """Import TensorBoard event files, as Keras's callback writes them, into MLflow.

    Importing again adds only what is new.
    """
    protocol = parse_fields(set_ or ())
    mapping = read_mapping(policies) if policies else {}
    try:
        import tensorboard.compat.proto.event_pb2  # noqa: F401
    except ImportError:
        raise UsageError(
            "the package tensorboard is not installed: pip install 'lr-study[tensorboard]'"
        ) from None
    from lr_study.importing import find_runs

    found = find_runs(logdir)
    from lr_study.importing import import_tensorboard
    from lr_study.tracking import open_destination

    destination = open_destination(tracking_uri, experiment, experiment)
    outcome = import_tensorboard(
        destination.client, destination.experiment, found, mapping, protocol
    )
    echo_err(*outcome.warnings)
    echo(*outcome.lines())
