"""What some tests need: without it those are skipped, or fail where all is required."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRE_ALL = "LR_STUDY_REQUIRE_ALL"
"""The variable under which nothing is skipped for want of what tests need; `.ci/run` sets it."""


def chromium() -> str:
    """The path of the browser."""
    return shutil.which("chromium") or lacking("chromium", "run bash scripts/need_chromium")


def postgresql_programs() -> Path:
    """The folder of PostgreSQL's programs: Debian's newest, else the one in PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found or lacking("PostgreSQL", "run bash scripts/install_postgresql")).parent


def lacking(what: str, remedy: str) -> NoReturn:
    """Skip the test, or fail if `REQUIRE_ALL` is set."""
    reason = f"there is no {what}: {remedy}"
    if os.environ.get(REQUIRE_ALL):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
