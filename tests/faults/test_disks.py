"""Disks that are full, cannot be written, or changed what they hold; a database that is locked."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from killing import Process
from served import StudyUnderFaults, as_root, problems

SmallDisk = Callable[..., Path]
FULL = "No space left on device"


def fill(folder: Path) -> Path:
    """Take all room that a file system has; return the file that took it."""
    ballast = folder / "ballast"
    room = shutil.disk_usage(folder).free
    with ballast.open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, room)
    assert shutil.disk_usage(folder).free == 0
    return ballast


def is_publishing(study: StudyUnderFaults, process: Process) -> str:
    children = [run.status for run in process.new(study.runs()) if run.parent]
    waiting = list((study.folder / "state" / "outbox").glob("[!.]*/entry.json"))
    return f"{len(waiting)} wait" if "FINISHED" in children and waiting else ""


def halted_in_publishing(study: StudyUnderFaults, process: Process) -> None:
    """Halt a study with some cells in its store and some in its outbox."""
    while True:
        process.wait_for(lambda: is_publishing(study, process))
        process.halt()
        if is_publishing(study, process):
            return
        process.send(signal.SIGCONT)


def test_the_cache_is_full(
    study: StudyUnderFaults, small_disk: SmallDisk, expected: dict[str, object]
) -> None:
    shutil.rmtree(study.folder / "cache")
    small_disk(study.folder / "cache", "512k")
    last = study.ends(1)
    assert last.startswith(f"error: the features cannot be written to '{study.features}' ({FULL})")
    assert last.endswith("set LR_STUDY_CACHE to another folder")
    assert list(study.features.glob("*.partial"))
    assert study.runs() == []
    as_root("mount", "-o", "remount,size=64m", str(study.folder / "cache"))
    study.ends(0)
    assert problems(study, expected) == []


def test_the_outbox_is_full(
    study: StudyUnderFaults, small_disk: SmallDisk, expected: dict[str, object]
) -> None:
    outbox = small_disk(study.folder / "state" / "outbox", "24k")
    last = study.ends(1)
    assert last.startswith(f"error: the outbox {outbox} cannot be written ({FULL})")
    assert [run.status for run in study.runs() if run.parent is None] == ["FAILED"]
    assert not list(outbox.glob("*/entry.json"))
    as_root("mount", "-o", "remount,size=8m", str(outbox))
    study.ends(0)
    assert problems(study, expected, unfinished="FAILED") == []


def test_the_disk_of_the_database_is_full(
    study: StudyUnderFaults, small_disk: SmallDisk, expected: dict[str, object], tmp_path: Path
) -> None:
    shutil.move(study.folder / "cache", tmp_path / "cache")
    (tmp_path / "state").mkdir()
    small_disk(study.folder, "8m")
    for name in ("cache", "state"):
        (study.folder / name).symlink_to(tmp_path / name)
    with study.start() as process:
        halted_in_publishing(study, process)
        ballast = fill(study.folder)
        process.send(signal.SIGCONT)
        assert process.wait() == 1, process.said()
    last = process.said().splitlines()[-1]
    assert "not yet uploaded to sqlite:////" in last
    assert "full" in last or FULL in last
    ballast.unlink()
    study.ends(0)
    assert problems(study, expected, unfinished="FAILED KILLED") == []


@pytest.mark.parametrize("features", ["there", "not there"])
def test_the_cache_cannot_be_written(
    study: StudyUnderFaults, small_disk: SmallDisk, expected: dict[str, object], features: str
) -> None:
    cache = study.folder / "cache"
    shutil.move(cache, f"{cache}.kept")
    small_disk(cache, "64m")
    if features == "there":
        shutil.copytree(f"{cache}.kept", cache, dirs_exist_ok=True)
    as_root("mount", "-o", "remount,ro", str(cache))
    if features == "not there":
        last = study.ends(1)
        assert last.startswith("error: the features cannot be written")
        assert "(Read-only file system)" in last
        assert study.runs() == []
        as_root("mount", "-o", "remount,rw", str(cache))
    study.ends(0)
    assert problems(study, expected) == []


def test_the_cache_holds_something_else(
    study: StudyUnderFaults, expected: dict[str, object]
) -> None:
    for name, harm in (
        ("features.npy", "flipped"),
        ("features.npy", "cut"),
        ("features.json", "flipped"),
    ):
        (file,) = study.features.glob(f"*/{name}")
        whole = file.read_bytes()
        at = len(whole) // 2
        rest = bytes([whole[at] ^ 1]) + whole[at + 1 :] if harm == "flipped" else b""
        file.write_bytes(whole[:at] + rest)
        study.ends(0)
        assert file.read_bytes() != whole[:at] + rest
        if name == "features.npy":
            assert file.read_bytes() == whole
        if harm == "cut":
            assert problems(study, expected) == []
            study.forget(expected)  # what is left of the damage is trained on
    assert problems(study, expected) == []


def test_another_process_locks_the_database(
    study: StudyUnderFaults, expected: dict[str, object]
) -> None:
    with (
        study.start() as process,
        closing(sqlite3.connect(study.folder / "mlflow.db", timeout=0.1)) as other,
    ):
        while not other.in_transaction:
            halted_in_publishing(study, process)
            with suppress(sqlite3.OperationalError):  # it may have been halted within its own
                other.execute("BEGIN EXCLUSIVE")
            process.send(signal.SIGCONT)
        assert process.wait() == 1, process.said()
        other.rollback()
    last = process.said().splitlines()[-1]
    assert "not yet uploaded to sqlite:////" in last
    assert "database is locked" in last
    study.ends(0)
    assert problems(study, expected, unfinished="FAILED") == []
