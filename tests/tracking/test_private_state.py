"""What waits on disk is for its owner's eyes alone, as on the server that it waits for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lr_study.support import liveness_token, state_dir, state_folder
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
def test_all_folders_of_an_earlier_version_are_closed(
    state: Path, write: Callable[[], None]
) -> None:
    for name in ("checkpoints", "locks", "outbox", "processes", "theirs"):
        (state / name).mkdir(parents=True, mode=0o755)
    write()
    assert [path.name for path in state.iterdir() if others_may(path)] == ["theirs"]
    assert others_may(state)  # a folder that was given is left as it is


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_our_own_state_folder_of_an_earlier_version_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[], None]
) -> None:
    monkeypatch.delenv("LR_STUDY_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    ours = tmp_path / "state" / "lr-study"
    (ours / "outbox").mkdir(parents=True, mode=0o755)
    write()
    assert state_dir() == ours
    assert others_may(ours) == 0
    assert [path for path in ours.iterdir() if others_may(path)] == []
    assert others_may(ours.parent)  # other programs keep their state there


def test_each_folder_of_the_state_is_closed(state: Path) -> None:
    for name in ("locks", "outbox", "processes"):
        assert others_may(state_folder(name)) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_is_left_as_it_is(state: Path) -> None:
    (state / "locks").mkdir(parents=True, mode=0o755)
    os.chown(state / "locks", 12345, -1)
    put()
    assert others_may(state / "locks") == 0o055
    assert others_may(state / "outbox") == 0
