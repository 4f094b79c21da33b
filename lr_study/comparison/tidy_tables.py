"""A table of one row a run, from anywhere, as runs that can be compared."""

import math
from typing import Any

import pandas as pd

from lr_study.policies import family_of, policy_or_none
from lr_study.runs import ACCURACY, UNKNOWN, Metric, canonical_json, short_hash
from lr_study.support import UsageError

_UNNAMED = "unnamed:name="  # as of imported runs whose policy is not known

_MAX_LISTED = 12


def runs_of_table(
    table: pd.DataFrame, policy: str, seed: str | None, metric: str, ranked_by: Metric
) -> pd.DataFrame:
    """Return the rows of a table as runs of one protocol, with the columns that `compare` needs.

    Parameters
    ----------
    table
        One row a run.
    policy
        The column with the policy: in text form, or a number, which is a fixed learning rate, or
        any other name.
    seed
        The column with the seed, a whole number; None if the runs are not paired.
    metric
        The column with the validation metric.
    ranked_by
        What that is; an accuracy is from 0 to 1.

    Raises
    ------
    UsageError
        If there is no such column, or a value is not allowed.

    Examples
    --------
    >>> table = pd.DataFrame({"lr": [0.1, 0.01], "seed": [0, 0], "val_acc": [0.8, 0.7]})
    >>> list(runs_of_table(table, "lr", "seed", "val_acc", ACCURACY)["policy"])
    ['fixed:lr=0.1', 'fixed:lr=0.01']
    """
    for option, name in (("policy", policy), ("seed", seed), ("metric", metric)):
        if name is not None and name not in table:
            listed = ", ".join(map(str, table.columns[:_MAX_LISTED]))
            raise UsageError(f"{option}={name} is not a column: the columns are {listed}")
    rows = [
        _run(
            i,
            row[policy],
            UNKNOWN if seed is None else _seed(row[seed]),
            _value(metric, row, ranked_by),
            ranked_by,
        )
        for i, row in enumerate(table.to_dict("records"))
    ]
    if not rows:
        raise UsageError("the table has no rows: give one row a run")
    return pd.DataFrame(rows)


def table_metric(column: str, higher_is_better: bool | None) -> Metric:
    """Return what the column of a table holds: any accuracy is the accuracy.

    Raises
    ------
    UsageError
        If the name does not tell whether higher values are better, and it is not given.
    """
    found = Metric.named(column, higher_is_better)
    return ACCURACY if found.is_share else found


def _run(
    place: int, policy: Any, seed: int | str, value: float, ranked_by: Metric
) -> dict[str, Any]:
    text = _policy(policy)
    direction = "higher" if ranked_by.higher_is_better else "lower"
    protocol = {"metric": ranked_by.name, "direction": direction}
    return {
        "run_id": f"row {place}",
        "end_time": place,
        "excluded": None,
        "policy": text,
        "family": family_of(text),
        "seed": seed,
        "protocol": {} if ranked_by == ACCURACY else protocol,
        # Rows without a seed are runs of their own; two with one seed are the same run twice.
        "cell": short_hash(canonical_json([text, place if seed == UNKNOWN else seed])),
        "diverged": False,
        ranked_by.column("final"): value,
        ranked_by.column("best"): value,
    }


def _policy(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f"fixed:lr={float(value)!r}"
    policy = policy_or_none(str(value))
    return f"{_UNNAMED}{value}" if policy is None else str(policy)


def _seed(value: Any) -> int:
    try:
        seed = int(value)
    except (TypeError, ValueError, OverflowError):
        seed = -1
    if seed < 0 or seed != value:
        raise UsageError(f"seed={value!r} is not allowed: a seed is a whole number >= 0")
    return seed


def _value(metric: str, row: dict[str, Any], ranked_by: Metric) -> float:
    try:
        value = float(row[metric])
    except (TypeError, ValueError):
        value = math.nan
    if ranked_by == ACCURACY and not 0 <= value <= 1:
        raise UsageError(
            f"{metric}={row[metric]!r} is not allowed: it is an accuracy, 0 <= {metric} <= 1"
        )
    if not math.isfinite(value):
        raise UsageError(f"{metric}={row[metric]!r} is not allowed: {metric} is a number")
    return value
