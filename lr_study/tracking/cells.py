"""Cells in the store: which are finished, one published, what a killed process left behind."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient
from mlflow.entities import Run

from lr_study.process import is_gone, presence
from lr_study.runs import RunRecord
from lr_study.tracking.reading import SUPERSEDED_TAG, all_runs, is_complete, why_foreign
from lr_study.tracking.store import PROCESS_TAG
from lr_study.tracking.writing import log_record


@dataclass(frozen=True)
class Cells:
    """The runs of one protocol in an experiment, by cell: run ids, the earliest finished first."""

    finished: Mapping[str, tuple[str, ...]]
    failed: Mapping[str, tuple[str, ...]]


def find_cells(client: MlflowClient, experiment_id: str, protocol_id: str) -> Cells:
    """Ask the store which cells of a protocol are finished or failed."""
    query = f"tags.`lr_study.protocol_id` = '{protocol_id}'"
    finished: dict[str, list[Run]] = {}
    failed: dict[str, list[Run]] = {}
    for run in all_runs(client, experiment_id, query):
        cell = run.data.tags.get("lr_study.cell", "")
        if run.info.status == "FAILED":
            failed.setdefault(cell, []).append(run)
        elif why_foreign(run) is None:
            finished.setdefault(cell, []).append(run)

    def earliest_first(runs: list[Run]) -> tuple[str, ...]:
        ordered = sorted(runs, key=lambda run: (run.info.end_time, run.info.run_id))
        return tuple(run.info.run_id for run in ordered)

    return Cells(
        {cell: earliest_first(runs) for cell, runs in finished.items()},
        {cell: earliest_first(runs) for cell, runs in failed.items() if cell not in finished},
    )


def publish_cell(
    client: MlflowClient,
    experiment_id: str,
    parent_id: str,
    name: str,
    record: RunRecord,
    *,
    tags: Mapping[str, str],
    write_files: Callable[[Path], None],
) -> str:
    """Create, fill and finish one child run; return its id.

    It is FINISHED only when everything is in it. A process that dies half-way leaves a run that
    says which process it was, for `clear_remains` to remove.
    """
    run = client.create_run(
        experiment_id,
        start_time=int((time.time() - record.wall_clock_seconds) * 1000),
        run_name=name,
        tags={"mlflow.parentRunId": parent_id, PROCESS_TAG: presence()},
    )
    run_id = str(run.info.run_id)
    with TemporaryDirectory(prefix="lr-study-") as folder:
        write_files(Path(folder))
        client.log_artifacts(run_id, folder)
    log_record(client, run_id, record, tags=tags)
    client.set_terminated(run_id, "FINISHED")
    return run_id


def clear_remains(client: MlflowClient, experiment_id: str) -> int:
    """Close what processes of this machine left RUNNING when they were killed; return how many.

    A child of a study is FINISHED if all of it had arrived, and deleted if not, so that its cell
    is trained again. A run that logged while it trained is KILLED and keeps what it has.
    """
    count = 0
    for run in all_runs(client, experiment_id, "attributes.status = 'RUNNING'"):
        tags = run.data.tags
        if not is_gone(tags.get(PROCESS_TAG, "")):
            continue
        count += 1
        if "mlflow.parentRunId" not in tags:
            client.set_terminated(run.info.run_id, "KILLED")
        elif is_complete(run):
            client.set_terminated(run.info.run_id, "FINISHED")
        elif "lr_study.cell" in tags:
            client.set_terminated(run.info.run_id, "KILLED")
        else:
            client.delete_run(run.info.run_id)
    return count


def mark_duplicates(client: MlflowClient, cells: Cells) -> int:
    """Tag the later runs of cells that were finished more than once; return how many."""
    count = 0
    for first, *others in cells.finished.values():
        for run_id in others:
            client.set_tag(run_id, "lr_study.duplicate_of", first)
            count += 1
    return count


def supersede(client: MlflowClient, run_id: str) -> None:
    """Mark a finished run as replaced by one that was trained again on request."""
    client.set_tag(run_id, SUPERSEDED_TAG, "true")
