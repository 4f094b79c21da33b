"""A sender whose store gives no answer, or one that cannot be believed."""

import contextlib
import time

import pytest
from mlflow import MlflowClient
from stores import NO_SERVER
from waiting import active, finished, keep

from lr_study.support.errors import LrStudyError
from lr_study.tracking import Destination, outbox, sending
from lr_study.tracking.cells import reap_stale_runs
from lr_study.tracking.lifecycle import tracked_run
from lr_study.tracking.sending import Sender, sync
from lr_study.tracking.tags import OUTBOX_TAG, PROCESS_TAG

pytestmark = pytest.mark.usefixtures("state")


def test_without_a_server_a_sender_gives_up_in_seconds_and_stays_so(experiment, monkeypatch):
    client = MlflowClient(NO_SERVER)
    entries = [keep(client, experiment, seed=seed) for seed in range(3)]
    sender = Sender(client, experiment)
    pauses = []
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", pauses.append)
        assert [sender.send(entry) for entry in entries] == [False] * 3
        assert sender.try_call(lambda: 1) is None
    assert pauses == [0.5, 1.5]  # of the first entry alone: three attempts
    assert len(outbox.waiting()) == 3
    with pytest.raises(
        LrStudyError, match=r"3 runs not yet uploaded .*\(Connection refused\).*lr-study sync"
    ):
        sender.require_sent(experiment, [entry.cell for entry in entries])
    sender.require_sent(experiment, ["of another study, which sends it"])


def test_an_answer_that_is_final_is_not_waited_for_and_holds_up_no_other(
    client, experiment, monkeypatch
):
    client.delete_experiment(client.create_experiment("deleted"))
    gone = client.search_experiments(view_type=2)[0]
    refused = keep(client, gone)
    sent = keep(client, experiment)
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("it tried again"))
    assert Sender(client).send_waiting() == 1
    assert outbox.waiting() == [refused]
    assert list(finished(client, experiment)) == [sent.cell]


def test_a_store_that_says_what_is_not_so_is_not_believed(client, experiment, monkeypatch):
    entry = keep(client, experiment)
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", ())
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_batch", lambda *args, **kwargs: None)
        assert not Sender(client).send(entry)
    assert outbox.waiting() == [entry]
    assert Sender(client).send(entry)
    assert len(finished(client, experiment)[entry.cell]) == 1


def test_runs_whose_making_was_answered_late_do_not_stay(client, experiment, monkeypatch):
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", ())
    sender, entry = Sender(client, experiment), keep(client, experiment)
    tags = {OUTBOX_TAG: entry.id, PROCESS_TAG: sending.liveness_token()}
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "create_run", lambda *args, **kwargs: 1 / 0)
        assert not sender.send(entry)
    sender.require_sent(experiment, [entry.cell])
    client.create_run(experiment.experiment_id, tags=tags)  # now it comes
    sender.require_sent(experiment, [entry.cell])
    assert [run.info.status for run in active(client, experiment)] == ["FINISHED"]


@contextlib.contextmanager
def raising(error):
    yield
    raise error


@pytest.mark.parametrize(("error", "status"), [(None, "FINISHED"), (OSError, "FAILED")])
def test_the_end_of_a_run_waits_where_its_store_cannot_be_told(
    client, experiment, monkeypatch, error, status
):
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", ())
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "set_terminated", lambda *args, **kwargs: 1 / 0)
        cut = contextlib.nullcontext() if error is None else raising(error)
        with (
            pytest.raises(error or LrStudyError),
            tracked_run(Destination(client, experiment), "parent") as run_id,
            cut,
        ):
            pass
    assert client.get_run(run_id).info.status == "RUNNING"
    monkeypatch.setattr("lr_study.tracking.cells.is_owner_dead", lambda name: True)
    assert reap_stale_runs(client, experiment.experiment_id) == 0
    assert sync().sent == 1
    assert client.get_run(run_id).info.status == status
    assert outbox.waiting() == []


def test_a_store_that_is_back_after_a_while_is_noticed(client, experiment, monkeypatch):
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", ())
    sender = Sender(client, experiment)
    assert sender.try_call(lambda: 1 / 0) is None
    assert sender.try_call(lambda: 1) is None  # not asked so soon
    assert not sender.send(keep(client, experiment))
    monkeypatch.setattr(sender, "_open_until", time.monotonic())
    assert sender.try_call(lambda: 1) == 1
    assert sender.last_error == ""
    assert sender.send_waiting() == 1


def test_a_single_hiccup_is_not_noticed(client, experiment, monkeypatch):
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", (0, 0))
    answers = [ConnectionResetError, None]

    def answer():
        error = answers.pop(0)
        if error:
            raise error
        return "here"

    assert Sender(client, experiment).try_call(answer) == "here"
