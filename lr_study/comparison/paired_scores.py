"""Paired scores of one protocol: a table of policies by the seeds that all of them share."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lr_study.comparison.messages import message
from lr_study.runs import UNKNOWN


@dataclass(frozen=True)
class PairedScores:
    """Runs sorted by policy and seed, one per policy and common seed.

    Runs of unknown seed cannot be paired: then ``seeds`` is empty, a policy has any number of runs,
    and its only value is their mean.

    ``stopped`` are the runs of policies that a race stopped, under those of the seeds that they
    have; they take no part in the tables.
    """

    runs: pd.DataFrame
    seeds: tuple[int, ...]
    stopped: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def protocol(self) -> Mapping[str, Any]:
        """The fields of the protocol, which is the same for all runs."""
        return dict(self.runs["protocol"].iloc[0])

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """The policies in text form, sorted."""
        return tuple(self.runs["policy"].unique())

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Number of runs of each policy."""
        return tuple(self.runs.groupby("policy", sort=False).size())

    def select(self, policies: Sequence[int]) -> "PairedScores":
        """Return some of the policies, by their indices."""
        names = [self.policies[i] for i in policies]
        return replace(self, runs=self.runs[self.runs["policy"].isin(names)])

    def under(self, seeds: Sequence[int]) -> "PairedScores":
        """Return the runs under some of the seeds."""
        stopped = self.stopped
        if not stopped.empty:
            stopped = stopped[stopped["seed"].isin(seeds)]
        runs = self.runs[self.runs["seed"].isin(seeds)]
        return PairedScores(runs, tuple(seeds), stopped)

    def values(self, column: str) -> NDArray[np.float64]:
        """Return a column of the runs as (policies, seeds); NaN where a run lacks the value."""
        if column not in self.runs:
            return np.full((len(self.policies), max(len(self.seeds), 1)), np.nan)
        return self._shaped(self.runs[column])

    def per_run(self, figures: list[float]) -> NDArray[np.float64]:
        """Return figures, one per run in the order of ``runs``, as (policies, seeds)."""
        return self._shaped(pd.Series(figures, index=self.runs.index))

    def _shaped(self, values: pd.Series) -> NDArray[np.float64]:
        if self.seeds:
            return np.asarray(values, np.float64).reshape(len(self.policies), len(self.seeds))
        # A mean over the runs that have the value would be biased: NaN if any run lacks it.
        values = values.astype(float)
        means = values.groupby(self.runs["policy"], sort=False).agg(lambda v: v.mean(skipna=False))
        return np.asarray(means, np.float64).reshape(-1, 1)


def pair_scores(
    runs: pd.DataFrame, stopped: Collection[str] = ()
) -> tuple[PairedScores, list[tuple[str, str]]]:
    """Keep the runs under common seeds; return them, and the other runs' ids with reasons.

    A policy with few seeds would shrink the common set. The policies kept are those that maximise
    policies times common seeds; on a tie, more policies win. Runs of unknown seed are kept only if
    no seed is known.

    Parameters
    ----------
    stopped
        Policies that a race stopped: they have no say in which seeds are common. One that has all
        of these nevertheless is a policy like any other.
    """
    unknown = runs["seed"] == UNKNOWN
    if unknown.all():
        return PairedScores(runs.sort_values(["policy", "run_id"], kind="stable"), ()), []
    reasons: list[tuple[str, str]] = [
        (run_id, message("seed unknown")) for run_id in runs.loc[unknown, "run_id"]
    ]
    runs = runs[~unknown]
    is_stopped = runs["policy"].isin(list(stopped))
    if is_stopped.all():
        is_stopped = ~is_stopped
    common = _common_seeds(runs[~is_stopped])
    seeds_of = runs.groupby("policy")["seed"].agg(frozenset)
    has_all = {str(policy) for policy, seeds in seeds_of.items() if common <= seeds}
    is_stopped &= ~runs["policy"].isin(has_all)
    is_common = runs["seed"].isin(common)
    keep = is_common & runs["policy"].isin(has_all)
    shown = ", ".join(str(seed) for seed in sorted(common))
    reasons += [
        (
            run.run_id,
            message("seed not common", seed=run.seed, policy=run.policy, seeds=shown)
            if run.policy in has_all or run.policy in stopped
            else message("seeds missing", policy=run.policy, seeds=shown),
        )
        for run in runs[~keep & ~(is_stopped & is_common)].itertuples()
    ]
    ordered = runs.sort_values(["policy", "seed"], kind="stable")
    paired = PairedScores(
        ordered[keep.loc[ordered.index]],
        tuple(sorted(common)),
        ordered[(is_stopped & is_common).loc[ordered.index]],
    )
    return paired, reasons


def _common_seeds(runs: pd.DataFrame) -> frozenset[int]:
    """The seeds to keep."""
    seeds_of = {policy: frozenset(part) for policy, part in runs.groupby("policy")["seed"]}
    by_count = sorted(seeds_of, key=lambda policy: (-len(seeds_of[policy]), policy))
    best: tuple[int, int] = (0, 0)
    common: frozenset[int] = frozenset()
    shared = seeds_of[by_count[0]]
    for count, policy in enumerate(by_count, start=1):
        shared &= seeds_of[policy]
        if (count * len(shared), count) > best:
            best, common = (count * len(shared), count), shared
    return common
