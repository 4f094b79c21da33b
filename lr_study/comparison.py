"""Runs compared: grouped by protocol, ranked over the seeds that all policies share."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from lr_study.errors import require_one_of
from lr_study.policies import parse

HIGHER_IS_BETTER = {"val_accuracy": True, "val_loss": False}
MOMENTS = ("final", "best")
DEFAULT_BASELINE = "fixed:lr=0.001"

ROW_METRICS = (
    "final_val_accuracy",
    "best_val_accuracy",
    "final_val_loss",
    "best_val_loss",
    "convergence_epoch",
    "val_accuracy_roughness",
    "val_loss_rise",
    "seconds_per_epoch",
)


@dataclass(frozen=True)
class Difference:
    """A mean paired difference; its interval and p-value where they were worked out."""

    mean: float | None
    interval: tuple[float, float] | None = None
    p_value: float | None = None


@dataclass(frozen=True)
class Row:
    """One policy of a ranking: means over the common seeds."""

    rank: int
    policy: str
    family: str
    runs: int
    seeds: tuple[int, ...]
    estimate: float | None
    interval: tuple[float, float] | None
    metrics: Mapping[str, float | None]
    vs_baseline: Mapping[str, Difference] | None
    vs_best: Difference | None
    verdict: str | None
    diverged: int


@dataclass(frozen=True)
class ProtocolRanking:
    """The policies of one protocol, best first."""

    id: str
    fields: Mapping[str, Any]
    runs: int
    rows: tuple[Row, ...]
    advice: str | None = None


@dataclass(frozen=True)
class Excluded:
    """A run that was not ranked, and why."""

    run_id: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    """What `compare` found. ``to_dict`` gives it in the shape of ``--format json``."""

    experiment: str
    metric: str
    at: str
    higher_is_better: bool
    baseline: str
    protocols: tuple[ProtocolRanking, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dictionaries and lists; what does not exist is None."""
        return asdict(self)


def compare(
    runs: pd.DataFrame,
    *,
    experiment: str = "",
    metric: str = "val_accuracy",
    at: str = "final",
    baseline: str = DEFAULT_BASELINE,
) -> Comparison:
    """Rank the policies of each protocol by their mean over common seeds.

    Parameters
    ----------
    runs
        From `lr_study.load_runs`.
    metric, at
        What to rank by: ``val_accuracy`` or ``val_loss``, at the last epoch (``final``) or the
        run's best (``best``).
    baseline
        The policy that differences are taken from, in any of its text forms.

    Raises
    ------
    UsageError
        If a value is not allowed.
    """
    require_one_of("metric", metric, HIGHER_IS_BETTER)
    require_one_of("at", at, MOMENTS)
    baseline = str(parse(baseline))
    excluded = [
        Excluded(run.run_id, run.excluded) for run in runs.itertuples() if pd.notna(run.excluded)
    ]
    kept = runs[runs["excluded"].isna()]
    kept, duplicates = _earliest_of_each_cell(kept)
    excluded += duplicates
    warnings: list[str] = []
    rankings = []
    for protocol_id, group in kept.groupby("protocol_id", sort=False):
        ranked, lacking = _with_common_seeds(group)
        excluded += lacking
        if baseline not in set(ranked["policy"]):
            warnings.append(f"the baseline {baseline} has no runs under protocol {protocol_id}")
        rankings.append(_ranking(str(protocol_id), ranked, metric, at, baseline))
    if len(rankings) > 1:
        warnings.append(_fields_that_differ(kept))
    return Comparison(
        experiment=experiment,
        metric=metric,
        at=at,
        higher_is_better=HIGHER_IS_BETTER[metric],
        baseline=baseline,
        protocols=tuple(sorted(rankings, key=lambda ranking: (-ranking.runs, ranking.id))),
        excluded=tuple(excluded),
        warnings=tuple(warnings),
    )


def _earliest_of_each_cell(runs: pd.DataFrame) -> tuple[pd.DataFrame, list[Excluded]]:
    """Keep the run of each cell that finished first; name the others."""
    ordered = runs.sort_values(["end_time", "run_id"], kind="stable")
    later = ordered.duplicated("cell")
    first = ordered[~later].set_index("cell")["run_id"]
    duplicates = [
        Excluded(run.run_id, f"a duplicate: {first[run.cell]} finished the same cell earlier")
        for run in ordered[later].itertuples()
    ]
    return ordered[~later], duplicates


