"""Fits of policies that rise and fall: cosines with restarts, one cycle, and cycles."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from lr_study.importing.fits.falls import half_cosine, mixed, non_negative
from lr_study.importing.fits.search import Guess, search, settle, settled
from lr_study.importing.fits.series import FLOAT32_STEP, Floats, Series
from lr_study.policies import CosineRestarts, Cyclic, OneCycle, Policy

_NEAR = 0.02  # the largest error of a search whose parameters are refined
_BOUNDARY = 1e-9
_MAX_FINAL_DIV_FACTOR = 1e6  # beyond, the last rate is 0, which it has in other families
_MAX_PERIODS = 5  # whose heights are fitted one by one


def _turn(values: Floats, *, falling: bool) -> int | None:
    """Return the index of the last rate before the first rise, or the first fall."""
    change = np.diff(values)
    threshold = FLOAT32_STEP * values[:-1]
    turns = np.flatnonzero(change < -threshold if falling else change > threshold)
    return int(turns[0]) if len(turns) else None


def cosine_restarts(series: Series) -> Iterator[Policy]:
    """Yield ``cosine_restarts``: a restart was logged as a rise, or the first period is too long.

    What the run did not reach has its default: ``t_mul`` and ``m_mul`` of 1.
    """
    times, values = series.times, series.values
    if len(series) < 4 or values[1] > values[0]:
        return
    turn = _turn(values, falling=False)
    if turn is None:
        yield from _unfinished_cosine(series)
        return
    interval = (float(times[turn]), float(times[turn + 1]))
    later = _turn(values[turn + 1 :], falling=False)
    if later is None:
        growths = (1.0, max(1.0, 4 * (series.length - interval[0]) / interval[1]))
    else:
        ends = times[turn + 1 + later], times[turn + 2 + later]
        low = (ends[0] - interval[1]) / interval[1] - 0.01
        high = (ends[1] - interval[0]) / max(interval[0], interval[1] / 2) + 0.01
        growths = (max(1.0, low), max(1.0, high))
    first = float(np.mean(interval)) if later is None else interval[1]
    few = series.before(min(series.length, 4.5 * first * max(1.0, growths[0]))).sample
    found = False
    for period in dict.fromkeys((interval[1], None)):
        fixed_period = None if period is None else (period, period)
        for growth in ((1.0, 1.0), (2.0, 2.0), growths):
            if not found and growths[0] <= growth[0] <= growths[1]:
                for policy in _restarts(series, few, fixed_period or interval, growth):
                    found = True
                    yield policy


def _unfinished_cosine(series: Series) -> Iterator[Policy]:
    sample = series.sample
    (log_period,), (initial, final), error = search(
        lambda x: mixed(half_cosine(sample.times / np.exp(x[0]))),
        [(math.log(1.0001 * series.length), math.log(20 * series.length))],
        sample.values,
        sample.weights,
    )
    end = non_negative(final, series.highest)
    if error > _NEAR or end is None or initial <= 0:
        return
    numbers = {"initial_lr": float(initial), "final_lr": end, "first_period": math.exp(log_period)}
    yield from settled(Guess(CosineRestarts, numbers, {"every": series.every}), series)


def _restarts(
    series: Series, few: Series, period: tuple[float, float], growth: tuple[float, float]
) -> Iterator[Policy]:
    columns = partial(_restart_columns, few.times)
    (first, t_mul), (final, *heights), error = search(
        columns, [period, growth], few.values, few.weights
    )
    end = non_negative(final, series.highest)
    if error > _NEAR or end is None or heights[0] <= 0:
        return
    m_mul = heights[1] / heights[0]
    if not 0 < m_mul < 1 + 1e-4:
        return
    numbers = {
        "initial_lr": float(heights[0]) + end,
        "final_lr": end,
        "first_period": first,
        "t_mul": max(1.0, t_mul),
        "m_mul": min(1.0, float(m_mul)),
    }
    exact = {"first_period"} if period[0] == period[1] else set()
    if growth[0] == growth[1]:
        exact.add("t_mul")
    # A refinement must not move a restart past a time at which a rate was logged.
    guess = Guess(CosineRestarts, numbers, {"every": series.every}, frozenset(exact))
    yield from settled(guess, series)


def _restart_columns(times: Floats, parameters: Sequence[Floats]) -> Floats:
    """Return 1 and, for each of the first periods, its half cosine; those beyond have the last."""
    period, growth = np.broadcast_arrays(*parameters)
    slow = np.abs(growth - 1) < 1e-12
    safe = np.where(slow, 2.0, growth)
    grown = np.log1p(times * (safe - 1) / period) / np.log(safe)
    count = np.floor(np.where(slow, times / period, grown) + _BOUNDARY)
    start = np.where(slow, period * count, period * (safe**count - 1) / (safe - 1))
    part = np.maximum(0.0, (times - start) / (period * growth**count))
    cosine = half_cosine(part)
    columns = [np.ones_like(cosine)]
    columns += [cosine * (count == i) for i in range(_MAX_PERIODS)]
    columns[-1] = cosine * (count >= _MAX_PERIODS - 1)
    return np.stack(columns, axis=-1)


def one_cycle(series: Series) -> Iterator[Policy]:
    """Yield ``one_cycle``: the rates are linear in the first, the highest and the last."""
    values, times = series.values, series.times
    top = int(np.argmax(values))
    change = np.diff(values)
    if top in (0, len(series) - 1) or np.any(change[:top] < 0) or np.any(change[top:] > 0):
        return
    interval = (
        max(1e-6, float(times[top - 1]) / series.length),
        min(1 - 1e-6, float(times[top + 1]) / series.length),
    )
    sample = series.sample
    for anneal in ("cos", "linear"):
        for three_phase in (False, True):
            low, high = interval
            if three_phase:
                high = min(high, 0.499999)
            if low >= high:
                continue
            columns = partial(_one_cycle_columns, sample.times / series.length, anneal, three_phase)
            (start,), rates, error = search(columns, [(low, high)], sample.values, sample.weights)
            initial, highest, final = rates.tolist()
            if error > _NEAR or not 0 < initial < highest or final > initial:
                continue  # fastai's cycle ends below its start
            final = final if final > 0 else 1e-6 * highest
            exact = float(times[top]) / series.length
            others = {"anneal": anneal, "three_phase": three_phase, "every": series.every}
            for pct_start in (exact, start):
                numbers = {
                    "max_lr": highest,
                    "pct_start": pct_start,
                    "div_factor": highest / initial,
                    "final_div_factor": initial / final,
                }
                held = frozenset(["pct_start"] if pct_start == exact else ())
                found = settle(Guess(OneCycle, numbers, others, held), series)
                if found is not None:
                    if found.parameters()["final_div_factor"] <= _MAX_FINAL_DIV_FACTOR:
                        yield found
                    break


def _one_cycle_columns(
    part: Floats, anneal: str, three_phase: bool, parameters: Sequence[Floats]
) -> Floats:
    top = parameters[0]
    left: Callable[[Floats], Floats] = half_cosine if anneal == "cos" else lambda x: 1 - x
    rising = part < top
    up = left(np.clip(part / top, 0, 1))
    zero = np.zeros_like(up)
    if not three_phase:
        down = left(np.clip((part - top) / (1 - top), 0, 1))
        columns = (
            np.where(rising, up, zero),
            np.where(rising, 1 - up, down),
            np.where(rising, zero, 1 - down),
        )
        return np.stack(columns, axis=-1)
    falling = ~rising & (part < 2 * top)
    down = left(np.clip((part - top) / top, 0, 1))
    out = left(np.clip((part - 2 * top) / (1 - 2 * top), 0, 1))
    columns = (
        np.where(rising, up, np.where(falling, 1 - down, out)),
        np.where(rising, 1 - up, np.where(falling, down, zero)),
        np.where(rising | falling, zero, 1 - out),
    )
    return np.stack(columns, axis=-1)


_SYMMETRIC: dict[str, Callable[[Floats], Floats]] = {
    "triangle": lambda part: 1 - np.abs(2 * part - 1),
    "sine": lambda part: np.sin(np.pi * part),
    "cosine": lambda part: 1 - half_cosine(2 * part),
}
_SAWTOOTH: dict[str, Callable[[Floats], Floats]] = {
    "sawtooth": lambda part: part,
    "sine_sawtooth": lambda part: np.sin(np.pi / 2 * part),
    "cosine_sawtooth": lambda part: 1 - half_cosine(part),
}


def cyclic(series: Series) -> Iterator[Policy]:
    """Yield ``cyclic``: the first turn of the rates bounds the period."""
    if len(series) < 4:
        return
    values, times = series.values, series.times
    rises = bool(values[1] > values[0])
    turn = _turn(values, falling=rises)
    if turn is None or turn == 0:
        return
    before, at, after = times[turn - 1], times[turn], times[turn + 1]
    phase = "up" if rises else "down"
    symmetric = (2 * float(before), 2 * float(after), 2 * float(at))
    sawtooth = (float(at), float(after), float(after))
    lowest = _turn(values[turn + 1 :], falling=False) if rises else None
    if lowest is not None:
        # A decay moves the first top, but not where the rate is at its base again.
        end = float(times[turn + 1 + lowest])
        symmetric = (float(times[turn + lowest]), float(times[turn + 2 + lowest]), end)
        sawtooth = (float(times[turn + lowest]), end, end)
    turns = np.count_nonzero(np.diff(np.sign(np.diff(values))))
    for shapes, (low, high, typed) in ((_SYMMETRIC, symmetric), (_SAWTOOTH, sawtooth)):
        # Two turns a period; the last ones may lie between logged rates.
        if turns < math.floor(2 * times[-1] / high) - 2:
            continue
        for shape in shapes:
            yield from _cyclic(series, shape, phase, (max(low, 1e-6), high), typed)


def _cyclic(
    series: Series, shape: str, phase: str, interval: tuple[float, float], typed: float
) -> Iterator[Policy]:
    sample = series.sample
    columns = partial(_cyclic_columns, sample.times, shape, phase)
    for decay in ("none", "half", None):
        for period in ((typed, typed), interval):
            free = [period] if decay else [period, (-1.0, 0.0)]
            found, rates, error = search(
                partial(columns, decay), free, sample.values, sample.weights
            )
            base = non_negative(float(rates[0]), series.highest)
            top = float(rates[1])
            if error > _NEAR or base is None or top <= base:
                continue
            numbers = {"base_lr": base, "max_lr": top, "period": found[0]}
            others = {"shape": shape, "phase": phase, "every": series.every}
            if decay:
                others["decay"] = decay
            else:
                numbers["decay"] = math.exp(found[1])
            exact = frozenset(["period"] if period[0] == period[1] else ())
            policies = list(settled(Guess(Cyclic, numbers, others, exact), series))
            if policies:
                yield from policies
                return


def _cyclic_columns(
    times: Floats, shape: str, phase: str, decay: str | None, parameters: Sequence[Floats]
) -> Floats:
    period = parameters[0]
    shifted = times + (period / 2 if shape in _SYMMETRIC and phase == "down" else 0.0)
    cycles = np.floor(shifted / period + _BOUNDARY)
    part = np.maximum(0.0, shifted / period - cycles)
    if shape in _SYMMETRIC:
        height = _SYMMETRIC[shape](part)
    else:
        height = _SAWTOOTH[shape](part if phase == "up" else 1 - part)
    if decay == "half":
        height = height * 0.5**cycles
    elif decay is None:
        height = height * np.exp(parameters[1] * times)
    return np.stack([1 - height, height], axis=-1)
