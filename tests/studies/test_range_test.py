"""A range test through the command line: its run, its check, and that it is never left RUNNING."""

import csv
import json
import os
import shutil
from pathlib import Path

import pytest
from forked import Completed, is_wrong_use, lr_study
from mlflow import MlflowClient
from mlflow.entities import Run

from lr_study import compare, load_runs
from lr_study.cli import app as cli
from lr_study.runs import RateRange
from lr_study.runs.grids import load_grid
from lr_study.support import LrStudyError
from lr_study.support.runtime import use_one_thread_per_op

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload``:DeprecationWarning")  # SQLAlchemy

# TensorFlow fixes its thread counts with its first operation, in whichever test that comes.
use_one_thread_per_op()

OPTIONS = (
    "--weights random --backbone efficientnet-lite0 --image-size 32 --batch-size 4 "
    "--range-epochs 4 --smoothing 0.9 --optimizer sgd --seeds 2 --resampling splits --epochs 2 "
    "--experiment x"
)


@pytest.fixture
def words(three_digits: Path) -> list[str]:
    return ["range-test", "--data", str(three_digits), *OPTIONS.split()]


@pytest.fixture
def store(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    shutil.copy(empty_database, tmp_path)
    return MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")


def runs_of(store: MlflowClient) -> list[Run]:
    """The runs of the experiment, the earliest first."""
    experiment = store.get_experiment_by_name("x")
    return list(reversed(store.search_runs([experiment.experiment_id])))


def the_range_test(store: MlflowClient) -> Run:
    (run,) = (r for r in runs_of(store) if r.data.tags.get("lr_study.kind") == "range_test")
    return run


def command(*words: str, cwd: Path) -> Completed[str]:
    answer = lr_study(*words, cwd=cwd, env=dict(os.environ))
    assert answer.returncode == 0, answer.stderr
    return answer


def test_a_range_test_is_a_run_with_its_losses_figure_and_grid(
    store: MlflowClient, words: list[str], tmp_path: Path
) -> None:
    answer = command(*words, "--format", "json", "--output", "losses.png", cwd=tmp_path)
    value = json.loads(answer.stdout)
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")
    run = the_range_test(store)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "range test, 2 seeds"
    assert run.data.params["policy"] == "fixed:lr=0.001"
    assert run.data.params["end_lr"] == "10.0"
    for suggestion in value["suggestions"]:
        assert run.data.metrics.get(f"{suggestion['rule']}_lr") == suggestion["rate"]
    assert any(suggestion["rate"] for suggestion in value["suggestions"])

    run_id = run.info.run_id
    assert {file.path for file in store.list_artifacts(run_id)} == {
        *("classes.json", "figures", "grid.yaml", "left_out.json", "losses.csv"),
        "range_test.json",
    }
    folder = Path(store.download_artifacts(run_id, "", str(tmp_path)))
    assert "<svg" in (folder / "figures" / "range_test.svg").read_text(encoding="utf-8")
    assert json.loads((folder / "range_test.json").read_text(encoding="utf-8")) == value
    grid = load_grid(str(folder / "grid.yaml"))
    assert [str(policy) for policy in grid.policies] == value["policies"]
    with (folder / "losses.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rates = RateRange().rates(value["steps"])
    assert [float(row["learning_rate"]) for row in rows] == [*rates, *rates]
    assert [row["seed"] for row in rows] == ["0"] * len(rates) + ["1"] * len(rates)

    again = command(*words, "--format", "json", cwd=tmp_path)
    assert json.loads(again.stdout) == value
    ranking = compare(load_runs("x", str(store.tracking_uri)))
    assert {excluded.reason for excluded in ranking.excluded} == {
        "Range test; see its figure and its suggestions"
    }
    assert ranking.problems == ()
    assert ranking.protocols == ()


def test_a_check_trains_and_ranks_what_is_suggested_and_nothing_else(
    store: MlflowClient, words: list[str], tmp_path: Path
) -> None:
    study = ["study", *words[1:3], *OPTIONS.split(), "--policy", "fixed:lr=0.5"]
    for option in "--range-epochs", "--smoothing":
        del study[study.index(option) : study.index(option) + 2]
    command(*study, "--log-models", "none", cwd=tmp_path)

    answer = command(*words, "--check", cwd=tmp_path)
    run = the_range_test(store)
    folder = Path(store.download_artifacts(run.info.run_id, "", str(tmp_path)))
    value = json.loads((folder / "range_test.json").read_text(encoding="utf-8"))
    check = value["check"]
    ranked = [row["policy"] for row in check["rows"]]
    assert sorted(ranked) == sorted(value["policies"])
    assert "fixed:lr=0.5" not in ranked
    said = " ".join(answer.stdout.split())
    assert f"Of {len(ranked)} policies, trained for 2 epochs under 2 seeds" in said
    assert "In the top group: " in answer.stdout
    compared = {row["policy"]: row["vs_baseline"]["val_accuracy"] for row in check["rows"]}
    baseline = [policy for policy, difference in compared.items() if difference["method"] is None]
    assert baseline == [check["suggestions"][0]["policy"]]
    assert "fixed:lr=0.5" not in answer.stdout
    for checked in check["suggestions"]:
        in_top_group = run.data.metrics[f"{checked['rule']}_in_top_group"]
        assert in_top_group == checked["in_top_group"] == (checked["policy"] in check["top_group"])
    assert "In the top group" in run.data.tags["mlflow.note.content"]
    by_status = [r.info.status for r in runs_of(store)]
    assert set(by_status) == {"FINISHED"}
    assert len(by_status) == 3 + 1 + 1 + 2 * len(ranked)

    before = len(by_status)
    said = command(*words, "--check", cwd=tmp_path).stderr
    assert f"{2 * len(ranked)} runs: {2 * len(ranked)} finished, nothing is missing" in said
    assert len(runs_of(store)) == before + 1


def test_another_policy_is_checked_and_named_in_the_grid(
    store: MlflowClient, words: list[str], tmp_path: Path
) -> None:
    answer = command(*words, "--policy", "one_cycle", "--format", "yaml", cwd=tmp_path)
    (tmp_path / "grid.yaml").write_text(answer.stdout, encoding="utf-8")
    grid = load_grid("grid.yaml")
    assert {policy.family for policy in grid.policies} == {"one_cycle"}
    assert grid.seeds == "2"
    assert grid.options["batch_size"] == 4


@pytest.mark.parametrize(
    ("stage", "raised", "status"),
    [
        ("lr_study.training.step_losses", RuntimeError, "FAILED"),
        ("lr_study.training.step_losses", KeyboardInterrupt, "KILLED"),
        ("lr_study.studies.range_test._log", LrStudyError, "FAILED"),
        ("lr_study.studies.range_test.run_study", KeyboardInterrupt, "KILLED"),
    ],
)
def test_whatever_stops_it_the_run_is_not_left_running(
    store: MlflowClient,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    raised: type[BaseException],
    status: str,
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise raised("stopped")

    monkeypatch.setattr(stage, fail)
    if raised is KeyboardInterrupt:  # typer's answer to it
        assert cli.app([*words, "--check"], standalone_mode=False) == 130
    else:
        with pytest.raises(raised, match="stopped"):
            cli.app([*words, "--check"], standalone_mode=False)
    assert the_range_test(store).info.status == status


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "xml"], ["format=xml", "table, json, yaml"]),
        (["--policy", "nothing"], ["'nothing'"]),
        (["--seeds", "0"], ["seeds=0", "0,3,7"]),
        (["--start-lr", "0"], ["start_lr=0.0", "> 0"]),
        (["--end-lr", "many"], ["end_lr=many", "number"]),
        (["--end-lr", "1e-7"], ["end_lr=1e-07", "ten times"]),
        (["--smoothing", "1"], ["smoothing=1.0", "< 1"]),
        (["--range-epochs", "0"], ["range_epochs=0", ">= 1"]),
        (["--engine", "live"], ["engine=live", "cached"]),
        (["--output", "x.gif"], ["output=x.gif", ".svg"]),
        (["--output", "nowhere/x.svg"], ["nowhere"]),
        (["--range-epochs", "1"], ["range_epochs=1", "12 steps", "--range-epochs 2"]),
    ],
)
def test_wrong_use_is_one_line_and_creates_nothing(
    tmp_path: Path, three_digits: Path, arguments: list[str], says: list[str]
) -> None:
    words = ["range-test", "--data", str(three_digits), "--batch-size", "4", "--weights", "random"]
    words += ["--backbone", "efficientnet-lite0", *arguments]
    is_wrong_use(lr_study(*words, cwd=tmp_path), says)
    assert list(tmp_path.iterdir()) == []
