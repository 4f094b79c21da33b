"""Every test has a cache of its own session and TensorFlow with one thread an operation."""

import os
import tempfile
from pathlib import Path

import pytest

# Before anything imports mlflow or our own modules: no test may reach a user's files or the net.
_SESSION = Path(tempfile.mkdtemp(prefix="lr-study-tests-"))
os.environ["LR_STUDY_CACHE"] = str(_SESSION / "cache")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ.pop("MLFLOW_TRACKING_URI", None)
os.environ.pop("MLFLOW_EXPERIMENT_NAME", None)
os.environ.pop("MLFLOW_RUN_ID", None)


@pytest.fixture(scope="session", autouse=True)
def _remove_session_files() -> object:
    import shutil

    yield
    shutil.rmtree(_SESSION, ignore_errors=True)
