"""The command line as a whole: every error becomes one line and an exit code."""

import os
import sys
import traceback
from types import TracebackType

import typer
from typer.exceptions import TyperException

from lr_study.cli import import_commands, inspecting, ranking, training
from lr_study.cli.terminal import echo_err
from lr_study.support import LrStudyError, describe_external_error, stop_as_interrupted
from lr_study.tracking import configure_mlflow

_INTERRUPTED = 130  # typer's answer to KeyboardInterrupt

app = typer.Typer(
    name="lr-study",
    help="Which learning-rate policy should I train this classifier with?",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(training.run)
app.command()(training.study)
app.command()(training.end)
app.command()(training.sync)
app.command()(ranking.compare)
app.command()(ranking.report)
app.command()(inspecting.model)
app.command()(inspecting.policies)
app.command()(inspecting.ui)
app.command()(inspecting.doctor)
app.add_typer(import_commands.app, name="import")


def main() -> None:
    """Run the command line; exit with 0 done, 1 the work failed, 2 wrong use.

    The process is its own: what the library leaves to its user is set here, before MLflow and
    Keras are imported.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    configure_mlflow()
    stop_as_interrupted()
    sys.excepthook = _print_traceback
    sys.exit(_run())


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
