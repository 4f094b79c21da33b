"""What a person sees: results on standard output, all else on standard error, no credentials."""

import typer

from lr_study.support import mask


def show(*lines: str) -> None:
    """Print results."""
    for line in lines:
        typer.echo(mask(line))


def say(*lines: str) -> None:
    """Print what is no result: progress, remarks, errors."""
    for line in lines:
        typer.echo(mask(line), err=True)
