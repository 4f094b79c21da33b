"""The English texts of advice, and the words that its sentences share."""

from collections.abc import Iterator, Sequence

from lr_study.comparison.messages import Catalog
from lr_study.comparison.results import ProtocolRanking, SampleSize
from lr_study.runs import LOSS, Metric

MAX_NAMED = 4
"""Policies listed by name in one sentence; the rest are counted."""

MAX_FACTOR = 100
"""Larger factors of more images are not stated: nobody could collect them."""

ENGLISH_ADVICE: Catalog = {
    "all diverged": "Every policy diverged: try lower learning rates.",
    "one run each": ("One run per policy: differences may be chance, whatever the order here."),
    "not paired": (
        "Seeds are unknown, so runs are not paired: differences may be chance, whatever the order "
        "here."
    ),
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
    "metric difference": "{mean} [{low}, {high}] of {name}",
    "accuracy margin": "{margin:.3g} points",
    "metric margin": "{margin:g} of {name}",
    "loss margin": "{margin:.3g} of loss",
    "tied": "Equivalent to within {margin}: {policies}.",
    "beaten": "Worse by more than {margin}: {policies}.",
    "beaten at all": "Worse: {policies}.",
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
    "choose": (
        "Use {policy}: choosing it loses at most {bound} against whichever is truly best (95 %)."
    ),
    "choose so far": (
        "Best so far: {policy}; choosing it loses at most {bound} against whichever is truly best "
        "(95 %)."
    ),
    "alone": "Use {policy}: there is no other policy to compare it with.",
    "no repetition": "Nothing can be decided until all {folds} folds have been validated on.",
    "seeds to repetition": "Train the missing seeds: {seeds}.",
    "judged accuracy": (
        "Its accuracy is {naive:.2f} % (chosen and judged on the same images), {corrected:.2f} % "
        "corrected for choosing{versus}."
    ),
    "judged loss": (
        "Its loss is {naive:.4f} (chosen and judged on the same images), {corrected:.4f} corrected "
        "for choosing{versus}."
    ),
    "accuracy bound": "{bound:.2g} points",
    "loss bound": "{bound:.2g} of loss",
    "accuracy gain": "{gain:.2f} points",
    "loss gain": "{gain:.4f} of loss",
    "gains on": (
        "; it is significantly better than the baseline {baseline}, by {gain} after the same "
        "correction"
    ),
    "loses on": "; it is significantly worse than the baseline {baseline}",
    "not better than": "; it is not significantly better than the baseline {baseline}",
    "none open": "Every other policy is tied with it or worse.",
    "many open": "{count} others may be as good.",
    "two open": "2 others may be as good: {policies}.",
    "one open": "One other may be as good: {policies}.",
    "settles": "About {seeds} seeds ({more} more, {cost} of training here) would settle {count}",
    "settles more": ", {seeds} seeds ({more} more, {cost}) {count}",
    "all of them": "them all",
    "the only one": "it",
    "some of them": "{count} of them",
    "mostly images": "Most of the uncertainty comes from which images there are.",
    "mostly interaction": (
        "Most of the uncertainty comes from how each training run turns out on single images."
    ),
    "mostly seeds": "Most of the uncertainty comes from the seed.",
    "one repetition": (
        "One repetition of the folds does not show whether more seeds or more images would decide; "
        "a second one does: {more} more seeds, {cost} of training here."
    ),
    "seeds alone cannot": "More seeds alone would not settle {count}.",
    "more images once": "About {factor:.2g} times as many images would.",
    "more images first": "About {factor:.2g} times as many images would settle the easiest.",
    "and more": "and {count} more",
    "second": "s",
    "minute": "min",
    "hour": "h",
}


def margin_text(ranking: ProtocolRanking, metric: Metric, catalog: Catalog = ENGLISH_ADVICE) -> str:
    """Return the equivalence margin with its unit: points of accuracy, or units of the metric."""
    margin = scale_of(metric) * ranking.margin
    return catalog[f"{kind_of(metric)} margin"].format(margin=margin, name=metric.val)


def kind_of(metric: Metric) -> str:
    """Return what texts call a metric: by its name, unless it is an accuracy or a loss."""
    return "accuracy" if metric.is_share else "loss" if metric == LOSS else "metric"


def scale_of(metric: Metric) -> float:
    """Points, hundredths, are a unit of accuracies alone."""
    return 100.0 if metric.is_share else 1.0


def by_cost(decisions: Sequence[SampleSize]) -> Iterator[tuple[int, list[SampleSize]]]:
    """The smallest number of seeds that resolves any case, and the one that resolves all it can."""
    needed = {decision.policy: decision.seeds for decision in decisions if decision.seeds}
    if not needed:
        return
    first, last = min(needed.values()), max(needed.values())
    yield first, [d for d in decisions if needed.get(d.policy) == first]
    if last > first:
        yield last, [d for d in decisions if needed.get(d.policy, first) > first]


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
