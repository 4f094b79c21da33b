"""Rows of policies that a race stopped: shown after the others, with the seeds that they have."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference, Row
from lr_study.policies import family_of


def stopped_rows(
    paired: PairedScores, rows: Sequence[Row], criteria: ComparisonCriteria
) -> Iterator[Row]:
    """Yield a row per stopped policy, best first.

    They left the set of policies that may be best, at the error rate of all interim analyses
    together, and so are ``worse``. Their estimates are over fewer seeds than those of the others
    and biased low, because bad luck contributes to being stopped; so they have no rank by other
    metrics. Differences from the best are means over their own seeds, without a test.

    Parameters
    ----------
    rows
        Those of the policies that went on, best first.
    """
    if paired.stopped.empty:
        return
    column = criteria.column
    estimates = paired.stopped.groupby("policy")[column].mean()
    best = paired.runs[paired.runs["policy"] == rows[0].policy].set_index("seed")[column]
    ordered = estimates.sort_values(ascending=not criteria.by.higher_is_better, kind="stable")
    for rank, policy in enumerate(map(str, ordered.index), start=len(rows) + 1):
        runs = paired.stopped[paired.stopped["policy"] == policy]
        yield _row(policy, rank, runs, best, rows[0], criteria)


def _row(
    policy: str,
    rank: int,
    runs: pd.DataFrame,
    best: "pd.Series[float]",
    like: Row,
    criteria: ComparisonCriteria,
) -> Row:
    seeds = tuple(int(seed) for seed in runs["seed"])
    difference = float((runs.set_index("seed")[criteria.column] - best).mean())
    return Row(
        rank=rank,
        policy=policy,
        family=family_of(policy),
        runs=len(runs),
        seeds=seeds,
        estimate=_mean(runs, criteria.column),
        interval=None,
        interval_method=None,
        metrics={name: _mean(runs, name) for name in like.metrics},
        vs_baseline=None,
        vs_best=Difference(None if np.isnan(difference) else difference, n=len(seeds)),
        verdict="worse",
        diverged=int((runs["diverged"] > 0).sum()),
        ranks={},
        epochs_to_target=None,
        stopped_after=len(seeds),
    )


def _mean(runs: pd.DataFrame, column: str) -> float | None:
    if column not in runs:
        return None
    mean = float(runs[column].astype(float).mean(skipna=False))
    return None if np.isnan(mean) else mean
