"""`mlflow run`: the entry points against the command line, and real runs of them."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
import yaml
from mlflow import MlflowClient

from lr_study import load_runs
from lr_study.cli import app as cli
from lr_study.policies import FAMILIES, parse
from lr_study.runs import CURVES

ROOT = Path(__file__).parents[1]
PROJECT = yaml.safe_load((ROOT / "MLproject").read_text(encoding="utf-8"))
ENTRY_POINTS = PROJECT["entry_points"]
FAMILY_OF = {"fixed_lr": "fixed", "step_decay": "step_decay", "exp_decay": "exp_decay"}
TYPES = {"int": int, "float": float, "string": str}

# `mlflow run` has options of its own for the store and the experiment; a flag cannot be passed.
NOT_IN_MLPROJECT = {"experiment", "tracking_uri", "policy", "help"}


def options_of(command: str) -> dict[str, object]:
    """Names and defaults of a command's options."""
    params = typer.main.get_command(cli.app).commands[command].params
    passed = (p for p in params if p.name not in NOT_IN_MLPROJECT and not getattr(p, "is_flag", 0))
    return {p.name: p.default for p in passed}


def declared(entry_point: str) -> dict[str, object]:
    parameters = ENTRY_POINTS[entry_point]["parameters"]
    required = {name: None for name, parameter in parameters.items() if parameter == "string"}
    parameters = {name: value for name, value in parameters.items() if name not in required}
    for parameter in parameters.values():
        assert isinstance(parameter["default"], TYPES[parameter["type"]])
    return required | {name: parameter["default"] for name, parameter in parameters.items()}


def test_the_entry_point_of_any_policy_has_the_options_of_run() -> None:
    assert declared("run") == {"policy": None} | options_of("run")


@pytest.mark.parametrize("entry_point", FAMILY_OF)
def test_entry_points_of_one_run_have_the_options_of_run(entry_point: str) -> None:
    policy = FAMILIES[FAMILY_OF[entry_point]]().parameters()
    assert declared(entry_point) == policy | options_of("run")


@pytest.mark.parametrize("entry_point", ["study", "main"])
def test_entry_points_of_a_study_have_the_options_of_study(entry_point: str) -> None:
    # On the command line --policy can take the grid's place, so its default is decided late.
    assert declared(entry_point) == options_of("study") | {"grid": "seed"}


def test_the_entry_point_of_a_range_test_has_its_options() -> None:
    options = options_of("range-test") | {"policy": "fixed"}
    # The figure and the JSON are artifacts of the run; a path is one of the project's folder.
    del options["output"], options["output_format"]
    assert declared("range_test") == options


@pytest.mark.parametrize("entry_point", [name for name in ENTRY_POINTS if name != "doctor"])
def test_every_parameter_is_used_once_and_bare(entry_point: str) -> None:
    command = ENTRY_POINTS[entry_point]["command"]
    assert sorted(re.findall(r"{(\w+)}", command)) == sorted(declared(entry_point))
    assert not re.search(r"['\"]", command), "MLflow quotes the values itself"


def test_conda_and_mlflow_run_have_the_same_pins() -> None:
    python_env = yaml.safe_load((ROOT / "python_env.yaml").read_text(encoding="utf-8"))
    conda = yaml.safe_load((ROOT / "conda.yaml").read_text(encoding="utf-8"))
    assert python_env == {"dependencies": ["-r requirements.lock"]}
    (pip,) = (entry["pip"] for entry in conda["dependencies"] if isinstance(entry, dict))
    assert pip == python_env["dependencies"]
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert all(re.match(r"[\w.-]+==\S+( ; .+)?$", line) for line in lines)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.search(r"\ndependencies = \[(.*?)\n\]", text, re.DOTALL)
    assert needed is not None
    pinned = {line.partition("==")[0] for line in lines}
    assert set(re.findall(r'"([\w-]+)>=', needed.group(1))) <= pinned


