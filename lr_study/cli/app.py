"""The command line as a whole: every error becomes one line and an exit code."""

import os
import sys
import traceback
from types import TracebackType
from typing import Annotated

import typer
from typer.exceptions import TyperException

import lr_study
from lr_study.cli import cache, import_commands, inspecting, range_test, ranking, training, using
from lr_study.cli.terminal import echo, echo_err, print_in_any_encoding
from lr_study.support import (
    LrStudyError,
    describe_external_error,
    remove_liveness_lock,
    stop_as_interrupted,
)
from lr_study.tracking import configure_mlflow

_INTERRUPTED = 130  # typer's answer to KeyboardInterrupt

app = typer.Typer(
    name="lr-study",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Which learning-rate policy should I train this classifier with?"""
    if version:
        echo(f"lr-study {lr_study.__version__}")
    elif context.invoked_subcommand is None:
        echo(context.get_help())


app.command(short_help="Train one policy under one seed.")(training.run)
app.command(short_help="Train a grid of policies over seeds, and rank them.")(training.study)
app.command(short_help="Suggest learning rates, and check them.")(range_test.range_test)
app.command(short_help="End a run that was left RUNNING.")(training.end)
app.command(short_help="Upload the runs that wait in the outbox.")(training.sync)
app.command(short_help="Rank the policies of an experiment.")(ranking.compare)
app.command(short_help="Write the ranking as a page with figures.")(ranking.report)
app.command(short_help="Save or register the model of the winner, or of a run.")(using.model)
app.command(short_help="Name the class of images.")(using.predict)
app.command(short_help="List policy families, or show rates.")(inspecting.policies)
app.command(short_help="Serve MLflow's pages for the store.")(inspecting.ui)
app.command(short_help="Show the installation, or check images.")(inspecting.doctor)
app.command(short_help="Show or empty the caches.")(cache.cache)
app.add_typer(import_commands.app, name="import", short_help="Import runs of other loggers.")


def main() -> None:
    """Run the command line; exit with 0 done, 1 the work failed, 2 wrong use.

    The process is its own: what the library leaves to its user is set here, before MLflow and
    Keras are imported.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    configure_mlflow()
    print_in_any_encoding()
    stop_as_interrupted()
    sys.excepthook = _print_traceback
    code = _run()
    if code == 0:  # what failed may have left a run RUNNING
        remove_liveness_lock()
    sys.exit(code)


def _run() -> int:
    try:
        code = app(standalone_mode=False)
    except LrStudyError as error:
        echo_err(f"error: {' '.join(str(error).split())}")
        return error.exit_code
    except TyperException as error:
        message = " ".join(error.format_message().split())
        echo_err(f"error: {message}{_known_names(error) if _is_unknown(message) else ''}")
        return error.exit_code
    except Exception as error:
        line = describe_external_error(error)
        if line is None:
            raise
        echo_err(f"error: {' '.join(line.split())}")
        return 1
    if code == _INTERRUPTED:
        echo_err("interrupted: finished runs are kept, and the same command continues")
        return 1
    return int(code or 0)


def _is_unknown(message: str) -> bool:
    return "No such" in message or message == "Missing command."


def _known_names(error: TyperException) -> str:
    """The options or commands of the command that did not recognise its arguments."""
    context = getattr(error, "ctx", None)
    if context is None:
        return ""
    names = [name for option in context.command.params for name in option.opts if name[:2] == "--"]
    names += getattr(context.command, "commands", {})
    return f" ({context.command_path} takes {', '.join(names)})"


def _print_traceback(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print an unexpected error as Python does, with credentials masked."""
    echo_err("".join(traceback.format_exception(kind, error, trace)).rstrip())
