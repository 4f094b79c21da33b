"""Tests that read /proc, which Linux has and macOS has not."""

from pathlib import Path

import pytest


def need_proc() -> None:
    """Skip the test where there is no /proc."""
    if not Path("/proc/self").is_dir():
        pytest.skip("reads /proc, which this system (macOS) does not have")


def children(parent: int) -> list[int]:
    """Return the ids of the processes that ``parent`` started and that have not ended."""
    need_proc()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        state = _state(int(folder.name))
        if state is not None and int(state[1]) == parent:
            found.append(int(folder.name))
    return found


def is_running(process: int) -> bool:
    """Say whether a process has not ended; one that waits to be reaped has."""
    state = _state(process)
    return state is not None and state[0] not in "ZX"


def _state(process: int) -> list[str] | None:
    """Return the fields of a process after its name: its state, its parent's id and so on."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return stat.rpartition(")")[2].split()
