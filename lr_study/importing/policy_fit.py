"""Logged learning rates -> the policy that gives them, where they tell."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.policies import ExpDecay, Fixed, Policy, StepDecay

TOLERANCE = 1e-6
"""By how much a policy may differ from any logged rate, as a share of it."""

_ONE_STEP_OF_FLOAT32 = 1.2e-7
_FLOOR = 1e-30  # below it, 32 bits lose digits and then reach zero
_MOST_DIGITS = 12
_FEW_DIGITS = 4  # as a person writes a parameter
_LARGEST_LOG = 700.0  # of a number that a float can be

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """The policies that give the logged rates: none, one, or those that cannot be told apart."""

    candidates: tuple[Policy, ...]

    @property
    def policy(self) -> Policy | None:
        """The policy, where there is just one."""
        return self.candidates[0] if len(self.candidates) == 1 else None


def agrees(policy: Policy, rates: Sequence[float | None]) -> bool:
    """Whether a policy gives every logged rate above 1e-30 to one part in a million.

    >>> agrees(Fixed(0.1), [0.1, None, 0.10000001])
    True
    """
    logged = [(epoch, rate) for epoch, rate in enumerate(rates) if rate is not None]
    return all(
        abs(policy(epoch) - rate) <= TOLERANCE * abs(rate)
        for epoch, rate in logged
        if not abs(rate) < _FLOOR
    )


def fit_policy(rates: Sequence[float | None]) -> Fit:
    """Return the policies of the three families that give the logged rates.

    A policy is a candidate if it gives every rate above 1e-30 to `TOLERANCE`. Its parameters are
    the shortest decimals that give all rates to one unit in the last place of 32 bits, or where
    none do, to `TOLERANCE`.

    Some schedules have several names, equal at every epoch, or at every epoch that was logged.
    That alone makes nothing ambiguous, or no constant rate could ever be called ``fixed``. The
    name is the one that claims least:

    - rates that are all equal are ``fixed``, though a decay that is still to come after the last
      epoch would look the same;
    - rates in one ratio from each epoch to the next are ``exp_decay``, though ``step_decay`` with
      ``epochs_drop=1`` is the same; unless the parameters of that one, and not of ``exp_decay``,
      are numbers as a person writes them (four digits or fewer): then both are candidates.

    Everything else that several policies give is ambiguous, and all of them are returned: two
    epochs with two rates (``exp_decay``, or ``step_decay`` with ``epochs_drop=2``), or a decay so
    slow that ``fixed`` is within the tolerance. Fewer than two rates show no policy at all.

    Parameters
    ----------
    rates
        One value an epoch, the first of epoch 0; None where none was logged.

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
    kept = [(epoch, rate) for epoch, rate in logged if rate >= _FLOOR]
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
    for tolerance in (_ONE_STEP_OF_FLOAT32, TOLERANCE):
        for digits in range(1, _MOST_DIGITS + 1):
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
    if same is not None and _are_short(same) and not _are_short(pair):
        yield StepDecay(*same, epochs_drop=1)


def _steps(epochs: NDArray[np.int64], values: _Floats) -> Iterator[Policy]:
    for length in _lengths(epochs, values):
        drops = ((1 + epochs) // length).astype(np.float64)
        pair = _decay(drops, values, as_k=False)
        if pair is not None:
            yield StepDecay(*pair, epochs_drop=int(length))


def _lengths(epochs: NDArray[np.int64], values: _Floats) -> NDArray[np.int64]:
    """Return the plateau lengths > 1 with which the first change is the first drop.

    There is one where every epoch was logged. What counts as a change is a difference at all, or
    one that is no rounding.
    """
    lengths = np.arange(2, epochs[-1] + 2)
    possible = np.zeros(len(lengths), bool)
    for least in (0.0, 2 * TOLERANCE):
        changed = np.flatnonzero(np.abs(values - values[0]) > least * values[0])
        if len(changed):
            first, last_before, after = (
                (1 + epochs[i]) // lengths for i in (0, changed[0] - 1, changed[0])
            )
            possible |= (first == last_before) & (last_before < after)
    return lengths[possible]


def _decay(x: _Floats, values: _Floats, *, as_k: bool) -> tuple[float, float] | None:
    """Return the numbers that give ``values``: (initial, k) or (initial, drop), if any do.

    The logarithm of the values is a line in ``x``; least squares give it to far less than the
    rounding of each value.
    """
    y = np.log(values)
    away = x - x.mean()
    slope = float(away @ (y - y.mean()) / (away @ away))
    intercept = float(y.mean() - slope * x.mean())
    if slope >= 0 or intercept > _LARGEST_LOG:
        return None
    initial, second = math.exp(intercept), -slope if as_k else math.exp(slope)

    def deviation(initial: float, second: float) -> float:
        given = initial * (np.exp(-second * x) if as_k else second**x)
        return float(np.max(np.abs(given - values) / values))

    if deviation(initial, second) > TOLERANCE:
        return None
    for tolerance in (_ONE_STEP_OF_FLOAT32, TOLERANCE):
        for total in range(2, 2 * _MOST_DIGITS + 1):
            for digits in range(max(1, total - _MOST_DIGITS), min(_MOST_DIGITS, total - 1) + 1):
                pair = _rounded(initial, digits), _rounded(second, total - digits)
                if deviation(*pair) <= tolerance:
                    return pair
    return None


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


def _are_short(numbers: Sequence[float]) -> bool:
    return all(_rounded(number, _FEW_DIGITS) == number for number in numbers)
