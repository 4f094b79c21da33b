"""What shells complete: commands, options, policies and experiments."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient

PROGRAM = Path(sys.executable).parent / "lr-study"


def bash(*words: str, cwd: Path) -> list[str]:
    """Complete the last word by the function that bash itself would call."""
    script = f"""
eval "$(_LR_STUDY_COMPLETE=source_bash {shlex.quote(str(PROGRAM))})"
COMP_WORDS=(lr-study {shlex.join(words)})
COMP_CWORD={len(words)}
_lr_study_completion lr-study
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    return answer_of(["bash", "--norc", "-c", script], cwd).splitlines()


def by_protocol(shell: str, *words: str, cwd: Path) -> str:
    """Return what the functions of zsh and fish read."""
    typed = " ".join(["lr-study", *words])
    environment = {"_LR_STUDY_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": typed}
    return answer_of([PROGRAM], cwd, _TYPER_COMPLETE_FISH_ACTION="get-args", **environment)


def answer_of(command: list[str | Path], cwd: Path, **environment: str) -> str:
    path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
    answer = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | {"PATH": path} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return answer.stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["comp"], ["compare"]),
        (["compare", "--str"], ["--strict"]),
        (
            ["run", "fix"],
            [
                "fixed",
                *(f"fixed:lr={lr}" for lr in (0.1, 0.01, 0.001, 0.0001, 0.03, 0.003)),
            ],
        ),
        (
            ["study", "--policy", "step_decay:initial_lr=0.001"],
            [
                "step_decay:initial_lr=0.001,drop=0.5,epochs_drop=5",
                "step_decay:initial_lr=0.001,drop=0.5,epochs_drop=10",
            ],
        ),
        (["policies", "inverse"], ["inverse_time", "inverse_sqrt"]),
        (
            ["run", "warmup:epochs=5+pla"],
            [
                "warmup:epochs=5+plateau",
                *(
                    f"warmup:epochs=5+plateau:initial_lr={rate},factor=0.2,patience=5,"
                    "min_delta=0.0001,cooldown=0,min_lr=0.0,monitor=val_loss"
                    for rate in (0.1, 0.03, 0.01, 0.003, 0.001)
                ),
            ],
        ),
        (["study", "--grid", "mo"], ["modern"]),
    ],
)
def test_bash_completes(words: list[str], completed: list[str], tmp_path: Path) -> None:
    assert bash(*words, cwd=tmp_path) == completed


def test_experiments_complete_from_the_store(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"sqlite:///{shutil.copy(empty_database, tmp_path)}"
    client = MlflowClient(uri)
    for name in ("oregon", "oregon-b0", "sample"):
        client.create_experiment(name)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert sorted(bash("compare", "--experiment", "ore", cwd=tmp_path)) == ["oregon", "oregon-b0"]


def test_no_store_completes_nothing_and_makes_none(tmp_path: Path) -> None:
    assert bash("compare", "--experiment", "ore", cwd=tmp_path) == [""]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_complete_policies(shell: str, tmp_path: Path) -> None:
    answer = by_protocol(shell, "run", "exp_decay:initial_lr=0.001", cwd=tmp_path)
    assert "initial_lr=0.001,k=0.1" in answer
    assert "fixed" not in answer
