"""Studies as processes of their own: watched from outside, killed in a known stage, compared.

A stage is told by what stands on disk and on the terminal, never by time:

- extraction: the ``.partial`` folder of features has some of its batches, and no run exists;
- training: a study is RUNNING, its bar of epochs stands within a seed, and no cell of that seed
  exists (those of the seed before may still be published beside it);
- publishing: the run of a cell is RUNNING.
"""

import hashlib
import os
import pty
import re
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from forked import Forked
from mlflow import MlflowClient
from mlflow.utils.file_utils import local_file_uri_to_path

from lr_study.data import locate
from lr_study.features.extraction import BATCH_SIZE

TIMINGS = {"wall_clock_seconds", "seconds_per_epoch", "feature_seconds"}
MORE: dict[str, str] = {}
"""Variables that a process has besides those of this one."""

_PATIENCE_SECONDS = 240
_BAR = re.compile(r"of \d+ runs\b.*? (\d+)/\d+")
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_RUNS = """
SELECT runs.run_uuid, runs.status, runs.lifecycle_stage, parents.value, cells.value
FROM runs
LEFT JOIN tags AS parents
    ON parents.run_uuid = runs.run_uuid AND parents.key = 'mlflow.parentRunId'
LEFT JOIN tags AS cells
    ON cells.run_uuid = runs.run_uuid AND cells.key = 'lr_study.cell'
"""


class MissedError(AssertionError):
    """A process ended before it was seen in the stage that was waited for."""


Stage = Callable[[], str]
"""Tells where a process stands, if it is in a certain stage; else says nothing."""


@dataclass(frozen=True)
class Run:
    """A run as the store has it; ``parent`` and ``cell`` are None where it has none."""

    id: str
    status: str
    stage: str
    parent: str | None
    cell: str | None


