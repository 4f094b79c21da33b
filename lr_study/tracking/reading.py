"""Runs read back as one table, with the reason why a run cannot be compared."""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Run

from lr_study.comparison import message
from lr_study.runs import CURVES, UNKNOWN, required_metrics
from lr_study.support import UsageError
from lr_study.tracking.connection import connect, retry
from lr_study.tracking.deleted import require_active
from lr_study.tracking.experiments import find_experiment
from lr_study.tracking.tags import (
    CELL_TAG,
    CURVES_TAG,
    DIVERGED_TAG,
    KIND_TAG,
    PROTOCOL_ID_TAG,
    PROTOCOL_TAG,
    SUPERSEDED_TAG,
)

_PAGE = 1000


def load_runs(experiment: str, tracking_uri: str | None = None) -> pd.DataFrame:
    """Return the runs of an experiment, one row per run.

    The columns are ``run_id``, ``name``, ``status``, ``start_time``, ``end_time`` (milliseconds
    since 1970), ``policy``, ``family``, ``seed`` (a number, or ``unknown`` of an imported run),
    ``protocol`` (a dictionary), ``protocol_id``, ``cell``, ``diverged``, ``curves`` (a dictionary
    of lists, one value per epoch), every metric of the run by its name, and ``excluded``: None for
    a finished run of lr-study, else the reason why it cannot be compared.

    Raises
    ------
    UsageError
        If there is no such experiment, or it was deleted. The message lists the existing ones, or
        says how to restore it.
    LrStudyError
        If the store cannot be used.
    """
    client = connect(tracking_uri)
    found = find_experiment(client, experiment)
    if found is None:
        raise UsageError(
            f"there is no experiment {experiment!r} in {client.tracking_uri}: "
            f"{_experiments_with_runs(client)}"
        )
    return runs_of_experiment(client, require_active(client, found).experiment_id)


def runs_of_experiment(client: MlflowClient, experiment_id: str) -> pd.DataFrame:
    """Return what `load_runs` does, of an experiment that is known by its id."""
    runs = retry(lambda: list(all_runs(client, experiment_id)))
    rows = [_row(client, run) for run in runs]
    columns = ["run_id", "name", "status", "start_time", "end_time", "excluded"]
    columns += ["policy", "family", "seed", "protocol", "protocol_id", "cell"]
    columns += ["diverged", "curves", *required_metrics(diverged=False)]
    columns += [name for row in rows for name in row]
    frame = pd.DataFrame(rows, columns=list(dict.fromkeys(columns)))
    # pandas would turn None into NaN, and whole numbers beside it into floats.
    for name in "excluded", "seed":
        frame[name] = pd.Series([row.get(name) for row in rows], dtype=object)
    return frame


def _experiments_with_runs(client: MlflowClient) -> str:
    counts = []
    for experiment in client.search_experiments():
        ours = sum(
            1 for run in all_runs(client, experiment.experiment_id) if exclusion_reason(run) is None
        )
        counts.append(f"{experiment.name} ({ours})")
    if not counts:
        return "there are no experiments that you may read"
    return f"existing experiments, with their number of lr-study runs: {', '.join(counts)}"


def all_runs(client: MlflowClient, experiment_id: str, query: str = "") -> Iterator[Run]:
    """Yield the runs of an experiment that match a filter, from all pages, the earliest first."""
    token = None
    while True:
        page = client.search_runs(
            [experiment_id],
            query,
            max_results=_PAGE,
            order_by=["attributes.start_time ASC"],
            page_token=token,
        )
        yield from page
        token = page.token
        if not token:
            return


def exclusion_reason(run: Run) -> str | None:
    """Return why a run is not a finished run of lr-study; None if it is one."""
    if run.data.tags.get(KIND_TAG) == "study":
        return message("study")
    if run.info.status != "FINISHED":
        return message("status", status=run.info.status)
    if SUPERSEDED_TAG in run.data.tags:
        return message("superseded")
    missing = _first_missing(run)
    return missing and f"not a run of lr-study: no {missing}"


def is_complete(run: Run) -> bool:
    """Whether a run has all that a finished run of lr-study has, whatever its status."""
    return _first_missing(run) is None


def _first_missing(run: Run) -> str | None:
    data = run.data
    diverged = data.tags.get(DIVERGED_TAG) == "true"
    needed = {
        "param": (data.params, ("policy", "seed")),
        "tag": (data.tags, (PROTOCOL_TAG, CELL_TAG, DIVERGED_TAG)),
        "metric": (data.metrics, required_metrics(diverged=diverged)),
    }
    for kind, (present, names) in needed.items():
        for name in names:
            if name not in present:
                return f"{kind} {name}"
    return None


def _row(client: MlflowClient, run: Run) -> dict[str, Any]:
    info, data = run.info, run.data
    row: dict[str, Any] = {
        "run_id": info.run_id,
        "name": info.run_name,
        "status": info.status,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "excluded": exclusion_reason(run),
    }
    if row["excluded"] is not None:
        return row
    try:
        protocol = json.loads(data.tags[PROTOCOL_TAG])
        row |= {
            "policy": data.params["policy"],
            "family": data.params["policy"].partition(":")[0],
            "seed": data.params["seed"],
            "protocol": protocol,
            "protocol_id": data.tags.get(PROTOCOL_ID_TAG),
            "cell": data.tags[CELL_TAG],
            "diverged": data.tags.get(DIVERGED_TAG) == "true",
            "curves": _curves(client, run, epochs=int(protocol["epochs"])),
            **{name: value for name, value in data.metrics.items() if name not in CURVES},
        }
        row["seed"] = UNKNOWN if row["seed"] == UNKNOWN else int(row["seed"])
    except (ValueError, KeyError, TypeError) as error:
        row["excluded"] = f"not a run of lr-study: its record cannot be read ({error})"
        return row
    if not any(row["curves"].values()):
        row["excluded"] = "not a run of lr-study: no curves"
    return row


def _curves(client: MlflowClient, run: Run, epochs: int) -> dict[str, list[float | None]]:
    """Read the curves from their tag, or from the metrics where they were too long for a tag."""
    text = run.data.tags.get(CURVES_TAG)
    if text is not None:
        return {name: list(values) for name, values in json.loads(text).items()}
    curves: dict[str, list[float | None]] = {}
    for name in CURVES:
        values: list[float | None] = [None] * epochs
        for metric in client.get_metric_history(run.info.run_id, name):
            if 1 <= metric.step <= epochs:
                values[metric.step - 1] = metric.value
        curves[name] = values if any(value is not None for value in values) else []
    return curves
