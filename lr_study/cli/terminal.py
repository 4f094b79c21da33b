"""Results on standard output, everything else on standard error, credentials masked."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from lr_study.support import mask

if TYPE_CHECKING:
    from lr_study.report import Display


def echo(*lines: str) -> None:
    """Print results."""
    for line in lines:
        typer.echo(mask(line))


def echo_err(*lines: str) -> None:
    """Print progress, warnings and errors."""
    for line in lines:
        typer.echo(mask(line), err=True)


def display(*, full_names: bool = False) -> "Display":
    """Return how wide the terminal is, and whether it shows colours."""
    from rich.console import Console

    from lr_study.report import Display

    console = Console()
    color = console.is_terminal and not console.no_color and console.color_system is not None
    return Display(console.width, color, full_names)


def command_line(words: Sequence[str], tracking_uri: str | None) -> str:
    """Return a command to type, with the store if that was given on the command line.

    >>> command_line(["lr-study", "ui"], "sqlite:///other.db")
    'lr-study ui --tracking-uri sqlite:///other.db'
    """
    store = ["--tracking-uri", tracking_uri] if tracking_uri else []
    return shlex.join([*words, *store])