@dataclass(frozen=True)
class Study:
    """A study of policies over seeds, with a store and a cache of its own below ``folder``."""

    folder: Path
    data: Path
    policies: Sequence[str]
    seeds: int
    epochs: int

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.folder / 'mlflow.db'}"

    @property
    def features(self) -> Path:
        return self.folder / "cache" / "features"

    def words(self, *more: str) -> list[str]:
        """The command, always the same but for ``more``."""
        options = {
            "data": self.data,
            "backbone": "efficientnet-lite0",
            "image-size": 32,
            "epochs": self.epochs,
            "seeds": self.seeds,
            "log-models": "none",
            "experiment": "study",
            "tracking-uri": self.uri,
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        return ["study", *words, *(f"--policy={policy}" for policy in self.policies), *more]

    def start(self, *more: str) -> "Process":
        """Start the command."""
        self.folder.mkdir(exist_ok=True)
        known = {run.id for run in self.runs()}
        return Process(self.words(*more), self.folder, known)

    def finish(self, *more: str) -> str:
        """Run the command to its end, and return what it said."""
        with self.start(*more) as process:
            assert process.wait() == 0, process.said()
            return process.said()

    def _rows(self, query: str, *values: str) -> list[Any]:
        file = f"file:{self.folder / 'mlflow.db'}?mode=rw"
        with closing(sqlite3.connect(file, uri=True, timeout=1)) as store:
            return store.execute(query, values).fetchall()

    def runs(self) -> list[Run]:
        """All runs, deleted ones too; none where there is no store yet, or it is being written."""
        try:
            return [Run(*row) for row in self._rows(_RUNS)]
        except sqlite3.OperationalError:
            return []

    def finished(self) -> dict[str, list[str]]:
        """The ids of the finished runs of each cell."""
        return by_cell(run for run in self.runs() if run.status == "FINISHED")

    def forget(self, cells: Collection[str]) -> None:
        """Delete the finished runs of some cells, so that these are missing."""
        client = MlflowClient(self.uri)
        finished = self.finished()
        for cell in cells:
            for run_id in finished[cell]:
                client.delete_run(run_id)

    def figures(self) -> dict[str, Any]:
        """What each cell gave, all but how long it took: params, metrics, history and weights."""
        return {cell: self.figures_of(run_ids[0]) for cell, run_ids in self.finished().items()}

    def figures_of(self, run_id: str) -> dict[str, Any]:
        """What one run gave."""
        metrics = "SELECT key, step, value, is_nan FROM metrics WHERE run_uuid = ?"
        params = "SELECT key, value FROM params WHERE run_uuid = ?"
        ((uri,),) = self._rows("SELECT artifact_uri FROM runs WHERE run_uuid = ?", run_id)
        place = local_file_uri_to_path(uri)
        with np.load(Path(place) / "head.npz") as head:
            weights = hashlib.sha256(head["kernel"].tobytes() + head["bias"].tobytes()).hexdigest()
        return {
            "metrics": sorted(row for row in self._rows(metrics, run_id) if row[0] not in TIMINGS),
            "params": dict(self._rows(params, run_id)),
            "history.csv": (Path(place) / "history.csv").read_text(encoding="utf-8"),
            "weights": weights,
        }


class Process:
    """A study that runs. Its standard error is a terminal, so that its bars can be read.

    As a context, it does not outlive its block.
    """

    def __init__(self, words: Sequence[str], folder: Path, known: Collection[str]) -> None:
        terminal, end = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
        environment |= {"LR_STUDY_CACHE": f"{folder}/cache", "LR_STUDY_STATE": f"{folder}/state"}
        environment |= {"TERM": "xterm", "COLUMNS": "120", **MORE}
        self._process = Forked(words, cwd=folder, env=environment, terminal=os.ttyname(end))
        self._end = end  # a terminal whose last end is closed is gone: until the process has ended
        self._known = known
        self._said = b""
        self._reader = threading.Thread(target=self._read, args=(terminal,))
        self._reader.start()

    def _read(self, terminal: int) -> None:
        try:
            while part := os.read(terminal, 65536):
                self._said += part
        except OSError:
            pass  # so Linux says that the other end is closed
        os.close(terminal)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self._process.kill()
        self.wait()

    def said(self) -> str:
        """What it wrote to standard error until now; of each bar as it was drawn last."""
        text = _ESCAPE.sub("", self._said.decode(errors="replace"))
        return "\n".join(line.rstrip("\r").split("\r")[-1] for line in text.split("\n"))

    def new(self, runs: Sequence[Run]) -> list[Run]:
        """Those of the runs that were not there when it started."""
        return [run for run in runs if run.id not in self._known]

    def epochs_shown(self) -> int:
        """Where its bar of epochs stands."""
        shown = _BAR.findall(self.said())
        return int(shown[-1]) if shown else 0

    def wait(self) -> int:
        code = self._process.wait(_PATIENCE_SECONDS)
        if self._end >= 0:
            os.close(self._end)
            self._end = -1
        self._reader.join()
        return code

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait_for(self, stage: Stage) -> str:
        """Wait until it is in a stage."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (where := stage()):
            if self._process.poll() is not None:
                raise MissedError(self.said())
            assert time.monotonic() < deadline, f"it never came there:\n{self.said()}"
            time.sleep(0.002)
        return where

    def kill_in(self, stage: Stage, *, after_seconds: float = 0) -> str:
        """Kill -9 in a stage, some time after it is seen; return where in it.

        The process is first halted and looked at again: what is asserted is where it is killed.
        """
        while True:
            self.wait_for(stage)
            time.sleep(after_seconds)
            self.halt()
            where = stage()
            if where:
                break
            self.send(signal.SIGCONT)
        self.send(signal.SIGKILL)
        assert self.wait() == -signal.SIGKILL
        assert stage() == where
        return where

    def halt(self) -> None:
        """Let it stand still, where it is."""
        self.send(signal.SIGSTOP)
        status = Path(f"/proc/{self._process.pid}/status")
        while self._process.poll() is None and "State:\tT" not in status.read_text(
            encoding="utf-8"
        ):
            time.sleep(0.001)


def in_extraction(study: Study, process: Process, batches: int) -> Stage:
    """That many batches or more are done, but not all."""
    pictures = sum(file.suffix == ".png" for file in study.data.rglob("*"))
    total = -(-pictures // BATCH_SIZE)

    def where() -> str:
        folders = [path for path in study.features.glob("*") if path.is_dir()]
        if [folder.suffix for folder in folders] != [".partial"] or process.new(study.runs()):
            return ""
        progress = folders[0] / "progress.jsonl"
        done = progress.read_bytes().count(b"\n") if progress.exists() else 0
        return f"batch {done} of {total}" if batches <= done < total else ""

    return where


def in_training(study: Study, process: Process, before: int, among: int, share: float) -> Stage:
    """``among`` cells of a seed train, after ``before`` of other seeds.

    They have gone through the ``share`` of their epochs or more, and have a quarter left or more.
    """
    all_epochs = among * study.epochs

    def where() -> str:
        new = process.new(study.runs())
        parents = [run.status for run in new if run.parent is None]
        children = len(new) - len(parents)
        done = process.epochs_shown() - before * study.epochs
        within = share * all_epochs <= done <= 0.75 * all_epochs
        if parents != ["RUNNING"] or children > before or not within:
            return ""
        return f"epoch {done} of {all_epochs}, {children} of {before} runs before it begun"

    return where


def in_publishing(study: Study, process: Process, finished: int, *, whole: bool) -> Stage:
    """That many runs or more are finished, and one is begun: all of it is there, or it is not."""

    def where() -> str:
        children = [run for run in process.new(study.runs()) if run.parent is not None]
        done = sum(run.status == "FINISHED" for run in children)
        begun = [run for run in children if run.status == "RUNNING"]
        if done < finished or not begun or (begun[0].cell is not None) != whole:
            return ""
        return f"run {done + 1}, {'whole' if whole else 'half'}"

    return where


def by_cell(runs: Iterable[Run]) -> dict[str, list[str]]:
    """The ids of those of the runs that have a cell and are not deleted."""
    cells: dict[str, list[str]] = {}
    for run in runs:
        if run.cell and run.stage == "active":
            cells.setdefault(run.cell, []).append(run.id)
    return cells


def whole(runs: Iterable[Run]) -> dict[str, list[str]]:
    """The finished runs of each cell, and those that a kill kept from that and from nothing else.

    The tag of its cell is the last thing that a run gets, along with all its other tags.
    """
    return by_cell(run for run in runs if run.status in ("FINISHED", "RUNNING"))


def problems(study: Study, undisturbed: Mapping[str, Any], left: Sequence[Run]) -> list[str]:
    """What is not as it should be once the same command went on after kills.

    ``undisturbed`` are the figures of a study that nobody killed, and ``left`` the runs as they
    were when the command went on.
    """
    runs, finished, figures = study.runs(), study.finished(), study.figures()
    found = []
    for cell in sorted(undisturbed.keys() | finished.keys()):
        count = len(finished.get(cell, ()))
        if count != 1:
            found.append(f"cell {cell} has {count} finished runs")
        elif cell not in undisturbed:
            found.append(f"cell {cell} is none of the study's")
        elif figures[cell] != undisturbed[cell]:
            found.append(f"the figures of cell {cell} differ")
    for cell, run_ids in whole(left).items():
        if finished.get(cell) != run_ids:
            found.append(f"cell {cell} was there and was trained again")
    killed = {run.id for run in left if run.parent is None and run.status != "FINISHED"}
    for run in runs:
        expected = "KILLED" if run.id in killed else "FINISHED"
        if run.stage == "active" and run.status != expected:
            found.append(f"run {run.id} is {run.status}")
    return found


def write_digits(folder: Path, classes: str, each: int | None = None) -> Path:
    """Copy some classes of the sample to a folder, all their pictures or so many of each."""
    for class_name in classes:
        (folder / class_name).mkdir(parents=True)
        for file in sorted((locate("sample")[1] / class_name).iterdir())[:each]:
            shutil.copy(file, folder / class_name)
    return folder
