"""MLflow's own pages for the store."""

import os
import socket
import sys

from lr_study.cli.terminal import echo
from lr_study.support import LrStudyError
from lr_study.tracking import (
    connect,
    experiment_name,
    latest_experiment,
    require_experiment,
    resolve_tracking_uri,
    restore_log_level,
)


def serve_ui(tracking_uri: str | None, port: int, experiment: str | None = None) -> None:
    """Replace this process by ``mlflow ui`` on 127.0.0.1; print the address of a server instead.

    Parameters
    ----------
    experiment
        Whose page's address is printed: its runs as a table. By default, the experiment of the
        environment, or else the one that was created last.

    Raises
    ------
    UsageError
        If there is no such experiment.
    LrStudyError
        If there is no store, or the port is taken: MLflow would end with exit code 0.
    """
    uri = resolve_tracking_uri(tracking_uri)
    is_server = uri.startswith(("http://", "https://"))
    client = connect(uri)
    name = experiment_name(uri, experiment, default="")
    found = require_experiment(client, name) if name else latest_experiment(client)
    page = runs_page(str(found.experiment_id)) if found else ""
    if is_server:
        echo(f"the store has its own pages: open {uri.rstrip('/')}/{page}")
        return
    store = str(client.tracking_uri)
    _require_free(port)
    echo(f"open http://127.0.0.1:{port}/{page}")
    command = [sys.executable, "-m", "mlflow", "ui"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--uvicorn-opts", "--log-level warning"]  # a line for each request otherwise
    # An address may hold a password, and everybody on the machine can read a command line.
    os.environ["MLFLOW_BACKEND_STORE_URI"] = store
    os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
    restore_log_level()
    os.execv(sys.executable, command)  # noqa: S606


def runs_page(experiment_id: str) -> str:
    """Return the path of the page with an experiment's runs and what was logged to them.

    Without the type, MLflow 3.17 shows its pages for language models.

    >>> runs_page("1")
    '#/experiments/1/runs?workflowType=machine_learning'
    """
    return f"#/experiments/{experiment_id}/runs?workflowType=machine_learning"


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
