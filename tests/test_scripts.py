"""What the make targets run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lr_study.policies import FAMILIES

ROOT = Path(__file__).parents[1]


def test_pythons_that_are_not_installed_are_named(tmp_path: Path) -> None:
    """As with pyenv, whose command for a version may be there and not start."""
    for tool in ("bash", "dirname"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    (tmp_path / "python3.12").write_text(
        "#!/bin/sh\necho 'command not found' >&2\nexit 127\n", encoding="utf-8"
    )
    (tmp_path / "python3.12").chmod(0o755)
    (tmp_path / "python3.13").write_text(
        "#!/bin/sh\necho 3.12\n", encoding="utf-8"
    )  # another one by that name
    (tmp_path / "python3.13").chmod(0o755)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/test_pythons", tmp_path / "scripts")
    here = f"3.{sys.version_info.minor}"
    told = subprocess.run(
        ["bash", "scripts/test_pythons", "tests/policies"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert told.returncode == 0, told.stderr
    assert told.stderr.splitlines() == [
        f"NOT RUN: the fast tests under python{version} (no interpreter here)"
        for version in ("3.11", "3.12", "3.13")
        if version != here
    ]


def test_scripts_of_make_targets_are_there() -> None:
    words = (ROOT / "Makefile").read_text(encoding="utf-8").split()
    scripts = {word for word in words if word.startswith("scripts/")}
    assert "scripts/test_pythons" in scripts
    assert [script for script in scripts if not os.access(ROOT / script, os.R_OK)] == []


def test_every_family_is_drawn_for_the_documentation(tmp_path: Path) -> None:
    made = tmp_path / "schedules.svg"
    subprocess.run([sys.executable, ROOT / "scripts/draw_schedules.py", made], check=True)
    drawn = (ROOT / "docs/images/schedules.svg").read_text(encoding="utf-8")
    for name in (*FAMILIES, "warmup + cosine"):
        assert f">{name}</text>" in drawn, "make schedules"
        assert f">{name}</text>" in made.read_text(encoding="utf-8")
