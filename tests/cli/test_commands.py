"""The command line: what it answers, in how many lines, with which exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from forked import is_wrong_use
from forked import lr_study as lr_study_command

import lr_study
from lr_study.cli import app as cli

IMPORT = ("import", "tensorboard", "--experiment", "x")
DOCS = Path(__file__).parents[2] / "docs"


def lr(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return lr_study_command(*arguments, cwd=cwd, env=os.environ | environment)


def as_typed(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The same in a fresh interpreter, as `python -m lr_study` starts."""
    return subprocess.run(
        [sys.executable, "-m", "lr_study", *arguments],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def test_an_option_that_is_typed_overrides_the_grid_file_also_with_its_default(
    tmp_path: Path, tiny_folder: Path
) -> None:
    (tmp_path / "grid.yaml").write_text(
        "policies: [fixed]\noptions: {epochs: 2, seeds: 4, image_size: 32}\n", encoding="utf-8"
    )
    backbone = ("--backbone", "efficientnet-lite0", "--weights", "random")
    usual = ("study", "--data", str(tiny_folder), "--grid", "grid.yaml", *backbone)

    def planned(*typed: str) -> int:
        answer = lr(*usual, *typed, "--dry-run", cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
        return len([line for line in answer.stdout.splitlines() if "to run:" in line])

    assert (planned(), planned("--seeds", "10"), planned("--seeds=3")) == (4, 10, 3)
    answer = lr(*usual, "--epochs", "50", "--seeds=1", "--log-models=none", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    compared = lr("compare", "--experiment", tiny_folder.name, "--format=json", cwd=tmp_path)
    (ranking,) = json.loads(compared.stdout)["protocols"]
    assert ranking["fields"]["epochs"] == 50
    assert ranking["fields"]["image_size"] == 32


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], ["policy"]),
        (["run", "cosin"], ["'cosin'", "did you mean cosine?", "fixed, step_decay, exp_decay"]),
        (["run", "step_decay:drop=abc"], ["drop=abc", "(0, 1]"]),
        (["run", "step_decay:drop=1.5"], ["drop=1.5", "(0, 1]"]),
        (["run", "step_decay:epochs_drop=0"], ["epochs_drop=0", ">= 1"]),
        (["run", "fixed", "--epochs", "0"], ["epochs=0", ">= 1"]),
        (["run", "fixed", "--epochs", "many"], ["epochs=many", "whole number"]),
        (["run", "fixed", "--seed", "-1"], ["seed=-1", ">= 0"]),
        (["run", "fixed", "--data", "/nowhere"], ["/nowhere", "sample, oregon"]),
        (["run", "fixed", "--unknown", "1"], ["--unknown", "--epochs"]),
        (["run", "fixed", "--backbone", "vgg"], ["backbone=vgg", "efficientnet-lite0"]),
        (["run", "fixed", "--optimizer", "lamb"], ["optimizer=lamb", "adam"]),
        (["run", "fixed", "--engine", "fast"], ["engine=fast", "cached, live"]),
        (
            ["run", "fixed", "--resampling", "splits", "--val-fraction", "2"],
            ["val_fraction=2.0", "< 1"],
        ),
        (["run", "fixed", "--val-fraction", "0.3"], ["val_fraction=0.3", "--resampling splits"]),
        (["study", "--resampling", "none"], ["resampling=none", "folds, splits"]),
        (["study", "--folds", "1"], ["folds=1", ">= 2"]),
        (["study", "--folds", "x"], ["folds=x", "whole number"]),
        (["study", "--resampling", "splits", "--folds", "9"], ["folds=9", "--resampling folds"]),
        (["study", "--grid", "nowhere"], ["grid=nowhere", "seed, modern"]),
        (["study", "--seeds", "0"], ["seeds=0", "0,3,7"]),
        (["study", "--rerun", "some"], ["rerun=some", "missing, failed, all"]),
        (["study", "--log-models", "two"], ["log_models=two", "best, all, none"]),
        (["compare", "--format", "xml"], ["format=xml", "table, json"]),
        (["import"], ["Missing command", "tensorboard"]),
        (["import", "wandb"], ["wandb", "tensorboard"]),
        (["import", "tensorboard", "."], ["--experiment"]),
        ([*IMPORT, "/nowhere"], ["/nowhere", "a folder of event files"]),
        ([*IMPORT, "."], ["logdir=.", "events.out.tfevents"]),
        ([*IMPORT, ".", "--set", "colour=red"], ["colour=red", "batch_size"]),
        ([*IMPORT, ".", "--set", "batch_size=0"], ["batch_size=0", ">= 1"]),
        ([*IMPORT, ".", "--set", "batch_size"], ["set=batch_size", "field=value"]),
        ([*IMPORT, ".", "--policies", "none.yaml"], ["none.yaml", "YAML"]),
        (["bogus"], ["bogus", "compare"]),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, arguments: list[str], says: list[str]) -> None:
    is_wrong_use(lr(*arguments, cwd=tmp_path), says)
    assert list(tmp_path.iterdir()) == []


