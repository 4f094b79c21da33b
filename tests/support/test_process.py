"""Liveness of processes, by tokens that anybody may have written; and signals that stop them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

import pytest
from filelock import FileLock

from lr_study.support import defer_signals, ignore_signals, is_owner_dead, is_owner_here


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    (tmp_path / "state" / "processes").mkdir(parents=True)
    return tmp_path / "state"


def test_a_process_that_holds_no_lock_is_dead(state: Path) -> None:
    token = uuid4().hex
    assert not is_owner_here(token)
    file = state / "processes" / f"{token}.lock"
    with FileLock(file):
        assert is_owner_here(token)
        assert not is_owner_dead(token)
    file.touch()
    assert is_owner_dead(token)


@pytest.mark.parametrize("name", ["uv", "0" * 32])
def test_no_file_outside_the_state_folder_is_locked(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / f"{name}.lock").write_text("a lock of another program", encoding="utf-8")
    opened: list[Path] = []
    monkeypatch.setattr(FileLock, "acquire", lambda self, **_: opened.append(self.lock_file))
    for token in (f"../../{name}", str(tmp_path / name)):
        assert not is_owner_here(token)
        assert not is_owner_dead(token)
    assert opened == []


@pytest.mark.parametrize(
    "token", ["", "A" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n", "../" + "a" * 32]
)
def test_a_text_that_is_no_token_is_of_no_process(state: Path, token: str) -> None:
    (state / "a.lock").touch()
    (state / "processes" / f"{'a' * 32}.lock").touch()
    assert not is_owner_here(token)
    assert not is_owner_dead(token)


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.parametrize("context", [defer_signals, ignore_signals])
def test_signals_are_handled_as_before_after_the_block(
    context: Callable[[], AbstractContextManager[None]],
) -> None:
    before = handlers()
    with context():
        assert all(now != old for now, old in zip(handlers(), before, strict=True))
    assert handlers() == before


@pytest.mark.parametrize("context", [defer_signals, ignore_signals])
def test_another_thread_leaves_signals_alone(
    context: Callable[[], AbstractContextManager[None]],
) -> None:
    def within() -> list[object]:
        with context():
            return handlers()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(within).result() == handlers()


def test_what_is_interrupted_cannot_be_interrupted_again() -> None:
    with ignore_signals():
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)


COMMAND = """
import os, signal
from lr_study.support import ignore_signals, stop_as_interrupted

stop_as_interrupted()
with ignore_signals():
    pass
os.kill(os.getpid(), signal.SIGTERM)  # as `mlflow run` sends it after one Ctrl-C
print("ended by itself")
"""


def test_a_command_ignores_signals_until_it_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert done.stdout == "ended by itself\n"
