"""MLflow's own pages for the store."""

import os
import sys

from lr_study.cli.terminal import echo_err
from lr_study.tracking import connect, resolve_tracking_uri


def serve_ui(tracking_uri: str | None, port: int) -> None:
    """Replace this process by ``mlflow ui`` on 127.0.0.1; print the address of a server instead."""
    uri = resolve_tracking_uri(tracking_uri)
    if uri.startswith(("http://", "https://")):
        echo_err(f"the store has its own pages: open {uri}")
        return
    connect(uri)
    command = [sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", uri]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
    os.execv(sys.executable, command)  # noqa: S606
