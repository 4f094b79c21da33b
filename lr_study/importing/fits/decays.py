"""Fits of policies that only fall, at once or along an unbounded curve."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lr_study.importing.fits.search import (
    MAX_DIGITS,
    Guess,
    are_typed,
    linear_fit,
    rounded,
    search,
    settle,
    settled,
)
from lr_study.importing.fits.series import FLOAT32_STEP, TOLERANCE, Floats, Series
from lr_study.policies import (
    ExpDecay,
    Fixed,
    InverseSqrt,
    InverseTime,
    Policy,
    Sigmoid,
    StepDecay,
)

_MAX_LOG = 700.0  # the logarithm of the largest float is above it


def fixed(series: Series) -> Iterator[Policy]:
    """Yield the constant rate."""
    values = series.values
    middle = (values.min() + values.max()) / 2
    for tolerance in (FLOAT32_STEP, TOLERANCE):
        for digits in range(1, MAX_DIGITS + 1):
            rate = rounded(middle, digits)
            if np.all(np.abs(rate - values) <= tolerance * values):
                yield Fixed(rate)
                return


def exponential(series: Series) -> Iterator[Policy]:
    """Yield ``exp_decay``, and ``step_decay`` of each epoch if only its numbers are as typed."""
    pair = _decay(series.times, series.values, as_k=True)
    if pair is None:
        return
    yield ExpDecay(*pair, every=series.every)
    if series.every == "step":
        return
    same = _decay(1 + series.times, series.values, as_k=False)
    if same is not None and are_typed(same) and not are_typed(pair):
        yield StepDecay(*same, epochs_drop=1)


def steps(series: Series) -> Iterator[Policy]:
    """Yield ``step_decay``, for each length of a plateau that is possible."""
    if series.every == "step":
        return
    for length in _lengths(series.times, series.values):
        drops = np.floor((1 + series.times) / length)
        pair = _decay(drops, series.values, as_k=False)
        if pair is not None:
            yield StepDecay(*pair, epochs_drop=int(length))


def _lengths(times: Floats, values: Floats) -> NDArray[np.int64]:
    """Return the plateau lengths > 1 for which the first change of the rate is the first drop.

    If every epoch was logged, there is one. A change is any difference, or one above rounding.
    """
    lengths = np.arange(2, int(times[-1]) + 2)
    possible = np.zeros(len(lengths), bool)
    for threshold in (0.0, 2 * TOLERANCE):
        changed = np.flatnonzero(np.abs(values - values[0]) > threshold * values[0])
        if len(changed):
            first, last_before, after = (
                (1 + times[i]) // lengths for i in (0, changed[0] - 1, changed[0])
            )
            possible |= (first == last_before) & (last_before < after)
    return lengths[possible]


def _decay(x: Floats, values: Floats, *, as_k: bool) -> tuple[float, float] | None:
    """Return (initial, k) or (initial, drop) such that the decay matches ``values``, if any does.

    The logarithm of the values is linear in ``x``; the error of the least-squares fit is far below
    the rounding of each value.
    """
    y = np.log(values)
    centered = x - x.mean()
    if not centered.any():
        return None
    slope = float(centered @ (y - y.mean()) / (centered @ centered))
    intercept = float(y.mean() - slope * x.mean())
    if slope >= 0 or intercept > _MAX_LOG:
        return None
    initial, second = math.exp(intercept), -slope if as_k else math.exp(slope)

    def deviation(initial: float, second: float) -> float:
        fitted = initial * (np.exp(-second * x) if as_k else second**x)
        return float(np.max(np.abs(fitted - values) / values))

    if deviation(initial, second) > TOLERANCE:
        return None
    for tolerance in (FLOAT32_STEP, TOLERANCE):
        for total in range(2, 2 * MAX_DIGITS + 1):
            for digits in range(max(1, total - MAX_DIGITS), min(MAX_DIGITS, total - 1) + 1):
                pair = rounded(initial, digits), rounded(second, total - digits)
                if deviation(*pair) <= tolerance:
                    return pair
    return None


def inverse_sqrt(series: Series) -> Iterator[Policy]:
    """Yield ``inverse_sqrt``: the inverse square of the rate is linear in time."""
    sample = series.sample
    columns = np.stack([np.ones(len(sample)), sample.times], axis=1)
    constant, slope = linear_fit(columns, sample.values**-2.0, sample.values**2.0).tolist()
    if constant > 0 and slope > 0:
        numbers = {"initial_lr": constant**-0.5, "timescale": constant / slope}
        yield from settled(Guess(InverseSqrt, numbers, {"every": series.every}), series)


def inverse_time(series: Series) -> Iterator[Policy]:
    """Yield ``inverse_time``, with power 1 if that matches."""
    sample = series.sample
    ones = np.ones(len(sample))
    columns = np.stack([ones, sample.times], axis=1)
    constant, slope = linear_fit(columns, 1 / sample.values, sample.values).tolist()
    others = {"every": series.every}
    if constant > 0 and slope > 0:
        numbers = {"initial_lr": 1 / constant, "k": slope / constant}
        found = settle(Guess(InverseTime, numbers, others), series)
        if found is not None:
            yield found
            return
    if not _falls(sample):
        return
    (log_k,), (intercept, power), error = search(
        lambda x: _columns(
            np.ones((len(x[0]), len(sample))), np.log1p(np.exp(x[0]) * sample.times)
        ),
        [(math.log(1e-3 / sample.length), math.log(1e3))],
        np.log(sample.values),
        ones,
    )
    if error < 1e-3 and power < 0:
        numbers = {"initial_lr": math.exp(intercept), "k": math.exp(log_k), "power": -float(power)}
        yield from settled(Guess(InverseTime, numbers, others), series)


def sigmoid(series: Series) -> Iterator[Policy]:
    """Yield ``sigmoid``: the inverse of the rate is linear in an exponential of time."""
    sample = series.sample
    falls = _falls(sample)
    if len(sample) < 4 or np.any(np.diff(sample.times) <= 0):
        return
    if not falls and not _falls(sample.at(np.arange(len(sample))[::-1])):
        return
    # The exponential is 1 at that end of the run at which it is highest.
    fixed_point = sample.times[-1] if falls else sample.times[0]
    sign = 1.0 if falls else -1.0
    # The logarithm falls by k an epoch in the end, and by half of that at the middle.
    slope = float(np.max(np.abs(np.diff(np.log(sample.values)) / np.diff(sample.times))))
    (steepness,), (constant, grown), error = search(
        lambda x: _columns(
            np.ones((len(x[0]), len(sample))),
            np.exp(sign * x[0] * (sample.times - fixed_point)),
        ),
        [(slope, 3 * slope)],
        1 / sample.values,
        sample.values,
    )
    if not (error < 1e-3 and constant > 0 and grown > 0):
        return
    k = sign * steepness
    middle = (fixed_point + math.log(constant / grown) / k) / series.length
    if -1e-6 < middle < 1 + 1e-6:
        numbers = {"initial_lr": 1 / constant, "k": k, "middle": min(1.0, max(0.0, middle))}
        yield from settled(Guess(Sigmoid, numbers, {"every": series.every}), series)


def _falls(series: Series) -> bool:
    return bool(np.all(np.diff(series.values) <= 0)) and len(series) > 1


def _columns(*columns: Floats) -> Floats:
    return np.stack(np.broadcast_arrays(*columns), axis=-1)
