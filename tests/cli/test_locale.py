"""Where the locale is not UTF-8: a study trains, ranks, logs and reports all the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Python warns where a file is opened in the locale's encoding; where we do it, that is an error.
PROGRAM = """
import warnings
warnings.simplefilter("ignore", EncodingWarning)
warnings.filterwarnings("error", category=EncodingWarning, module="lr_study")
from lr_study.cli import main
main()
"""


def lr(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", PROGRAM, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"} | environment,
        capture_output=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """A folder with the store of a study that ran in an ASCII locale."""
    folder = tmp_path_factory.mktemp("ascii")
    study = ["study", "--data", str(tiny_folder), "--policy=fixed", "--policy=step_decay"]
    study += ["--seeds=2", "--epochs=2", "--image-size=32", "--weights=random", "--experiment=a"]
    answer = lr(*study, cwd=folder, LC_ALL="C")
    assert answer.returncode == 0, answer.stderr.decode()
    assert "±" in answer.stdout.decode("utf-8")  # as typer does where the locale is ASCII
    return folder


def test_the_report_of_the_study_is_utf_8(studied: Path) -> None:
    (report,) = studied.rglob("report.html")
    assert not report.read_text(encoding="utf-8").isascii()
    assert "±" in next(studied.rglob("ranking.txt")).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("encoding", "table"),
    [("latin-1", "95 % d vs"), ("koi8-r", "95 % d vs"), ("utf-8", "95 % Δ vs")],
)
def test_a_table_is_readable_in_the_encoding_of_the_terminal(
    studied: Path, encoding: str, table: str
) -> None:
    answer = lr("compare", "--experiment=a", cwd=studied, LC_ALL="C", PYTHONIOENCODING=encoding)
    assert answer.returncode == 0, answer.stderr.decode()
    shown = " ".join(answer.stdout.decode(encoding).split())
    assert table in shown
    assert "\\u" not in shown


def test_a_report_in_russian_can_be_written_and_named(studied: Path) -> None:
    answer = lr("report", "--experiment=a", "--lang=ru", "--output=r.md", cwd=studied, LC_ALL="C")
    assert (answer.returncode, answer.stderr.strip()) == (0, b"written: r.md")
    assert "расписани" in (studied / "r.md").read_text(encoding="utf-8")