def commands() -> dict[str, typer.core.TyperCommand]:
    """The commands by name, those of a group after the group's."""
    found = {}
    for name, command in typer.main.get_command(cli.app).commands.items():
        for below, part in getattr(command, "commands", {"": command}).items():
            found[f"{name} {below}".strip()] = part
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_documented(name: str) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))
    assert f"lr-study {name}" in text
    for parameter in commands()[name].params:
        for option in parameter.opts:
            if option.startswith("--") and option not in ("--help", "--log-model"):
                assert option in text, f"{name} {option}"


def test_python_users_can_load_compare_and_parse() -> None:
    assert {"compare", "load_runs", "parse"} <= set(dir(lr_study))
    assert lr_study.parse("fixed:lr=0.1")(epoch=3) == 0.1
    with pytest.raises(lr_study.UsageError):
        lr_study.parse("fixed:lr=-1")
    with pytest.raises(AttributeError, match="nothing"):
        lr_study.nothing  # noqa: B018


def test_a_run_a_ranking_and_its_model(tmp_path: Path) -> None:
    """One real run through the command line, and what can be done with it afterwards."""
    options = ["--image-size", "64", "--epochs", "3"]
    answer = as_typed("run", "fixed:lr=0.01", *options, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "final_val_accuracy" in answer.stdout
    run_id = answer.stdout.split("run ")[1].split()[0]

    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["final_val_accuracy"] > 0.5
    assert {file.path for file in client.list_artifacts(run_id)} == {
        "classes.json",
        "figures",
        "head.npz",
        "history.csv",
        "left_out.json",
    }
    assert {file.path for file in client.list_artifacts(run_id, "figures")} == {
        f"figures/{name}.svg" for name in ("accuracy", "loss", "learning_rate")
    }
    assert len(run.outputs.model_outputs) == 1
    tags = set(run.data.tags)
    assert {
        f"lr_study.{name}_version" for name in ("python", "tensorflow", "keras", "mlflow")
    } <= tags
    assert {"lr_study.version", "lr_study.device"} <= tags

    ranking = lr("compare", cwd=tmp_path)
    assert ranking.returncode == 0
    assert "fixed:lr=0.01" in ranking.stdout

    saved = lr("model", run_id, "--output", "digits.keras", cwd=tmp_path)
    assert saved.returncode == 0, saved.stderr
    import numpy as np

    from lr_study.data import load_image, locate
    from lr_study.support.runtime import keras
    from lr_study.training import read_head

    model = keras.models.load_model(tmp_path / "digits.keras")
    _, root = locate("sample")
    pictures = [load_image(next((root / name).iterdir()), 64) for name in "0123456789"]
    probabilities = model.predict(np.stack(pictures).astype(np.float32), verbose=0)
    assert probabilities.shape == (10, 10)
    assert np.mean(probabilities.argmax(axis=1) == np.arange(10)) >= 0.5
    head, names = read_head(
        Path(client.download_artifacts(run_id, "head.npz", str(tmp_path))).read_bytes()
    )
    assert names == list("0123456789")
    probe = model.get_layer("linear_probe")
    assert np.array_equal(probe.get_layer("softmax").get_weights()[0], head.kernel)

    for wrong, says in (
        (["nothing", "--output", "x.keras"], "run 'nothing'"),
        ([run_id, "--output", "x.h5"], "output=x.h5"),
        ([run_id, "--output", "x.keras", "--weights", "random"], "weights=random"),
    ):
        refused = lr("model", *wrong, cwd=tmp_path)
        assert refused.returncode == 2
        assert says in refused.stderr
    missing = lr("compare", "--experiment", "oregon", cwd=tmp_path)
    assert missing.returncode == 2
    assert "existing experiments: sample, Default\n" in missing.stderr
