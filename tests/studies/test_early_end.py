"""A study that may end early: what it decides by, what it trains, and what it says."""

import shutil

import numpy as np
import pandas as pd
import pytest
from killing import Study, write_digits
from records import frame, make_record

from lr_study.cli import app as cli
from lr_study.comparison import races_of
from lr_study.policies import parse
from lr_study.runs import ImageResults, RunSpec, Settings, StudySpec
from lr_study.studies import early_end
from lr_study.studies.early_end import EarlyEnd
from lr_study.support import UsageError
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.tracking.reading import load_runs

pytestmark = pytest.mark.filterwarnings(
    "ignore:The ``noload``:DeprecationWarning",  # MLflow's, of SQLAlchemy
)

# TensorFlow fixes its thread counts with its first operation, in whichever test that comes.
use_one_thread_per_op()

GOOD, ALIKE, HOPELESS = "fixed:lr=0.01", "fixed:lr=0.02", "fixed:lr=1e-05"
IMAGES = 60
FOLDED = {"resampling": "folds", "folds": 2, "val_fraction": 0.0}


def spec_of(**changes) -> StudySpec:
    """Three policies in three repetitions of two folds."""
    given = {"seeds": range(6), "race": True} | changes
    settings = Settings(folds=2)
    return StudySpec(settings, (parse(GOOD), parse(ALIKE), parse(HOPELESS)), **given)


