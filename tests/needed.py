"""Programs that some tests need: without them those are skipped, or fail where all are required."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRE_ALL = "LR_STUDY_REQUIRE_ALL"
"""The variable under which nothing is skipped for want of a program; `.ci/run` sets it."""


def chromium() -> str:
    """The path of the browser."""
    return shutil.which("chromium") or lacking("chromium", "bash scripts/need_chromium")


def postgresql_programs() -> Path:
    """The folder of PostgreSQL's programs: Debian's newest, else the one in PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found or lacking("PostgreSQL", "bash scripts/install_postgresql")).parent


def lacking(program: str, command: str) -> NoReturn:
    """Skip the test, or fail if `REQUIRE_ALL` is set."""
    reason = f"there is no {program}: {command} installs Debian's"
    if os.environ.get(REQUIRE_ALL):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
