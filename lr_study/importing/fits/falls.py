"""Fits of policies from one rate to another over the run, in which their rates are linear."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from lr_study.importing.fits.search import Guess, linear_fit, search, settle, settled
from lr_study.importing.fits.series import FLOAT32_STEP, Floats, Series
from lr_study.policies import Cosine, Linear, Policy, Polynomial, WarmupStableDecay

_NEAR = 0.01  # the largest error of a search whose parameters are refined


def half_cosine(part: Floats) -> Floats:
    """Return half a cosine, from 1 at 0 to 0 at 1."""
    return (1 + np.cos(np.pi * part)) / 2


def mixed(left: Floats) -> Floats:
    """Return the columns of two rates, of which ``left`` is the share of the first."""
    return np.stack([left, 1 - left], axis=-1)


def non_negative(rate: float, highest: float) -> float | None:
    """Return a rate, 0 if it is a little less than that, or None if it is below."""
    return max(0.0, rate) if rate > -1e-5 * highest else None


def linear(series: Series) -> Iterator[Policy]:
    """Yield ``linear``."""
    left = 1 - series.sample.times / series.length
    yield from _between(Linear, mixed(left), series)


def cosine(series: Series) -> Iterator[Policy]:
    """Yield ``cosine``."""
    left = half_cosine(series.sample.times / series.length)
    yield from _between(Cosine, mixed(left), series)


def _between(cls: type[Policy], columns: Floats, series: Series) -> Iterator[Policy]:
    sample = series.sample
    initial, final = linear_fit(columns, sample.values, sample.weights).tolist()
    end = non_negative(final, series.highest)
    if end is not None and initial > 0:
        numbers = {"initial_lr": initial, "final_lr": end}
        yield from settled(Guess(cls, numbers, {"every": series.every}), series)


def polynomial(series: Series) -> Iterator[Policy]:
    """Yield ``polynomial``, whose power is searched."""
    sample = series.sample
    slopes = np.diff(sample.values)
    if not (np.all(slopes <= 0) or np.all(slopes >= 0)):
        return
    # The power is not told by the end, where the base is 0 but for rounding.
    base = np.clip(1 - sample.times / series.length, 0.0, 1.0)
    (log_power,), (initial, final), error = search(
        lambda x: mixed(base ** np.exp(x[0])),
        [(math.log(0.05), math.log(50))],
        sample.values,
        sample.weights,
    )
    end = non_negative(final, series.highest)
    if end is None or initial <= 0 or error > _NEAR:
        return
    numbers = {"initial_lr": float(initial), "final_lr": end, "power": math.exp(log_power)}
    yield from settled(Guess(Polynomial, numbers, {"every": series.every}), series)


def flat_prefix(series: Series) -> int:
    """Return how many rates from the first on are equal."""
    differs = np.abs(series.values - series.values[0]) > FLOAT32_STEP * series.values[0]
    return int(np.argmax(differs)) if differs.any() else len(series)


_SHAPES: dict[str, Callable[[Floats], Floats]] = {
    "linear": lambda part: 1 - part,
    "cosine": half_cosine,
    "1-sqrt": lambda part: 1 - np.sqrt(part),
}


def _wsd_columns(times: Floats, length: float, shape: str, parameters: Sequence[Floats]) -> Floats:
    (fraction,) = parameters
    part = (times - (1 - fraction) * length) / (fraction * length)
    return mixed(_SHAPES[shape](np.clip(part, 0.0, 1.0)))


def wsd(series: Series) -> Iterator[Policy]:
    """Yield ``wsd``, of which at least two rates of the flat part were logged."""
    flat = flat_prefix(series)
    if flat < 2 or flat == len(series) or series.values[flat] > series.values[0]:
        return
    sample = series.sample
    length = series.length
    end_of_flat, first_lower = series.times[flat - 1], series.times[flat]
    # Near its start, a cosine is flat but for rounding.
    earliest = max(0.0, end_of_flat - (1 if series.every == "epoch" else 0.05 * length))
    exact = 1 - end_of_flat / length
    for shape in _SHAPES:
        low = 1 - first_lower / length
        (fraction,), (highest, final), error = search(
            partial(_wsd_columns, sample.times, length, shape),
            [(max(low, 1e-6), 1 - earliest / length)],
            sample.values,
            sample.weights,
        )
        end = non_negative(final, series.highest)
        if error > _NEAR or highest <= 0 or end is None:
            continue
        others = {"shape": shape, "every": series.every}
        for decay, is_exact in ((exact, True), (fraction, False)):
            numbers = {
                "max_lr": float(highest),
                "decay_fraction": decay,
                "final_factor": min(1.0, end / float(highest)),
            }
            held = frozenset(["decay_fraction"] if is_exact else ())
            found = settle(Guess(WarmupStableDecay, numbers, others, held), series)
            if found is not None:
                yield found
                break
