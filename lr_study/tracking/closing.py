"""Keep an interrupted run KILLED under ``mlflow run``.

When its command ends with an error, ``mlflow run`` means to leave a run alone that was closed
already, but it compares the status as text with numbers and so marks every such run FAILED
(MLflow 3.17, ``RunStatus.is_terminated``). A process of its own, started by the interrupted one,
waits for that and sets the status right.
"""

import os
import subprocess
import sys
import time

from mlflow import MlflowClient

_PATIENCE_SECONDS = 30
_ADDRESS = "MLFLOW_TRACKING_URI"


def keep_killed(tracking_uri: str, run_id: str) -> None:
    """Start the process that keeps a run KILLED, and do not wait for it."""
    subprocess.Popen(
        [sys.executable, "-m", "lr_study.tracking.closing", run_id],
        # An address may hold a password, and everybody on the machine can read a command line.
        env={**os.environ, _ADDRESS: tracking_uri},
        start_new_session=True,  # what interrupted us may be sent to our whole group
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _watch(run_id: str) -> None:
    client = MlflowClient(os.environ[_ADDRESS])
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if client.get_run(run_id).info.status == "FAILED":
            client.set_terminated(run_id, "KILLED")
            return
        time.sleep(0.1)


if __name__ == "__main__":
    _watch(*sys.argv[1:])
