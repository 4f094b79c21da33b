"""Advice on a ranking: which policy to use, and what would resolve the inconclusive cases."""

from collections.abc import Iterator, Sequence
from typing import Any

from lr_study.comparison.advice_texts import (
    ENGLISH_ADVICE,
    MAX_FACTOR,
    by_cost,
    duration,
    kind_of,
    margin_text,
    named,
    scale_of,
)
from lr_study.comparison.fold_advice import fold_advice
from lr_study.comparison.messages import Catalog
from lr_study.comparison.results import WORSE, ProtocolRanking, Row, SampleSize
from lr_study.comparison.search_edges import is_learning_rate
from lr_study.runs import Metric, four_digits


def advise(
    ranking: ProtocolRanking, metric: Metric, baseline: str, catalog: Catalog = ENGLISH_ADVICE
) -> str:
    """Return the advice on a ranking, one sentence a line.

    Which policy to use, what choosing it can lose where that is known, how it compares with the
    baseline, which policies are equivalent, worse or inconclusive, how many more seeds or images
    would resolve the inconclusive ones, and where the search should go on.

    Parameters
    ----------
    metric
        The metric that the ranking is by; differences of an accuracy are in points.
    """
    best = ranking.rows[0]
    if best.diverged:
        return catalog["all diverged"]
    if ranking.rule == "folds":
        lines = fold_advice(ranking, metric, baseline, catalog)
    elif len(best.seeds) < 2:
        lines = _single_run_advice(ranking, catalog)
    else:
        lines = _multi_seed_advice(ranking, metric, baseline, catalog)
    return "\n".join((*lines, *_search_advice(ranking, catalog)))


def _single_run_advice(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    """Advice where one run per policy, or runs that cannot be paired, allow no test."""
    best = ranking.rows[0]
    has_several = any(row.runs > 1 for row in ranking.rows)
    yield catalog["not paired" if has_several else "one run each"]
    if best.interval is not None:
        low, high = best.interval
        yield catalog["sampling alone"].format(estimate=best.estimate, low=low, high=high)
    yield catalog["repeat"]


def _multi_seed_advice(
    ranking: ProtocolRanking, metric: Metric, baseline: str, catalog: Catalog
) -> Iterator[str]:
    best, *others = ranking.rows
    key, difference = _versus_baseline(best, metric, baseline, catalog)
    decided = bool(others) and all(row.verdict in ("tied", *WORSE) for row in others)
    supported = decided or key == "better"
    yield catalog["use" if supported else "best so far"].format(
        policy=best.policy, seeds=len(best.seeds)
    )
    if key:
        yield catalog[key].format(baseline=baseline, difference=difference)
    margin = margin_text(ranking, metric, catalog)
    beaten = "beaten" if ranking.margin else "beaten at all"
    for verdicts, key in ((("tied",), "tied"), (WORSE, beaten), (("undecided",), "undecided")):
        policies = [row.policy for row in others if row.verdict in verdicts]
        if policies:
            yield catalog[key].format(margin=margin, policies=named(policies, catalog))
    yield from _data_needed(ranking, catalog)


def _versus_baseline(best: Row, metric: Metric, baseline: str, catalog: Catalog) -> tuple[str, str]:
    """How the best policy compares with the baseline: the key of a sentence, and the difference."""
    difference = None if best.vs_baseline is None else best.vs_baseline[metric.val]
    if (
        best.policy == baseline
        or difference is None
        or difference.interval is None
        or difference.mean is None
    ):
        return "", ""
    low, high = difference.interval
    above, below = ("better", "worse") if metric.higher_is_better else ("worse", "better")
    key = above if low > 0 else below if high < 0 else "not better"
    kind, scale = kind_of(metric), scale_of(metric)
    values = {"mean": scale * difference.mean, "low": scale * low, "high": scale * high}
    shown: dict[str, Any] = values
    if kind == "metric":
        form = four_digits(values.values())
        shown = {name: format(value, f"+{form}") for name, value in values.items()}
    return key, catalog[f"{kind} difference"].format(**shown, name=metric.val)


def _search_advice(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    for edge in ranking.edges:
        is_rate = is_learning_rate(edge.policy, edge.parameter)
        name = catalog["learning rate"] if is_rate else edge.parameter
        yield catalog[edge.side].format(value=edge.value, parameter=name)
    if ranking.still_improving:
        yield catalog["improving"].format(policy=ranking.rows[0].policy)


def _data_needed(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    have = len(ranking.rows[0].seeds)
    for seeds, decisions in by_cost(ranking.decisions):
        more = max(seeds - have, 1)
        cost = "?"
        if ranking.seconds_per_seed is not None:
            cost = duration(more * ranking.seconds_per_seed, catalog)
        yield catalog["seeds decide"].format(
            seeds=have + more, more=more, cost=cost, policies=_named(decisions, catalog)
        )
    rest = [decision for decision in ranking.decisions if decision.seeds is None]
    if rest:
        yield catalog["seeds cannot"].format(policies=_named(rest, catalog))
    factors = [decision.pictures for decision in rest if decision.pictures is not None]
    if factors and min(factors) <= MAX_FACTOR:
        yield catalog["more images"].format(factor=min(factors))
    elif factors:
        yield catalog["too many images"].format(factor=MAX_FACTOR)


def _named(decisions: Sequence[SampleSize], catalog: Catalog) -> str:
    return named([decision.policy for decision in decisions], catalog)
