"""Options that commands share, made from the fields of `Settings` and `ComparisonCriteria`."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any

import typer

from lr_study.cli.completion import experiment_names
from lr_study.comparison import SELECTION_RULES, ComparisonCriteria
from lr_study.runs import AUGMENTATIONS, BACKBONES, ENGINES, OPTIMIZERS, Settings
from lr_study.support import UsageError, utf8_text

WEIGHTS_HELP = "imagenet, random, or a file of weights."

_HELP = {
    "data": "sample, oregon, or a folder (or zip or tar) with one subfolder of images per class.",
    "test_data": "A folder like that of --data: a given test set; none is split off then.",
    "backbone": (
        f"auto (Lite0 for sample, B0 for all else), {', '.join(BACKBONES)}, or keras:NAME of "
        "keras.applications."
    ),
    "weights": WEIGHTS_HELP,
    "image_size": "Resize images to this height and width, in pixels.",
    "engine": (
        f"{' or '.join(ENGINES)}: features computed once, or images through the backbone every "
        "epoch; auto is cached where that is possible."
    ),
    "train": "head, all, or how many of the backbone's last blocks train with the head.",
    "head_lr_factor": "The head's learning rate is the policy's times this; with --train all or N.",
    "train_norms": "Batch norms of trained blocks train too; else they stay in inference mode.",
    "augment": f"{' or '.join(AUGMENTATIONS)}: mirror and shift training images at random.",
    "dropout": "Share of the features dropped at random before the softmax head in training.",
    "start_lr": "Learning rate of the first step.",
    "end_lr": "Learning rate of the last step.",
    "range_epochs": "Passes over the training images while the rate rises.",
    "smoothing": "Share of its last value in the moving average of the loss, 0 for none.",
    "epochs": "Passes over the training images.",
    "steps_per_epoch": "Batches in an epoch.",
    "batch_size": "Images per batch.",
    "optimizer": f"One of {', '.join(OPTIMIZERS)}.",
    "resampling": (
        "folds: each seed validates on one of the folds; splits: each draws a validation set."
    ),
    "folds": "With folds: how many; seeds 0 to FOLDS-1 validate on every image once.",
    "stratify": "With folds: divide each class by itself, for class shares fixed by design.",
    "val_fraction": "With --resampling splits: share of each class for the validation set.",
    "test_fraction": "Share of each class for the test set, the same under every seed.",
    "split_seed": "Seed of the test split.",
    "seed": "Decides validation set, initial weights, batch order and drop-connect.",
    "metric": "A metric of the runs, such as val_loss or val_mae; default: their protocol's.",
    "higher_is_better": "Which values of --metric are better, where its name does not tell.",
    "at": f"{' or '.join(SELECTION_RULES)}: which epoch of a run.",
    "baseline": "The policy that differences are measured from.",
    "margin": (
        "Smallest difference that matters: points of accuracy or hundredths of a loss, default "
        "0.5; for any other metric in its unit, default 0."
    ),
    "target": (
        "Accuracy, or value of the metric, to count epochs to; default: the baseline's final one, "
        "seed by seed."
    ),
    "duplicates": "keep or drop: leave out images that are in several classes.",
    "follow_links": "Follow links that lead out of the folder of images.",
    "min_class_size": "Leave out classes with fewer usable images; 0 leaves out none.",
}

Command = Callable[..., None]

Experiment = Annotated[
    str | None,
    typer.Option(
        callback=lambda name: utf8_text(name) if name else name,
        help="MLflow experiment; else MLFLOW_EXPERIMENT_NAME or _ID, else the name of the data.",
        autocompletion=experiment_names,
    ),
]
TrackingUri = Annotated[
    str | None,
    typer.Option(help="MLflow store; else MLFLOW_TRACKING_URI, else sqlite:///mlflow.db."),
]


def option(name: str, kind: Any) -> Any:
    """Return a typer option; one for a number reports other text as `UsageError`."""
    number = next((number for number in (int, float) if kind in (number, number | None)), None)
    if kind == (bool | None):
        return typer.Option("--higher-is-better/--lower-is-better", help=_HELP[name])
    if kind is bool:
        return typer.Option(f"--{name.replace('_', '-')}", help=_HELP[name])
    if number is None:
        return typer.Option(help=_HELP[name])

    def parse_number(text: str) -> int | float:
        try:
            return number(text)
        except ValueError:
            what = "whole number" if number is int else "number"
            raise UsageError(f"{name}={text} is not allowed: {name} is a {what}") from None

    return typer.Option(help=_HELP[name], parser=parse_number, metavar=number.__name__.upper())


Seed = Annotated[int, option("seed", int)]


def typed_options(context: typer.Context) -> frozenset[str]:
    """Return the names of the options that were typed, even if with the default as their value."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return frozenset(
        name for name, source in sources.items() if source and source.name != "DEFAULT"
    )


def with_fields_of(cls: type, parameter: str) -> Callable[[Command], Command]:
    """Give a command one option per field of a dataclass, and pass it the checked instance.

    The command takes the instance as ``parameter``; each field's name, type and default become
    those of an option.
    """

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        options = [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=Annotated[field.type, option(field.name, field.type)],
            )
            for field in fields(cls)
        ]

        @functools.wraps(command)
        def with_options(**values: Any) -> None:
            instance = cls(**{field.name: values.pop(field.name) for field in fields(cls)})
            command(**{parameter: instance}, **values)

        own = [p for name, p in signature.parameters.items() if name != parameter]
        own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        with_options.__signature__ = signature.replace(parameters=own + options)  # type: ignore[attr-defined]
        with_options.__annotations__ = {p.name: p.annotation for p in own + options}
        return with_options

    return decorate


with_settings = with_fields_of(Settings, "settings")
with_criteria = with_fields_of(ComparisonCriteria, "criteria")
