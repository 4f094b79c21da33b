"""The command line of ``lr-study import``: one command for each kind of files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lr_study.cli.options import TrackingUri
from lr_study.cli.terminal import echo, echo_err
from lr_study.importing import parse_fields, parse_tags, read_mapping
from lr_study.support import UsageError

if TYPE_CHECKING:
    from lr_study.importing import Assembled

Policies = Annotated[
    Path | None,
    typer.Option(help="YAML file, NAME: POLICY a line, or NAME: {policy: ..., FIELD: ...}."),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="field=value: declare a protocol field of all runs; repeat."),
]

app = typer.Typer(help="Make runs that others trained runs of ours.")


@app.command()
def tensorboard(
    logdir: Annotated[Path, typer.Argument(help="A folder of event files, at any depth.")],
    experiment: Annotated[str, typer.Option(help="MLflow experiment to import into.")],
    policies: Policies = None,
    set_: Set = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(help="curve=tag: the tag of a curve, as val_accuracy=eval/top-1; repeat."),
    ] = None,
    validation_folder: Annotated[
        str | None,
        typer.Option(help="The name of the folders with the curves of the validation set."),
    ] = None,
    tracking_uri: TrackingUri = None,
) -> None:
    """Import TensorBoard event files, as Keras's callback writes them, into MLflow.

    Importing again adds only what is new.
    """
    protocol, tags = parse_fields(set_ or ()), parse_tags(tag or ())
    mapping = read_mapping(policies) if policies else {}
    try:
        import tensorboard.compat.proto.event_pb2  # noqa: F401
    except ImportError:
        raise UsageError(
            "the package tensorboard is not installed: pip install 'lr-study[tensorboard]'"
        ) from None
    from lr_study.importing import find_runs, read_tensorboard

    assembled = read_tensorboard(find_runs(logdir, validation_folder), mapping, protocol, tags)
    _store(assembled, tracking_uri, experiment)


def _store(assembled: "Assembled", tracking_uri: str | None, experiment: str) -> None:
    """Store runs in an experiment, which is created only now that there are some."""
    from lr_study.importing import store_runs
    from lr_study.tracking import open_destination

    destination = open_destination(tracking_uri, experiment, experiment)
    outcome = store_runs(destination.client, destination.experiment, assembled)
    echo_err(*outcome.warnings)
    echo(*outcome.lines())
