"""What waits on disk is for its owner's eyes alone, as on the server that it waits for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lr_study.support import liveness_token, state_folder
from lr_study.tracking import outbox
from lr_study.tracking.outbox import Entry
from lr_study.training.checkpoint import checkpoint_of

ENTRY = Entry(
    store="http://x",
    experiment="x",
    experiment_id="1",
    experiment_created=0,
    id="a",
    name="a",
    status="FINISHED",
    start_time=0,
    end_time=1,
)


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)
    liveness_token.cache_clear()


def put() -> None:
    outbox.put(ENTRY, lambda folder: (folder / "weights").touch())


def keep_checkpoint() -> None:
    with checkpoint_of("c") as checkpoint:
        assert checkpoint.epochs == []


def mark_alive() -> None:
    liveness_token.cache_clear()
    liveness_token()


WRITERS = {"outbox": put, "checkpoint": keep_checkpoint, "processes": mark_alive}


def others_may(folder: Path) -> int:
    return folder.stat().st_mode & 0o077


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_nobody_else_enters_a_new_state_folder(state: Path, write: Callable[[], None]) -> None:
    write()
    assert others_may(state) == 0
    assert [path for path in state.iterdir() if others_may(path)] == []


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_folder_of_an_earlier_version_is_closed(state: Path, write: Callable[[], None]) -> None:
    for name in ("outbox", "processes"):
        (state / name).mkdir(parents=True)
    write()
    (written,) = [path for path in state.iterdir() if others_may(path) == 0]
    assert any(written.iterdir()) or written.name == "outbox"
    assert others_may(state)  # a folder that was given is left as it is


def test_each_folder_of_the_state_is_closed(state: Path) -> None:
    for name in ("locks", "outbox", "processes"):
        assert others_may(state_folder(name)) == 0
