"""Commands that put a trained model to use: ``model`` and ``predict``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lr_study.cli.options import WEIGHTS_HELP, Experiment, TrackingUri
from lr_study.cli.ranking import load_and_compare
from lr_study.cli.terminal import display, echo, echo_err
from lr_study.comparison import ComparisonCriteria
from lr_study.support import LrStudyError, UsageError, require_model_name, require_one_of

if TYPE_CHECKING:
    from lr_study.studies import Winner

PREDICTION_FORMATS = ("table", "json")

Weights = Annotated[
    str | None, typer.Option(help=f"{WEIGHTS_HELP} By default, where the run had them.")
]
Rank = Annotated[int, typer.Option(help="Which place of the ranking, from 1.")]


def model(
    run_id: Annotated[
        str | None, typer.Argument(help="A run, by the first digits of its id; else the ranking's.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where to save it: FILE.keras.")] = None,
    experiment: Experiment = None,
    rank: Rank = 1,
    register: Annotated[
        str, typer.Option(help="Register it in MLflow under this name, as its champion.")
    ] = "",
    weights: Weights = None,
    tracking_uri: TrackingUri = None,
) -> None:
    """Save or register the whole Keras model of a run: backbone and trained softmax head.

    The run is the one given, or that of the policy which ranks first in the experiment.
    """
    if output is None and not register:
        raise UsageError("nothing to do: give --output FILE.keras, --register NAME, or both")
    if run_id is not None and experiment is not None:
        raise UsageError(f"run {run_id!r} and experiment={experiment}: give one of them")
    from lr_study.studies import full_run_id, register_classifier, save_model
    from lr_study.tracking import CHAMPION, connect

    if register:
        require_model_name(register)
    client = connect(tracking_uri)
    chosen = _winner(experiment, tracking_uri, rank) if run_id is None else None
    found = chosen.run_id if chosen else full_run_id(client, str(run_id))
    if output is not None:
        save_model(client, found, weights, output)
        echo_err(f"written: {output}")
    if register:
        version = register_classifier(client, register, found, weights=weights, chosen=chosen)
        echo_err(f"registered: models:/{register}@{CHAMPION}, version {version}")


def predict(
    images: Annotated[list[str], typer.Argument(help="Image files.")],
    experiment: Experiment = None,
    rank: Rank = 1,
    run: Annotated[str | None, typer.Option(help="A run, by the first digits of its id.")] = None,
    model: Annotated[Path | None, typer.Option(help="A file that the command model saved.")] = None,
    output_format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    weights: Weights = None,
    tracking_uri: TrackingUri = None,
) -> None:
    """Name the class of images, with its probability.

    By a file that was saved, by a run, or by the policy that ranks first in the experiment. An
    image that cannot be used is one line on standard error; the others are answered, and the exit
    code is 1.
    """
    require_one_of("format", output_format, PREDICTION_FORMATS)
    sources = {"experiment": experiment, "run": run, "model": model}
    given = [f"{name}={value}" for name, value in sources.items() if value is not None]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)}: give one of them")
    from lr_study.report import prediction_table
    from lr_study.studies import full_run_id, load_classifier, load_run_classifier

    if model is not None:
        classifier = load_classifier(model)
    else:
        from lr_study.tracking import connect

        client = connect(tracking_uri)
        run_id = (
            full_run_id(client, run)
            if run is not None
            else _winner(experiment, tracking_uri, rank).run_id
        )
        classifier = load_run_classifier(client, run_id, weights)
    answers = [answer.to_dict() for answer in classifier.predict(images)]
    failed = [answer for answer in answers if answer["error"] is not None]
    if output_format == "json":
        echo(json.dumps(answers, indent=1))
    elif len(failed) < len(answers):
        echo(prediction_table(answers, display()))
    for answer in failed:
        echo_err(f"{ascii(answer['image'])[1:-1]}: {answer['error']}")
    if failed:
        raise LrStudyError(f"{len(failed)} of {len(answers)} images cannot be used")


def _winner(experiment: str | None, tracking_uri: str | None, rank: int) -> "Winner":
    """The policy at a place of the ranking, named on standard error."""
    from lr_study.studies import winner

    runs, ranking = load_and_compare(experiment, tracking_uri, ComparisonCriteria())
    chosen = winner(runs, ranking, rank)
    echo_err(str(chosen))
    if len(ranking.protocols) > 1:
        echo_err(
            f"note: the experiment has {len(ranking.protocols)} rankings, of different protocols; "
            "this is the one of most runs"
        )
    return chosen
