"""Entries whose run or experiment was deleted or purged: kept while it can be restored."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from waiting import active, finished, keep

from lr_study.support import LrStudyError
from lr_study.tracking import Destination, outbox
from lr_study.tracking.lifecycle import tracked_run
from lr_study.tracking.sending import Sender, sync

pytestmark = pytest.mark.usefixtures("state")


def restore(tmp_path, words):
    return f"restore it with MLFLOW_TRACKING_URI=sqlite:///{tmp_path}/mlflow.db mlflow {words}"


def of_run(client, experiment, entry):
    """Put an entry for a run that exists already, in place of another."""
    run_id = client.create_run(experiment.experiment_id).info.run_id
    with outbox.held(entry):
        outbox.remove(entry)
    return outbox.put(replace(entry, id=run_id, run_id=run_id))


@pytest.mark.parametrize("deleted", ["run", "experiment"])
def test_an_entry_of_what_was_deleted_is_kept_and_sent_once_restored(
    client, experiment, tmp_path, deleted
):
    entry = of_run(client, experiment, keep(client, experiment))
    if deleted == "run":
        client.delete_run(entry.run_id)
        command = f"runs restore --run-id {entry.run_id}"
    else:
        client.delete_experiment(experiment.experiment_id)
        command = f"experiments restore -x {experiment.experiment_id}"
    for _ in range(2):
        outcome = sync()
        assert outcome.sent == 0
        assert restore(tmp_path, command) in outcome.problems[0]
    assert outbox.waiting() == [entry]
    if deleted == "run":
        client.restore_run(entry.run_id)
    else:
        client.restore_experiment(experiment.experiment_id)
    assert sync().sent == 1
    assert finished(client, experiment) == {entry.cell: (entry.run_id,)}


def test_a_sender_that_knows_the_experiment_notices_that_it_is_deleted(
    client, experiment, tmp_path
):
    sender = Sender(client, experiment)
    assert sender.send(keep(client, experiment))
    client.delete_experiment(experiment.experiment_id)
    entry = keep(client, experiment, seed=1)
    assert not sender.send(entry)
    assert restore(tmp_path, "experiments restore -x 1") in sender.rejection
    with pytest.raises(LrStudyError, match=r"1 run not yet uploaded .*experiments restore -x 1"):
        sender.require_sent(experiment, [entry.cell])
    client.restore_experiment(experiment.experiment_id)
    sender.require_sent(experiment, [entry.cell])
    assert len(finished(client, experiment)) == 2


def test_of_several_reasons_the_first_and_their_number_are_said(client, experiment):
    for seed in range(3):
        entry = of_run(client, experiment, keep(client, experiment, seed=seed))
        client.delete_run(entry.run_id)
    (problem,) = sync().problems
    assert problem.startswith("3 runs not yet uploaded to sqlite:")
    assert problem.count("was deleted") == 1
    assert "; and 2 more)" in problem


def purge(tmp_path, run_id):
    """Remove a run for good, as `mlflow gc` does."""
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database:
        for table in "tags", "params", "metrics", "latest_metrics", "runs":
            database.execute(f"DELETE FROM {table} WHERE run_uuid = ?", (run_id,))  # noqa: S608
        database.commit()


def test_the_record_of_a_run_that_is_gone_for_good_gets_a_run_of_its_own(
    client, experiment, tmp_path
):
    entry = of_run(client, experiment, keep(client, experiment))
    purge(tmp_path, entry.run_id)
    assert sync().sent == 1
    (run,) = active(client, experiment)
    assert run.info.run_id != entry.run_id
    assert finished(client, experiment) == {entry.cell: (run.info.run_id,)}


def test_a_run_that_is_gone_for_good_need_not_be_ended(client, experiment, tmp_path):
    with (
        pytest.raises(LrStudyError, match=r"waits in the outbox for .*\(run .* was deleted: "),
        tracked_run(Destination(client, experiment), "study") as run_id,
    ):
        client.delete_run(run_id)
    (entry,) = outbox.waiting()
    assert sync().sent == 0
    purge(tmp_path, entry.run_id)
    assert sync().sent == 1
    assert outbox.waiting() == []
