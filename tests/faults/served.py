"""A tracking server that can be killed and started again, and studies that publish to it."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from killing import Process, Study

CHILD = "mlflow.parentRunId"
"""What the request that makes the run of a cell holds, and those for other runs do not."""

_TABLES = ("tags", "params", "metrics", "latest_metrics", "runs")


class Server:
    """``mlflow server`` on a database file of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def start(self) -> None:
        """Start it, where it does not run, and wait for its first answer."""
        with self._starting:
            self._start()

    def _start(self) -> None:
        if self._process is None:
            command = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
            command += ["--host", "127.0.0.1", "--port", str(self.port)]
            command += ["--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db"]
            command += ["--artifacts-destination", str(self.folder / "artifacts")]
            environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
            with (self.folder / "log").open("a", encoding="utf-8") as log:
                self._process = subprocess.Popen(
                    command, env=environment, stdout=log, stderr=log, start_new_session=True
                )
        deadline = time.monotonic() + 90
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5):
                    return
            except OSError:
                assert time.monotonic() < deadline, (self.folder / "log").read_text(
                    encoding="utf-8"
                )
                time.sleep(0.1)

    def kill(self) -> None:
        """Kill -9 it, all of its processes."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def forget(self) -> None:
        """Delete all runs, so that the next test has an empty store."""
        with closing(sqlite3.connect(self.folder / "mlflow.db", timeout=30)) as store:
            for table in _TABLES:
                store.execute(f"DELETE FROM {table}")  # noqa: S608
            store.commit()


@dataclass(frozen=True)
class StudyUnderFaults(Study):
    """A study whose commands may fail: with the code that each is to end with."""

    def start(self, *more: str) -> Process:
        return self.command(self.words(*more))

    def command(self, words: Sequence[str]) -> Process:
        self.folder.mkdir(exist_ok=True)
        return Process(words, self.folder, {run.id for run in self.runs()})

    def ends(self, code: int, *more: str) -> str:
        """Run the study to its end, which is to be ``code``; return the last thing it said."""
        with self.start(*more) as process:
            return ended(process, code)

    def sync(self, code: int = 0) -> str:
        with self.command(["sync"]) as process:
            return ended(process, code)


def as_root(*words: str) -> None:
    """Run a command that only root may; where we are not, with sudo."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    answer = subprocess.run([*sudo, *words], capture_output=True, encoding="utf-8")
    assert answer.returncode == 0, f"{' '.join(words)}: {answer.stderr.strip()}"


def ended(process: Process, code: int) -> str:
    """Wait for a command, and return its last line; it has said no Python traceback."""
    assert process.wait() == code, process.said()
    said = process.said()
    assert "Traceback" not in said, said
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if code:
        assert [line for line in lines if line.startswith("error:")] == lines[-1:], said
    return lines[-1] if lines else ""


@dataclass(frozen=True)
class ServedStudy(StudyUnderFaults):
    """A study that publishes to a server, through what stands in front of it."""

    server: Server | None = None
    front_uri: str = ""

    @property
    def uri(self) -> str:
        return self.front_uri

    def _rows(self, query: str, *values: str) -> list[Any]:
        assert self.server is not None
        file = f"file:{self.server.folder / 'mlflow.db'}?mode=rw"
        with closing(sqlite3.connect(file, uri=True, timeout=5)) as store:
            rows = store.execute(query, values).fetchall()
        place = f"{self.server.folder}/artifacts/"
        return [
            tuple(v.replace("mlflow-artifacts:/", place) if isinstance(v, str) else v for v in row)
            for row in rows
        ]


def problems(study: Study, expected: dict[str, Any], *, unfinished: str = "") -> list[str]:
    """What is not as it should be when a command was repeated after a fault.

    ``unfinished`` are the statuses, beside FINISHED, that runs without a cell may have: they
    belong to commands that did not end well.
    """
    finished, figures = study.finished(), study.figures()
    found = []
    for cell in sorted(expected.keys() | finished.keys()):
        if len(finished.get(cell, ())) != 1:
            found.append(f"cell {cell} has {len(finished.get(cell, ()))} finished runs")
        elif cell not in expected:
            found.append(f"cell {cell} is none of the study's")
        elif figures[cell] != expected[cell]:
            found.append(f"the figures of cell {cell} differ")
    for run in study.runs():
        may_be = {"FINISHED"} if run.parent else {"FINISHED", *unfinished.split()}
        if run.stage == "active" and run.status not in may_be:
            found.append(f"run {run.id} is {run.status}")
    waiting = [p.name for p in (study.folder / "state" / "outbox").glob("*/") if p.name[0] != "."]
    return found + [f"{name} waits" for name in waiting]
