"""Warmups, compositions and plateau through every command, as they are typed."""

import csv
import gzip
import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from forked import lr_study as lr_study_command
from mlflow import MlflowClient

from lr_study.policies import parse

POLICIES = ("warmup:epochs=1+cosine:initial_lr=0.1", "fixed:lr=0.01", "plateau:patience=1")
EPOCHS = 4


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path, empty_database: Path
) -> Path:
    """A folder with a store in which a study of the policies under two seeds has finished."""
    folder = tmp_path_factory.mktemp("study")
    shutil.copy(empty_database, folder)
    options = [word for policy in POLICIES for word in ("--policy", policy)]
    options += ["--data", str(tiny_folder), "--image-size=32"]
    options += ["--backbone=efficientnet-lite0", "--weights=random"]
    options += ["--batch-size=8", f"--epochs={EPOCHS}", "--seeds=2", "--experiment=e"]
    answer = lr(folder, "study", *options)
    assert answer.returncode == 0, answer.stderr
    assert lr(folder, "study", *options, "--dry-run").stdout.startswith("6 runs: 6 finished")
    return folder


def lr(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return lr_study_command(*arguments, cwd=folder, env=dict(os.environ))


def test_they_are_compared(folder: Path) -> None:
    answer = lr(folder, "compare", "--experiment=e", "--format=json")
    found = json.loads(answer.stdout)
    assert [excluded["reason"] for excluded in found["excluded"]] == [
        "Study run; see its child runs"
    ]
    rows = found["protocols"][0]["rows"]
    assert {row["policy"]: row["family"] for row in rows} == {
        str(parse(policy)): family
        for policy, family in zip(POLICIES, ("warmup+cosine", "fixed", "plateau"), strict=True)
    }
    assert len(found["protocols"][0]["gains"]) == 3


def test_they_are_reported_and_make_a_model(folder: Path) -> None:
    answer = lr(folder, "report", "--experiment=e", "--output=r.html")
    assert answer.returncode == 0, answer.stderr
    page = (folder / "r.html").read_text(encoding="utf-8")
    for text in ("Warmup, then cosine decay", 'data-family="warmup+cosine"', "warmup 1 + cosine"):
        assert text in page
    answer = lr(folder, "model", "--experiment=e", "--output=m.keras")
    assert answer.returncode == 0, answer.stderr
    assert (folder / "m.keras").exists()


def test_the_rates_that_are_shown_are_those_of_the_run(folder: Path, tmp_path: Path) -> None:
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    experiment = client.get_experiment_by_name("e")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], "params.family = 'warmup+cosine'")
    assert len(runs) == 2
    run = runs[0]
    assert run.data.tags["lr_study.policy"] == run.data.params["policy"]
    assert run.data.params["warmup.epochs"] == "1"
    assert run.data.params["cosine.initial_lr"] == run.data.params["initial_lr"] == "0.1"
    file = client.download_artifacts(run.info.run_id, "learning_rates.csv.gz", str(tmp_path))
    with gzip.open(file, "rt", encoding="utf-8") as text:
        logged = list(csv.DictReader(text))
    steps = len(logged) // EPOCHS
    options = (f"--epochs={EPOCHS}", f"--steps-per-epoch={steps}", "--format=csv")
    answer = lr(folder, "policies", POLICIES[0], *options)
    shown = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert [{name: row[name] for name in row if name != "policy"} for row in shown] == logged
