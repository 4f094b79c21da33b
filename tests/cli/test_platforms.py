"""On Windows every command ends at once, in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from lr_study.cli.platforms import why_unsupported

# As on Windows: another name of the platform, and no modules or functions of POSIX.
WINDOWS = """
import sys
import lr_study
sys.platform, sys.argv = "win32", ["lr-study", "study"]
sys.modules |= {"fcntl": None, "resource": None, "termios": None}
from lr_study.cli import main
try:
    main()
finally:
    print(sorted({"typer", "mlflow", "tensorflow", "numpy", "pandas"} & sys.modules.keys()))
"""


@pytest.mark.parametrize("system", ["win32", "cygwin", "msys"])
def test_windows_is_sent_to_wsl(system: str) -> None:
    assert "WSL" in str(why_unsupported(system))


@pytest.mark.parametrize("system", ["linux", "darwin", "freebsd14"])
def test_other_systems_are_not_refused(system: str) -> None:
    assert why_unsupported(system) is None


def test_on_windows_a_command_ends_before_anything_is_imported(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WINDOWS],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert ended.returncode == 1
    assert ended.stderr == f"error: {why_unsupported('win32')}\n"
    assert ended.stdout == "[]\n"
    assert not list(tmp_path.iterdir())
