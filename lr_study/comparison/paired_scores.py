"""Runs of one protocol as a rectangle: every policy under every seed that all have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lr_study.comparison.messages import message
from lr_study.runs import UNKNOWN


@dataclass(frozen=True)
class PairedScores:
    """Runs sorted by policy and seed, as many of each policy as there are common seeds.

    Runs whose seed is unknown cannot be paired: then there are no seeds, a policy has any number of
    runs, and its values are their means.
    """

    runs: pd.DataFrame
    seeds: tuple[int, ...]

    @property
    def protocol(self) -> Mapping[str, Any]:
        """The fields of the one protocol that all runs have."""
        return dict(self.runs["protocol"].iloc[0])

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """The policies, by name."""
        return tuple(self.runs["policy"].unique())

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """How many runs each policy has."""
        return tuple(self.runs.groupby("policy", sort=False).size())

    def values(self, column: str) -> NDArray[np.float64]:
        """Return a figure of the runs: (policies, seeds); NaN where a run lacks it."""
        if column not in self.runs:
            return np.full((len(self.policies), max(len(self.seeds), 1)), np.nan)
        return self._shaped(self.runs[column])

    def per_run(self, figures: list[float]) -> NDArray[np.float64]:
        """Return one given figure a run, in the order of ``runs``: (policies, seeds)."""
        return self._shaped(pd.Series(figures, index=self.runs.index))

    def _shaped(self, values: pd.Series) -> NDArray[np.float64]:
        if self.seeds:
            return np.asarray(values, np.float64).reshape(len(self.policies), len(self.seeds))
        # The mean of those runs that have the figure would flatter: NaN if one lacks it.
        values = values.astype(float)
        means = values.groupby(self.runs["policy"], sort=False).agg(lambda v: v.mean(skipna=False))
        return np.asarray(means, np.float64).reshape(-1, 1)


def pair_scores(runs: pd.DataFrame) -> tuple[PairedScores, list[tuple[str, str]]]:
    """Keep the runs under the seeds that all policies have; name the others, each with the reason.

    A policy that ran under fewer seeds than others would shrink what all have in common: the
    policies kept are those that make policies times common seeds largest, the more policies on
    a tie. Runs of unknown seed are kept only where no seed is known.
    """
    unknown = runs["seed"] == UNKNOWN
    if unknown.all():
        return PairedScores(runs.sort_values(["policy", "run_id"], kind="stable"), ()), []
    reasons: list[tuple[str, str]] = [
        (run_id, message("seed unknown")) for run_id in runs.loc[unknown, "run_id"]
    ]
    runs = runs[~unknown]
    common, has_all = _common_seeds(runs)
    keep = runs["seed"].isin(common) & runs["policy"].isin(has_all)
    shown = ", ".join(str(seed) for seed in sorted(common))
    reasons += [
        (
            run.run_id,
            message("seed not common", seed=run.seed, policy=run.policy, seeds=shown)
            if run.policy in has_all
            else message("seeds lacking", policy=run.policy, seeds=shown),
        )
        for run in runs[~keep].itertuples()
    ]
    ordered = runs[keep].sort_values(["policy", "seed"], kind="stable")
    return PairedScores(ordered, tuple(sorted(common))), reasons


def _common_seeds(runs: pd.DataFrame) -> tuple[frozenset[int], set[str]]:
    seeds_of = {policy: frozenset(part) for policy, part in runs.groupby("policy")["seed"]}
    by_count = sorted(seeds_of, key=lambda policy: (-len(seeds_of[policy]), policy))
    best: tuple[int, int] = (0, 0)
    common: frozenset[int] = frozenset()
    shared = seeds_of[by_count[0]]
    for count, policy in enumerate(by_count, start=1):
        shared &= seeds_of[policy]
        if (count * len(shared), count) > best:
            best, common = (count * len(shared), count), shared
    return common, {policy for policy, seeds in seeds_of.items() if common <= seeds}
