"""Advice on a ranking: which policy to use, and what would resolve the inconclusive cases."""

from collections.abc import Iterator, Sequence

from lr_study.comparison.criteria import HIGHER_IS_BETTER
from lr_study.comparison.messages import Catalog
from lr_study.comparison.results import ProtocolRanking, Row, SampleSize
from lr_study.comparison.search_edges import is_learning_rate

MAX_NAMED = 4
"""Policies listed by name in one sentence; the rest are counted."""

MAX_FACTOR = 100
"""Larger factors of more images are not stated: nobody could collect them."""

ENGLISH_ADVICE: Catalog = {
    "all diverged": "Every policy diverged: try lower learning rates.",
    "one run each": ("One run per policy: differences may be chance, whatever the order here."),
    "sampling alone": (
        "Sampling of the validation images alone gives the first policy's {estimate:.4f} "
        "a 95 % interval of {low:.4f} to {high:.4f}."
    ),
    "repeat": "Repeat the runs over several seeds.",
    "use": "Use {policy}: it has the best mean over {seeds} seeds.",
    "best so far": "Best so far: {policy}, by its mean over {seeds} seeds.",
    "better": "It is significantly better than the baseline {baseline}: {difference}.",
    "worse": "It is significantly worse than the baseline {baseline}: {difference}.",
    "not better": "It is not significantly better than the baseline {baseline}: {difference}.",
    "accuracy difference": "{mean:+.2f} [{low:+.2f}, {high:+.2f}] points of accuracy",
    "loss difference": "{mean:+.4f} [{low:+.4f}, {high:+.4f}] of validation loss",
    "accuracy margin": "{margin:.3g} points",
    "loss margin": "{margin:.3g} of loss",
    "tied": "Equivalent to within {margin}: {policies}.",
    "beaten": "Worse by more than {margin}: {policies}.",
    "undecided": "Inconclusive: {policies}.",
    "seeds decide": (
        "About {seeds} seeds ({more} more, {cost} of training here) would settle {policies}."
    ),
    "seeds cannot": ("More seeds will not help for {policies}: the validation set is too small."),
    "more images": ("About {factor:.2g} times as many images would separate the easiest case."),
    "too many images": ("Even {factor} times as many images would not separate the easiest case."),
    "highest": "{value:g} is the highest {parameter} tried: add a higher one.",
    "lowest": "{value:g} is the lowest {parameter} tried: add a lower one.",
    "learning rate": "learning rate",
    "improving": (
        "{policy} was still improving at the last epoch: more epochs may change the ranking."
    ),
    "and more": "and {count} more",
    "second": "s",
    "minute": "min",
    "hour": "h",
}


def advise(
    ranking: ProtocolRanking, metric: str, baseline: str, catalog: Catalog = ENGLISH_ADVICE
) -> str:
    """Return the advice on a ranking, one sentence a line.

    Which policy to use, how it compares with the baseline, which policies are equivalent, worse or
    inconclusive, how many more seeds or images would resolve the inconclusive ones, and where the
    search should go on.

    Parameters
    ----------
    metric
        The metric that the ranking is by: ``val_accuracy``, whose differences are in points, or
        ``val_loss``.
    """
    best = ranking.rows[0]
    if best.diverged:
        return catalog["all diverged"]
    lines = (
        _single_run_advice(ranking, catalog)
        if len(best.seeds) < 2
        else _multi_seed_advice(ranking, metric, baseline, catalog)
    )
    return "\n".join((*lines, *_search_advice(ranking, catalog)))


