"""An import that is killed, in known places and at an arbitrary one, and the same command again."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from event_records import FILE_NAME, START, write_run

from lr_study.tracking.reading import load_runs

COMMAND = ["import", "tensorboard", "logs", "--experiment", "x"]

# The process kills itself: before it has logged anything to its third run, after it has logged
# all but the end of it.
KILLER = """
import os, signal, sys
from lr_study.cli import app as cli
from lr_study.importing import publishing
log, calls = publishing.log_batch, iter(range(99))
def log_batch(*arguments, **options):
    last = next(calls) == {call}
    if last and {before}:
        os.kill(os.getpid(), signal.SIGKILL)
    log(*arguments, **options)
    if last:
        os.kill(os.getpid(), signal.SIGKILL)
publishing.log_batch = log_batch
sys.argv[1:] = {command!r}
cli._run()
"""


def finish(folder: Path) -> str:
    """Give the command, to its end."""
    answer = subprocess.run(
        [sys.executable, "-m", "lr_study", *COMMAND], cwd=folder, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def statuses(folder: Path) -> list[str]:
    """The runs that are not deleted, by their status; none where there is no store yet."""
    query = "SELECT status FROM runs WHERE lifecycle_stage = 'active'"
    try:
        file = f"file:{folder / 'mlflow.db'}?mode=rw"
        with closing(sqlite3.connect(file, uri=True, timeout=5)) as store:
            return sorted(status for (status,) in store.execute(query))
    except sqlite3.OperationalError:
        return []


def check(folder: Path, runs: int) -> None:
    """Each run is there once, whole."""
    assert statuses(folder) == ["FINISHED"] * runs
    table = load_runs("x", f"sqlite:///{folder / 'mlflow.db'}")
    assert table["excluded"].isna().all()
    assert table["name"].nunique() == len(table) == runs
    assert {len(curves["val_accuracy"]) for curves in table["curves"]} == {4}


@pytest.mark.parametrize("before", [True, False])
def test_killed_while_it_writes_a_run(tmp_path: Path, before: bool) -> None:
    for i in range(5):
        write_run(tmp_path / "logs" / f"lr_0.{i + 1}")
    code = KILLER.format(call=2, before=before, command=COMMAND)
    killed = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert statuses(tmp_path) == ["FINISHED", "FINISHED", "RUNNING"]
    assert finish(tmp_path).endswith("3 runs imported, 2 runs already imported\n")
    check(tmp_path, runs=5)


def test_killed_while_it_completes_a_run(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "logs" / "lr_0.1", epochs=3)
    finish(tmp_path)
    write_run(folder, epochs=1, first=3, start=START, name=f"{FILE_NAME}.1")
    code = KILLER.format(call=0, before=False, command=COMMAND)
    killed = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert finish(tmp_path).endswith("0 runs imported, 1 run completed with new epochs\n")
    check(tmp_path, runs=1)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_stopped_from_outside_at_any_moment(tmp_path: Path, number: signal.Signals) -> None:
    runs = 40
    for i in range(runs):
        write_run(tmp_path / "logs" / f"lr_0.{i:03}1")
    process = subprocess.Popen(
        [sys.executable, "-m", "lr_study", *COMMAND],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 120
    while statuses(tmp_path).count("FINISHED") < 3:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=60)
    left = statuses(tmp_path)
    assert left.count("FINISHED") < runs, "it was too fast to be stopped"
    if number is signal.SIGKILL:
        assert process.returncode == -number
    else:
        assert process.returncode == 1, said
        assert "RUNNING" not in left
        assert b"the same command goes on with the rest" in said
    finish(tmp_path)
    check(tmp_path, runs)
