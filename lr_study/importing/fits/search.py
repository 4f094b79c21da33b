"""Parameters from rates: a search over a few, a linear fit of the rest, then the fewest digits."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from lr_study.importing.fits.series import Floats, Series
from lr_study.policies import Policy
from lr_study.support import UsageError

MAX_DIGITS = 12
_ROUNDS = 7  # each narrows the interval of a parameter to a fraction
MAX_TYPED_DIGITS = 4  # of a number as a person types it
_ALMOST_ZERO = 1e-6  # what may be 0, but for rounding
_TRIED = 3  # of them, before the error says whether to go on
_FAR = 0.05
_NEAR = 0.05  # a guess further from the rates than this part of them is none
_ITERATIONS = 6

Basis = Callable[[Sequence[Floats]], Floats]
"""From nonlinear parameters, each of shape (guesses, 1), to an array (guesses, rates, columns)."""


@dataclass(frozen=True)
class Guess:
    """A policy with parameters that are about right.

    Attributes
    ----------
    cls
        The family.
    numbers
        The parameters that are to be made exact.
    others
        The other arguments.
    exact
        The names of numbers that are exact already.
    """

    cls: type[Policy]
    numbers: Mapping[str, float]
    others: Mapping[str, Any] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()

    def policy(self, values: Sequence[float]) -> Policy | None:
        """Return the policy with these numbers; None if one is not allowed."""
        return allowed(self.cls, **dict(zip(self.numbers, values, strict=True)), **self.others)


def linear_fit(columns: Floats, values: Floats, weights: Floats) -> Floats:
    """Return the coefficients of the columns, shape (rates, columns), by weighted least squares."""
    return np.asarray(np.linalg.lstsq(columns * weights[:, None], values * weights, rcond=None)[0])


def search(
    basis: Basis, intervals: Sequence[tuple[float, float]], values: Floats, weights: Floats
) -> tuple[list[float], Floats, float]:
    """Return nonlinear parameters, the coefficients of their columns, and the largest error.

    The sum of squares over the linear coefficients is evaluated on a grid, and again on a finer one
    around the best point, unless that is still far away.
    """
    target = values * weights
    size = 41 if len(intervals) == 1 else 13
    bounds = [(low, high) for low, high in intervals]
    best: list[float] = []
    for i in range(_ROUNDS * len(intervals)):
        count = 4 * size if i == 0 and len(intervals) == 1 else size
        axes = [np.linspace(low, high, count) for low, high in bounds]
        points = np.array(list(itertools.product(*axes)))
        columns = basis([points[:, [axis]] for axis in range(len(axes))]) * weights[None, :, None]
        transposed = columns.transpose(0, 2, 1)
        normal = transposed @ columns
        # A column that is nowhere but zero has any coefficient.
        normal += 1e-14 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(len(normal[0]))
        solutions = np.linalg.solve(normal, (transposed @ target)[:, :, None])
        errors = np.abs((columns @ solutions)[:, :, 0] - target)
        index = int(np.argmin((errors * errors).sum(axis=1)))
        best = points[index].tolist()
        if i == _TRIED * len(intervals) and errors[index].max() > _FAR:
            break
        steps = [1.5 * (high - low) / (count - 1) for low, high in bounds]
        bounds = [
            (max(low, b - s), min(high, b + s))
            for (low, high), b, s in zip(intervals, best, steps, strict=True)
        ]
    columns = basis([np.array([[b]]) for b in best])[0]
    solution = linear_fit(columns, values, weights)
    return best, solution, float(np.max(np.abs(columns @ solution - values) * weights))


def settle(guess: Guess, series: Series) -> Policy | None:
    """Return the policy near a guess whose parameters are the shortest decimals that match.

    None if there are none, no more rates than parameters, or no more different ones than numbers.
    """
    if len(series) <= len(guess.numbers) + len(guess.others.keys() - {"every"}):
        return None  # nearly any rates would match
    changes = np.diff(series.values)
    turns = bool(np.any(changes < 0) and np.any(changes > 0))
    if not turns and len(np.unique(series.values)) <= len(guess.numbers):
        return None  # as would so few different ones
    values = _refined(guess, series.sample)
    if values is None:
        return None
    return fewest_digits(guess.policy, values, series, [guess.cls.family])


def settled(guess: Guess, series: Series) -> Iterator[Policy]:
    """Yield the policy near a guess, if there is one."""
    found = settle(guess, series)
    if found is not None:
        yield found


def fewest_digits(
    make: Callable[[Sequence[float]], Policy | None],
    values: Sequence[float],
    series: Series,
    families: Sequence[str],
) -> Policy | None:
    """Return the policy made of the shortest decimals near some values that matches, or None.

    Parameters
    ----------
    make
        Returns the policy with these values, or None if one is not allowed.
    values
        About right.
    series
        The rates to match, to one unit in the last place of a float32, or else within the
        tolerance.
    families
        Those of the policy.
    """
    for tolerance, rounding in series.tolerances(families):
        found = shortest(values, partial(_is_match, make, series, tolerance, rounding))
        if found is not None:
            return make(found)
    return None


def _is_match(
    make: Callable[[Sequence[float]], Policy | None],
    series: Series,
    tolerance: float,
    rounding: float,
    values: Sequence[float],
) -> bool:
    policy = make(values)
    return policy is not None and series.matches(policy, tolerance, rounding=rounding)


def allowed(cls: Callable[..., Policy], *arguments: Any, **named: Any) -> Policy | None:
    """Return a policy with these arguments, or None if a value is not allowed.

    >>> from lr_study.policies import Fixed
    >>> allowed(Fixed, lr=-1) is None
    True
    """
    try:
        return cls(*arguments, **named)
    except UsageError:
        return None


def shortest(
    values: Sequence[float], is_match: Callable[[Sequence[float]], bool]
) -> list[float] | None:
    """Return the values with the fewest significant digits that match, or None."""
    for digits in range(1, MAX_DIGITS + 1):
        numbers = [rounded(value, digits) for value in values]
        if is_match(numbers):
            break
        numbers = [0.0 if abs(number) < _ALMOST_ZERO else number for number in numbers]
        if 0.0 in numbers and is_match(numbers):
            break
    else:
        return None
    for i, value in enumerate(values):
        for fewer in range(digits):
            trial = [*numbers[:i], rounded(value, fewer), *numbers[i + 1 :]]
            if is_match(trial):
                numbers = trial
                break
    return numbers


def rounded(value: float, digits: int) -> float:
    """Return a number rounded to significant digits; 0 to none.

    >>> rounded(0.12345, 3), rounded(0.12345, 0)
    (0.123, 0.0)
    """
    return float(f"{value:.{digits - 1}e}") if digits else 0.0


def digits_of(values: Sequence[float]) -> int:
    """Return the number of significant digits of some numbers together.

    >>> digits_of([0.1, 0.025, 0.0, 30])
    4
    """
    return sum(len(f"{value:.15e}".split("e")[0].replace(".", "").rstrip("0")) for value in values)


def are_typed(numbers: Sequence[float]) -> bool:
    """Whether numbers are such as a person types: of at most four digits.

    >>> are_typed([0.1, 0.0005]), are_typed([0.0740818])
    (True, False)
    """
    return all(rounded(number, MAX_TYPED_DIGITS) == number for number in numbers)


def _refined(guess: Guess, series: Series) -> list[float] | None:
    """Return the numbers of a guess by Gauss-Newton; None if it is far from the rates."""
    values, weights = series.values, series.weights

    def residuals(numbers: Sequence[float]) -> Floats | None:
        policy = guess.policy(numbers)
        if policy is None:
            return None
        return (np.array(list(series.rates_of(policy))) - values) * weights

    best = list(guess.numbers.values())
    current = residuals(best)
    if current is None or not np.abs(current).max() < _NEAR:
        return None
    free = [i for i, name in enumerate(guess.numbers) if name not in guess.exact]
    for _ in range(_ITERATIONS if free else 0):
        if np.abs(current).max() < 1e-9:
            break
        slopes = []
        for i in free:
            step = 1e-6 * (abs(best[i]) or series.highest)
            moved = residuals([b + step * (i == j) for j, b in enumerate(best)])
            if moved is None:
                step = -step
                moved = residuals([b + step * (i == j) for j, b in enumerate(best)])
            slopes.append(np.zeros(len(current)) if moved is None else (moved - current) / step)
        jacobian = np.stack(slopes, axis=1)
        scales = np.abs(jacobian).max(axis=0) + 1e-300
        change = np.linalg.lstsq(jacobian / scales, -current, rcond=None)[0] / scales
        trial = [b + float(change[free.index(j)]) if j in free else b for j, b in enumerate(best)]
        if guess.policy(trial) is None:
            trial = [max(0.0, number) for number in trial]  # 0, but for rounding
        moved = residuals(trial)
        if moved is None or not moved @ moved < current @ current:
            break
        best, current = trial, moved
    return best
