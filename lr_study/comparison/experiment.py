"""Comparison of an experiment's runs: exclude invalid ones, then rank each protocol separately."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from lr_study.comparison.advice import advise
from lr_study.comparison.advice_texts import ENGLISH_ADVICE
from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.guards import duplicate_reasons, fields_that_differ, invalid_reasons
from lr_study.comparison.messages import about_examples, is_of_images, message, of_examples
from lr_study.comparison.paired_scores import PairedScores, pair_scores
from lr_study.comparison.race_record import RaceRecord, races_of
from lr_study.comparison.ranking import rank_policies
from lr_study.comparison.results import Comparison, Excluded, ProtocolRanking
from lr_study.comparison.tidy_tables import runs_of_table, table_metric
from lr_study.runs import ACCURACY, LOSS, canonical_json, metric_of, short_hash
from lr_study.support import UsageError

_NEEDED = (
    "run_id",
    "end_time",
    "excluded",
    "policy",
    "family",
    "seed",
    "protocol",
    "cell",
    "diverged",
)
"""Columns of runs without which nothing can be compared."""


def compare(
    runs: pd.DataFrame,
    *,
    experiment: str = "",
    metric: str | None = ComparisonCriteria.metric,
    at: str = ComparisonCriteria.at,
    baseline: str = ComparisonCriteria.baseline,
    margin: float | None = ComparisonCriteria.margin,
    target: float | None = ComparisonCriteria.target,
    higher_is_better: bool | None = ComparisonCriteria.higher_is_better,
    policy: str | None = None,
    seed: str | None = None,
) -> Comparison:
    """Rank the policies of each protocol by their mean over common seeds.

    Runs of different protocols are never ranked together. Excluded, with the reason, are runs that
    deviate from what they declare, and all but the earliest run of a cell.

    Parameters
    ----------
    runs
        From `lr_study.load_runs`; with ``policy``, any table of one row a run.
    policy, seed
        Of a table: the columns with the policy (in text form, a learning rate or a name) and with
        the seed (None if runs are not paired). ``metric`` is then the column with the metric.
    metric, at, baseline, margin, target, higher_is_better
        See `ComparisonCriteria`.

    Raises
    ------
    UsageError
        If a value is not allowed, or a column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"lr": [0.1, 0.01] * 2, "seed": [0, 0, 1, 1], "acc": [0.8, 0.7] * 2})
    >>> ranking = compare(table, policy="lr", seed="seed", metric="acc").protocols[0]
    >>> [row.policy for row in ranking.rows]
    ['fixed:lr=0.1', 'fixed:lr=0.01']
    >>> compare(pd.DataFrame())
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: runs lack the columns run_id, ...
    """
    if policy is not None:
        column = metric or ACCURACY.val
        ranked_by = table_metric(column, higher_is_better)
        runs = runs_of_table(runs, policy, seed, column, ranked_by)
        metric, higher_is_better = ranked_by.val, ranked_by.higher_is_better
    missing = [name for name in _NEEDED if name not in runs]
    if missing:
        raise UsageError(
            f"runs lack the columns {', '.join(missing)}: give what lr_study.load_runs returns"
        )
    criteria = ComparisonCriteria(metric, at, baseline, margin, target, higher_is_better)
    valid, excluded = _exclude(runs)
    criteria = criteria.of_runs(list(valid["protocol"]))
    valid, of_others = _with_metric(valid, criteria, is_named=metric is not None)
    excluded += of_others
    races = races_of(runs)
    protocols, not_paired = _group(valid, races)
    rankings = [_rank(name, paired, criteria, races.get(name)) for name, paired in protocols]
    return Comparison(
        experiment=experiment,
        metric=criteria.by.val,
        at=at,
        higher_is_better=criteria.by.higher_is_better,
        baseline=criteria.baseline,
        protocols=tuple(sorted(rankings, key=lambda ranking: (-ranking.runs, ranking.id))),
        excluded=(*excluded, *not_paired),
        warnings=tuple(_warn(rankings, valid, criteria.baseline)),
    )


def _exclude(runs: pd.DataFrame) -> tuple[pd.DataFrame, list[Excluded]]:
    """Separate the runs that may be ranked from those that may not."""
    excluded = _excluded(runs["run_id"], runs["excluded"])
    valid = runs[runs["excluded"].isna()]
    for reasons_of in (invalid_reasons, duplicate_reasons):
        reasons = reasons_of(valid)
        excluded += _excluded(valid["run_id"], reasons)
        valid = valid[reasons.isna()]
    return valid, excluded


def _with_metric(
    runs: pd.DataFrame, criteria: ComparisonCriteria, *, is_named: bool
) -> tuple[pd.DataFrame, list[Excluded]]:
    """Separate the runs that have the ranking metric from those that do not.

    The loss, and the metric of its own protocol, a run lacks only if it diverged. Any other may be
    known by its curve alone.
    """
    metric, column = criteria.by, criteria.column

    def value(run: Mapping[str, Any]) -> float:
        logged = float(run.get(column, math.nan))
        curves = run.get("curves")
        curve = curves.get(metric.val) if isinstance(curves, Mapping) else None
        known = [v for v in curve or () if v is not None]
        if math.isfinite(logged) or not known:
            return logged if math.isfinite(logged) else math.nan
        return known[-1] if criteria.at == "final" else metric.best(known)

    own = runs["protocol"].map(metric_of)
    is_expected = own.map(lambda of_run: metric in (of_run, LOSS))
    if is_expected.all():
        return runs, []
    runs = runs.assign(**{column: [value(run) for run in runs.to_dict("records")]})
    has_it = is_expected | runs[column].notna()
    if is_named and not has_it.any():
        known = sorted({of_run.val for of_run in own} | {LOSS.val})
        raise UsageError(f"metric={metric.val} is not allowed: the runs have {', '.join(known)}")
    reasons = [None if has else message("no metric", name=metric.val) for has in has_it]
    return runs[has_it], _excluded(runs["run_id"], reasons)


def _excluded(run_ids: Iterable[str], reasons: Iterable[Any]) -> list[Excluded]:
    return [
        Excluded(run_id, reason)
        for run_id, reason in zip(run_ids, reasons, strict=True)
        if pd.notna(reason)
    ]


def _group(
    runs: pd.DataFrame, races: Mapping[str, RaceRecord]
) -> tuple[list[tuple[str, PairedScores]], list[Excluded]]:
    """Pair the runs of each protocol by seed; also return the runs that have no pair."""
    protocols: list[tuple[str, PairedScores]] = []
    excluded: list[Excluded] = []
    # Of the fields, not of a stored id: a run without one would belong to no group.
    ids = runs["protocol"].map(lambda fields: short_hash(canonical_json(fields)))
    for protocol_id, group in runs.groupby(ids, sort=False):
        race = races.get(str(protocol_id))
        paired, not_paired = pair_scores(group, race.stopped if race else ())
        protocols.append((str(protocol_id), paired))
        excluded += [Excluded(run_id, reason) for run_id, reason in not_paired]
    return protocols, excluded


def _rank(
    protocol_id: str,
    paired: PairedScores,
    criteria: ComparisonCriteria,
    race: RaceRecord | None,
) -> ProtocolRanking:
    ranking, catalog = rank_policies(protocol_id, paired, criteria, race), ENGLISH_ADVICE
    if not is_of_images(paired.protocol):
        ranking, catalog = about_examples(ranking), of_examples(ENGLISH_ADVICE)
    return replace(ranking, advice=advise(ranking, criteria.by, criteria.baseline, catalog))


def _warn(rankings: Sequence[ProtocolRanking], runs: pd.DataFrame, baseline: str) -> Iterator[str]:
    """Yield the warnings: a missing baseline, diverged policies, several protocols."""
    for ranking in rankings:
        if baseline not in [row.policy for row in ranking.rows]:
            yield message("no baseline", baseline=baseline, protocol=ranking.id)
        for row in ranking.rows:
            if row.diverged:
                yield message(
                    "diverged",
                    policy=row.policy,
                    diverged=row.diverged,
                    runs=row.runs,
                    protocol=ranking.id,
                )
    if len(rankings) > 1:
        yield message("apart", fields=fields_that_differ(list(runs["protocol"])))
