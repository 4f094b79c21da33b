"""`lr-study run` of what is finished already: said, not trained again, or replaced on request."""

import os
import shutil
from pathlib import Path

import pytest
from forked import lr_study
from mlflow import MlflowClient
from mlflow.entities import Run

from lr_study import compare, load_runs

OPTIONS = "--backbone efficientnet-lite0 --image-size 32 --epochs 2 --no-log-model --experiment x"


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> MlflowClient:
    shutil.copy(empty_database, tmp_path)
    return MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")


def runs(store: MlflowClient) -> list[Run]:
    """The runs of the experiment, the earliest first."""
    return list(reversed(store.search_runs([store.get_experiment_by_name("x").experiment_id])))


def test_a_finished_run_is_trained_again_only_on_request(
    store: MlflowClient, tmp_path: Path, tiny_folder: Path
) -> None:
    environment = os.environ | {"LR_STUDY_CACHE": str(tmp_path / "cache")}

    def run(*more: str) -> tuple[str, str]:
        words = ["run", "fixed:lr=0.01", "--data", str(tiny_folder), *OPTIONS.split(), *more]
        answer = lr_study(*words, cwd=tmp_path, env=environment)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout, answer.stderr

    result, _ = run()
    (first,) = runs(store)
    shown, said = run()
    assert shown == result
    assert "finished already, and not trained again: --rerun trains it" in said
    assert [run.info.run_id for run in runs(store)] == [first.info.run_id]

    run("--rerun")
    first, second = runs(store)
    assert first.data.tags["lr_study.superseded"] == "true"
    assert second.info.status == "FINISHED"
    comparison = compare(load_runs("x", str(store.tracking_uri)))
    assert [run.run_id for run in comparison.excluded] == [first.info.run_id]
    assert comparison.protocols[0].runs == 1
    assert second.info.run_id in run()[0]

    # The first training built a backbone and extracted features; the second read a small file.
    extracted, read = (run.data.metrics["feature_seconds"] for run in (first, second))
    assert 0 < read < extracted


def test_another_seed_or_setting_is_another_run(
    store: MlflowClient, tmp_path: Path, tiny_folder: Path
) -> None:
    words = ["run", "fixed:lr=0.01", "--data", str(tiny_folder), *OPTIONS.split()]
    for more in [], ["--seed=1"], ["--batch-size=8"]:
        answer = lr_study(*words, *more, cwd=tmp_path)
        assert "finished already" not in answer.stderr
    assert len(runs(store)) == 3
