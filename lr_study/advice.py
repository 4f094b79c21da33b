"""What a ranking advises, in plain sentences that say no more than the statistics do."""

from collections.abc import Iterable, Sequence

from lr_study.results import Decision, ProtocolRanking, Row

MOST_NAMED = 4
"""Policies named in a sentence before the rest are counted."""


def in_english(ranking: ProtocolRanking, baseline: str) -> str:
    """Say what to use, what is as good, what cannot be said, and what would decide it, by lines."""
    best = ranking.rows[0]
    if best.diverged:
        return "Every policy diverged: lower rates are to be tried."
    if len(best.seeds) < 2:
        return "\n".join(_without_repeats(ranking))
    sentences = [f"Use {best.policy}: it has the best mean over {len(best.seeds)} seeds."]
    sentences += _against_baseline(best, baseline)
    of = {
        word: [row.policy for row in ranking.rows if row.verdict == word and row is not best]
        for word in ("tied", "worse", "undecided")
    }
    margin = f"{100 * ranking.margin:.3g} points"
    if of["tied"]:
        sentences.append(f"As good to within {margin}: {named(of['tied'])}.")
    if of["worse"]:
        sentences.append(f"Worse by more than {margin}: {named(of['worse'])}.")
    if of["undecided"]:
        sentences.append(f"Whether these are as good cannot be said: {named(of['undecided'])}.")
        sentences += _what_would_decide(ranking)
    return "\n".join(sentences)


def named(policies: Sequence[str]) -> str:
    """Name a few policies and count the rest.

    >>> named(["a", "b", "c", "d", "e", "f"])
    'a; b; c; d; and 2 more'
    """
    shown = list(policies[:MOST_NAMED])
    if len(policies) > MOST_NAMED:
        shown.append(f"and {len(policies) - MOST_NAMED} more")
    return "; ".join(shown)


def _without_repeats(ranking: ProtocolRanking) -> Iterable[str]:
    """With one run each: no ranking, and the command that repeats the runs."""
    best = ranking.rows[0]
    yield (
        "One run each: which policy is better cannot be told from luck, whatever the order of this "
        "table."
    )
    if best.interval is not None:
        low, high = best.interval
        yield (
            f"The pictures alone leave the first one's {best.estimate:.4f} "
            f"anywhere from {low:.4f} to {high:.4f}."
        )
    policies = " ".join(f"--policy {row.policy}" for row in ranking.rows[:MOST_NAMED])
    yield f"To decide, repeat over seeds: lr-study study {policies} --seeds 10"


def _against_baseline(best: Row, baseline: str) -> Iterable[str]:
    """How the best stands to the baseline, which was named beforehand."""
    found = None if best.vs_baseline is None else best.vs_baseline["val_accuracy"]
    if best.policy == baseline or found is None or found.interval is None:
        return
    low, high = found.interval
    surely = "better than" if low > 0 else "worse than" if high < 0 else "not surely better than"
    yield (
        f"It is {surely} the baseline {baseline}: "
        f"{100 * (found.mean or 0):+.2f} points of accuracy, [{100 * low:+.2f}, {100 * high:+.2f}]."
    )


def _what_would_decide(ranking: ProtocolRanking) -> Iterable[str]:
    by_seeds = [decision for decision in ranking.decisions if decision.seeds is not None]
    rest = [decision for decision in ranking.decisions if decision.seeds is None]
    have = len(ranking.rows[0].seeds)
    for seeds, decisions in _grouped(by_seeds):
        more = max(seeds - have, 1)
        cost = ""
        if ranking.seconds_per_seed is not None:
            cost = f", about {duration(more * ranking.seconds_per_seed)} of training here"
        yield (
            f"About {have + more} seeds ({more} more{cost}) would decide "
            f"{named([decision.policy for decision in decisions])}."
        )
    if rest:
        yield _more_pictures(rest)


def _grouped(decisions: Sequence[Decision]) -> Iterable[tuple[int, list[Decision]]]:
    """The cheapest number of seeds that decides something, and that which decides all it can."""
    if not decisions:
        return
    numbers = sorted(decision.seeds for decision in decisions if decision.seeds is not None)
    first, last = numbers[0], numbers[-1]
    yield first, [d for d in decisions if d.seeds is not None and d.seeds <= first]
    if last > first:
        yield last, [d for d in decisions if d.seeds is not None and d.seeds > first]


def _more_pictures(decisions: Sequence[Decision]) -> str:
    """Seeds divide the same pictures anew: beyond a number, only new pictures tell more."""
    names = named([decision.policy for decision in decisions])
    factors = [decision.pictures for decision in decisions if decision.pictures is not None]
    sentence = f"No number of seeds would decide {names}: the pictures are too few."
    if factors:
        sentence += f" About {min(factors):.2g} times as many would decide the clearest of them."
    return sentence


def duration(seconds: float) -> str:
    """Say a time as a person would.

    >>> duration(42), duration(400), duration(9000)
    ('42 s', '7 min', '2.5 h')
    """
    if seconds < 120:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
