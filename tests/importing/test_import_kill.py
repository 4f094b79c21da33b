"""An import that is killed or interrupted, in known places, and the same command again."""

import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from event_records import FILE_NAME, START, write_run
from forked import Forked, lr_study, run_code

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


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "mlflow.db")


def finish(folder: Path) -> str:
    """Give the command, to its end."""
    answer = lr_study(*COMMAND, cwd=folder)
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
        write_run(tmp_path / "logs" / f"lr_0.{i + 1}", start=START + i)
    code = KILLER.format(call=2, before=before, command=COMMAND)
    killed = run_code(code, cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert statuses(tmp_path) == ["FINISHED", "FINISHED", "RUNNING"]
    assert finish(tmp_path).endswith("3 runs imported, 2 runs already imported\n")
    check(tmp_path, runs=5)


def test_killed_while_it_completes_a_run(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "logs" / "lr_0.1", epochs=3)
    finish(tmp_path)
    write_run(folder, epochs=1, first=3, start=START, name=f"{FILE_NAME}.1")
    code = KILLER.format(call=0, before=False, command=COMMAND)
    killed = run_code(code, cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert finish(tmp_path).endswith("0 runs imported, 1 run completed with new epochs\n")
    check(tmp_path, runs=1)


# The process writes half of its fourth run, says so, and waits for the signal: that always comes
# while it imports, on any machine.
WAITER = """
import signal, sys
from lr_study.cli import app as cli
from lr_study.importing import publishing
log, calls = publishing.log_batch, iter(range(99))
def log_batch(*arguments, **options):
    log(*arguments, **options)
    if next(calls) == 3:
        print("in the fourth run", flush=True)
        signal.pause()
publishing.log_batch = log_batch
sys.argv[1:] = {command!r}
cli.main()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_stopped_from_outside_in_the_middle(tmp_path: Path, number: signal.Signals) -> None:
    for i in range(6):
        write_run(tmp_path / "logs" / f"lr_0.{i}1", start=START + i)
    with Forked(code=WAITER.format(command=COMMAND), cwd=tmp_path) as process:
        while "in the fourth run" not in process.output():
            assert process.poll() is None, process.completed().stderr
            time.sleep(0.01)
        process.send_signal(number)
        answer = process.completed()
    if number is signal.SIGKILL:
        assert answer.returncode == -number
        assert statuses(tmp_path) == ["FINISHED"] * 3 + ["RUNNING"]
    else:
        assert answer.returncode == 1, answer.stderr
        assert statuses(tmp_path) == ["FINISHED"] * 3 + ["KILLED"]
        assert "the same command continues" in answer.stderr
    finish(tmp_path)
    check(tmp_path, runs=6)
