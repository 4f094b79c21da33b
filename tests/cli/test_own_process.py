"""What a command sets for its whole process, since the library leaves it alone."""

import json
import os

from forked import run_code

COMMAND = """
import json, logging, os, sys
from lr_study.cli import app

def report():
    names = ("mlflow", "mlflow.utils.environment", "alembic", "mlflow.store.db.utils")
    print(json.dumps({
        "levels": [logging.getLevelName(logging.getLogger(name).level) for name in names],
        "variables": {k: v for k, v in os.environ.items() if k.startswith(("MLFLOW_", "KERAS_"))},
    }))
    return 0

app._run = report
app.main()
"""


def test_a_command_configures_mlflow_and_keras_for_its_process() -> None:
    done = run_code(COMMAND)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["levels"] == ["WARNING", "ERROR", "WARNING", "CRITICAL"]
    of_tests = {k: v for k, v in os.environ.items() if k.startswith("MLFLOW_")}
    assert found["variables"] == of_tests | {
        "KERAS_BACKEND": "tensorflow",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
        "MLFLOW_LOGGING_LEVEL": "WARNING",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    }