def _with_common_seeds(group: pd.DataFrame) -> tuple[pd.DataFrame, list[Excluded]]:
    """Keep the runs under the seeds that all policies have; name what lacks them.

    A policy that ran under fewer seeds than others would shrink what all have in common: the
    policies kept are those that make policies times common seeds largest, the more policies on
    a tie.
    """
    seeds_of = {policy: frozenset(part["seed"]) for policy, part in group.groupby("policy")}
    by_count = sorted(seeds_of, key=lambda policy: (-len(seeds_of[policy]), policy))
    best: tuple[int, int] = (0, 0)
    common: frozenset[int] = frozenset()
    shared = seeds_of[by_count[0]]
    for count, policy in enumerate(by_count, start=1):
        shared &= seeds_of[policy]
        if (count * len(shared), count) > best:
            best, common = (count * len(shared), count), shared
    has_all = {policy for policy, seeds in seeds_of.items() if common <= seeds}
    keep = group["seed"].isin(common) & group["policy"].isin(has_all)
    shown = ", ".join(str(seed) for seed in sorted(common))
    lacking = [
        Excluded(
            run.run_id,
            f"seed {run.seed} of {run.policy} is not ranked: the common seeds are {shown}"
            if run.policy in has_all
            else f"{run.policy} lacks some of the common seeds {shown}",
        )
        for run in group[~keep].itertuples()
    ]
    return group[keep], lacking


def _ranking(
    protocol_id: str, runs: pd.DataFrame, metric: str, at: str, baseline: str
) -> ProtocolRanking:
    column = f"{at}_{metric}"
    policies = dict(iter(runs.groupby("policy")))
    estimates = {policy: _mean(part, column) for policy, part in policies.items()}
    sign = -1 if HIGHER_IS_BETTER[metric] else 1

    def order(policy: str) -> tuple[bool, float, str]:
        estimate = estimates[policy]
        diverged = bool(policies[policy]["diverged"].any()) or estimate is None
        return diverged, 0.0 if estimate is None else sign * estimate, policy

    rows = [
        _row(rank, policy, policies[policy], estimates[policy], policies.get(baseline), at)
        for rank, policy in enumerate(sorted(policies, key=order), start=1)
    ]
    return ProtocolRanking(protocol_id, runs["protocol"].iloc[0], len(runs), tuple(rows))


def _row(
    rank: int,
    policy: str,
    runs: pd.DataFrame,
    estimate: float | None,
    baseline_runs: pd.DataFrame | None,
    at: str,
) -> Row:
    vs_baseline = None
    if baseline_runs is not None:
        columns = {
            "val_accuracy": f"{at}_val_accuracy",
            "val_loss": f"{at}_val_loss",
            "convergence_epoch": "convergence_epoch",
        }
        vs_baseline = {
            name: Difference(_mean_difference(runs, baseline_runs, column))
            for name, column in columns.items()
        }
    return Row(
        rank=rank,
        policy=policy,
        family=runs["family"].iloc[0],
        runs=len(runs),
        seeds=tuple(sorted(runs["seed"])),
        estimate=estimate,
        interval=None,
        metrics={name: _mean(runs, name) for name in ROW_METRICS},
        vs_baseline=vs_baseline,
        vs_best=None,
        verdict=None,
        diverged=int(runs["diverged"].sum()),
    )


def _mean(runs: pd.DataFrame, column: str) -> float | None:
    """The mean, or None where a run lacks the figure: the mean of the others would flatter."""
    if column not in runs or runs[column].isna().any():
        return None
    return float(runs[column].mean())


def _mean_difference(runs: pd.DataFrame, baseline: pd.DataFrame, column: str) -> float | None:
    differences = runs.set_index("seed")[column] - baseline.set_index("seed")[column]
    return None if differences.isna().any() else float(differences.mean())


def _fields_that_differ(runs: pd.DataFrame) -> str:
    """Say which protocol fields keep runs apart, as ``batch_size: 16 in 9 runs, 32 in 3``."""
    protocols: Sequence[Mapping[str, Any]] = list(runs["protocol"])
    parts = []
    for name in sorted({name for protocol in protocols for name in protocol}):
        counts = pd.Series([str(protocol.get(name)) for protocol in protocols]).value_counts()
        if len(counts) > 1:
            shown = [
                f"{value} in {count}" + (" runs" if i == 0 else "")
                for i, (value, count) in enumerate(counts.items())
            ]
            parts.append(f"{name}: {', '.join(shown)}")
    return f"runs of different protocols are ranked apart; they differ in {'; '.join(parts)}"
