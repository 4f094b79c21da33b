"""The outbox: whole entries or none, each published once, whatever dies in between.

What a sender does without an answer is in `test_sending`.
"""

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from filelock import Timeout
from mlflow import MlflowClient
from records import make_record
from stores import NO_SERVER
from waiting import Died, active, finished, keep

from lr_study.cli import app as cli
from lr_study.support.errors import LrStudyError
from lr_study.tracking import Destination, RunIdentity, outbox, sending
from lr_study.tracking.addresses import store_address
from lr_study.tracking.cells import reap_stale_runs
from lr_study.tracking.connection import connect
from lr_study.tracking.entries import record_entry
from lr_study.tracking.experiments import experiment_named
from lr_study.tracking.sending import Sender, sync, waiting_cells
from lr_study.tracking.tags import OUTBOX_TAG, PROCESS_TAG

pytestmark = pytest.mark.usefixtures("state")


# --- on disk


def test_an_entry_comes_back_as_it_was(client, experiment):
    entry = keep(client, experiment)
    assert outbox.waiting() == [entry]
    other = experiment_named(client, "y")
    assert outbox.waiting(entry.store, experiment) == [entry]
    assert outbox.waiting("sqlite:////elsewhere.db") == outbox.waiting(entry.store, other) == []
    assert (entry.files / "note.txt").read_text(encoding="utf-8") == "here"
    with outbox.held(entry) as waits:
        assert waits
        outbox.remove(entry)
    assert outbox.waiting() == []
    with outbox.held(entry) as waits:
        assert not waits


def test_an_entry_is_written_whole_or_not_at_all(client, experiment, state):
    def write_some(folder):
        (folder / "head.npz").write_text("half", encoding="utf-8")
        assert outbox.waiting() == []
        raise OSError(errno.ENOSPC, "No space left on device")

    entry = record_entry(
        Destination(client, experiment), make_record(), RunIdentity("child"), tags={}
    )
    with pytest.raises(LrStudyError, match=r"outbox .*No space left.* LR_STUDY_STATE"):
        outbox.put(entry, write_some)
    assert list((state / "outbox").iterdir()) == []
    first = keep(client, experiment)
    assert outbox.put(entry, lambda folder: None).key == first.key  # another study's: it stays
    assert outbox.waiting() == [first]


@pytest.mark.parametrize("number", [errno.EEXIST, errno.ENOTEMPTY])
def test_a_file_that_exists_in_the_way_of_a_writer_is_no_entry_that_waits(
    client, experiment, state, number
):
    def collide(folder) -> None:
        raise OSError(number, "in the way")

    entry = record_entry(
        Destination(client, experiment), make_record(), RunIdentity("child"), tags={}
    )
    with pytest.raises(LrStudyError, match=r"outbox .* cannot be written \(in the way\)"):
        outbox.put(entry, collide)
    assert outbox.waiting() == []


@pytest.mark.parametrize("harm", ["cut", "flipped", "a file lost", "a file flipped"])
def test_a_damaged_entry_is_set_aside_and_its_cell_is_missing(client, experiment, state, harm):
    entry = keep(client, experiment)
    file = entry.files.parent / "entry.json" if harm in ("cut", "flipped") else entry.files
    file = file / "note.txt" if file.is_dir() else file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "cut":
        file.write_bytes(content[:-9])
    elif harm == "a file lost":
        file.unlink()
    else:
        file.write_bytes(content)
    left = {path.name: path.read_bytes() for path in entry.files.parent.rglob("*.*")}
    assert left
    assert waiting_cells(client, experiment) == set()
    assert not entry.files.exists()
    Sender(client).send(entry)
    assert finished(client, experiment) == {}
    # What is left of it is kept, however old it becomes: a person may want it.
    (kept,) = (state / "outbox").iterdir()
    assert kept.name.startswith(f".damaged-{entry.key}.")
    os.utime(kept, (0, 0))
    assert outbox.waiting() == []
    assert {path.name: path.read_bytes() for path in kept.rglob("*.*")} == left


def test_a_stray_file_in_the_outbox_is_harmless(client, experiment, state):
    entry = keep(client, experiment)
    strays = [state / "outbox" / name for name in ("notes.txt", ".DS_Store", "entry.json")]
    for stray in strays:
        stray.write_text("not an entry", encoding="utf-8")
    assert outbox.waiting() == [entry]
    assert sync().sent == 1
    assert list(finished(client, experiment)) == [entry.cell]
    assert sorted((state / "outbox").iterdir()) == sorted(strays)


def test_what_a_killed_process_wrote_aside_is_cleared_away_later(client, experiment, state):
    entry = keep(client, experiment)
    aside = state / "outbox" / f".{entry.key}.0123"
    aside.mkdir()
    assert outbox.waiting() == [entry]
    assert aside.exists()  # another process may be writing it
    os.utime(aside, (0, 0))
    assert outbox.waiting() == [entry]
    assert not aside.exists()


