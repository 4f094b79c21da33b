"""Studies: which cells are run, and that each counts once, whatever else happens."""

import shutil
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from killing import Study, in_training, write_digits
from mlflow import MlflowClient

from lr_study.cli import app as cli
from lr_study.comparison.experiment import compare
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.tracking.cells import reap_stale_runs
from lr_study.tracking.reading import load_runs
from lr_study.training import batched as heads

pytestmark = pytest.mark.filterwarnings(
    "ignore:The ``noload``:DeprecationWarning",  # MLflow's, of SQLAlchemy
)

# TensorFlow fixes its thread counts with its first operation, in whichever test that comes.
use_one_thread_per_op()

POLICIES = ("fixed:lr=0.01", "fixed:lr=0.001")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_digits(tmp_path_factory.mktemp("data") / "digits", "012", each=24)


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory, empty_database):
    """A small study that is finished, with its cache."""
    study = Study(tmp_path_factory.mktemp("finished"), data, POLICIES, seeds=2, epochs=2)
    shutil.copy(empty_database, study.folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        at_home(study, monkeypatch)
        cli.app(study.words(), standalone_mode=False)
    assert {len(run_ids) for run_ids in study.finished().values()} == {1}
    assert len(study.finished()) == 4
    return study


@pytest.fixture
def study(finished, tmp_path, monkeypatch):
    """The same, with a store of this test's own."""
    at_home(finished, monkeypatch)
    with (
        closing(sqlite3.connect(finished.folder / "mlflow.db")) as source,
        closing(sqlite3.connect(tmp_path / "mlflow.db")) as copy,
    ):
        source.backup(copy)
    return replace(finished, folder=tmp_path)


def at_home(study, monkeypatch):
    """Let this process run a study as `Study.start` would."""
    monkeypatch.setenv("LR_STUDY_CACHE", str(study.folder / "cache"))
    monkeypatch.setenv("LR_STUDY_STATE", str(study.folder / "state"))
    monkeypatch.chdir(study.folder)


@pytest.fixture
def command(capsys):
    """Run a study in this process, and return what it wrote: output and messages."""

    def run(study, *more):
        capsys.readouterr()
        cli.app(study.words(*more), standalone_mode=False)
        return capsys.readouterr()

    return run


@pytest.fixture
def no_training(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("something was trained")

    monkeypatch.setattr(heads, "train_heads", refuse)


def ranking(study):
    return compare(load_runs("study", study.uri))


def test_the_same_study_again_trains_nothing(study, command, no_training):
    before = study.runs()
    said = command(study)
    assert "4 runs: 4 finished, nothing is missing" in said.err
    assert "fixed:lr=0.001" in said.out
    assert study.runs() == before


def test_what_is_missing_is_run_and_the_rest_stays(study, command):
    before = study.finished()
    grown = replace(study, policies=(*POLICIES, "exp_decay:"), seeds=3)
    said = command(grown)
    assert "9 runs: 4 finished, 5 to run" in said.err
    after = grown.finished()
    assert len(after) == 9
    assert {len(run_ids) for run_ids in after.values()} == {1}
    assert before.items() <= after.items()
    rows = ranking(grown).protocols[0].rows
    assert [(row.runs, str(row.seeds)) for row in rows] == [(3, "(0, 1, 2)")] * 3


def test_dry_run_says_what_would_be_run_and_runs_nothing(
    study, command, no_training, tmp_path, monkeypatch
):
    before = study.runs()
    said = command(replace(study, seeds=3), "--dry-run")
    assert said.out.splitlines() == [
        "6 runs: 4 finished, 2 to run",
        "warning: the 3 seeds are no whole repetitions of the 5 folds: seeds 0, 1, 2 are not "
        "ranked by images until the others of their repetition are finished too, such as with "
        "--seeds 5",
        "  to run: fixed:lr=0.01 seed=2",
        "  to run: fixed:lr=0.001 seed=2",
    ]
    assert study.runs() == before

    new = replace(study, folder=tmp_path / "new")
    new.folder.mkdir()
    at_home(new, monkeypatch)
    assert command(new, "--dry-run").out.startswith("4 runs: 0 finished, 4 to run\n")
    assert new.runs() == []
    assert not new.features.exists()


def test_rerun_all_replaces_what_was_finished(study, command):
    before, figures = study.finished(), study.figures()
    said = command(study, "--rerun=all")
    assert "4 to run" in said.err
    old = {run_id for run_ids in before.values() for run_id in run_ids}
    runs = load_runs("study", study.uri).set_index("run_id")
    assert set(runs.loc[list(old), "excluded"]) == {"Superseded: trained again on request"}
    counted = runs[runs["excluded"].isna()]
    assert sorted(counted["cell"]) == sorted(before)
    assert not old & set(counted.index)
    again = ranking(study)
    assert old <= {excluded.run_id for excluded in again.excluded}
    assert [row.runs for row in again.protocols[0].rows] == [2, 2]
    # The same work gives the same figures, to the last digit.
    new = {run.cell: run.id for run in study.runs() if run.cell and run.id not in old}
    assert {cell: study.figures_of(run_id) for cell, run_id in new.items()} == figures


def test_what_failed_is_left_until_it_is_asked_for(study, command):
    cell, (failed,) = next(iter(study.finished().items()))
    MlflowClient(study.uri).set_terminated(failed, "FAILED")
    before = study.runs()
    said = command(study)
    assert "4 runs: 3 finished, 1 failed (--rerun failed), nothing is missing" in said.err
    assert study.runs() == before

    said = command(study, "--rerun=failed")
    assert "4 runs: 3 finished, 1 to run" in said.err
    after = study.finished()
    assert len(after) == 4
    assert after[cell] != [failed]
    assert [run.status for run in study.runs() if run.id == failed] == ["FAILED"]


def check_duplicates(study, ranking):
    """Of each cell the first run counts; the others are tagged so, and named. Return them."""
    finished = MlflowClient(study.uri).search_runs(["1"], "tags.`lr_study.diverged` != ''")
    first, duplicate_of = {}, {}
    for run in sorted(finished, key=lambda run: (run.info.end_time, run.info.run_id)):
        cell, run_id = run.data.tags["lr_study.cell"], run.info.run_id
        if first.setdefault(cell, run_id) != run_id:
            duplicate_of[run_id] = first[cell]
    tag = "lr_study.duplicate_of"
    tagged = {run.info.run_id: run.data.tags[tag] for run in finished if tag in run.data.tags}
    assert tagged == duplicate_of
    named = {e.run_id: e.reason for e in ranking.excluded if "Duplicate" in e.reason}
    assert named.keys() == duplicate_of.keys()
    assert all(duplicate_of[run_id] in reason for run_id, reason in named.items())
    assert sum(row.runs for row in ranking.protocols[0].rows) == len(first)
    return duplicate_of


def test_what_another_study_finishes_meanwhile_counts_once(study, command, monkeypatch):
    grown = replace(study, seeds=4)
    train_heads = heads.train_heads

    def train_while_another_study_does_the_same(*args, **kwargs):
        monkeypatch.setattr(heads, "train_heads", train_heads)
        cli.app(replace(study, seeds=3).words(), standalone_mode=False)
        return train_heads(*args, **kwargs)

    monkeypatch.setattr(heads, "train_heads", train_while_another_study_does_the_same)
    command(grown)
    assert [len(run_ids) for run_ids in grown.finished().values()] == [1] * 8
    assert check_duplicates(grown, ranking(grown)) == {}


def test_live_runs_are_studied_alike(data, tmp_path, empty_database, command, monkeypatch):
    study = Study(tmp_path / "live", data, POLICIES, seeds=1, epochs=2)
    study.folder.mkdir()
    shutil.copy(empty_database, study.folder)
    at_home(study, monkeypatch)
    assert "2 runs: 0 finished, 2 to run" in command(study, "--engine=live").err
    before = study.runs()
    figures = study.figures()
    assert len(figures) == 2
    for found in figures.values():
        assert found["params"]["engine"] == "live"
        assert (found["params"]["resampling"], found["params"]["folds"]) == ("folds", "5")
        assert [m[1] for m in found["metrics"] if m[0] == "val_accuracy"] == [1, 2]
    assert {run.status for run in before} == {"FINISHED"}
    assert "2 runs: 2 finished, nothing is missing" in command(study, "--engine=live").err
    assert study.runs() == before


# With processes of their own


def test_of_two_studies_at_once_each_cell_counts_once(data, tmp_path):
    study = Study(tmp_path / "twins", data, (*POLICIES, "exp_decay:"), seeds=2, epochs=300)
    with study.start() as first:
        first.wait_for(in_training(study, first, before=0, among=3, share=0.01))
        first.halt()
        with study.start() as second:
            second.wait_for(in_training(study, second, before=0, among=3, share=0.01))
            first.send(signal.SIGCONT)  # now they run at once
            second_ends = second.wait()
        assert [first.wait(), second_ends] == [0, 0], first.said() + second.said()

    runs = load_runs("study", study.uri)
    parents = runs[runs["excluded"].str.startswith("Study run", na=False)]
    assert list(parents["status"]) == ["FINISHED", "FINISHED"]

    found = ranking(study)
    assert [row.seeds for row in found.protocols[0].rows] == [(0, 1)] * 3
    assert found.protocols[0].runs == 6
    check_duplicates(study, found)
    locks = [path for path in study.folder.rglob("*.lock") if path.parent.name != "processes"]
    assert locks == []


def test_an_interrupt_leaves_nothing_half_and_says_how_to_continue(
    data, tmp_path, empty_database, monkeypatch
):
    study = Study(tmp_path / "interrupted", data, POLICIES, seeds=3, epochs=300)
    study.folder.mkdir()
    shutil.copy(empty_database, study.folder)
    with study.start() as process:
        # Nobody takes a study that runs, however slowly, for the remains of one that was killed.
        process.wait_for(in_training(study, process, before=0, among=2, share=0.01))
        process.send(signal.SIGSTOP)
        at_home(study, monkeypatch)
        assert reap_stale_runs(MlflowClient(study.uri), "1") == 0
        process.send(signal.SIGCONT)
        process.wait_for(in_training(study, process, before=2, among=2, share=0.05))
        process.send(signal.SIGINT)
        assert process.wait() == 1, process.said()
    assert "the same command continues" in process.said().splitlines()[-1]

    runs = study.runs()
    assert [run.status for run in runs if run.parent is None] == ["KILLED"]
    assert [(run.status, run.stage) for run in runs if run.parent] == [("FINISHED", "active")] * 2
    assert list(load_runs("study", study.uri)["excluded"].isna()).count(True) == 2
