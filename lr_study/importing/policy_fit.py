"""Fit a policy to logged learning rates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from lr_study.importing.fits.choice import candidates
from lr_study.importing.fits.compositions import compositions
from lr_study.importing.fits.search import MAX_TYPED_DIGITS, are_typed, digits_of, rounded
from lr_study.importing.fits.series import MIN_RATE, ROUNDING, TOLERANCE, Series, families_of
from lr_study.importing.rates import LoggedRates
from lr_study.policies import Policy, PythonPolicy

_ROUND = 5  # milestones that people choose are its multiples
_FEW_DIGITS = 2  # of all parameters together: no other reading has fewer
# What starts later is of the same family, with other parameters.
_SHIFTED = frozenset(("exp_decay", "linear", "inverse_time", "inverse_sqrt", "sigmoid"))
# Their rates are those of whole epochs, or constant, whenever they were logged.
_BY_EPOCH = frozenset(("fixed", "step_decay", "multistep", "piecewise", "plateau"))

Rates = Sequence[float | None] | LoggedRates


@dataclass(frozen=True)
class Fit:
    """The policies with the logged rates: none, one, or several that are indistinguishable.

    Attributes
    ----------
    candidates
        The policies.
    reading
        How the rates were read where the first has them, as in `READINGS`; None without any.
    """

    candidates: tuple[Policy, ...]
    reading: str | None = None

    @property
    def policy(self) -> Policy | None:
        """The policy, or None if there is not exactly one."""
        return self.candidates[0] if len(self.candidates) == 1 else None


def agrees(policy: Policy, rates: Rates) -> bool:
    """Whether a policy matches every logged rate, as for `fit_policy`, in some reading.

    Rates below 1e-30 must only be low in the policy, too. A policy that reads a curve needs it.

    >>> from lr_study.policies import Fixed
    >>> agrees(Fixed(0.1), [0.1, None, 0.10000001])
    True
    """
    return agreeing_reading(policy, rates) is not None


def agreeing_reading(policy: Policy, rates: Rates) -> str | None:
    """Return the reading in which a policy matches the logged rates, the usual one first, or None.

    The rates of a function of one's own are not known here: a text imports nothing.
    """
    logged = LoggedRates.of(rates)
    if isinstance(policy, PythonPolicy) and policy.call is None:
        return logged.readings[0]
    return next((r for r in logged.readings if _agrees(policy, logged.series(r))), None)


def _agrees(policy: Policy, series: Series) -> bool:
    if not np.all(np.isfinite(series.values)):
        return False
    kept = np.flatnonzero(~(np.abs(series.values) < MIN_RATE))
    if not len(kept):
        return True
    return _is_low(policy, series) and any(
        series.at(kept).matches(policy, tolerance, rounding=rounding)
        for tolerance, rounding in series.tolerances(families_of(policy))
        if tolerance == TOLERANCE
    )


def _is_low(policy: Policy, series: Series) -> bool:
    """Whether the policy is almost 0 where the logged rate is 0, or would be but for rounding."""
    low = np.flatnonzero(np.abs(series.values) < MIN_RATE)
    return not len(low) or series.at(low).matches(
        policy, 0.0, rounding=ROUNDING * series.highest / max(MIN_RATE, series.at(low).highest)
    )


def fit_policy(rates: Rates) -> Fit:
    """Return the policies that match the logged rates.

    A policy is a candidate if it matches every rate within `TOLERANCE`; rates of families that
    end in a difference of larger numbers, such as cosine, also within 2.4e-7 of the highest rate,
    because libraries compute them in float32. There must be more rates than the family has numbers.
    Its parameters are the shortest decimals that match all rates to one unit in the last place of
    float32, or, if there are none, within the tolerance.

    The same rates may be written as several policies. Of these, the simplest is returned:

    - equal rates are ``fixed``, although a decay that starts after the last epoch looks the same;
    - rates with a constant ratio from epoch to epoch are ``exp_decay``, although ``step_decay``
      with ``epochs_drop=1`` is the same; but if only the parameters of ``step_decay`` are numbers
      as a person types them (at most four digits), both are candidates;
    - a family that is a special case of another is preferred to it, as listed in `SIMPLER`;
    - a family alone is preferred to a composition.

    Otherwise all policies that match are candidates: for two epochs with two rates, ``exp_decay``
    and ``step_decay`` with ``epochs_drop=2``; for a decay so slow that it is within the tolerance,
    ``fixed`` as well. Fewer than two rates match no policy.

    Rates that were logged once an epoch are read as those of their epochs; and as those of the next
    update, as Keras logs them of an optimizer with a schedule object, if no policy has them; if one
    with fewer digits, as a person types them, has them then, both are candidates.

    Parameters
    ----------
    rates
        One value per epoch, starting with epoch 0, None where none was logged; or `LoggedRates`.

    Examples
    --------
    >>> str(fit_policy([0.1, 0.05, 0.05, 0.025, 0.025]).policy)
    'step_decay:initial_lr=0.1,drop=0.5,epochs_drop=2'
    >>> [policy.family for policy in fit_policy([0.3, 0.1]).candidates]
    ['exp_decay', 'step_decay']
    >>> fit_policy([0.1, 0.2, 0.1]).candidates
    ()
    >>> str(fit_policy([0.02, 0.06, 0.1, 0.08, 0.06, 0.04, 0.02]).candidates[0])
    'warmup:epochs=2,start=0.2,every=epoch+linear:initial_lr=0.1,final_lr=0.0,every=epoch'
    """
    logged = LoggedRates.of(rates)
    if not all(rate is None or (np.isfinite(rate) and rate >= 0) for rate in logged.values):
        return Fit(())
    # Runs under several seeds have the same rates; only constant pieces may be of a plateau.
    if 2 * len(set(logged.values)) > len(logged.values):
        return _fit_curve(tuple(logged.values), logged.epochs, logged.steps_per_epoch)
    return _fit(logged)


@lru_cache(maxsize=256)
def _fit_curve(values: tuple[float | None, ...], epochs: int, steps_per_epoch: int | None) -> Fit:
    return _fit(LoggedRates(values, epochs, steps_per_epoch))


def _fit(logged: LoggedRates) -> Fit:
    usual, *others = logged.readings
    found = _matching(logged.series(usual))
    if found:
        others_too = _next_update(found, logged) if usual == "epoch" else ()
        return Fit((*found, *others_too), usual)
    for reading in others:
        found = _matching(logged.series(reading))
        if reading == "next":
            found = tuple(p for p in found if not _BY_EPOCH.issuperset(families_of(p)))
        if found:
            return Fit(found, reading)
    return Fit(())


def _next_update(found: tuple[Policy, ...], logged: LoggedRates) -> Iterator[Policy]:
    """Yield policies with rounder numbers whose rates were logged for the next update."""
    first, last = families_of(found[0])[0], families_of(found[0])[-1]
    if first in ("multistep", "piecewise"):
        milestones = [m + 1 for m in found[0].parameters()["milestones"]]
        if all(m % _ROUND == 0 for m in milestones):
            yield found[0].with_parameter("milestones", milestones)
    fewest = min(map(_digits, found))
    # A warmup that starts at 0 was not under way before.
    is_under_way = first == "warmup" and found[0].parameters()["warmup.start"] > 0
    if fewest > _FEW_DIGITS and (is_under_way or (first == last and last in _SHIFTED)):
        series = logged.series("next")
        for policy in map(partial(_typed, series), _matching(series)):
            if _digits(policy) < fewest and are_typed(_numbers(policy)):
                yield policy


def _typed(series: Series, policy: Policy) -> Policy:
    """Return a policy with parameters as a person types them, if these match as well."""
    typed = policy
    for name, number in policy.parameters().items():
        if isinstance(number, float):
            typed = typed.with_parameter(name, rounded(number, MAX_TYPED_DIGITS))
    return typed if _agrees(typed, series) else policy


def _matching(series: Series) -> tuple[Policy, ...]:
    kept = np.flatnonzero(series.values >= MIN_RATE)
    if len(kept) < 2:
        return ()
    positive = series.at(kept)
    found = tuple(policy for policy in candidates(positive) if _is_low(policy, series))
    if found and found[0].family != "one_cycle":
        return found
    # A warmup may start at 0.
    if kept[0] == 1:
        kept = np.concatenate([[0], kept])
    joined = tuple(policy for policy in compositions(series.at(kept)) if _is_low(policy, series))
    # A short rise is that of one cycle, or a warmup: what has fewer digits.
    fewest = min(map(_digits, found), default=np.inf)
    return (*found, *(policy for policy in joined if _digits(policy) < fewest))


def _digits(policy: Policy) -> int:
    return digits_of(_numbers(policy))


def _numbers(policy: Policy) -> list[float]:
    return [n for n in policy.parameters().values() if isinstance(n, (int, float))]
