"""From a finished run's record to the outbox entry that holds all of it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from lr_study.runs import Protocol, RunRecord, RunSpec
from lr_study.tracking.experiments import Destination
from lr_study.tracking.outbox import Entry
from lr_study.tracking.writing import identity_tags, params_of, record_points, record_tags


@dataclass(frozen=True)
class RunIdentity:
    """Which MLflow run a record belongs to.

    Attributes
    ----------
    name
        The run's name in MLflow's pages.
    run_id
        The run, if it exists already; None to create one when the entry is sent.
    entry_id
        What the entry is known by: by default the run's id, or else the record's cell.
    parent
        The study's run.
    replaces
        Whether the run was trained again on request, so that earlier runs of its cell no longer
        count.
    """

    name: str
    run_id: str | None = None
    entry_id: str | None = None
    parent: str | None = None
    replaces: bool = False


def cell_identity(name: str, cell: str, parent: str | None, *, replaces: bool) -> RunIdentity:
    """Return the identity of a run that is created when it is sent: its entry is known by the cell.

    Of a cell that is trained again on request the entry gets an id of its own, because the cell
    itself is in the store already.
    """
    entry_id = f"{cell}-{uuid4().hex[:12]}" if replaces else cell
    return RunIdentity(name, entry_id=entry_id, parent=parent, replaces=replaces)


def record_entry(
    destination: Destination,
    record: RunRecord,
    identity: RunIdentity,
    *,
    tags: Mapping[str, str],
    epoch_times_ms: Sequence[int] = (),
) -> Entry:
    """Return the outbox entry of a finished run.

    Parameters
    ----------
    tags
        Besides those of the record: the environment's.
    epoch_times_ms
        When the epochs ended, in milliseconds since 1970, if they were logged while training:
        MLflow keeps a metric that is logged again with the same time only once. By default, now.
    """
    now = int(time.time() * 1000)
    return Entry(
        **destination.of_entry(),
        id=identity.entry_id or identity.run_id or record.cell,
        name=identity.name,
        status="FINISHED",
        start_time=now - int(record.wall_clock_seconds * 1000),
        end_time=now,
        run_id=identity.run_id,
        parent=identity.parent,
        cell=record.cell,
        replaces=identity.replaces,
        params=params_of(record.spec, record.protocol),
        tags={**tags, **record_tags(record)},
        metrics=tuple(record_points(record, now, epoch_times_ms)),
    )


def failed_entry(
    destination: Destination,
    spec: RunSpec,
    protocol: Protocol,
    identity: RunIdentity,
    *,
    tags: Mapping[str, str],
) -> Entry:
    """Return the outbox entry of a run that could not be trained: it ends the run FAILED.

    The entry finishes no cell, so the same run can be trained again.
    """
    now = int(time.time() * 1000)
    return Entry(
        **destination.of_entry(),
        id=identity.run_id or f"{protocol.cell(spec.policy, spec.seed)}-{uuid4().hex[:12]}",
        name=identity.name,
        status="FAILED",
        start_time=now,
        end_time=now,
        run_id=identity.run_id,
        parent=identity.parent,
        params=params_of(spec, protocol),
        tags={**tags, **identity_tags(spec, protocol)},
    )
