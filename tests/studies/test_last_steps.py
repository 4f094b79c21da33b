"""What comes after the ranking, or after a run's result, never costs it."""

from pathlib import Path

import pytest
from killing import Study
from mlflow import MlflowClient

from lr_study.cli import app as cli
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.tracking import load_runs

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras's and MLflow's

use_one_thread_per_op()


def statuses(study: Study) -> list[str]:
    return sorted(run.status for run in study.runs())


def test_a_study_whose_models_are_refused_has_its_ranking(
    small_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "files" / "models").touch()
    cli.app(small_study.words("--log-models=best"), standalone_mode=False)
    printed = capsys.readouterr()
    assert "fixed:lr=0.01" in printed.out
    (line,) = (line for line in printed.err.splitlines() if line.startswith("warning: whole"))
    assert "whole models could not be logged (" in line
    assert "--log-models none" in line
    assert str(tmp_path / "files" / "models") in line
    assert statuses(small_study) == ["FINISHED", "FINISHED"]
    client = MlflowClient(small_study.uri)
    (parent,) = (run.id for run in small_study.runs() if run.parent is None)
    assert "ranking.json" in {file.path for file in client.list_artifacts(parent)}

    (tmp_path / "files" / "models").unlink()
    cli.app(small_study.words("--log-models=best"), standalone_mode=False)
    printed = capsys.readouterr()
    assert "warning: whole" not in printed.err
    assert printed.err.endswith(f"view them with lr-study ui --tracking-uri {small_study.uri}\n")
    assert len(small_study.runs()) == 2  # nothing was trained again, and the model is there
    (child,) = (run.id for run in small_study.runs() if run.parent is not None)
    assert len(client.get_run(child).outputs.model_outputs) == 2  # the first was refused


def test_a_study_whose_ranking_is_refused_prints_it(
    small_study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log_artifacts = MlflowClient.log_artifacts

    def refuse_reports(client: MlflowClient, run_id: str, folder: str) -> None:
        if (Path(folder) / "report.html").exists():
            raise PermissionError(13, "Permission denied", "report.html")
        log_artifacts(client, run_id, folder)

    monkeypatch.setattr(MlflowClient, "log_artifacts", refuse_reports)
    cli.app(small_study.words(), standalone_mode=False)
    printed = capsys.readouterr()
    assert "fixed:lr=0.01" in printed.out
    assert "the ranking was not logged to the study's run (artifacts cannot be" in printed.err
    assert "Permission denied: report.html" in printed.err
    assert f"type lr-study compare --experiment study --tracking-uri {small_study.uri}\n" in (
        printed.err
    )
    assert statuses(small_study) == ["FINISHED", "FINISHED"]


def test_a_run_whose_model_is_refused_has_its_result(
    small_study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "files" / "models").touch()
    options = [
        word for word in small_study.words()[1:] if "seeds" not in word and "models" not in word
    ]
    options = [word for word in options if not word.startswith("--policy")]
    cli.app(["run", "fixed:lr=0.1", *options], standalone_mode=False)
    printed = capsys.readouterr()
    (run,) = small_study.runs()
    assert run.status == "FINISHED"
    assert f"run                 {run.id} in experiment study" in printed.out
    line = printed.err.splitlines()[-1]
    assert line.startswith("warning: the whole model could not be logged (")
    assert "--no-log-model" in line
    assert list(load_runs("study", small_study.uri)["excluded"]) == [None]

    words = line.rpartition("type lr-study ")[2].split()
    cli.app(words, standalone_mode=False)
    assert (tmp_path / "model.keras").stat().st_size > 0
