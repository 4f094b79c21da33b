"""Cells in the store: which are finished, and runs left behind by killed processes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Run

from lr_study.support import is_owner_dead
from lr_study.tracking import outbox
from lr_study.tracking.addresses import store_address
from lr_study.tracking.connection import retry
from lr_study.tracking.reading import all_runs
from lr_study.tracking.run_rows import exclusion_reason, is_complete
from lr_study.tracking.tags import (
    CELL_TAG,
    DUPLICATE_OF_TAG,
    OUTBOX_TAG,
    PARENT_TAG,
    PROCESS_TAG,
    PROTOCOL_ID_TAG,
    SUPERSEDED_TAG,
)


@dataclass(frozen=True)
class Cells:
    """The runs of one protocol in an experiment, by cell: run ids, the earliest finished first."""

    finished: Mapping[str, tuple[str, ...]]
    failed: Mapping[str, tuple[str, ...]]


def find_cells(client: MlflowClient, experiment_id: str, protocol_id: str) -> Cells:
    """Return which cells of a protocol are finished or failed in an experiment."""
    query = f"tags.`{PROTOCOL_ID_TAG}` = '{protocol_id}'"
    finished: dict[str, list[Run]] = {}
    failed: dict[str, list[Run]] = {}
    for run in retry(lambda: list(all_runs(client, experiment_id, query))):
        cell = run.data.tags.get(CELL_TAG, "")
        if run.info.status == "FAILED":
            failed.setdefault(cell, []).append(run)
        elif exclusion_reason(run) is None:
            finished.setdefault(cell, []).append(run)
    return Cells(
        {cell: _earliest_first(runs) for cell, runs in finished.items()},
        {cell: _earliest_first(runs) for cell, runs in failed.items() if cell not in finished},
    )


def finished_runs(client: MlflowClient, experiment_id: str, cell: str) -> tuple[str, ...]:
    """Return the ids of the finished runs of a cell that count, the earliest finished first."""
    runs = all_runs(client, experiment_id, f"tags.`{CELL_TAG}` = '{cell}'")
    return _earliest_first(run for run in runs if exclusion_reason(run) is None)


def _earliest_first(runs: Iterable[Run]) -> tuple[str, ...]:
    ordered = sorted(runs, key=lambda run: (run.info.end_time, run.info.run_id))
    return tuple(str(run.info.run_id) for run in ordered)


def reap_stale_runs(client: MlflowClient, experiment_id: str) -> int:
    """End the runs that killed processes of this machine left RUNNING; return how many.

    A child of a study becomes FINISHED if all of it was logged, and is deleted if not, so that its
    cell is trained again. A run that logged while it trained becomes KILLED and keeps its metrics.
    Runs with an entry in the outbox are left alone: sending the entry ends them.
    """
    count = 0
    # Read before the store: a run that is sent between the two reads is RUNNING in neither.
    entries = outbox.waiting(store_address(str(client.tracking_uri)))
    known = {name for entry in entries for name in (entry.run_id, entry.id) if name}
    query = "attributes.status = 'RUNNING'"
    for run in retry(lambda: list(all_runs(client, experiment_id, query))):
        tags = run.data.tags
        if not is_owner_dead(tags.get(PROCESS_TAG, "")):
            continue
        if known & {run.info.run_id, tags.get(OUTBOX_TAG)}:
            continue
        count += 1
        if PARENT_TAG not in tags:
            client.set_terminated(run.info.run_id, "KILLED")
        elif is_complete(run):
            client.set_terminated(run.info.run_id, "FINISHED")
        elif CELL_TAG in tags:
            client.set_terminated(run.info.run_id, "KILLED")
        else:
            client.delete_run(run.info.run_id)
    return count


def mark_duplicates(client: MlflowClient, cells: Cells) -> int:
    """Tag the later runs of cells that were finished more than once; return their number."""
    count = 0
    for first, *others in cells.finished.values():
        for run_id in others:
            client.set_tag(run_id, DUPLICATE_OF_TAG, first)
            count += 1
    return count


def supersede(client: MlflowClient, run_id: str) -> None:
    """Mark a finished run as replaced by one that was trained again on request."""
    client.set_tag(run_id, SUPERSEDED_TAG, "true")
