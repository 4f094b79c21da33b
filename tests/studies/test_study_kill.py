"""A study that is killed in each of its stages, and the same command again.

``benchmarks/kills.py`` does the same at twenty moments.
"""

import pytest
from killing import Study, in_extraction, in_publishing, in_training, problems, write_digits

POLICIES = ["fixed:lr=0.1", "fixed:lr=0.001", "step_decay:", "exp_decay:", "exp_decay:k=0.1"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_digits(tmp_path_factory.mktemp("digits"), "012")


@pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning")  # MLflow's, of SQLAlchemy
def test_after_kills_in_all_stages_the_same_command_gives_the_same_figures(data, tmp_path):
    undisturbed = Study(tmp_path / "undisturbed", data, POLICIES, seeds=2, epochs=400)
    study = Study(tmp_path / "killed", data, POLICIES, seeds=2, epochs=400)
    with undisturbed.start() as beside:
        with study.start() as process:
            process.kill_in(in_extraction(study, process, batches=3))
        assert study.runs() == []

        with study.start() as process:
            process.kill_in(in_training(study, process, before=0, among=5, share=0.1))
        assert [run.status for run in study.runs()] == ["RUNNING"]  # the study, and no cell

        with study.start() as process:
            process.kill_in(in_publishing(study, process, finished=3, whole=False))
        study.forget(sorted(study.finished())[:1])  # the others train in new company
        left = study.runs()
        assert 2 <= len(study.finished()) < 9

        study.finish()
        assert beside.wait() == 0, beside.said()
    assert len(undisturbed.finished()) == 10
    assert problems(study, undisturbed.figures(), left) == []
    studies = [run.status for run in study.runs() if run.parent is None]
    assert sorted(studies) == ["FINISHED", "KILLED", "KILLED"]
