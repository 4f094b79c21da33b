"""Checks before ranking: a run must match its declaration, and count once per cell."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from lr_study.comparison.messages import message
from lr_study.policies import Policy, policy_or_none
from lr_study.runs import (
    ACCURACY,
    CONVERGENCE_TOLERANCE,
    CURVES,
    LEAST_LOG_PROBABILITY,
    EpochRecord,
    ImageResults,
    Protocol,
    convergence_tolerance,
    first_gap,
    metric_of,
    summarize_curves,
    validated_every,
)
from lr_study.support import UsageError

RELATIVE, OF_HIGHEST = 1e-6, 2.4e-7
"""Tolerances of a logged learning rate to the declared one: as a share of it, and of the run's
highest rate, because libraries compute a cosine in 32 bits as a difference of larger numbers."""


METRIC_TOLERANCE = 1e-6
"""Relative tolerance of a logged metric to its curve: databases round differently."""

_Curves = Mapping[str, Sequence[float | None]]


def invalid_reasons(runs: pd.DataFrame) -> pd.Series:
    """Return why each run may not be ranked, or None; one value per run, with its index.

    A run must have trained for the epochs it declares, at the rates of its policy, and its metrics
    must be what its curves give. Image results, where there are any, must be of as many images as
    the protocol says, and give its last accuracy exactly; the last loss too, unless the protocol
    names a loss.

    Parameters
    ----------
    runs
        From `lr_study.load_runs`; without the column ``curves``, no run is checked.
    """
    if "curves" not in runs:
        return pd.Series([None] * len(runs), index=runs.index, dtype=object)
    rates_of = cache(_formula_rates)
    reasons = [_invalid_reason(run, rates_of) for run in runs.to_dict("records")]
    return pd.Series(reasons, index=runs.index, dtype=object)


def _invalid_reason(
    run: Mapping[str, Any], rates_of: Callable[[str, int, int | None], list[float] | None]
) -> str | None:
    curves, epochs = run["curves"], int(run["protocol"]["epochs"])
    return (
        _wrong_length(run, curves, epochs)
        or _wrong_values(run, curves)
        or _wrong_rate(curves, run["policy"], _declared_rates(run, rates_of))
        or _wrong_metric(run, curves)
        or _wrong_images(run, curves)
    )


def _wrong_length(run: Mapping[str, Any], curves: _Curves, declared: int) -> str | None:
    # A curve may be missing; a rate that was not logged in every epoch is told apart below.
    metric = metric_of(run["protocol"])
    lengths_of = {name: len(curves.get(name, ())) for name in (*CURVES, metric.name, metric.val)}
    lengths = {length for name, length in lengths_of.items() if name != "learning_rate"} - {0}
    lengths.add(max(lengths_of.values()))
    wrong = sorted(lengths - {declared})
    return message("epochs", trained=wrong[-1], declared=declared) if wrong else None


def _wrong_values(run: Mapping[str, Any], curves: _Curves) -> str | None:
    """What is missing of the metric that ranks, or is no share of examples though it should be.

    An accuracy is a number even where the loss is not finite.
    """
    metric = metric_of(run["protocol"])
    may_miss = metric != ACCURACY and bool(run.get("diverged"))
    gap = first_gap(curves.get(metric.val) or [None], validated_every(run["protocol"]))
    if gap is not None and not may_miss:
        return message("no value", name=metric.val, epoch=gap)
    for name in metric.name, metric.val:
        for epoch, value in enumerate(curves.get(name) or (), start=1):
            if value is not None and metric.is_share and not 0 <= value <= 1:
                return message("value", name=name, value=value, epoch=epoch)
    return None


def _wrong_rate(curves: _Curves, policy: str, declared: Sequence[float] | None) -> str | None:
    rates = curves.get("learning_rate")
    if not rates or declared is None:
        return None
    tolerance = max(1e-12, OF_HIGHEST * max(declared))
    for epoch, expected in enumerate(declared, start=1):
        rate = rates[epoch - 1] if epoch <= len(rates) else None
        if rate is None:
            return message("no value", name="learning_rate", epoch=epoch)
        if not math.isclose(rate, expected, rel_tol=RELATIVE, abs_tol=tolerance):
            return message("rate", policy=policy, epoch=epoch, rate=rate, expected=expected)
    return None


def _wrong_metric(run: Mapping[str, Any], curves: _Curves) -> str | None:
    """A metric may have been logged again after the run, with any value."""
    for name, expected in _expected_metrics(curves, run).items():
        value = run.get(name, math.nan)
        if not math.isclose(value, expected, rel_tol=METRIC_TOLERANCE, abs_tol=1e-9):
            return message("summary", name=name, value=value, expected=expected)
    metric = metric_of(run["protocol"])
    name = f"test_{metric.name}"
    tested = run.get(name)
    if metric.is_share and tested is not None and not math.isnan(tested) and not 0 <= tested <= 1:
        return message("not an accuracy", name=name, value=tested)
    return None


def _wrong_images(run: Mapping[str, Any], curves: _Curves) -> str | None:
    results = run.get("image_results")
    if not isinstance(results, ImageResults):
        return None
    return _wrong_image_sizes(results, run["protocol"]) or _wrong_sums(results, run, curves)


def _wrong_image_sizes(results: ImageResults, protocol: Mapping[str, Any]) -> str | None:
    images, validated = results.images, len(results.validated)
    smallest, train = protocol.get("val_size"), protocol.get("train_size")
    if isinstance(smallest, int) and isinstance(train, int):
        # With folds, all runs train on as many images as there are outside the largest fold.
        is_right = (
            smallest <= validated <= images - train
            if protocol.get("resampling") == "folds"
            else (validated, images) == (smallest, smallest + train)
        )
        if not is_right:
            return message("images sized", validated=validated, images=images)
    tested = 0 if results.test_right is None else len(results.test_right)
    size = protocol.get("test_size")
    if isinstance(size, int) and tested != size:
        return message("images tested", tested=tested, size=size)
    return None


def _wrong_sums(results: ImageResults, run: Mapping[str, Any], curves: _Curves) -> str | None:
    accuracies = {"val_accuracy": (results.right, (curves.get("val_accuracy") or [None])[-1])}
    if results.test_right is not None:
        accuracies["test_accuracy"] = results.test_right, run.get("test_accuracy")
    for name, (right, value) in accuracies.items():
        share = int(right.sum()) / len(right)
        if value is None or not math.isclose(value, share, abs_tol=1e-9):
            return message(
                "images right",
                name=name,
                value=math.nan if value is None else value,
                right=int(right.sum()),
                images=len(right),
            )
    if "loss" in run["protocol"]:  # a model of one's own: its loss may be any, with penalties
        return None
    loss = (curves.get("val_loss") or [None])[-1]
    is_capped = results.log_probability.min() <= LEAST_LOG_PROBABILITY
    if loss is None or is_capped or math.isclose(loss, results.loss, rel_tol=1e-3, abs_tol=1e-6):
        return None
    return message("images lost", value=loss, loss=results.loss)


def _expected_metrics(curves: _Curves, run: Mapping[str, Any]) -> dict[str, float]:
    """Compute the metrics of a run from its curves, those of missing losses left out."""
    # An imported run may lack losses that it does not say were infinite.
    missing = None if run.get("diverged") else math.nan

    metric = metric_of(run["protocol"])
    values = curves.get(metric.val) or [None] * int(run["protocol"]["epochs"])

    def losses(name: str) -> list[float | None]:
        return [missing if v is None else v for v in curves.get(name) or [None] * len(values)]

    epochs = [
        EpochRecord(epoch, loss, None, val_loss, None, math.nan, {metric.val: value})
        for epoch, (loss, val_loss, value) in enumerate(
            zip(losses("loss"), losses("val_loss"), values, strict=True), start=1
        )
        if value is not None or validated_every(run["protocol"]) == 1
    ]
    size = run["protocol"].get("val_size")
    tolerance = convergence_tolerance(size) if isinstance(size, int) else CONVERGENCE_TOLERANCE
    metrics = summarize_curves(epochs, tolerance, metric)
    return {name: value for name, value in metrics.items() if not math.isnan(value)}


def _declared_rates(
    run: Mapping[str, Any], rates_of: Callable[[str, int, int | None], list[float] | None]
) -> list[float] | None:
    """The rate of each epoch's last step by the policy of a run; None if that is not known.

    That is so for a policy without a formula, such as those of some imported runs and functions of
    one's own, which nothing read from a store imports; for one that changes within an epoch, if the
    protocol does not say how many steps there are; and for one that reads a curve that the run
    does not have.
    """
    protocol, text = run["protocol"], run["policy"]
    epochs, steps = int(protocol["epochs"]), _steps_per_epoch(protocol)
    policy = policy_or_none(text)
    if policy is None or policy.reads is None:
        return rates_of(text, epochs, steps)
    curve = run["curves"].get(policy.reads)
    return _last_rates(policy, epochs, steps, curve) if curve else None


def _steps_per_epoch(protocol: Mapping[str, Any]) -> int | None:
    images, batch = protocol.get("train_size"), protocol.get("batch_size")
    # An import that was not told a size has "unknown" here.
    if not (isinstance(images, int) and isinstance(batch, int) and images > 0 and batch > 0):
        return None
    return -(-images // batch)


def _formula_rates(policy: str, epochs: int, steps: int | None) -> list[float] | None:
    parsed = policy_or_none(policy)
    return None if parsed is None else _last_rates(parsed, epochs, steps, ())


def _last_rates(
    policy: Policy, epochs: int, steps: int | None, curve: Sequence[float | None]
) -> list[float] | None:
    if steps is None and policy.changes_by_step:
        return None
    part = (steps - 1) / steps if steps else 0.0
    try:
        policy.require_fit(epochs)
        return [policy.at(epoch, part, epochs, curve[:epoch]) for epoch in range(epochs)]
    except (UsageError, ArithmeticError, ValueError):  # it is not loaded, or no run can have it
        return None


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


_ABSENT = {"protocol_version": Protocol.protocol_version}


def fields_that_differ(protocols: Sequence[Mapping[str, Any]]) -> str:
    """Describe the protocol fields in which runs differ, as ``batch_size: 16 in 9 runs, 32 in 3``.

    >>> fields_that_differ([{"epochs": 5}, {"epochs": 5}, {"epochs": 9}])
    'epochs: 5 in 2 runs, 9 in 1'
    """
    parts = []
    for name in sorted({name for protocol in protocols for name in protocol}):
        # Not by pandas: it refuses texts that are not UTF-8, which a store may hold.
        counts = Counter(
            str(protocol.get(name, _ABSENT.get(name, "none"))) for protocol in protocols
        )
        if len(counts) > 1:
            shown = [
                f"{value} in {count}" + (f" run{'s' * (count > 1)}" if i == 0 else "")
                for i, (value, count) in enumerate(counts.most_common())
            ]
            why = f" ({message('other draws')})" if name == "protocol_version" else ""
            parts.append(f"{name}: {', '.join(shown)}{why}")
    return "; ".join(parts)
