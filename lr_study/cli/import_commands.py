"""The command line of ``lr-study import``: one command for each kind of files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lr_study.cli.options import TrackingUri
from lr_study.cli.terminal import echo, echo_err
from lr_study.importing import parse_fields, parse_names, read_mapping
from lr_study.support import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lr_study.importing import Assembled, Declared, Read, Value

Policies = Annotated[
    Path | None,
    typer.Option(help="YAML file, NAME: POLICY a line, or NAME: {policy: ..., FIELD: ...}."),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="field=value: declare a protocol field of all runs; repeat."),
]

Experiment = Annotated[str | None, typer.Option(help="MLflow experiment to import into.")]
Guess = Annotated[
    bool, typer.Option("--guess", help="Print the declarations that would be used; store nothing.")
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
    protocol, tags = parse_fields(set_ or ()), parse_names("tag", tag or ())
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


@app.command()
def csv(
    files: Annotated[
        list[Path], typer.Argument(help="Tables of one run each, or with a column for the run.")
    ],
    experiment: Experiment = None,
    policies: Policies = None,
    set_: Set = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="curve=column: the column of a curve, as val_accuracy=top1; repeat."),
    ] = None,
    run_column: Annotated[
        str | None, typer.Option(help="The column that tells the runs of a table apart.")
    ] = None,
    guess: Guess = False,
    tracking_uri: TrackingUri = None,
) -> None:
    """Import tables of one row an epoch or a step: Keras's CSVLogger, an exported history.

    Importing again adds only what is new.
    """
    protocol, columns = parse_fields(set_ or ()), parse_names("column", column or ())
    mapping = read_mapping(policies) if policies else {}
    _require_target(experiment, guess=guess)
    from lr_study.importing import read_tables

    read = read_tables(files, mapping, columns, run_column)
    _guess_or_store(read, mapping, protocol, guess, tracking_uri, experiment)


@app.command()
def mlflow(
    source: Annotated[str, typer.Option("--from", help="MLflow experiment with the runs.")],
    from_uri: Annotated[
        str | None,
        typer.Option(help="MLflow store with the runs, if it is another. It is not changed."),
    ] = None,
    experiment: Experiment = None,
    policies: Policies = None,
    set_: Set = None,
    metric_name: Annotated[
        list[str] | None,
        typer.Option(help="curve=metric: the metric of a curve, as val_accuracy=top1; repeat."),
    ] = None,
    guess: Guess = False,
    tracking_uri: TrackingUri = None,
) -> None:
    """Import runs that others logged to MLflow, as autologging and callbacks do.

    Importing again adds only what is new.
    """
    protocol, names = parse_fields(set_ or ()), parse_names("metric_name", metric_name or ())
    mapping = read_mapping(policies) if policies else {}
    _require_target(experiment, guess=guess)
    if experiment == source and from_uri in (None, tracking_uri):
        raise UsageError(
            f"experiment={source} is not allowed: that is where the runs are, give another name"
        )
    from lr_study.importing import read_mlflow
    from lr_study.tracking import connect, require_experiment

    client = connect(from_uri or tracking_uri)
    read = read_mlflow(client, require_experiment(client, source), mapping, names)
    _guess_or_store(read, mapping, protocol, guess, tracking_uri, experiment)


def _require_target(experiment: str | None, *, guess: bool) -> None:
    if experiment is None and not guess:
        raise UsageError("give --experiment NAME to import into, or --guess to see what is read")


def _guess_or_store(
    read: "Read",
    mapping: "Mapping[str, Declared]",
    protocol: "Mapping[str, Value]",
    guess: bool,
    tracking_uri: str | None,
    experiment: str | None,
) -> None:
    """Print what is taken for granted about runs, or store them."""
    from lr_study.importing import assemble, differing_lines, guess_declarations

    runs, names, warnings = read
    guessed = guess_declarations(runs, names)
    if guess or experiment is None:
        echo_err(*warnings)
        echo(*guessed.to_yaml().splitlines())
        return
    mapping = mapping if "*" in mapping else {"*": guessed.declared, **mapping}
    warnings = [*warnings, *differing_lines(guessed, mapping)]
    _store(assemble(runs, mapping, protocol, warnings), tracking_uri, experiment)


def _store(assembled: "Assembled", tracking_uri: str | None, experiment: str) -> None:
    """Store runs in an experiment, which is created only now that there are some."""
    from lr_study.importing import store_runs
    from lr_study.tracking import open_destination

    destination = open_destination(tracking_uri, experiment, experiment)
    outcome = store_runs(destination.client, destination.experiment, assembled)
    echo_err(*outcome.warnings)
    echo(*outcome.lines())
