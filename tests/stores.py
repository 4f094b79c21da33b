"""Stores to test with: a port, a tracking server as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

NO_SERVER = "http://127.0.0.1:9"
"""An address where nothing answers: the port is reserved for the discard service."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def tracking_server(folder: Path, database: bytes) -> Iterator[str]:
    """Run MLflow's server on a copy of a database, and yield its address."""
    file = folder / "mlflow.db"
    file.write_bytes(database)
    uri = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1"]
    command += ["--port", uri.rpartition(":")[2], "--backend-store-uri", f"sqlite:///{file}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with serving(command, uri, environment, folder / "log"):
        yield uri


@contextmanager
def serving(
    command: Sequence[str],
    uri: str,
    environment: Mapping[str, str],
    log: Path,
    patience_seconds: float = 90,
) -> Iterator[None]:
    """Run a server of MLflow's while a block lasts, from its first answer on."""
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + patience_seconds
        while not is_healthy(uri):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.2)
        yield
    finally:
        with suppress(ProcessLookupError):  # it could not start
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def is_healthy(uri: str) -> bool:
    """Whether a server of MLflow's answers."""
    try:
        with urllib.request.urlopen(f"{uri}/health", timeout=5):  # noqa: S310
            return True
    except OSError:
        return False
