"""The learning-rate range test: the loss while the rate rises, and the rates that it suggests.

Leslie N. Smith, "Cyclical Learning Rates for Training Neural Networks" (WACV 2017), section 3.3,
trains for a few epochs while the rate rises and looks at where the curve rises and falls. The
smoothing, the end of the curve and the three rules are those of fastai's ``lr_find``, so that the
suggestions are those that its users know.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from lr_study.policies import Policy

DIVERGENCE = 4.0
"""A curve ends where the smoothed loss exceeds so many times its lowest value."""

SKIPPED_SHARE = 0.1
"""Of all steps, the first that no rule looks at: the average still has few losses."""

SKIPPED_AT_END = 5
"""Steps before the end of a curve that no rule looks at: the loss is rising steeply there."""

MIN_FALL = 3
"""Fewest steps of a fall: two points that happen to fall are noise."""

FACTOR = 3.0
"""A suggestion is checked against rates so many times smaller and larger."""


@dataclass(frozen=True)
class LossCurve:
    """The loss of each step of one seed's range test, before the step, and its rate.

    Losses from the first that is not finite on are not looked at.
    """

    seed: int
    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothing: float

    @cached_property
    def smoothed(self) -> tuple[float, ...]:
        """The moving average of the losses."""
        return smooth(self.losses, self.smoothing)

    @cached_property
    def end(self) -> int:
        """The number of steps before the loss diverged; all of them if it did not."""
        return end_of_curve(self.smoothed)

    @property
    def diverged(self) -> bool:
        """Whether the loss diverged before the last step."""
        return self.end < len(self.losses)

    @property
    def span(self) -> range:
        """The steps that rules look at."""
        first = int(len(self.losses) * SKIPPED_SHARE)
        return range(first, max(first, self.end - SKIPPED_AT_END))

    @property
    def still_falling(self) -> bool:
        """Whether the loss is lowest at the last step that rules look at, and did not diverge."""
        losses = [self.smoothed[step] for step in self.span]
        if self.diverged or not losses:
            return False
        return losses[0] > losses[-1] == min(losses)

    def suggestions(self) -> dict[str, float | None]:
        """Return the rate that each rule suggests; None where it finds none."""
        rates = [self.rates[step] for step in self.span]
        losses = [self.smoothed[step] for step in self.span]
        return {name: rule(rates, losses) for name, rule in SUGGESTION_RULES.items()}


def smooth(losses: Sequence[float], smoothing: float) -> tuple[float, ...]:
    """Return the exponential moving average of losses, without the bias of its first values.

    With b the smoothing and a_0 = 0, ``a_i = b * a_(i-1) + (1 - b) * loss_i``, and the average is
    ``a_i / (1 - b ** i)``, i from 1: that of the losses so far, weighted by b to the power of their
    age. The division is that of Adam (Kingma and Ba, 2015). An average lags behind, by up to
    b / (1 - b) steps.

    >>> smooth([4.0, 1.0, 1.0], 0.5)
    (4.0, 2.0, 1.4285714285714286)
    """
    average, weight = 0.0, 1.0
    averages = []
    for loss in losses:
        average = smoothing * average + (1 - smoothing) * loss
        weight *= smoothing
        averages.append(average / (1 - weight))
    return tuple(averages)


def end_of_curve(smoothed: Sequence[float]) -> int:
    """Return how many steps there are before the smoothed loss diverges.

    It diverges where it is not finite, or exceeds `DIVERGENCE` times its lowest value so far.

    >>> end_of_curve([2.0, 1.0, 3.9, 4.1, 0.5]), end_of_curve([1.0, float("nan")])
    (3, 1)
    """
    lowest = math.inf
    for step, loss in enumerate(smoothed):
        lowest = min(lowest, loss)
        if not math.isfinite(loss) or loss > DIVERGENCE * lowest:
            return step
    return len(smoothed)


def valley(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """Return the rate in the middle of the longest fall, by fastai's rule ``valley``.

    A fall is a longest subsequence of the losses in which each is lower than the one before; with
    several, the one that ends first. It takes n steps, and they are counted back from its end as
    if they followed each other: the suggestion lies ``n // 3 + n // 6`` steps after the start.
    None if the fall has fewer than `MIN_FALL` steps.

    >>> valley([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], [9.0, 9.0, 7.0, 5.0, 3.0, 1.0, 4.0])
    2.0
    """
    end, length = _longest_fall(losses)
    if length < MIN_FALL:
        return None
    return rates[end - length + length // 3 + length // 6]


def _longest_fall(losses: Sequence[float]) -> tuple[int, int]:
    """Return where the longest strictly falling subsequence ends, the first such, and its length.

    Patience sorting: ``tails[n]`` is the highest loss, negated, that a fall of n + 1 steps can end
    with so far.
    """
    tails: list[float] = []
    end = 0
    for step, loss in enumerate(losses):
        place = bisect_left(tails, -loss)
        if place == len(tails):
            tails.append(-loss)
            end = step
        else:
            tails[place] = -loss
    return end, len(tails)


def steepest(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """Return the rate where the loss falls most for an equal factor of the rate.

    It is the one before the step with the lowest ``(loss_(i+1) - loss_i) / ln(rate_(i+1) /
    rate_i)``, as fastai's ``steep``. None if the loss falls nowhere.

    >>> steepest([0.01, 0.1, 1.0], [3.0, 2.5, 1.0])
    0.1
    """
    slopes = [
        (losses[i + 1] - losses[i]) / math.log(rates[i + 1] / rates[i])
        for i in range(len(losses) - 1)
    ]
    lowest = min(slopes, default=0.0)
    return rates[slopes.index(lowest)] if lowest < 0 else None


def tenth_of_minimum(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """Return a tenth of the rate at which the loss is lowest, as fastai's ``minimum``.

    None if the loss is nowhere lower than at first.

    >>> tenth_of_minimum([0.01, 0.1, 1.0], [3.0, 1.0, 2.0])
    0.01
    """
    lowest = min(losses, default=math.inf)
    if not losses or lowest == losses[0]:
        return None
    return rates[losses.index(lowest)] / 10


Rule = Callable[[Sequence[float], Sequence[float]], float | None]

SUGGESTION_RULES: dict[str, Rule] = {
    "valley": valley,
    "steepest": steepest,
    "minimum_10": tenth_of_minimum,
}
"""How a rate is read off a curve; each takes its rates and smoothed losses."""

RULE_LABELS = {"valley": "valley", "steepest": "steepest", "minimum_10": "minimum/10"}
"""What the rules are called in text."""


@dataclass(frozen=True)
class Suggestion:
    """What one rule suggests over all seeds.

    Attributes
    ----------
    rule
        One of `SUGGESTION_RULES`.
    by_seed
        The rate under each seed, None where the rule found none.
    rate
        The middle one: the geometric median, in two significant digits. None if there is none.
    """

    rule: str
    by_seed: tuple[float | None, ...]
    rate: float | None

    @property
    def found(self) -> tuple[float, ...]:
        """The rates that were found, from the lowest."""
        return tuple(sorted(rate for rate in self.by_seed if rate is not None))

    @property
    def spread(self) -> float | None:
        """The factor between the highest and the lowest rate; None if there is none."""
        return self.found[-1] / self.found[0] if self.found else None

    def around(self) -> tuple[float, ...]:
        """Return the rates to train: a third of the suggestion, itself, and three times it."""
        if self.rate is None:
            return ()
        return tuple(two_digits(self.rate * by) for by in (1 / FACTOR, 1.0, FACTOR))


@dataclass(frozen=True)
class RangeTest:
    """The curves of a range test, one per seed, with the same rates, and what they suggest."""

    curves: tuple[LossCurve, ...]

    @cached_property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """One suggestion for each of the `SUGGESTION_RULES`."""
        of_seeds = [curve.suggestions() for curve in self.curves]
        return tuple(
            suggest(rule, [suggested[rule] for suggested in of_seeds]) for rule in SUGGESTION_RULES
        )

    def policies(self, policy: Policy) -> tuple[Policy, ...]:
        """Return a policy at each suggestion, a third and three times of it, by rising rate."""
        rates = {rate for suggestion in self.suggestions for rate in suggestion.around()}
        return tuple(policy.with_learning_rate(rate) for rate in sorted(rates))

    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know before taking a suggestion."""
        curves = self.curves
        lines = []
        falling = sum(curve.still_falling for curve in curves)
        if falling:
            lines.append(
                f"the loss still falls at the highest rate under {falling} of {len(curves)} seeds, "
                "so suggestions may be too low: raise end_lr"
            )
        for suggestion in self.suggestions:
            rule, spread = RULE_LABELS[suggestion.rule], suggestion.spread
            if spread is not None and spread > FACTOR**2:
                lines.append(
                    f"{rule} differs between seeds by a factor of {spread:.0f}, more than the "
                    "rates around its middle one cover: it is not to be relied on"
                )
            missing = suggestion.by_seed.count(None)
            if missing:
                lines.append(
                    f"{rule} suggests no rate under {missing} of {len(curves)} "
                    "seeds, where the loss does not fall: take more range_epochs, another start_lr "
                    "or another end_lr"
                )
        return tuple(lines)


def suggest(rule: str, by_seed: Sequence[float | None]) -> Suggestion:
    """Return what a rule suggests over seeds.

    >>> suggest("valley", [0.001, 0.004, None]).rate
    0.002
    """
    found = sorted(rate for rate in by_seed if rate is not None)
    rate = None
    if found:
        low, high = found[(len(found) - 1) // 2], found[len(found) // 2]
        rate = two_digits(math.sqrt(low) * math.sqrt(high))
    return Suggestion(rule, tuple(by_seed), rate)


def two_digits(rate: float) -> float:
    """Return a rate in two significant digits: more would claim what no range test can tell.

    >>> two_digits(0.0123456)
    0.012
    """
    return float(f"{rate:.1e}")
