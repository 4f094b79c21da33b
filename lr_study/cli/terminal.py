"""Results on standard output, everything else on standard error, credentials masked."""

import typer

from lr_study.support import mask


def echo(*lines: str) -> None:
    """Print results."""
    for line in lines:
        typer.echo(mask(line))


def echo_err(*lines: str) -> None:
    """Print progress, warnings and errors."""
    for line in lines:
        typer.echo(mask(line), err=True)
