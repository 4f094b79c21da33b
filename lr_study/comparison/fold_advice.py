"""Advice on a ranking by folds, in three lines.

What to use and what that can cost; what it reaches, corrected for having been chosen; and what
would decide between those that may be as good.
"""

from collections.abc import Iterator
from dataclasses import asdict

from lr_study.comparison.advice_texts import (
    MAX_FACTOR,
    by_cost,
    duration,
    kind_of,
    named,
    scale_of,
)
from lr_study.comparison.messages import Catalog
from lr_study.comparison.results import ProtocolRanking
from lr_study.runs import Metric


def fold_advice(
    ranking: ProtocolRanking, metric: Metric, baseline: str, catalog: Catalog
) -> Iterator[str]:
    """Yield the lines on a ranking whose first policy did not diverge.

    ``Use`` is said of a policy that is significantly better than the baseline, that no other may
    equal but within the margin, or whose choice costs no more than the margin; else ``Best so
    far``.
    """
    best = ranking.rows[0]
    if best.verdict != "best":
        yield from _unfinished(ranking, catalog)
        return
    if ranking.regret_bound is None:
        yield catalog["alone"].format(policy=best.policy)
        return
    versus = _versus_baseline(ranking, metric, baseline)
    supported = (
        versus == "gains on"
        or not ranking.decisions
        or ranking.regret_bound <= scale_of(metric) * ranking.margin
    )
    bound = catalog[f"{kind_of(metric)} bound"].format(bound=ranking.regret_bound)
    yield catalog["choose" if supported else "choose so far"].format(
        policy=best.policy, bound=bound
    )
    if best.estimate is not None and best.estimate_corrected is not None:
        yield catalog[f"judged {kind_of(metric)}"].format(
            naive=scale_of(metric) * best.estimate,
            corrected=scale_of(metric) * best.estimate_corrected,
            versus=_gain(ranking, versus, metric, baseline, catalog),
        )
    yield " ".join(_what_decides(ranking, catalog))


def _unfinished(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    """Advice before one whole repetition of the folds: which seeds are missing from the first."""
    folds, seeds = ranking.folds or 0, ranking.rows[0].seeds
    start = min(seeds) - min(seeds) % folds
    yield catalog["no repetition"].format(folds=folds)
    missing = [seed for seed in range(start, start + folds) if seed not in seeds]
    yield catalog["seeds to repetition"].format(seeds=", ".join(map(str, missing)))


def _versus_baseline(ranking: ProtocolRanking, metric: Metric, baseline: str) -> str:
    """How the best policy compares with the baseline: the key of a text; empty if it does not."""
    best = ranking.rows[0]
    difference = None if best.vs_baseline is None else best.vs_baseline[metric.val]
    if best.policy == baseline or difference is None:
        return ""
    if difference.p_value is None or difference.mean is None:
        return ""
    if difference.p_value >= ranking.level:
        return "not better than"
    return "gains on" if (difference.mean > 0) == metric.higher_is_better else "loses on"


def _gain(
    ranking: ProtocolRanking, versus: str, metric: Metric, baseline: str, catalog: Catalog
) -> str:
    if not versus:
        return ""
    gain = scale_of(metric) * (ranking.gain_corrected or 0.0)
    shown = catalog[f"{kind_of(metric)} gain"].format(gain=gain)
    return catalog[versus].format(baseline=baseline, gain=shown)


def _what_decides(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    """Sentences on the undecided policies: how many, and what would decide them."""
    names = [decision.policy for decision in ranking.decisions]
    if not names:
        yield catalog["none open"]
        return
    # Of more, the table shows which they are: a list would hide what follows.
    key = {1: "one open", 2: "two open"}.get(len(names), "many open")
    yield catalog[key].format(count=len(names), policies=named(names, catalog))
    shares = ranking.variance_shares
    if shares is not None and shares.interaction is None:
        more = ranking.folds or 0
        yield catalog["one repetition"].format(more=more, cost=_cost(ranking, more, catalog))
        return
    yield from _seeds_and_images(ranking, catalog)
    if shares is not None:
        parts = asdict(shares)
        yield catalog[f"mostly {max(parts, key=lambda part: parts[part])}"]


def _seeds_and_images(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    have, settled, total = len(ranking.rows[0].seeds), 0, len(ranking.decisions)
    sentence = ""
    for seeds, decisions in by_cost(ranking.decisions):
        settled += len(decisions)
        sentence += catalog["settles more" if sentence else "settles"].format(
            seeds=seeds,
            more=seeds - have,
            cost=_cost(ranking, seeds - have, catalog),
            count=_how_many(settled, total, catalog),
        )
    if sentence:
        yield f"{sentence}."
        return
    yield catalog["seeds alone cannot"].format(count=_how_many(total, total, catalog))
    factors = [d.pictures for d in ranking.decisions if d.pictures is not None]
    if factors and min(factors) <= MAX_FACTOR:
        key = "more images once" if total == 1 else "more images first"
        yield catalog[key].format(factor=min(factors))


def _how_many(count: int, of: int, catalog: Catalog) -> str:
    if count < of:
        return catalog["some of them"].format(count=count)
    return catalog["all of them" if of > 1 else "the only one"]


def _cost(ranking: ProtocolRanking, more: int, catalog: Catalog) -> str:
    if ranking.seconds_per_seed is None:
        return "?"
    return duration(more * ranking.seconds_per_seed, catalog)