def _single_run_advice(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    """Advice where one run per policy allows no test."""
    best = ranking.rows[0]
    yield catalog["one run each"]
    if best.interval is not None:
        low, high = best.interval
        yield catalog["sampling alone"].format(estimate=best.estimate, low=low, high=high)
    yield catalog["repeat"]


def _multi_seed_advice(
    ranking: ProtocolRanking, metric: str, baseline: str, catalog: Catalog
) -> Iterator[str]:
    best, *others = ranking.rows
    key, difference = _versus_baseline(best, metric, baseline, catalog)
    decided = bool(others) and all(row.verdict in ("tied", "worse") for row in others)
    supported = decided or key == "better"
    yield catalog["use" if supported else "best so far"].format(
        policy=best.policy, seeds=len(best.seeds)
    )
    if key:
        yield catalog[key].format(baseline=baseline, difference=difference)
    margin = margin_text(ranking, metric, catalog)
    for verdict, key in (("tied", "tied"), ("worse", "beaten"), ("undecided", "undecided")):
        policies = [row.policy for row in others if row.verdict == verdict]
        if policies:
            yield catalog[key].format(margin=margin, policies=named(policies, catalog))
    yield from _data_needed(ranking, catalog)


def _versus_baseline(best: Row, metric: str, baseline: str, catalog: Catalog) -> tuple[str, str]:
    """How the best policy compares with the baseline: the key of a sentence, and the difference."""
    difference = None if best.vs_baseline is None else best.vs_baseline[metric]
    if (
        best.policy == baseline
        or difference is None
        or difference.interval is None
        or difference.mean is None
    ):
        return "", ""
    low, high = difference.interval
    above, below = ("better", "worse") if HIGHER_IS_BETTER[metric] else ("worse", "better")
    key = above if low > 0 else below if high < 0 else "not better"
    scale = _scale(metric)
    return key, catalog[f"{_kind(metric)} difference"].format(
        mean=scale * difference.mean, low=scale * low, high=scale * high
    )


def margin_text(ranking: ProtocolRanking, metric: str, catalog: Catalog = ENGLISH_ADVICE) -> str:
    """Return the equivalence margin with its unit: points of accuracy, or units of the loss."""
    return catalog[f"{_kind(metric)} margin"].format(margin=_scale(metric) * ranking.margin)


def _kind(metric: str) -> str:
    return "accuracy" if metric.endswith("accuracy") else "loss"


def _scale(metric: str) -> float:
    """Points, hundredths, are a unit of accuracies alone."""
    return 100.0 if metric.endswith("accuracy") else 1.0


def _search_advice(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    for edge in ranking.edges:
        is_rate = is_learning_rate(edge.policy, edge.parameter)
        name = catalog["learning rate"] if is_rate else edge.parameter
        yield catalog[edge.side].format(value=edge.value, parameter=name)
    if ranking.still_improving:
        yield catalog["improving"].format(policy=ranking.rows[0].policy)


def _data_needed(ranking: ProtocolRanking, catalog: Catalog) -> Iterator[str]:
    have = len(ranking.rows[0].seeds)
    for seeds, decisions in _by_cost(ranking.decisions):
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


def _by_cost(decisions: Sequence[SampleSize]) -> Iterator[tuple[int, list[SampleSize]]]:
    """The smallest number of seeds that resolves any case, and the one that resolves all it can."""
    needed = {decision.policy: decision.seeds for decision in decisions if decision.seeds}
    if not needed:
        return
    first, last = min(needed.values()), max(needed.values())
    yield first, [d for d in decisions if needed.get(d.policy) == first]
    if last > first:
        yield last, [d for d in decisions if needed.get(d.policy, first) > first]


def _named(decisions: Sequence[SampleSize], catalog: Catalog) -> str:
    return named([decision.policy for decision in decisions], catalog)


def named(policies: Sequence[str], catalog: Catalog = ENGLISH_ADVICE) -> str:
    """List the first policies by name and count the rest.

    >>> named(["a", "b", "c", "d", "e", "f"])
    'a; b; c; d; and 2 more'
    """
    shown = list(policies[:MAX_NAMED])
    if len(policies) > MAX_NAMED:
        shown.append(catalog["and more"].format(count=len(policies) - MAX_NAMED))
    return "; ".join(shown)


def duration(seconds: float, catalog: Catalog = ENGLISH_ADVICE) -> str:
    """Format a duration in seconds, minutes or hours.

    >>> duration(42), duration(400), duration(9000)
    ('42 s', '7 min', '2.5 h')
    """
    if seconds < 120:
        return f"{max(seconds, 1):.0f} {catalog['second']}"
    if seconds < 7200:
        return f"{seconds / 60:.0f} {catalog['minute']}"
    return f"{seconds / 3600:.1f} {catalog['hour']}"
