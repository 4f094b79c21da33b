"""A race that is killed between two repetitions and within one, and the same command again."""

import pytest
from killing import Process, Stage, Study, problems, write_digits

from lr_study.comparison import races_of
from lr_study.tracking.reading import load_runs

pytestmark = pytest.mark.filterwarnings(
    "ignore:The ``noload``:DeprecationWarning",  # MLflow's, of SQLAlchemy
)

HOPELESS = "fixed:lr=1e-05"
POLICIES = ["fixed:lr=0.01", "fixed:lr=0.02", HOPELESS]
OF_A_ROUND = 5 * len(POLICIES)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_digits(tmp_path_factory.mktemp("digits"), "012", each=60)


def with_finished(study: Study, process: Process, low: int, high: int) -> Stage:
    """So many runs are finished, or one more up to a number, and the study is RUNNING."""

    def where() -> str:
        parents = [run for run in process.new(study.runs()) if run.parent is None]
        is_running = [run.status for run in parents] == ["RUNNING"]
        return "there" if is_running and low <= len(study.finished()) <= high else ""

    return where


def record_of(study: Study):
    (record,) = races_of(load_runs("study", study.uri)).values()
    return record


def test_a_race_that_was_killed_goes_on_to_the_same_decisions(data, tmp_path):
    undisturbed = Study(tmp_path / "undisturbed", data, POLICIES, seeds=10, epochs=40)
    study = Study(tmp_path / "killed", data, POLICIES, seeds=10, epochs=40)
    with undisturbed.start("--race") as beside:
        with study.start("--race") as process:
            process.kill_in(with_finished(study, process, OF_A_ROUND, OF_A_ROUND))
        with study.start("--race") as process:
            process.kill_in(with_finished(study, process, OF_A_ROUND + 1, OF_A_ROUND + 8))
        left = study.runs()
        said = study.finish("--race")
        assert beside.wait() == 0, beside.said()

    # Decided again, from the runs that are there, and said again.
    assert f"1 of 3 policies may not be best and trains no further ({HOPELESS})" in said
    assert record_of(study) == record_of(undisturbed)
    assert record_of(study).stopped == {HOPELESS: 1}
    assert len(study.finished()) == OF_A_ROUND + 10
    assert problems(study, undisturbed.figures(), left) == []

    before = study.runs()
    assert "30 runs: 25 finished, 5 not needed any more, nothing is missing" in study.finish(
        "--race"
    )
    assert study.runs() == before