def test_a_stray_file_in_the_outbox_harms_nothing(client, experiment, state):
    entry = keep(client, experiment)
    for name in (".hidden", "visible"):
        (state / "outbox" / name).write_text("?", encoding="utf-8")
        os.utime(state / "outbox" / name, (0, 0))
    assert outbox.waiting() == [entry]


def test_the_lock_of_an_entry_goes_with_it_and_not_before(client, experiment, state):
    entry = keep(client, experiment)
    lock = state / "outbox" / f"{entry.key}.lock"
    with outbox.held(entry):
        assert lock.exists()
    assert outbox.waiting() == [entry]
    with outbox.held(entry):
        outbox.remove(entry)
    assert list((state / "outbox").iterdir()) == []
    with outbox.held(entry) as waits:  # as by a process that listed it before
        assert not waits
        lock.unlink()  # another one's end
    assert list((state / "outbox").iterdir()) == []


def test_an_entry_goes_at_once_though_its_files_go_one_by_one(
    client, experiment, state, monkeypatch
):
    entry = keep(client, experiment)

    def die_at_the_first_file(folder, **options):
        (folder / "entry.json").unlink()
        raise Died

    with monkeypatch.context() as patch, outbox.held(entry):
        patch.setattr(outbox.shutil, "rmtree", die_at_the_first_file)
        with pytest.raises(Died):
            outbox.remove(entry)
    assert not outbox.is_waiting(entry)
    assert outbox.waiting() == []
    assert not list((state / "outbox").glob(".damaged-*"))


def test_a_timeout_of_another_lock_is_not_taken_for_the_entrys(client, experiment, tmp_path):
    entry = keep(client, experiment)
    with pytest.raises(Timeout, match=r"other\.lock"), outbox.held(entry):
        raise Timeout(str(tmp_path / "other.lock"))


def test_the_lock_file_of_an_entry_that_was_sent_is_gone(client, experiment, state):
    entry = keep(client, experiment)
    assert Sender(client).send(entry)
    assert Sender(client).send(entry)  # sent by another process meanwhile
    assert list((state / "outbox").iterdir()) == []


def test_an_entry_belongs_to_its_experiment_of_its_database(client, experiment):
    entry = keep(client, experiment)
    assert (entry.replaces, entry.is_of(experiment)) == (False, True)
    named_so = replace(entry, experiment="renamed since")
    assert named_so.is_of(experiment)
    in_another_database = replace(entry, experiment_created=0)
    assert not in_another_database.is_of(experiment)
    assert len({each.key for each in (entry, named_so, in_another_database)}) == 2


def test_an_entry_replaces_no_run_unless_it_says_so():
    entry = outbox.Entry(
        store="http://x",
        experiment="x",
        id="a",
        name="a",
        status="FAILED",
        start_time=0,
        end_time=1,
    )
    assert not entry.replaces


def test_an_entry_of_an_earlier_version_knows_the_name_of_its_experiment_alone(client, experiment):
    entry = replace(keep(client, experiment), experiment_id=None, experiment_created=None)
    assert entry.is_of(experiment)
    assert not replace(entry, experiment="another").is_of(experiment)
    outbox.put(entry)
    assert entry in outbox.waiting(entry.store, experiment)
    assert entry not in outbox.waiting(entry.store, experiment_named(client, "another"))


def test_what_is_discarded_is_counted_by_store(client, experiment, state):
    for seed in range(2):
        entry = keep(client, experiment, seed)
    keep(MlflowClient(NO_SERVER), experiment)
    (entry.files / "note.txt").write_text("altered", encoding="utf-8")
    other = keep(client, experiment, seed=2)
    assert outbox.discard_waiting() == {other.store: 2, NO_SERVER: 1}
    assert list((state / "outbox").iterdir()) == []
    assert outbox.discard_waiting() == {}


# --- credentials


def test_no_credential_is_kept_or_said(state, client, experiment):
    secret = MlflowClient("http://ann:s3cret@127.0.0.1:9/")
    keep(secret, experiment)
    for file in state.rglob("*"):
        assert "s3cret" not in str(file)
        assert file.is_dir() or b"s3cret" not in file.read_bytes()
    assert [entry.store for entry in outbox.waiting()] == [NO_SERVER]
    (problem,) = sync("http://ann:s3cret@127.0.0.1:9").problems
    assert problem.startswith("1 run not yet uploaded to http://127.0.0.1:9 (")
    assert "s3cret" not in problem
    with pytest.raises(LrStudyError) as error:
        connect("http://ann:s3cret@127.0.0.1:9")
    assert "s3cret" not in str(error.value)


def test_a_database_file_is_known_from_wherever_one_looks(tmp_path, monkeypatch):
    relative = store_address("sqlite:///mlflow.db")
    assert relative == f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.chdir("/")
    assert store_address(relative) == relative


