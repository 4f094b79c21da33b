"""A study, its ranking and its reports where the locale is not UTF-8."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from killing import Study

from lr_study.data import locate, scan
from lr_study.tracking import load_runs

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CLASSES = ["café", "ноль", "один"]


def command(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A real command, in which our own code gives each text file an encoding."""
    completed = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-m", "lr_study", *words],
        cwd=cwd,
        env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"} | environment,
        capture_output=True,
        timeout=300,
    )
    said = completed.stderr.decode(errors="replace").splitlines()
    assert [line for line in said if "/lr_study/" in line and "EncodingWarning" in line] == []
    return completed


@pytest.fixture
def russian_study(small_study: Study, three_digits: Path, tmp_path: Path) -> Study:
    """Its folder of images and its classes have names that are not ASCII."""
    data = tmp_path / "цифры"
    data.mkdir()
    for folder, name in zip(sorted(three_digits.iterdir()), CLASSES, strict=True):
        (data / name).symlink_to(folder)
    return Study(small_study.folder, data, ["fixed:lr=0.01", "fixed"], seeds=2, epochs=1)


def test_a_study_and_its_reports_where_the_locale_is_ascii(
    russian_study: Study, tmp_path: Path
) -> None:
    words = russian_study.words("--experiment=опыт", "--follow-links")
    study = command(*words, cwd=tmp_path, **ASCII)
    assert study.returncode == 0, study.stderr.decode(errors="replace")
    out = study.stdout.decode()
    assert "опыт, protocol" in out
    assert "цифры, efficientnet-lite0" in out
    assert "±" in out  # as typer does where the locale is ASCII
    (logged,) = tmp_path.rglob("report.html")
    assert not logged.read_text(encoding="utf-8").isascii()
    assert "±" in next(tmp_path.rglob("ranking.txt")).read_text(encoding="utf-8")

    # What is recorded is what a study in any other locale records.
    runs = load_runs("опыт", russian_study.uri)
    runs = runs[runs["policy"].notna()]
    assert len(runs) == 4
    found = scan(*locate(str(russian_study.data)), follow_links=True)
    protocol = runs["protocol"].iloc[0]
    assert protocol["data"] == found.name == "цифры"
    assert protocol["fingerprint"] == found.fingerprint
    assert runs["options"].iloc[0]["data"] == str(russian_study.data)

    report = command(
        "report", "--experiment=опыт", f"--tracking-uri={russian_study.uri}",
        "--lang=ru", "--output=ru.md", cwd=tmp_path, **ASCII,
    )  # fmt: skip
    assert report.returncode == 0, report.stderr.decode(errors="replace")
    text = (tmp_path / "ru.md").read_bytes().decode("utf-8")
    assert "опыт" in text
    assert "цифры" in text
    assert "расписани" in text

    # The table is readable in the encoding of the terminal.
    shown = command(
        "compare", "--experiment=опыт", f"--tracking-uri={russian_study.uri}",
        cwd=tmp_path, **ASCII, PYTHONIOENCODING="koi8-r",
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr.decode(errors="replace")
    table = " ".join(shown.stdout.decode("koi8-r").split())
    assert "95 % d vs" in table
    assert "\\u" not in table


def test_output_that_cannot_be_encoded_is_escaped(tmp_path: Path) -> None:
    listed = command("policies", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert listed.returncode == 0, listed.stderr
    assert b"step_decay" in listed.stdout
    refused = command("compare", "--by=опыт☃", cwd=tmp_path, PYTHONIOENCODING="latin-1")
    assert refused.returncode == 2
    assert refused.stderr.count(b"error: ") == 1


def test_a_store_whose_address_the_locale_cannot_hold_is_one_line(tmp_path: Path) -> None:
    refused = command("compare", "--tracking-uri=sqlite:///опыт.db", cwd=tmp_path, **ASCII)
    assert refused.returncode == 2
    (line,) = [text for text in refused.stderr.decode().splitlines() if "error" in text]
    assert line == (
        "error: tracking_uri=sqlite:///опыт.db is not allowed where the locale is not UTF-8: "
        "type export PYTHONUTF8=1 first"
    )
    assert not list(tmp_path.iterdir())
