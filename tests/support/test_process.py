"""Liveness of processes, by tokens that anybody may have written."""

from pathlib import Path
from uuid import uuid4

import pytest
from filelock import FileLock

from lr_study.support import is_owner_dead, is_owner_here


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