# --- sent once


CALLS = ["create_run", "log_artifacts", "log_batch", "set_terminated", "get_run", "remove"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("then", ["sent", "cleared, then sent"])
def test_a_cell_is_published_once_wherever_its_sender_died(
    client, experiment, monkeypatch, call, when, then
):
    entry = keep(client, experiment)
    owner = sending.outbox if call == "remove" else MlflowClient
    original = getattr(owner, call)

    def die(*args, **kwargs):
        if when == "after":
            original(*args, **kwargs)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(owner, call, die)
        with pytest.raises(Died):
            Sender(client).send(entry)
    assert (outbox.waiting() == [entry]) == ((call, when) != ("remove", "after"))
    monkeypatch.setattr("lr_study.tracking.cells.is_owner_dead", lambda name: True)
    if then == "cleared, then sent":
        reap_stale_runs(client, experiment.experiment_id)
    Sender(client).send_waiting()
    reap_stale_runs(client, experiment.experiment_id)
    assert outbox.waiting() == []
    (run,) = active(client, experiment)
    assert finished(client, experiment) == {entry.cell: (run.info.run_id,)}
    assert run.data.tags["mlflow.parentRunId"] == "p"
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["note.txt"]
    for name in ("val_accuracy", "final_val_accuracy"):
        history = client.get_metric_history(run.info.run_id, name)
        assert len({point.step for point in history}) == len(history)


def test_what_another_process_is_at_is_left_to_it(client, experiment):
    tags = {OUTBOX_TAG: make_record().cell, PROCESS_TAG: "of another machine"}
    theirs = client.create_run(experiment.experiment_id, tags=tags).info.run_id
    entry = keep(client, experiment)
    assert Sender(client).send(entry)
    assert client.get_run(theirs).info.status == "RUNNING"
    assert theirs not in finished(client, experiment)[entry.cell]


def test_a_cell_trained_again_on_request_replaces_what_was_finished(client, experiment):
    sender = Sender(client, experiment)
    sender.send(keep(client, experiment))
    ((first,),) = finished(client, experiment).values()
    again = keep(client, experiment, replaces=True)
    assert sender.send(again)
    assert sender.send(again)  # nothing is there any more
    ((second,),) = finished(client, experiment).values()
    assert second != first
    assert client.get_run(first).data.tags["lr_study.superseded"] == "true"
    assert len(active(client, experiment)) == 2


HALTED_WITHIN_AN_ENTRY = """
import sys
from mlflow import MlflowClient
from lr_study.tracking.sending import sync
create_run = MlflowClient.create_run
def create_and_halt(*args, **kwargs):
    run = create_run(*args, **kwargs)
    print("created", flush=True)
    sys.stdin.readline()
    return run
MlflowClient.create_run = create_and_halt
print(sync().sent)
"""


def test_two_processes_send_one_entry_once(client, experiment, monkeypatch):
    entry = keep(client, experiment)
    is_refused = threading.Event()
    try_lock = outbox.try_lock

    def try_and_tell(file, *, seconds):
        if try_lock(file) is None:
            is_refused.set()
        return try_lock(file, seconds=seconds)

    monkeypatch.setattr(outbox, "try_lock", try_and_tell)
    with (
        subprocess.Popen(
            [sys.executable, "-c", HALTED_WITHIN_AN_ENTRY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        assert other.stdout.readline() == "created\n"
        sent = pool.submit(Sender(client).send, entry)
        assert is_refused.wait(60)  # now it waits for the other process
        assert not sent.done()
        other.stdin.write("\n")
        other.stdin.flush()
        assert sent.result(60)
        assert other.stdout.readline() == "1\n"
    (run,) = active(client, experiment)
    assert finished(client, experiment) == {entry.cell: (run.info.run_id,)}
    assert outbox.waiting() == []


# --- the command


def run_sync(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["lr-study", "sync", *words])
    code = cli._run()
    said = capsys.readouterr()
    return code, said.out, said.err


def test_sync_sends_what_waits_and_says_how_many(client, experiment, monkeypatch, capsys):
    assert run_sync(monkeypatch, capsys) == (0, "sent: 0\n", "")
    for seed in range(2):
        keep(client, experiment, seed=seed)
    assert run_sync(monkeypatch, capsys, "--tracking-uri=sqlite:///other.db")[1] == "sent: 0\n"
    assert run_sync(monkeypatch, capsys) == (0, "sent: 2\n", "")
    assert len(finished(client, experiment)) == 2


def test_sync_says_in_one_line_what_still_waits(client, experiment, monkeypatch, capsys):
    keep(client, experiment)
    keep(MlflowClient(NO_SERVER), experiment)
    code, out, err = run_sync(monkeypatch, capsys)
    assert (code, out) == (1, "sent: 1\n")
    assert err.count("\n") == 1
    assert err.startswith(f"error: 1 run not yet uploaded to {NO_SERVER} (")
