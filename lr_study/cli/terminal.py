"""Results on standard output, everything else on standard error, credentials masked."""

import codecs
import io
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from lr_study.support import mask

if TYPE_CHECKING:
    from lr_study.report import Display


_SUBSTITUTES = str.maketrans("─━Δ±×−–…", "--d~x--.")


def print_in_any_encoding() -> None:
    """Let standard output and error print what their encoding lacks in other characters."""
    codecs.register_error("lr_study", _substitute)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError, ValueError):  # its file was replaced, or is closed
                stream.reconfigure(errors="lr_study")


def _substitute(error: UnicodeError) -> tuple[str | bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(_SUBSTITUTES)
    return text.encode("ascii", "backslashreplace"), error.end


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