def environment(folder: Path) -> dict[str, str]:
    """As after `. .venv/bin/activate`, on a machine with neither conda nor pyenv."""
    path = f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin"
    return os.environ | {"PATH": path, "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}


def mlflow_run(folder: Path, entry_point: str, **params: object) -> subprocess.Popen[str]:
    command = ["mlflow", "run", str(ROOT), "-e", entry_point]
    for name, value in params.items():
        command += ["-P", f"{name}={value}"]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment(folder),
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def the_run(folder: Path):
    (run,) = MlflowClient(f"sqlite:///{folder}/mlflow.db").search_runs(["0"])
    return run


def test_the_line_that_people_type(tmp_path: Path) -> None:
    process = mlflow_run(tmp_path, "step_decay", drop="0.50", image_size=64)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    run = the_run(tmp_path)
    assert run.info.status == "FINISHED"
    assert run.data.params["drop"] == "0.50"
    assert run.data.params["policy"] == "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5"
    assert run.data.params["backbone"] == "auto"  # as MLflow logs it
    assert run.data.tags["lr_study.backbone"] == "efficientnet-lite0"
    assert {"convergence_epoch", "wall_clock_seconds"} <= set(run.data.metrics)
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    policy = parse("step_decay:drop=0.5")
    for name in CURVES:
        points = client.get_metric_history(run.info.run_id, name)
        assert [point.step for point in points] == list(range(1, 51))
        if name == "learning_rate":
            assert [point.value for point in points] == [policy(epoch) for epoch in range(50)]


def test_any_policy_as_text(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path)
    typed = "warmup:epochs=50%+fixed:lr=0.1,for=25%+cosine"
    process = mlflow_run(tmp_path, "run", policy=typed, epochs=4, image_size=64)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    run = the_run(tmp_path)
    assert run.info.status == "FINISHED"
    policy = parse(typed)
    assert run.data.params["policy"] == typed
    assert run.data.tags["lr_study.policy"] == str(policy) != typed
    assert run.data.params["family"] == "warmup+fixed+cosine"
    assert run.data.params["warmup.epochs"] == "50%"
    assert run.data.params["cosine.initial_lr"] == run.data.params["initial_lr"] == "0.1"
    rows = load_runs("Default", tracking_uri=f"sqlite:///{tmp_path}/mlflow.db")
    assert [(row["excluded"], row["policy"], row["family"]) for _, row in rows.iterrows()] == [
        (None, str(policy), "warmup+fixed+cosine")
    ]


def test_a_wrong_policy_fails_the_run_in_one_line(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path)
    process = mlflow_run(tmp_path, "run", policy="fixed:lr=-1+$(touch hacked)")
    output, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    (line,) = (line for line in output.splitlines() if line.startswith("error: "))
    assert "lr=-1+$(touch hacked)" in line
    assert not list(tmp_path.rglob("hacked"))
    assert not (ROOT / "hacked").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("unknown", "1"), ("data", "$(touch hacked); `touch hacked`")]
)
def test_a_wrong_value_fails_the_run_in_one_line(
    tmp_path: Path, empty_database: Path, name: str, value: str
) -> None:
    shutil.copy(empty_database, tmp_path)
    process = mlflow_run(tmp_path, "step_decay", **{name: value})
    output, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    (line,) = (line for line in output.splitlines() if line.startswith("error: "))
    assert name in line
    assert the_run(tmp_path).info.status == "FAILED"
    assert not list(tmp_path.rglob("hacked"))
    assert not (ROOT / "hacked").exists()


def test_each_epoch_can_be_read_as_it_ends_and_a_kill_keeps_it(
    tmp_path: Path, tiny_folder: Path, empty_database: Path
) -> None:
    shutil.copy(empty_database, tmp_path)  # two that make the tables at once get in the way
    process = mlflow_run(
        tmp_path,
        "step_decay",
        engine="live",
        epochs=500,
        data=tiny_folder,
        backbone="efficientnet-lite0",
        image_size=32,
        batch_size=8,
    )
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    deadline = time.monotonic() + 240
    while True:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.1)
        runs = client.search_runs(["0"])
        if runs and "val_accuracy" in runs[0].data.metrics:
            break
    run_id = runs[0].info.run_id
    seen = len(client.get_metric_history(run_id, "val_accuracy"))
    assert 1 <= seen < 500
    assert client.get_run(run_id).info.status == "RUNNING"
    # Not mlflow's process but the one that trains: afterwards MLflow calls the run FAILED.
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, encoding="utf-8", check=True
    )
    os.kill(int(children.stdout.split()[0]), signal.SIGTERM)
    output, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "interrupted" in output
    while client.get_run(run_id).info.status != "KILLED":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    kept = client.get_metric_history(run_id, "val_accuracy")
    assert [point.step for point in kept] == list(range(1, len(kept) + 1))
    assert len(kept) >= seen
