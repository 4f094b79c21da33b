"""Lock files: held by one at a time, though each holder removes the file."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from lr_study.support import hold_lock, try_lock

ADD_TO_A_FILE = """
import sys
from pathlib import Path
from lr_study.support import hold_lock
folder = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(100):
    with hold_lock(folder / "x.lock"):
        counter = folder / "counter"
        number = int(counter.read_text())
        counter.write_text("")
        counter.write_text(str(number + 1))
"""


def test_a_lock_is_held_by_one_and_its_file_is_gone_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "x.lock"
    held = try_lock(file)
    assert held is not None
    assert try_lock(file) is None
    with held:
        assert try_lock(file, seconds=0.01) is None
        assert file.exists()
    assert list(tmp_path.iterdir()) == []
    with hold_lock(file):
        assert try_lock(file) is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_left_of_a_killed_process_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "x.lock").touch()
    held = try_lock(tmp_path / "x.lock")
    assert held is not None
    with held:
        pass
    assert list(tmp_path.iterdir()) == []


def test_processes_that_wait_for_a_file_that_is_removed_still_take_turns(tmp_path: Path) -> None:
    (tmp_path / "counter").write_text("0", encoding="utf-8")
    command = [sys.executable, "-c", ADD_TO_A_FILE, str(tmp_path)]
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8") for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("\n", timeout=60)
        assert process.returncode == 0
    assert (tmp_path / "counter").read_text(encoding="utf-8") == "300"
    assert [path.name for path in tmp_path.iterdir()] == ["counter"]


@pytest.mark.parametrize("hold", [hold_lock, try_lock])
def test_a_timeout_of_another_lock_passes_through_the_block(
    tmp_path: Path, hold: Callable[[Path], AbstractContextManager[None]]
) -> None:
    with FileLock(tmp_path / "other.lock"):
        with pytest.raises(Timeout, match=r"other\.lock"), hold(tmp_path / "x.lock"):
            FileLock(tmp_path / "other.lock", timeout=0).acquire()
        assert [path.name for path in tmp_path.iterdir()] == ["other.lock"]
