"""MLflow's own pages for the store."""

import os
import socket
import sys

from lr_study.cli.terminal import echo_err
from lr_study.support import LrStudyError
from lr_study.tracking import connect, resolve_tracking_uri, restore_log_level


def serve_ui(tracking_uri: str | None, port: int) -> None:
    """Replace this process by ``mlflow ui`` on 127.0.0.1; print the address of a server instead.

    Raises
    ------
    LrStudyError
        If there is no store, or the port is taken: MLflow would end with exit code 0.
    """
    uri = resolve_tracking_uri(tracking_uri)
    if uri.startswith(("http://", "https://")):
        echo_err(f"the store has its own pages: open {uri}")
        return
    store = str(connect(uri).tracking_uri)
    _require_free(port)
    command = [sys.executable, "-m", "mlflow", "ui"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    # An address may hold a password, and everybody on the machine can read a command line.
    os.environ["MLFLOW_BACKEND_STORE_URI"] = store
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
    restore_log_level()
    os.execv(sys.executable, command)  # noqa: S606


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        # As MLflow's server does: a port is free though connections to its last user linger.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LrStudyError(
                f"port {port} cannot be used ({error.strerror}): give another with --port"
            ) from error
