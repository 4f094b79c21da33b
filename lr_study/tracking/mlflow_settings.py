"""How MLflow behaves for lr-study: for its own calls, or for the whole process of a command."""

import logging
import os
import sys

from lr_study.support import DefaultVariables

_CALLS = DefaultVariables(
    {
        # MLflow's own defaults keep a dead server waiting for four minutes. `retry` tries again.
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        # Links to each run would mix with the results, and cost one more request per run.
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    }
)
_NO_TELEMETRY = DefaultVariables({"MLFLOW_DISABLE_TELEMETRY": "true"})
# Routine messages: tables created, background jobs started.
_LEVEL = DefaultVariables({"MLFLOW_LOGGING_LEVEL": "WARNING"})

_LEVELS = {
    # Pip without a version.
    "mlflow.utils.environment": logging.ERROR,
    # It logs what it also raises, and the command line reports that in one line.
    "mlflow.store.db.utils": logging.CRITICAL,
}

own_settings = _CALLS.set_for_a_while
"""A context, or a decorator, of calls to MLflow; afterwards its user's own calls are as before."""


def configure_mlflow() -> None:
    """Configure MLflow for the whole process of a command, before it is imported."""
    for variables in (_CALLS, _NO_TELEMETRY, _LEVEL):
        variables.set_for_good()
    level = os.environ["MLFLOW_LOGGING_LEVEL"].upper()
    levels = _LEVELS | {"mlflow": level, "alembic": level} if "mlflow" in sys.modules else _LEVELS
    for name, least in levels.items():
        logging.getLogger(name).setLevel(least)


def restore_log_level() -> None:
    """Let MLflow log as by default: for a process of its own, in place of this one."""
    _LEVEL.unset()
