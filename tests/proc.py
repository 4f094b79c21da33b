"""Tests that read /proc, which Linux has and macOS has not."""

from pathlib import Path

import pytest


def need_proc() -> None:
    """Skip the test where there is no /proc."""
    if not Path("/proc/self").is_dir():
        pytest.skip("reads /proc, which this system (macOS) does not have")
