"""What a ranking advises, in plain sentences that say no more than the statistics do."""

from collections.abc import Iterator, Mapping, Sequence

from lr_study.comparison.results import ProtocolRanking, Row, SampleSize

MAX_NAMED = 4
"""Policies named in a sentence before the rest are counted."""

Sentences = Mapping[str, str]

ENGLISH_ADVICE: Sentences = {
    "all diverged": "Every policy diverged: lower rates are to be tried.",
    "one run each": (
        "One run each: which policy is better cannot be told from luck, whatever the order here."
    ),
    "sampling alone": (
        "The pictures alone leave the first one's {estimate:.4f} "
        "anywhere from {low:.4f} to {high:.4f}."
    ),
    "repeat": "Repeat them over several seeds to decide.",
    "use": "Use {policy}: it has the best mean over {seeds} seeds.",
    "better": "It is better than the baseline {baseline}: {difference} points of accuracy.",
    "worse": "It is worse than the baseline {baseline}: {difference} points of accuracy.",
    "not surely": (
        "It is not surely better than the baseline {baseline}: {difference} points of accuracy."
    ),
    "tied": "As good to within {margin:.3g} points: {policies}.",
    "beaten": "Worse by more than {margin:.3g} points: {policies}.",
    "undecided": "Whether these are as good cannot be said: {policies}.",
    "seeds decide": (
        "About {seeds} seeds ({more} more, {cost} of training here) would decide {policies}."
    ),
    "seeds cannot": "No number of seeds would decide {policies}: the pictures are too few.",
    "pictures would": (
        "About {factor:.2g} times as many pictures would decide the clearest of them."
    ),
    "and more": "and {count} more",
    "second": "s",
    "minute": "min",
    "hour": "h",
}


def advise(ranking: ProtocolRanking, baseline: str, sentences: Sentences = ENGLISH_ADVICE) -> str:
    """Say what to use, what is as good, what cannot be said, and what would decide it, by lines."""
    best = ranking.rows[0]
    if best.diverged:
        return sentences["all diverged"]
    told = _with_one_run_each if len(best.seeds) < 2 else _with_seeds
    return "\n".join(told(ranking, baseline, sentences))


def _with_one_run_each(
    ranking: ProtocolRanking, baseline: str, sentences: Sentences
) -> Iterator[str]:
    """No ranking, and the command that repeats the runs."""
    best = ranking.rows[0]
    yield sentences["one run each"]
    if best.interval is not None:
        low, high = best.interval
        yield sentences["sampling alone"].format(estimate=best.estimate, low=low, high=high)
    yield sentences["repeat"]


def _with_seeds(ranking: ProtocolRanking, baseline: str, sentences: Sentences) -> Iterator[str]:
    best = ranking.rows[0]
    margin = 100 * ranking.margin
    yield sentences["use"].format(policy=best.policy, seeds=len(best.seeds))
    yield from _against_baseline(best, baseline, sentences)
    for verdict, key in (("tied", "tied"), ("worse", "beaten"), ("undecided", "undecided")):
        policies = [row.policy for row in ranking.rows[1:] if row.verdict == verdict]
        if policies:
            yield sentences[key].format(margin=margin, policies=named(policies, sentences))
    yield from _what_would_decide(ranking, sentences)


def _against_baseline(best: Row, baseline: str, sentences: Sentences) -> Iterator[str]:
    """How the best stands to the baseline, which was named beforehand."""
    found = None if best.vs_baseline is None else best.vs_baseline["val_accuracy"]
    if best.policy == baseline or found is None or found.interval is None or found.mean is None:
        return
    low, high = found.interval
    key = "better" if low > 0 else "worse" if high < 0 else "not surely"
    difference = f"{100 * found.mean:+.2f} [{100 * low:+.2f}, {100 * high:+.2f}]"
    yield sentences[key].format(baseline=baseline, difference=difference)


def _what_would_decide(ranking: ProtocolRanking, sentences: Sentences) -> Iterator[str]:
    have = len(ranking.rows[0].seeds)
    for seeds, decisions in _by_cost(ranking.decisions):
        more = max(seeds - have, 1)
        cost = "?"
        if ranking.seconds_per_seed is not None:
            cost = duration(more * ranking.seconds_per_seed, sentences)
        yield sentences["seeds decide"].format(
            seeds=have + more, more=more, cost=cost, policies=_named(decisions, sentences)
        )
    rest = [decision for decision in ranking.decisions if decision.seeds is None]
    if rest:
        yield sentences["seeds cannot"].format(policies=_named(rest, sentences))
    factors = [decision.pictures for decision in rest if decision.pictures is not None]
    if factors:
        yield sentences["pictures would"].format(factor=min(factors))


def _by_cost(decisions: Sequence[SampleSize]) -> Iterator[tuple[int, list[SampleSize]]]:
    """The fewest seeds that decide something, and the number that decides all that seeds can."""
    needed = {decision.policy: decision.seeds for decision in decisions if decision.seeds}
    if not needed:
        return
    first, last = min(needed.values()), max(needed.values())
    yield first, [d for d in decisions if needed.get(d.policy) == first]
    if last > first:
        yield last, [d for d in decisions if needed.get(d.policy, first) > first]


def _named(decisions: Sequence[SampleSize], sentences: Sentences) -> str:
    return named([decision.policy for decision in decisions], sentences)


def named(policies: Sequence[str], sentences: Sentences = ENGLISH_ADVICE) -> str:
    """Name a few policies and count the rest.

    >>> named(["a", "b", "c", "d", "e", "f"])
    'a; b; c; d; and 2 more'
    """
    shown = list(policies[:MAX_NAMED])
    if len(policies) > MAX_NAMED:
        shown.append(sentences["and more"].format(count=len(policies) - MAX_NAMED))
    return "; ".join(shown)


def duration(seconds: float, sentences: Sentences = ENGLISH_ADVICE) -> str:
    """Say a time as a person would.

    >>> duration(42), duration(400), duration(9000)
    ('42 s', '7 min', '2.5 h')
    """
    if seconds < 120:
        return f"{max(seconds, 1):.0f} {sentences['second']}"
    if seconds < 7200:
        return f"{seconds / 60:.0f} {sentences['minute']}"
    return f"{seconds / 3600:.1f} {sentences['hour']}"
