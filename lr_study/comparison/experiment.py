"""Runs compared: those that may be ranked, each protocol by itself."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from lr_study.comparison.advice import advise
from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.guards import duplicate_reasons, fields_that_differ, invalid_reasons
from lr_study.comparison.messages import message
from lr_study.comparison.paired_scores import pair_scores
from lr_study.comparison.ranking import rank_policies
from lr_study.comparison.results import Comparison, Excluded


def compare(
    runs: pd.DataFrame,
    *,
    experiment: str = "",
    metric: str = ComparisonCriteria.metric,
    at: str = ComparisonCriteria.at,
    baseline: str = ComparisonCriteria.baseline,
    margin: float = ComparisonCriteria.margin,
    target: float | None = ComparisonCriteria.target,
) -> Comparison:
    """Rank the policies of each protocol by their mean over common seeds, and say what it shows.

    Runs of different protocols are never ranked together. Left out, with the reason, are runs that
    did not do what they declare, and all but the earliest of a cell.

    Parameters
    ----------
    runs
        From `lr_study.load_runs`.
    metric, at, baseline, margin, target
        As `lr_study.question.ComparisonCriteria` has them.

    Raises
    ------
    UsageError
        If a value is not allowed.
    """
    criteria = ComparisonCriteria(metric, at, baseline, margin, target)
    excluded = _excluded(runs["run_id"], runs["excluded"])
    kept = runs[runs["excluded"].isna()]
    left_out: list[Excluded] = []
    for reasons_of in (invalid_reasons, duplicate_reasons):
        reasons = reasons_of(kept)
        left_out += _excluded(kept["run_id"], reasons)
        kept = kept[reasons.isna()]
    warnings: list[str] = []
    rankings = []
    for protocol_id, group in kept.groupby("protocol_id", sort=False):
        rectangle, lacking = pair_scores(group)
        left_out += [Excluded(run_id, reason) for run_id, reason in lacking]
        if criteria.baseline not in rectangle.policies:
            protocol = str(protocol_id)
            warnings.append(message("no baseline", baseline=criteria.baseline, protocol=protocol))
        ranking = rank_policies(str(protocol_id), rectangle, criteria)
        rankings.append(replace(ranking, advice=advise(ranking, criteria.baseline)))
        warnings += [
            message(
                "diverged",
                policy=row.policy,
                diverged=row.diverged,
                runs=row.runs,
                protocol=ranking.id,
            )
            for row in ranking.rows
            if row.diverged
        ]
    if len(rankings) > 1:
        warnings.append(message("apart", fields=fields_that_differ(list(kept["protocol"]))))
    excluded += left_out
    return Comparison(
        experiment=experiment,
        metric=metric,
        at=at,
        higher_is_better=criteria.higher_is_better,
        baseline=criteria.baseline,
        protocols=tuple(sorted(rankings, key=lambda ranking: (-ranking.runs, ranking.id))),
        excluded=tuple(excluded),
        warnings=tuple(warnings),
    )


def _excluded(run_ids: Iterable[str], reasons: Iterable[Any]) -> list[Excluded]:
    return [
        Excluded(run_id, reason)
        for run_id, reason in zip(run_ids, reasons, strict=True)
        if pd.notna(reason)
    ]
