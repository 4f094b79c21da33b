"""Checks before ranking: a run must match its declaration, and count once per cell."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from lr_study.comparison.messages import message
from lr_study.policies import parse
from lr_study.runs import CURVES
from lr_study.support import UsageError

RELATIVE, ABSOLUTE = 1e-6, 1e-12
"""Tolerances of a logged learning rate, which is a 32-bit number, to the declared one."""


def invalid_reasons(runs: pd.DataFrame) -> pd.Series:
    """Return why each run may not be ranked, or None; one value per run, with its index.

    Parameters
    ----------
    runs
        From `lr_study.load_runs`; without the column ``curves``, no run is checked.
    """
    if "curves" not in runs:
        return pd.Series([None] * len(runs), index=runs.index, dtype=object)
    rates_of = cache(_declared_rates)
    reasons = [
        _invalid_reason(policy, protocol, curves, rates_of)
        for policy, protocol, curves in zip(
            runs["policy"], runs["protocol"], runs["curves"], strict=True
        )
    ]
    return pd.Series(reasons, index=runs.index, dtype=object)


def _invalid_reason(
    policy: str,
    protocol: Mapping[str, Any],
    curves: Mapping[str, Sequence[float | None]],
    rates_of: Callable[[str, int], list[float] | None],
) -> str | None:
    declared = int(protocol["epochs"])
    trained = max((len(curves.get(name, ())) for name in CURVES), default=0)
    if trained != declared:
        return message("epochs", trained=trained, declared=declared)
    for name in "accuracy", "val_accuracy":
        missing = [i for i, value in enumerate(curves.get(name) or [None], 1) if value is None]
        if missing:
            return message("no value", name=name, epoch=missing[0])
    rates, policy_rates = curves.get("learning_rate"), rates_of(policy, declared)
    if not rates or policy_rates is None:
        return None
    for epoch, (rate, expected) in enumerate(zip(rates, policy_rates, strict=True), start=1):
        if rate is None:
            return message("no value", name="learning_rate", epoch=epoch)
        if not math.isclose(rate, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
            return message("rate", policy=policy, epoch=epoch, rate=rate, expected=expected)
    return None


def _declared_rates(policy: str, epochs: int) -> list[float] | None:
    """The learning rates of a policy; None if it has no formula, as in imported runs."""
    try:
        rate = parse(policy)
    except UsageError:
        return None
    return [rate(epoch) for epoch in range(epochs)]


def duplicate_reasons(runs: pd.DataFrame) -> pd.Series:
    """Return for each run which earlier run of the same cell it duplicates, or None.

    A cell is a policy, a seed and a protocol.
    """
    ordered = runs.sort_values(["end_time", "run_id"], kind="stable")
    first = ordered.drop_duplicates("cell").set_index("cell")["run_id"]
    reasons = [
        None if run_id == earliest else message("duplicate", run_id=earliest)
        for run_id, earliest in zip(runs["run_id"], runs["cell"].map(first), strict=True)
    ]
    return pd.Series(reasons, index=runs.index, dtype=object)


def fields_that_differ(protocols: Sequence[Mapping[str, Any]]) -> str:
    """Describe the protocol fields in which runs differ, as ``batch_size: 16 in 9 runs, 32 in 3``.

    >>> fields_that_differ([{"epochs": 5}, {"epochs": 5}, {"epochs": 9}])
    'epochs: 5 in 2 runs, 9 in 1'
    """
    parts = []
    for name in sorted({name for protocol in protocols for name in protocol}):
        counts = pd.Series(
            [str(protocol.get(name, "none")) for protocol in protocols]
        ).value_counts()
        if len(counts) > 1:
            shown = [
                f"{value} in {count}" + (f" run{'s' * (count > 1)}" if i == 0 else "")
                for i, (value, count) in enumerate(counts.items())
            ]
            parts.append(f"{name}: {', '.join(shown)}")
    return "; ".join(parts)
