"""Fit a policy to logged learning rates."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.policies import ExpDecay, Fixed, Policy, StepDecay

TOLERANCE = 1e-6
"""The largest relative difference between a policy and a logged rate."""

_FLOAT32_STEP = 1.2e-7  # one unit in the last place of a float32, relative to it
_MIN_RATE = 1e-30  # below it, a float32 loses digits and then becomes zero
_MAX_DIGITS = 12
_MAX_TYPED_DIGITS = 4  # of a parameter as a person types it
_MAX_LOG = 700.0  # the logarithm of the largest float is above it

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """The policies with the logged rates: none, one, or several that are indistinguishable."""

    candidates: tuple[Policy, ...]

    @property
    def policy(self) -> Policy | None:
        """The policy, or None if there is not exactly one."""
        return self.candidates[0] if len(self.candidates) == 1 else None


def agrees(policy: Policy, rates: Sequence[float | None]) -> bool:
    """Whether a policy matches every logged rate above 1e-30 to one part in a million.

    >>> agrees(Fixed(0.1), [0.1, None, 0.10000001])
    True
    """
    logged = [(epoch, rate) for epoch, rate in enumerate(rates) if rate is not None]
    return all(
        abs(policy(epoch) - rate) <= TOLERANCE * abs(rate)
        for epoch, rate in logged
        if not abs(rate) < _MIN_RATE
    )


def fit_policy(rates: Sequence[float | None]) -> Fit:
    """Return the policies of the three families that match the logged rates.

    A policy is a candidate if it matches every rate above 1e-30 within `TOLERANCE`. Its parameters
    are the shortest decimals that match all rates to one unit in the last place of float32, or,
    if there are none, within `TOLERANCE`.

    The same rates may be written as several policies. The simplest one is returned:

    - equal rates are ``fixed``, although a decay that starts after the last epoch looks the same;
    - rates with a constant ratio from epoch to epoch are ``exp_decay``, although ``step_decay``
      with ``epochs_drop=1`` is the same; but if only the parameters of ``step_decay`` are numbers
      as a person types them (at most four digits), both are candidates.

    Otherwise all policies that match are candidates: for two epochs with two rates, ``exp_decay``
    and ``step_decay`` with ``epochs_drop=2``; for a decay so slow that it is within the tolerance,
    ``fixed`` as well. Fewer than two rates match no policy.

    Parameters
    ----------
    rates
        One value per epoch, starting with epoch 0; None where none was logged.

    Examples
    --------
    >>> str(fit_policy([0.1, 0.05, 0.05, 0.025, 0.025]).policy)
    'step_decay:initial_lr=0.1,drop=0.5,epochs_drop=2'
    >>> [policy.family for policy in fit_policy([0.3, 0.1]).candidates]
    ['exp_decay', 'step_decay']
    >>> fit_policy([0.1, 0.2, 0.1]).candidates
    ()
    """
    logged = [(epoch, rate) for epoch, rate in enumerate(rates) if rate is not None]
    if not all(math.isfinite(rate) and rate >= 0 for _, rate in logged):
        return Fit(())
    kept = [(epoch, rate) for epoch, rate in logged if rate >= _MIN_RATE]
    if len(kept) < 2:
        return Fit(())
    epochs = np.array([epoch for epoch, _ in kept])
    values = np.array([rate for _, rate in kept], np.float64)
    fixed = list(_fixed(values))
    if np.ptp(values) == 0:
        return Fit(tuple(fixed))
    return Fit((*fixed, *_exponential(epochs, values), *_steps(epochs, values)))


def _fixed(values: _Floats) -> Iterator[Policy]:
    middle = (values.min() + values.max()) / 2
    for tolerance in (_FLOAT32_STEP, TOLERANCE):
        for digits in range(1, _MAX_DIGITS + 1):
            rate = _rounded(middle, digits)
            if np.all(np.abs(rate - values) <= tolerance * values):
                yield Fixed(rate)
                return


def _exponential(epochs: NDArray[np.int64], values: _Floats) -> Iterator[Policy]:
    pair = _decay(epochs.astype(np.float64), values, as_k=True)
    if pair is None:
        return
    yield ExpDecay(*pair)
    same = _decay((1 + epochs).astype(np.float64), values, as_k=False)
    if same is not None and _are_typed(same) and not _are_typed(pair):
        yield StepDecay(*same, epochs_drop=1)


def _steps(epochs: NDArray[np.int64], values: _Floats) -> Iterator[Policy]:
    for length in _lengths(epochs, values):
        drops = ((1 + epochs) // length).astype(np.float64)
        pair = _decay(drops, values, as_k=False)
        if pair is not None:
            yield StepDecay(*pair, epochs_drop=int(length))


def _lengths(epochs: NDArray[np.int64], values: _Floats) -> NDArray[np.int64]:
    """Return the plateau lengths > 1 for which the first change of the rate is the first drop.

    If every epoch was logged, there is one. A change is any difference, or one above rounding.
    """
    lengths = np.arange(2, epochs[-1] + 2)
    possible = np.zeros(len(lengths), bool)
    for threshold in (0.0, 2 * TOLERANCE):
        changed = np.flatnonzero(np.abs(values - values[0]) > threshold * values[0])
        if len(changed):
            first, last_before, after = (
                (1 + epochs[i]) // lengths for i in (0, changed[0] - 1, changed[0])
            )
            possible |= (first == last_before) & (last_before < after)
    return lengths[possible]


def _decay(x: _Floats, values: _Floats, *, as_k: bool) -> tuple[float, float] | None:
    """Return (initial, k) or (initial, drop) such that the decay matches ``values``, if any does.

    The logarithm of the values is linear in ``x``; the error of the least-squares fit is far below
    the rounding of each value.
    """
    y = np.log(values)
    centered = x - x.mean()
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
    for tolerance in (_FLOAT32_STEP, TOLERANCE):
        for total in range(2, 2 * _MAX_DIGITS + 1):
            for digits in range(max(1, total - _MAX_DIGITS), min(_MAX_DIGITS, total - 1) + 1):
                pair = _rounded(initial, digits), _rounded(second, total - digits)
                if deviation(*pair) <= tolerance:
                    return pair
    return None


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


def _are_typed(numbers: Sequence[float]) -> bool:
    return all(_rounded(number, _MAX_TYPED_DIGITS) == number for number in numbers)