def runs_of(cells) -> pd.DataFrame:
    """Finished runs of policies under seeds: the hopeless one has no image right."""
    records = [make_record(policy, seed, **FOLDED) for policy, seed in cells]
    found = frame(*records)
    found["image_results"] = [
        ImageResults(
            IMAGES,
            np.arange(seed % 2, IMAGES, 2),
            np.zeros(IMAGES // 2),
            np.full(IMAGES // 2, policy != HOPELESS),
            np.full(IMAGES // 2, -0.5),
        )
        for policy, seed in cells
    ]
    return found.assign(start_time=0)


def cells_of(policies, seeds):
    return [(policy, seed) for seed in seeds for policy in policies]


@pytest.fixture
def ending() -> EarlyEnd:
    return EarlyEnd(spec_of(), make_record(GOOD, **FOLDED).protocol)


def needed(ending: EarlyEnd) -> set[tuple[str, int]]:
    return {(str(spec.policy), spec.seed) for spec in ending.study.specs if ending.needs(spec)}


def test_before_anything_is_decided_all_is_needed(ending):
    assert needed(ending) == set(cells_of((GOOD, ALIKE, HOPELESS), range(6)))
    assert (ending.record(), ending.is_logged, ending.new_lines()) == (None, True, [])


def test_a_dropped_policy_is_needed_no_further(ending):
    ending.is_due(1)
    assert ending.read(runs_of(cells_of((GOOD, ALIKE, HOPELESS), range(2)))) == ""
    gone = set(cells_of((HOPELESS,), range(2, 6)))
    assert needed(ending) == set(cells_of((GOOD, ALIKE, HOPELESS), range(6))) - gone
    record = ending.record()
    assert (record.stopped, record.repetitions, record.planned) == ({HOPELESS: 1}, 1, 3)
    assert not ending.is_logged
    (line,) = ending.new_lines()
    assert line.startswith("after 2 of 6 seeds: 1 of 3 policies may not be best and trains no")
    assert HOPELESS in line
    assert ending.new_lines() == []


def test_decisions_that_the_latest_study_has_are_logged(ending):
    runs = runs_of(cells_of((GOOD, ALIKE, HOPELESS), range(2)))
    ending.read(runs)
    runs["race"] = pd.Series([ending.record()] + [None] * (len(runs) - 1), dtype=object)
    ending.read(runs)
    assert ending.is_logged


def test_without_a_run_that_is_due_no_analysis_is_made(ending):
    cells = cells_of((GOOD, ALIKE, HOPELESS), range(2))
    ending.is_due(1)
    lacking = ending.read(runs_of([cell for cell in cells if cell != (ALIKE, 1)]))
    assert lacking == f"no finished run of {ALIKE} under seed 1"
    assert len(needed(ending)) == 18


def test_a_race_that_trains_again_does_not_decide_by_what_it_replaces():
    ending = EarlyEnd(spec_of(rerun="all"), make_record(GOOD, **FOLDED).protocol)
    runs = runs_of(cells_of((GOOD, ALIKE, HOPELESS), range(6)))
    ending.read(runs)
    assert ending.decisions is None
    ending.is_due(1)
    ending.read(runs)
    assert ending.record().repetitions == 1


def test_a_race_needs_room_for_its_decisions_in_a_tag():
    rng = np.random.default_rng(0)
    policies = tuple(parse(f"fixed:lr={rate!r}") for rate in rng.random(3_000).tolist())
    study = StudySpec(Settings(folds=2), policies, range(4), race=True)
    with pytest.raises(UsageError, match="3000 policies are too many for --race"):
        EarlyEnd(study, make_record(GOOD, **FOLDED).protocol)
    other = StudySpec(Settings(folds=2), policies, range(4), until_regret=1)
    assert EarlyEnd(other, make_record(GOOD, **FOLDED).protocol).needs(
        RunSpec(policies[0], 0, Settings(folds=2))
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_digits(tmp_path_factory.mktemp("digits"), "012", each=60)


@pytest.fixture
def command(capsys, tmp_path, monkeypatch, data, empty_database):
    """Run a study of some policies, always in the same store, and return its messages."""
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    shutil.copy(empty_database, tmp_path)

    def run(policies, *more):
        study = Study(tmp_path, data, policies, seeds=10, epochs=20)
        capsys.readouterr()
        cli.app(study.words(*more), standalone_mode=False)
        said = capsys.readouterr()
        return study, said.err + said.out

    return run


def record_of(study: Study):
    (record,) = races_of(load_runs("study", study.uri)).values()
    return record


def test_a_study_ends_when_choosing_the_leader_loses_little(command):
    study, said = command([GOOD, ALIKE], "--until-regret=50")
    assert "20 runs: 0 finished, 20 to run, or fewer" in said
    assert "after 5 of 10 seeds: choosing the leader loses at most" in said
    assert said.count("the study ends") == 1
    assert len(study.finished()) == 10
    record = record_of(study)
    assert (record.ended, record.until_regret, record.stopped) == (True, 50, {})
    assert 0 <= record.regret_bound <= 50

    before = study.runs()
    _, again = command([GOOD, ALIKE], "--until-regret=50")
    assert "10 finished, 10 not needed any more, nothing is missing" in again
    assert study.runs() == before
    # Without the option the rest is missing, and with a smaller bound too.
    assert "10 finished, 10 to run\n" in command([GOOD, ALIKE], "--dry-run")[1]
    smaller = command([GOOD, ALIKE], "--until-regret=1e-9", "--dry-run")[1]
    assert "10 finished, 10 to run, or fewer\n" in smaller
    assert "  fewer, if a decision after a whole repetition leaves some out" in smaller


def test_while_the_store_cannot_be_read_all_train_on_and_it_is_made_up_for(command, monkeypatch):
    answers = [early_end.runs_of_experiment]

    def fail_once(client, experiment_id):
        if len(answers) == 1:
            answers.append(None)
            raise ConnectionError("no route to the store")
        return answers[0](client, experiment_id)

    monkeypatch.setattr(early_end, "runs_of_experiment", fail_once)
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", ())
    study, said = command([GOOD, ALIKE, HOPELESS], "--race")
    assert "not decided (the store cannot be reached" in said
    assert "no route to the store" in said
    assert len(study.finished()) == 30
    # The analysis after the first repetition is the one that it would have been.
    assert "after 5 of 10 seeds: 1 of 3 policies may not be best" in said
    assert record_of(study).stopped == {HOPELESS: 1}
