"""Finished cells put into the outbox by hand, and what the store then has of them."""

from records import make_record

from lr_study.tracking import Destination, cell_identity, outbox
from lr_study.tracking.cells import find_cells
from lr_study.tracking.entries import record_entry

PROTOCOL_ID = make_record().protocol.id


def keep(client, experiment, seed=0, *, parent="p", replaces=False):
    """Put a finished cell into the outbox."""
    record = make_record(seed=seed)
    entry = record_entry(
        Destination(client, experiment),
        record,
        cell_identity("child", record.cell, parent, replaces=replaces),
        tags={"lr_study.version": "0"},
    )
    return outbox.put(
        entry, lambda folder: (folder / "note.txt").write_text("here", encoding="utf-8")
    )


def finished(client, experiment):
    return find_cells(client, experiment.experiment_id, PROTOCOL_ID).finished


def active(client, experiment):
    return client.search_runs([experiment.experiment_id])


class Died(BaseException):
    """Stands for a kill: nothing that handles errors handles it."""
