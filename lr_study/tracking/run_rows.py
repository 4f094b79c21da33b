"""A run as one row of the table of runs: read, checked, and excluded where it cannot be trusted.

MLflow stores whatever is sent or typed in its pages, so nothing that is read here is taken on
trust: hashes are computed again, and values of the wrong shape are a reason, never an error.
"""

import json
import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, get_type_hints

from mlflow import MlflowClient
from mlflow.entities import Run

from lr_study.comparison import RaceRecord, message
from lr_study.policies import family_of
from lr_study.runs import (
    CURVES,
    UNKNOWN,
    ImageProtocol,
    Metric,
    ModelProtocol,
    canonical_json,
    metric_of,
    required_metrics,
    short_hash,
)
from lr_study.support import UsageError
from lr_study.tracking.image_results import read_image_results
from lr_study.tracking.tags import (
    CELL_TAG,
    CURVES_TAG,
    DIVERGED_TAG,
    KIND_TAG,
    OPTIONS_TAG,
    POLICY_TAG,
    PROTOCOL_TAG,
    RACE_TAG,
    RANGE_TEST_KIND,
    SOURCE_TAG,
    SUPERSEDED_TAG,
)

Curves = dict[str, list[float | None]]

_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What is raised where a value of a record has another type or size than a run of ours gives it."""

_MAX_EPOCHS = 1_000_000
_MAX_INT = 2**63 - 1

_TYPES = get_type_hints(ImageProtocol) | get_type_hints(ModelProtocol)
_POSITIVE = ("image_size", "train_size", "val_size", "batch_size")

COLUMNS = (
    *("run_id", "name", "status", "start_time", "end_time", "excluded"),
    *("policy", "family", "seed", "protocol", "protocol_id", "cell"),
    *("diverged", "curves", "options", "image_results", "race"),
)
"""The columns that are no metrics, of which a metric of the same name takes none."""


def exclusion_reason(run: Run) -> str | None:
    """Return why a run is not a finished run of lr-study; None if it is one."""
    kind = run.data.tags.get(KIND_TAG)
    if kind == "study":
        return message("study")
    if kind == RANGE_TEST_KIND:
        return message("range test")
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
    # A run that does not tell whether it diverged may have done so, and then lacks losses.
    # One that was imported may lack losses that nobody logged.
    diverged = data.tags.get(DIVERGED_TAG) != "false" or SOURCE_TAG in data.tags
    needed = {
        "param": (data.params, ("policy", "seed")),
        "tag": (data.tags, (PROTOCOL_TAG, CELL_TAG)),
        "metric": (data.metrics, required_metrics(stored_metric(run), diverged=diverged)),
    }
    for kind, (present, names) in needed.items():
        for name in names:
            if name not in present:
                return f"{kind} {name}"
    return None


def row_of(client: MlflowClient, run: Run) -> dict[str, Any]:
    """Return a run as a row; the columns are those of `load_runs`."""
    info, data = run.info, run.data
    row: dict[str, Any] = {
        "run_id": info.run_id,
        "name": info.run_name,
        "status": info.status,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "excluded": exclusion_reason(run),
    }
    if data.tags.get(KIND_TAG) == "study" and RACE_TAG in data.tags:
        with suppress(ValueError):  # anybody may have written it: then there was no race
            row["race"] = RaceRecord.from_text(data.tags[RACE_TAG])
            row["protocol_id"] = row["race"].protocol_id
    if row["excluded"] is None:
        try:
            row |= _content(client, run)
        except _UNREADABLE as error:
            why = _quotable(error)
            row["excluded"] = f"not a run of lr-study: its record cannot be read ({why})"
            return row
        row["excluded"] = _fault(row, data.tags)
    return row


def policy_of(run: Run) -> str:
    """Return the policy of a run in its text form; the param alone is what was typed."""
    return str(run.data.tags.get(POLICY_TAG, run.data.params.get("policy", "")))


def stored_protocol(run: Run, needed: Collection[str]) -> dict[str, Any]:
    """Return the protocol of a run, in which some fields are known.

    Raises
    ------
    UsageError
        If it cannot be read, or one of the fields is not known.
    """
    try:
        protocol = _protocol(run.data.tags[PROTOCOL_TAG])
        unknown = [name for name in needed if protocol.get(name, UNKNOWN) == UNKNOWN]
        if unknown:
            raise ValueError(f"unknown: {', '.join(unknown)}")
    except _UNREADABLE as error:
        raise UsageError(
            f"the protocol of run {run.info.run_id} cannot be used ({ascii(str(error))[1:-1]})"
        ) from error
    return protocol


def stored_metric(run: Run) -> Metric:
    """Return what a run is ranked by; the accuracy if its protocol cannot be read."""
    try:
        return metric_of(_protocol(run.data.tags[PROTOCOL_TAG]))
    except _UNREADABLE:
        return metric_of({})


def stored_options(run: Run) -> dict[str, Any]:
    """Return the options of a run that its protocol does not hold; empty if they are unknown."""
    return _options(run.data.tags.get(OPTIONS_TAG, "")) or {}


def _content(client: MlflowClient, run: Run) -> dict[str, Any]:
    data = run.data
    protocol = _protocol(data.tags[PROTOCOL_TAG])
    policy, seed = policy_of(run), data.params["seed"]
    curves = _curves(client, run, epochs=_epochs(protocol["epochs"]))
    return {
        "policy": policy,
        "family": family_of(policy),
        "seed": UNKNOWN if seed == UNKNOWN else int(seed),
        "protocol": protocol,
        "protocol_id": short_hash(canonical_json(protocol)),
        "cell": data.tags[CELL_TAG],
        # An imported loss may be missing, which its curve shows no differently: its tag tells.
        "diverged": data.tags.get(DIVERGED_TAG) == "true"
        if seed == UNKNOWN or SOURCE_TAG in data.tags
        else _has_lost_a_loss(curves),
        "curves": curves,
        "options": _options(data.tags.get(OPTIONS_TAG, "")),
        "image_results": read_image_results(client, run),
        **{
            name: value
            for name, value in data.metrics.items()
            if name not in CURVES and name not in curves and name not in COLUMNS
        },
    }


def _options(text: str) -> dict[str, Any] | None:
    """Options only serve to suggest commands: a run whose options cannot be read is ranked."""
    try:
        options = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return options if isinstance(options, dict) else None


def _protocol(text: str) -> dict[str, Any]:
    """Read a protocol: each field of `Protocol` has its type, or is unknown; numbers are finite.

    Fields that are not known here, of other versions, are texts, numbers, true, false or null.
    """
    protocol = json.loads(text)
    if not isinstance(protocol, dict):
        raise TypeError("its protocol is not an object")
    for name, value in protocol.items():
        if isinstance(value, list | dict):
            raise TypeError(f"{name} in its protocol is not a single value")
        is_size = isinstance(value, int | float) and name != "split_seed"
        if is_size and not abs(value) <= _MAX_INT:
            raise ValueError(f"{name} in its protocol is not a finite number")
        if name in _TYPES and value != UNKNOWN and not _is_allowed(name, value):
            raise TypeError(f"{name}={value!r} in its protocol is not allowed")
    return protocol


def _is_allowed(name: str, value: Any) -> bool:
    if _TYPES[name] in (str, bool):
        return isinstance(value, _TYPES[name])
    allowed = int if _TYPES[name] is int else int | float
    is_number = isinstance(value, allowed) and not isinstance(value, bool)
    return is_number and bool(value > 0 if name in _POSITIVE else value >= 0)


def _epochs(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= _MAX_EPOCHS:
        raise ValueError(f"epochs={value!r} in its protocol is not from 1 to {_MAX_EPOCHS}")
    return value


def _has_lost_a_loss(curves: Curves) -> bool:
    return any(None in curves.get(name, ()) for name in ("loss", "val_loss"))


def _quotable(error: Exception) -> str:
    """What an error says; it may quote text that is not UTF-8, which no table takes."""
    return str(error).encode(errors="backslashreplace").decode()


def _fault(row: Mapping[str, Any], tags: Mapping[str, str]) -> str | None:
    """Return why the content of a run cannot be trusted, or None."""
    if not any(row["curves"].values()):
        return "not a run of lr-study: no curves"
    if row["seed"] == UNKNOWN:  # an imported run's cell also tells runs of one policy apart
        return None
    identity = {"policy": row["policy"], "protocol": row["protocol_id"], "seed": row["seed"]}
    if tags[CELL_TAG] != short_hash(canonical_json(identity)):
        return message("edited", tag=CELL_TAG)
    return None


def _curves(client: MlflowClient, run: Run, epochs: int) -> Curves:
    """Read the curves from their tag, or from the metrics where they were too long for a tag."""
    text = run.data.tags.get(CURVES_TAG)
    if text is not None:
        return {name: _values(name, values) for name, values in json.loads(text).items()}
    curves: Curves = {}
    metric = stored_metric(run)
    for name in dict.fromkeys((*CURVES, metric.name, metric.val)):
        by_epoch: list[float | None] = [None] * epochs
        for metric in client.get_metric_history(run.info.run_id, name):
            if 1 <= metric.step <= epochs:
                by_epoch[metric.step - 1] = metric.value
        curves[name] = _values(name, by_epoch) if any(v is not None for v in by_epoch) else []
    return curves


def _values(name: str, values: Any) -> list[float | None]:
    """Check a curve: a list of numbers, or None where there is no finite value."""
    if not isinstance(values, list):
        raise TypeError(f"its curve {name} is not a list")
    checked: list[float | None] = []
    for value in values:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise TypeError(f"{value!r} in its curve {name} is not a number")
        checked.append(None if value is None or not math.isfinite(value) else float(value))
    return checked
