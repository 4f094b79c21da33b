"""A model of one's own on the command line."""

import shutil
from pathlib import Path

import pytest
from forked import lr_study

MODULE = """
from own_models import build, digits, fragile_net, workload
import lr_study

own = workload(build(), name="digits-net")

def made():
    return own

def fails():
    raise RuntimeError("theirs")

fragile = workload(fragile_net, name="fragile", epochs=1)
"""


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module that has workloads, and an empty store."""
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    return tmp_path


def study(folder: Path, *words: str):
    return lr_study("study", "--policy=fixed:lr=0.1", "--seeds=2", *words, cwd=folder)


def test_a_workload_is_planned_trained_and_suggested(folder: Path) -> None:
    planned = study(folder, "--workload=mine:own", "--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.startswith("2 runs: 0 finished, 2 to run\n")
    trained = study(folder, "--workload=mine:own", "--log-models=none")
    assert trained.returncode == 0, trained.stderr
    assert "digits-net: 760 parameters trained, 0 not; 48 examples to train on" in trained.stderr
    assert "digits-net, 760 parameters trained, sgd, batch size 16, 2 epochs" in trained.stdout
    again = study(folder, "--workload=mine:made", "--log-models=none")
    assert "2 runs: 2 finished, nothing is missing" in again.stderr
    report = lr_study("report", "--experiment=digits-net", "--output=r.md", cwd=folder)
    assert report.returncode == 0, report.stderr
    text = (folder / "r.md").read_text(encoding="utf-8")
    assert "--workload mine:own" in text
    assert "--data" not in text


def test_runs_that_fail_are_said_after_the_ranking_of_the_others(folder: Path) -> None:
    words = ("--workload=mine:fragile", "--policy=fixed:lr=0.5", "--log-models=none")
    answer = study(folder, *words)
    assert answer.returncode == 1
    assert "fixed:lr=0.1" in answer.stdout
    *lines, last = answer.stderr.splitlines()
    failed = [line for line in lines if line.startswith("fixed:lr=0.5 failed under seed")]
    assert len(failed) == 2
    assert "(ArithmeticError: too high a rate)" in failed[0]
    assert last == "error: 2 runs failed, and all others are ranked: --rerun failed tries again"
    again = study(folder, *words)
    assert again.returncode == 0, again.stderr
    assert "4 runs: 2 finished, 2 failed (--rerun failed), nothing is missing" in again.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--workload=mine"], ["workload=mine is not allowed", "MODULE:ATTRIBUTE"]),
        (["--workload=nowhere:own"], ["workload=nowhere:own cannot be imported", "nowhere"]),
        (["--workload=mine:other"], ["has no attribute", "the traceback is in"]),
        (["--workload=mine:fails"], ["RuntimeError: theirs", "the traceback is in"]),
        (["--workload=mine:digits"], ["is a tuple, not an lr_study.Workload"]),
        (["--workload=mine:own", "--epochs=3"], ["epochs=3 is not allowed with a workload"]),
        (["--workload=mine:own", "--register=x"], ["register=x is not allowed"]),
    ],
)
def test_wrong_use_is_one_line(folder: Path, words: list[str], says: list[str]) -> None:
    answer = study(folder, *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Traceback" not in answer.stderr
    # Keras is imported by their module; TensorFlow's libraries may have said something before.
    *before, line = answer.stderr.splitlines()
    assert [text for text in (*before, line) if text.startswith("error: ")] == [line]
    for word in says:
        assert word in line
