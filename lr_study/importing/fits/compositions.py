"""Fits of two or three policies one after the other: a warmup, a constant start, or a constant end.

They are tried where no family alone matches.
"""

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from lr_study.importing.fits import decays
from lr_study.importing.fits.choice import candidates
from lr_study.importing.fits.falls import flat_prefix
from lr_study.importing.fits.search import MAX_DIGITS, fewest_digits, rounded
from lr_study.importing.fits.series import ROUNDING, TOLERANCE, Series, families_of
from lr_study.policies import Composition, Part, Policy, Warmup

_BOUNDARY = 1e-9

# Before or after a constant rate, they are milestones that no family has.
_CONSTANT = ("fixed", "step_decay", "multistep", "piecewise", "plateau")


def compositions(series: Series) -> tuple[Policy, ...]:
    """Return the compositions that match the rates of a whole run."""
    found = list(dict.fromkeys(_warmups(series)))
    if not found:
        positive = series.at(np.flatnonzero(series.values))  # only a warmup starts at 0
        found = list(dict.fromkeys((*_constant_starts(positive), *_constant_ends(positive))))
    return tuple(found)


def _rest(series: Series) -> list[tuple[Part, ...]]:
    """Return what may follow a warmup, as parts."""
    single = candidates(series, several=True)
    if single:
        return [(Part(policy),) for policy in single]
    return [
        policy.parts
        for policy in (*_constant_starts(series), *_constant_ends(series))
        if isinstance(policy, Composition)
    ]


def _warmups(series: Series) -> Iterator[Policy]:
    """Yield ``warmup`` and what follows; its length is up to the last rate on the first line."""
    rise = _rise(series)
    if rise is None:
        return
    for end in _ends(series, rise):
        rest = series.after(end)
        found = [_with_warmup(series, rest, end, parts) for parts in _rest(rest)]
        if any(found):
            yield from filter(None, found)
            return


def _rise(series: Series) -> int | None:
    """Return the index of the last rate on the rising line through the first two."""
    times, values = series.times, series.values
    if len(series) < 4 or values[1] <= values[0]:
        return None
    tolerance = 2 * TOLERANCE * values + ROUNDING * series.highest
    last = 1
    while last + 1 < len(series):
        slope = (values[last] - values[0]) / (times[last] - times[0])
        expected = values[0] + slope * (times[last + 1] - times[0])
        if abs(expected - values[last + 1]) > 2 * tolerance[last + 1]:
            break
        last += 1
    return last if last + 1 < len(series) else None


def _ends(series: Series, rise: int) -> Iterator[float]:
    """Yield lengths of a warmup: up to a logged time, or some that end before the next one.

    These are where the line reaches the next rate, half epochs, and the percentages people choose.
    """
    low, high = float(series.times[rise]), float(series.times[rise + 1])
    yield low
    slope, constant = np.polyfit(series.times[: rise + 1], series.values[: rise + 1], 1).tolist()
    crossing = (series.values[rise + 1] - constant) / slope
    ends = [float(f"{crossing:.6g}")]
    ends += [percent / 100 * series.length for percent in (1, 2, 3, *range(5, 100, 5))]
    ends += [half / 2 for half in range(math.floor(2 * low), math.ceil(2 * high) + 1)]
    for end in sorted(dict.fromkeys(round(end, 9) for end in ends)):
        if low + _BOUNDARY < end < high - _BOUNDARY:
            yield end


def _with_warmup(
    series: Series, rest: Series, end: float, parts: tuple[Part, ...]
) -> Policy | None:
    """Return a warmup up to ``end`` and what follows, with the rate that it starts from."""
    following = Composition(parts) if len(parts) > 1 else parts[0].policy
    curve = rest.own_metrics().get(following.reads, ()) if following.reads else ()
    first = following(0.0, rest.length, curve)
    risen = series.before(end)
    if first <= 0 or not len(risen):
        return None
    left = 1 - risen.times / end
    # v = first * (1 - left + start * left), by least squares.
    start = float(left @ (risen.values / first - (1 - left)) / (left @ left))
    if not -1e-4 < start < 1:
        return None
    length = _length(end, series.length)

    def make(numbers: Sequence[float]) -> Policy | None:
        warmup = Warmup(length, max(0.0, numbers[0]), every=series.every)
        return Composition((Part(warmup), *parts))

    return fewest_digits(make, [start], series, ["warmup", *families_of(following)])


def _length(end: float, epochs: float) -> float | str:
    """Return a length as a number of epochs, or as a percentage if only that is a short number."""
    for digits, (value, unit) in itertools.product(
        range(1, MAX_DIGITS + 1), ((end, 1.0), (100 * end / epochs, epochs / 100))
    ):
        short = rounded(value, max(digits, 3))
        if abs(short * unit - end) <= 1e-10 * max(1.0, end):
            return f"{short:g}%" if value != end else short
    return end


def _constant_starts(series: Series) -> Iterator[Policy]:
    """Yield ``fixed`` and what follows, from the last equal rate, or else from the one after it."""
    flat = flat_prefix(series)
    if not 2 <= flat < len(series):
        return
    constant = next(decays.fixed(series.at(slice(0, flat))), None)
    for first in (flat - 1, flat):
        end = float(series.times[first])
        rest = series.after(end)
        found = False
        for policy in candidates(rest, several=True):
            joined = _joined(constant, end, policy, series)
            if joined is not None and policy.family not in _CONSTANT:
                found = True
                yield joined
        if found:
            return


def _constant_ends(series: Series) -> Iterator[Policy]:
    """Yield a policy that is over before the run, and ``fixed``."""
    flat = flat_prefix(series.at(np.arange(len(series))[::-1]))
    if not 2 <= flat < len(series):
        return
    first = len(series) - flat
    end = float(series.times[first])
    constant = next(decays.fixed(series.at(slice(first, None))), None)
    if constant is None:
        return
    for policy in candidates(series.before(end), several=True):
        joined = _joined(policy, end, constant, series)
        if joined is not None and policy.family not in _CONSTANT:
            yield joined


def _joined(before: Policy | None, end: float, after: Policy, series: Series) -> Composition | None:
    if before is None:
        return None
    policy = Composition((Part(before, _length(end, series.length)), Part(after)))
    families = families_of(policy)
    is_match = any(
        series.matches(policy, tolerance, rounding=rounding)
        for tolerance, rounding in series.tolerances(families)
    )
    return policy if is_match else None
