"""Ranks of the same policies by several metrics, and notes where these disagree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.messages import message
from lr_study.comparison.paired_scores import PairedScores
from lr_study.runs import LOSS, Metric, metric_of

Floats = NDArray[np.float64]

TO_TARGET = "epochs_to_target"

UNEVEN = 1.5
"""Ratio of the slowest to the fastest epoch above which timings depend on the machine."""


def ranked_metrics(metric: Metric) -> dict[str, bool]:
    """Return what policies are ranked by under a protocol, and whether higher is better.

    >>> list(ranked_metrics(Metric("accuracy", higher_is_better=True)))
    ['final_val_accuracy', 'best_val_accuracy', 'final_val_loss', 'epochs_to_target']
    """
    columns = {metric.column(at): metric.higher_is_better for at in ("final", "best")}
    return {**columns, LOSS.column("final"): False, TO_TARGET: False}


@dataclass(frozen=True)
class MetricRanks:
    """Ranks of each policy by the `ranked_metrics`, in the order of `PairedScores.policies`.

    ``epochs_to_target`` is the median over seeds, infinite where at least half of the runs never
    reach the target. Without a target it is None and has no ranks.
    """

    ranks: Mapping[str, tuple[int, ...]]
    epochs_to_target: tuple[float, ...] | None


def rank_by_metric(
    paired: PairedScores, diverged: NDArray[np.bool_], baseline: str, target: float | None
) -> MetricRanks:
    """Rank the policies by each metric; policies that diverged come last in all.

    Parameters
    ----------
    diverged
        (policies,): whether the loss became non-finite under at least one seed.
    target
        Value of the protocol's metric to reach; None is the final one of the baseline under the
        same seed.
    """
    better = ranked_metrics(metric_of(paired.protocol))
    figures = {name: paired.values(name).mean(axis=1) for name in better if name != TO_TARGET}
    if "curves" in paired.runs and (target is not None or baseline in paired.policies):
        reached = _epochs_to_target(paired, baseline, target)
        figures[TO_TARGET] = np.median(reached, axis=1)
    ranks = {
        name: tuple(rank(values, diverged, higher_is_better=better[name]))
        for name, values in figures.items()
    }
    epochs = figures.get(TO_TARGET)
    return MetricRanks(ranks, None if epochs is None else tuple(epochs.tolist()))


def rank(estimates: Floats, diverged: NDArray[np.bool_], *, higher_is_better: bool) -> list[int]:
    """Return ranks from 1; equal estimates share the better rank, and the next one is skipped.

    Diverged policies come after all others; a missing estimate is the worst. ``estimates`` and
    ``diverged`` are (policies,).

    >>> rank(np.array([0.7, 0.9, 0.7, 0.99]), np.array([0, 0, 0, 1], bool), higher_is_better=True)
    [2, 1, 2, 4]
    """
    badness = np.where(np.isnan(estimates), np.inf, -estimates if higher_is_better else estimates)
    keys = list(zip(diverged.tolist(), badness.tolist(), strict=True))
    ordered = sorted(keys)
    return [ordered.index(key) + 1 for key in keys]


def _epochs_to_target(paired: PairedScores, baseline: str, target: float | None) -> Floats:
    """First epoch, from 1, at which each run reaches its target, or infinity; (policies, seeds)."""
    metric = metric_of(paired.protocol)
    never = np.inf if metric.higher_is_better else -np.inf
    targets: Mapping[object, float] = {}
    if target is None:
        runs = paired.runs[paired.runs["policy"] == baseline]
        targets = dict(zip(runs["seed"], runs[metric.column("final")], strict=True))
    epochs = [
        _first_as_good(
            curves.get(metric.val, ()),
            targets.get(seed, never) if target is None else target,
            higher_is_better=metric.higher_is_better,
        )
        for curves, seed in zip(paired.runs["curves"], paired.runs["seed"], strict=True)
    ]
    return paired.per_run(epochs)


def _first_as_good(
    values: Sequence[float | None], target: float, *, higher_is_better: bool
) -> float:
    for epoch, value in enumerate(values, start=1):
        if value is not None and (value >= target if higher_is_better else value <= target):
            return float(epoch)
    return float("inf")


def disagreement(policies: Sequence[str], ranks: Mapping[str, Sequence[int]]) -> str | None:
    """Describe which policy wins by each metric; None if one policy wins by all.

    >>> disagreement(["a", "b"], {"final_val_accuracy": [1, 2], "final_val_loss": [2, 1]})
    'Metrics disagree on the winner: a (final_val_accuracy); b (final_val_loss)'
    """
    first = {
        name: [policy for policy, place in zip(policies, places, strict=True) if place == 1]
        for name, places in ranks.items()
    }
    if set.intersection(*(set(names) for names in first.values())):
        return None
    metrics_of: dict[str, list[str]] = {}
    for metric, names in first.items():
        metrics_of.setdefault(", ".join(names), []).append(metric)
    shown = "; ".join(f"{names} ({', '.join(metrics)})" for names, metrics in metrics_of.items())
    return message("disagree", first=shown)


def uneven_seconds(seconds: Floats) -> str | None:
    """Return a note if equal epochs took unequal time; ``seconds`` per epoch, of any shape."""
    seconds = seconds[np.isfinite(seconds)]
    if not seconds.size or seconds.min() <= 0 or seconds.max() < UNEVEN * seconds.min():
        return None
    return message("uneven", low=seconds.min(), high=seconds.max())
