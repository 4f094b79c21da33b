"""The command `cache`: sizes of what is kept, and what is removed on request and what never."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from mlflow import MlflowClient
from stores import NO_SERVER
from waiting import keep

from lr_study.cli import app as cli
from lr_study.support import clear_ended_processes, liveness_token
from lr_study.tracking import connect, outbox
from lr_study.tracking.experiments import experiment_named
from lr_study.training.checkpoint import checkpoint_of

CACHED = (
    *("features", "data", "weights", "fingerprints", "left_out", "decoded"),
    *("similar", "image_results"),
)
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with one file of 1500 bytes in each part, and an empty state folder."""
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    for name in CACHED:
        (tmp_path / "cache" / name / "key").mkdir(parents=True)
        (tmp_path / "cache" / name / "key" / "file").write_bytes(b"x" * 1500)
    return tmp_path


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lr-study", "cache", *words])
        code = cli._run()
        written = capsys.readouterr()
        return code, written.out, written.err

    return run


def sizes(output: str) -> dict[str, str]:
    return {line.split()[0]: " ".join(line.split()[1:3]) for line in output.splitlines()}


def test_sizes_and_places_are_shown(command: Command, folders: Path) -> None:
    (folders / "cache" / "features" / "key.partial").mkdir()
    (folders / "cache" / "features" / "key.partial" / "f").write_bytes(b"x" * 2_000_000)
    code, out, err = command()
    assert (code, err) == (0, "")
    cached = dict.fromkeys(CACHED, "1.5 kB") | {"features": "2.0 MB"}
    empty = dict.fromkeys(("outbox", "checkpoints", "locks", "processes"), "0 bytes")
    assert sizes(out) == cached | empty
    assert out.splitlines()[0] == f"features         2.0 MB  {folders}/cache/features"
    assert not (folders / "state").exists()  # showing creates nothing


def test_what_is_named_is_emptied_and_nothing_else(command: Command, folders: Path) -> None:
    archive = folders / "cache" / "data" / "archives" / "a"
    archive.mkdir(parents=True)
    (archive / "image.png").write_bytes(b"x" * 500)
    (archive.parent / "a.lock").touch()
    code, out, err = command("--clear", "features", "--clear", "data")
    assert (code, err) == (0, "cleared: features (1.5 kB)\ncleared: data (2.0 kB)\n")
    assert {name: size for name, size in sizes(out).items() if size == "1.5 kB"}.keys() == set(
        CACHED
    ) - {"features", "data"}
    assert list((folders / "cache" / "features").iterdir()) == []
    assert list(archive.parent.iterdir()) == []
    assert (folders / "cache" / "weights" / "key" / "file").exists()


def test_a_link_is_removed_and_what_it_leads_to_stays(command: Command, folders: Path) -> None:
    (folders / "elsewhere").mkdir()
    (folders / "elsewhere" / "mine").touch()
    (folders / "cache" / "features" / "link").symlink_to(folders / "elsewhere")
    assert command("--clear=features")[0] == 0
    assert (folders / "elsewhere" / "mine").exists()
    assert list((folders / "cache" / "features").iterdir()) == []


def test_what_is_written_at_the_moment_stays(command: Command, folders: Path) -> None:
    new, old = (folders / "cache" / "decoded" / f".x.json.{name}" for name in ("new", "old"))
    new.touch()
    old.touch()
    os.utime(old, (0, 0))
    assert command("--clear=decoded")[0] == 0
    assert list((folders / "cache" / "decoded").iterdir()) == [new]


def test_a_part_that_does_not_exist_is_an_error_that_lists_them(command: Command) -> None:
    code, _, err = command("--clear", "everything")
    assert code == 2
    assert err.startswith("error: clear=everything is not allowed")
    assert "decoded, similar, image_results, outbox, checkpoints" in err


@pytest.mark.parametrize("held", ["state/processes/" + "a" * 32, "cache/features/key"])
def test_nothing_is_cleared_while_a_study_runs(command: Command, folders: Path, held: str) -> None:
    lock = folders / f"{held}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):
        code, out, err = command("--clear", "features", "--clear", "data")
    assert (code, out) == (1, "")
    assert err.startswith("error: a run or study is in progress on this machine: nothing was clear")
    assert (folders / "cache" / "features" / "key" / "file").exists()
    assert command("--clear=features")[0] == 0


def test_runs_that_wait_are_discarded_by_name_alone_and_told(
    command: Command, folders: Path, empty_database: Path
) -> None:
    (folders / "mlflow.db").write_bytes(empty_database.read_bytes())
    client = connect(f"sqlite:///{folders}/mlflow.db")
    experiment = experiment_named(client, "x")
    waiting = [keep(client, experiment, seed=seed) for seed in range(2)]
    waiting.append(keep(MlflowClient(NO_SERVER), experiment))
    with checkpoint_of("cell") as checkpoint:
        assert checkpoint.file is not None
        checkpoint.file.write_bytes(b"x" * 300)
    (checkpoint.file.parent / f"{waiting[0].key}.lock").touch()
    everything_else = [name for name in cli.cache.PARTS if name != "outbox"]
    code, out, _ = command(*(f"--clear={name}" for name in everything_else))
    assert code == 0
    assert outbox.waiting() == waiting
    assert {name for name, size in sizes(out).items() if size != "0 bytes"} == {"outbox"}

    checkpoint.file.write_bytes(b"x" * 300)
    code, out, err = command("--clear=outbox")
    assert code == 0
    assert sorted(err.splitlines())[1:] == [
        f"discarded: 1 run not yet uploaded to {NO_SERVER}",
        f"discarded: 2 runs not yet uploaded to sqlite:///{folders}/mlflow.db",
    ]
    assert outbox.waiting() == []
    assert list(checkpoint.file.parent.iterdir()) == [checkpoint.file]


# --- lock files of processes

ENDS = """
import sys
from lr_study.cli import main
from lr_study.support import liveness_token
from lr_study.tracking.connection import retry
liveness_token()
def fail():
    raise OSError("no answer")
if "lost" in sys.argv:
    sys.argv.remove("lost")
    try:
        retry(fail)
    except OSError:
        pass
main()
"""


@pytest.mark.parametrize(
    ("words", "code", "files"),
    [(["policies"], 0, 0), (["nothing"], 2, 1), (["policies", "lost"], 0, 1)],
    ids=["ended well", "failed", "an answer was lost"],
)
def test_a_process_removes_its_lock_file_if_it_leaves_no_run(
    folders: Path, words: list[str], code: int, files: int
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDS, *words], capture_output=True, encoding="utf-8", timeout=100
    )
    assert ended.returncode == code, ended.stderr
    assert len(list((folders / "state" / "processes").iterdir())) == files


def test_lock_files_of_ended_processes_are_cleared(command: Command, folders: Path) -> None:
    processes = folders / "state" / "processes"
    processes.mkdir(parents=True)
    recent, old, living = (processes / f"{digit * 32}.lock" for digit in "abc")
    for file in (recent, old, living):
        file.touch()
    for file in (old, living):
        os.utime(file, (0, 0))
    with FileLock(living):
        liveness_token.__wrapped__()
        assert not old.exists()
        assert recent.exists()  # a killed process's: its runs are recognised by it
        assert clear_ended_processes() == 2
        assert not recent.exists()
        assert living.exists()
