"""Several commands of one project: each sees the run that `mlflow run` opened for all of them."""

import pytest
from killing import Study
from mlflow import MlflowClient

from lr_study.cli import app as cli
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.tracking import load_runs

use_one_thread_per_op()


def test_each_command_of_a_project_has_its_result(
    small_study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = MlflowClient(small_study.uri)
    opened = client.create_run("1").info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", opened)
    skipped = ("study", "--seeds", "--log-models", "--policy", "--experiment")
    options = [word for word in small_study.words() if not word.startswith(skipped)]
    commands = [
        ["run", "fixed:lr=0.1", "--no-log-model", *options],
        ["run", "fixed:lr=0.001", "--no-log-model", *options],
        small_study.words(),
    ]
    warned = []
    for words in commands:
        cli.app(words, standalone_mode=False)
        warned.append("of MLFLOW_RUN_ID is another command's" in capsys.readouterr().err)
    assert warned == [False, True, True]
    assert client.get_run(opened).info.run_name == "s0 fixed 0.1"
    assert client.get_run(opened).data.params["policy"] == "fixed:lr=0.1"
    runs = load_runs("study", small_study.uri)
    ranked = runs[runs["excluded"].isna()]
    assert sorted(ranked["policy"]) == ["fixed:lr=0.001", "fixed:lr=0.01", "fixed:lr=0.1"]
    assert list(runs["status"]) == ["FINISHED"] * 4


def test_a_finished_study_under_a_run_of_another_makes_no_run(
    small_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.app(small_study.words(), standalone_mode=False)
    before = small_study.runs()
    (child,) = (run.id for run in before if run.parent)
    monkeypatch.setenv("MLFLOW_RUN_ID", child)
    cli.app(small_study.words(), standalone_mode=False)
    assert small_study.runs() == before
    assert len(small_study.finished()) == 1


def test_commands_use_the_experiment_of_the_environment(
    small_study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "1")
    words = [word for word in small_study.words() if not word.startswith("--experiment")]
    cli.app(words, standalone_mode=False)
    capsys.readouterr()
    cli.app(["compare", f"--tracking-uri={small_study.uri}"], standalone_mode=False)
    assert capsys.readouterr().out.startswith("study, protocol ")
    names = [found.name for found in MlflowClient(small_study.uri).search_experiments()]
    assert sorted(names) == ["Default", "study"]
