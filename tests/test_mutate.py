"""Mutants: what tests notice is killed, what they do not notice survives."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

MODULE = """
def grade(points):
    if points > 50:
        return "passed"
    return "failed"
"""
TESTS = """
from module import grade

def test_grade():
    assert (grade(51), grade(10)) == ("passed", "failed")
"""


@pytest.fixture
def mutate(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield __import__("mutate")
    sys.modules.pop("mutate")


# A process of its own: it forks, which a process that has imported TensorFlow may not survive.
SURVIVORS = """
from pathlib import Path
from mutate import mutants, survivors

module = Path("module.py").absolute()
found = list(mutants(module.read_text(encoding="utf-8")))
for mutant in survivors(module.parent, module, found, ["test_module.py"]):
    print(mutant.becomes)
"""


def test_a_mutant_survives_only_if_no_test_notices_it(mutate, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "module.py").write_text(MODULE, encoding="utf-8")
    (folder / "test_module.py").write_text(TESTS, encoding="utf-8")
    changes = {(mutant.was, mutant.becomes) for mutant in mutate.mutants(MODULE)}
    assert ("if points > 50:", "if points < 50:") in changes
    assert ("return 'passed'", "return None") in changes
    answer = subprocess.run(
        [sys.executable, "-c", SURVIVORS],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(BENCHMARKS)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr
    # No test has exactly 50 points.
    assert set(answer.stdout.splitlines()) == {"if points >= 50:", "if points > 49:"}
    assert (folder / "module.py").read_text(encoding="utf-8") == MODULE


def test_a_sample_is_the_same_again_and_spread_over_lines(mutate) -> None:
    found = list(mutate.mutants(MODULE))
    chosen = mutate.sample(found, "module.py", 4)
    assert chosen == mutate.sample(found[::-1], "module.py", 4)
    lines = [mutant.line for mutant in chosen]
    assert len(lines) == 4
    assert max(map(lines.count, lines)) == mutate.MAX_PER_LINE
