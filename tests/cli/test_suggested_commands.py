"""The commands that a ranking suggests, typed as they stand."""

import shlex
import shutil
from pathlib import Path

import pytest
from forked import lr_study

from lr_study import compare, load_runs

SETTINGS = "--backbone efficientnet-lite0 --image-size 32 --epochs 2"


@pytest.fixture
def where(tmp_path: Path, empty_database: Path) -> str:
    """A store and an experiment that nothing but options tell."""
    shutil.copy(empty_database, tmp_path / "other.db")
    return "--experiment 'my runs' --tracking-uri sqlite:///other.db"


def typed(line: str, folder: Path) -> str:
    """Give a command in a folder, and return what it prints."""
    program, *arguments = shlex.split(line)
    assert program == "lr-study"
    answer = lr_study(*arguments, cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout + answer.stderr


def suggested(text: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith("lr-study ")]
    return line


def test_suggested_commands_add_runs_to_the_same_ranking(
    tmp_path: Path, tiny_folder: Path, where: str
) -> None:
    def ranking():
        (found,) = compare(load_runs("my runs", f"sqlite:///{tmp_path}/other.db")).protocols
        return found

    (tmp_path / "images").symlink_to(tiny_folder)
    for rate in ("0.0001", "0.00001"):
        options = f"--data images --no-log-model {SETTINGS} {where}"
        typed(f"lr-study run fixed:lr={rate} {options}", tmp_path)

    repeat = suggested(typed(f"lr-study compare {where}", tmp_path))
    assert where in repeat
    study = typed(f"{repeat} --log-models none", tmp_path)
    repeated = ranking()
    assert {len(row.seeds) for row in repeated.rows} == {10}
    tried = {row.policy for row in repeated.rows}
    assert {"fixed:lr=1e-05", "fixed:lr=0.0001", "fixed:lr=0.001"} <= tried

    # So few steps are best taken at the highest rate, and both rankings suggest a higher one.
    beyond = {edge.policy for edge in repeated.edges}
    assert beyond
    extend = suggested(study)
    assert suggested(typed(f"lr-study compare {where}", tmp_path)) == extend
    typed(f"{extend} --log-models none", tmp_path)
    assert {row.policy for row in ranking().rows} == tried | beyond

    typed(f"lr-study report --output report.md {where}", tmp_path)
    lines = (tmp_path / "report.md").read_text(encoding="utf-8").splitlines()
    reproduce, again = [line for line in lines if line.startswith("lr-study ")][-2:]
    assert "nothing is missing" in typed(reproduce, tmp_path)
    assert typed(again, tmp_path) == typed(f"lr-study compare {where}", tmp_path)
