"""The same runs ranked in several ways: a winner by one figure may not be one by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.messages import message
from lr_study.comparison.paired_scores import PairedScores

Floats = NDArray[np.float64]

TO_TARGET = "epochs_to_target"

RANKED_METRICS = {
    "final_val_accuracy": True,
    "best_val_accuracy": True,
    "final_val_loss": False,
    TO_TARGET: False,
}
"""What policies are ranked by, and whether more is better."""

UNEVEN = 1.5
"""Equal work that took this much longer in one run than in another says something of machines."""


@dataclass(frozen=True)
class MetricRanks:
    """Ranks of each policy by each of `RANKED_METRICS`, in the order of `PairedScores.policies`.

    ``epochs_to_target`` is the median over seeds, infinite where half of them never got there;
    where there is no target, neither it nor its ranks are there.
    """

    ranks: Mapping[str, tuple[int, ...]]
    epochs_to_target: tuple[float, ...] | None


def rank_by_metric(
    paired: PairedScores, diverged: NDArray[np.bool_], baseline: str, target: float | None
) -> MetricRanks:
    """Rank the policies by each view; a policy that diverged is last in all.

    Parameters
    ----------
    diverged
        (policies,): whether the policy's loss was not finite under any seed.
    target
        The validation accuracy to reach; by default the last one of the baseline under the same
        seed.
    """
    figures = {
        name: paired.values(name).mean(axis=1) for name in RANKED_METRICS if name != TO_TARGET
    }
    if "curves" in paired.runs and (target is not None or baseline in paired.policies):
        reached = _epochs_to_target(paired, baseline, target)
        figures[TO_TARGET] = np.median(reached, axis=1)
    ranks = {
        name: tuple(rank(values, diverged, higher_is_better=RANKED_METRICS[name]))
        for name, values in figures.items()
    }
    epochs = figures.get(TO_TARGET)
    return MetricRanks(ranks, None if epochs is None else tuple(epochs.tolist()))


def rank(estimates: Floats, diverged: NDArray[np.bool_], *, higher_is_better: bool) -> list[int]:
    """Return ranks from 1; equals share one, as in a race. Those that diverged come after the rest.

    A missing estimate is worse than any.

    >>> rank(np.array([0.7, 0.9, 0.7, 0.99]), np.array([0, 0, 0, 1], bool), higher_is_better=True)
    [2, 1, 2, 4]
    """
    badness = np.where(np.isnan(estimates), np.inf, -estimates if higher_is_better else estimates)
    keys = list(zip(diverged.tolist(), badness.tolist(), strict=True))
    ordered = sorted(keys)
    return [ordered.index(key) + 1 for key in keys]


def _epochs_to_target(paired: PairedScores, baseline: str, target: float | None) -> Floats:
    """The first epoch from 1 at which each run reaches its target, infinite if none: as values."""
    targets: Mapping[object, float] = {}
    if target is None:
        runs = paired.runs[paired.runs["policy"] == baseline]
        targets = dict(zip(runs["seed"], runs["final_val_accuracy"], strict=True))
    epochs = [
        _first_at_least(
            curves["val_accuracy"], targets.get(seed, np.inf) if target is None else target
        )
        for curves, seed in zip(paired.runs["curves"], paired.runs["seed"], strict=True)
    ]
    return paired.per_run(epochs)


def _first_at_least(values: Sequence[float | None], target: float) -> float:
    for epoch, value in enumerate(values, start=1):
        if value is not None and value >= target:
            return float(epoch)
    return float("inf")


def disagreement(policies: Sequence[str], ranks: Mapping[str, Sequence[int]]) -> str | None:
    """Say which policy each view puts first, or None if one policy is first in all.

    >>> disagreement(["a", "b"], {"final_val_accuracy": [1, 2], "final_val_loss": [2, 1]})
    'Metrics disagree on the winner: a (final_val_accuracy); b (final_val_loss)'
    """
    first = {
        name: [policy for policy, place in zip(policies, places, strict=True) if place == 1]
        for name, places in ranks.items()
    }
    if set.intersection(*(set(names) for names in first.values())):
        return None
    views_of: dict[str, list[str]] = {}
    for view, names in first.items():
        views_of.setdefault(", ".join(names), []).append(view)
    shown = "; ".join(f"{names} ({', '.join(views)})" for names, views in views_of.items())
    return message("disagree", first=shown)


def uneven_seconds(seconds: Floats) -> str | None:
    """Say that equal work took unequal time, where it did: ``seconds`` an epoch of each run."""
    seconds = seconds[np.isfinite(seconds)]
    if not seconds.size or seconds.min() <= 0 or seconds.max() < UNEVEN * seconds.min():
        return None
    return message("uneven", low=seconds.min(), high=seconds.max())
