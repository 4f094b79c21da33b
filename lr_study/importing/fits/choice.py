"""The candidates of all families for logged rates, without those that are simpler written."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from lr_study.importing.fits import cycles, decays, falls, pieces
from lr_study.importing.fits.series import Series
from lr_study.policies import Policy

Solver = Callable[[Series], Iterator[Policy]]

_FIRST: tuple[Solver, ...] = (decays.exponential, decays.steps)
_CURVES: tuple[Solver, ...] = (
    falls.linear,
    falls.cosine,
    decays.inverse_sqrt,
    decays.inverse_time,
    falls.wsd,
    cycles.cosine_restarts,
    falls.polynomial,
    decays.sigmoid,
)
_RISING: tuple[Solver, ...] = (cycles.one_cycle, cycles.cyclic)
_PIECES: tuple[Solver, ...] = (pieces.plateau, pieces.multistep, pieces.piecewise)

_SLOW = 0.97  # of the first rate: what the last one is if a decay is near a line

SIMPLER = {
    "multistep": ("step_decay",),
    "piecewise": ("step_decay", "multistep"),
    "polynomial": ("linear",),
    "wsd": ("linear", "cosine"),
    "cosine_restarts": ("cosine", "step_decay"),
    "inverse_time": ("inverse_sqrt",),
}
"""Families that are left out where one that is a special case of them has the same rates."""


def candidates(series: Series, *, several: bool = False) -> tuple[Policy, ...]:
    """Return the policies of single families that match the rates of a series.

    Parameters
    ----------
    several
        Whether the series is a part of a run: then two rates show no family.
    """
    if len(series) < 2:
        return ()
    constant = list(decays.fixed(series))
    if np.ptp(series.values) == 0:
        return tuple(constant)
    if several and len(series) < 3:
        return ()
    found = [*constant, *_by(_FIRST, series)]
    if constant:
        return tuple(found)  # too slow to be measured: more families would match
    found += _pieces(series, found)
    # A decay that is no line to the eye is no other curve; a slow one may be several.
    if not found or (found[0].family == "exp_decay" and series.values[-1] > _SLOW * series.highest):
        found += _by(_CURVES, series)
        if not several and not found:
            found += _by(_RISING, series)
    return tuple(_reduced(found, has_one_drop=len(np.unique(series.values)) == 2))


def _pieces(series: Series, found: list[Policy]) -> list[Policy]:
    """Return what may have made constant pieces.

    With some cooldown, drops at equal distances follow from many curves: they are ``step_decay``.
    That a metric replays two drops or more without a cooldown is no chance: it excludes milestones,
    unless these are multiples of 5, as people choose them.
    """
    plateaus = list(pieces.plateau(series))
    if any(policy.family == "step_decay" for policy in found):
        plateaus = [policy for policy in plateaus if not policy.parameters()["cooldown"]]
    others = _by((pieces.multistep, pieces.piecewise), series)
    is_shown = any(_is_shown(policy, series) for policy in plateaus)
    return [*plateaus, *(policy for policy in others if not is_shown or _is_round(policy))]


def _is_shown(policy: Policy, series: Series) -> bool:
    return policy.parameters()["cooldown"] == 0 and len(np.unique(series.values)) > 2


def _is_round(policy: Policy) -> bool:
    return all(milestone % 5 == 0 for milestone in policy.parameters()["milestones"])


def _by(solvers: Iterable[Solver], series: Series) -> list[Policy]:
    return [policy for solver in solvers for policy in solver(series)]


def _reduced(found: Iterable[Policy], *, has_one_drop: bool) -> Iterator[Policy]:
    """Leave out families of which a special case has the same rates.

    A single drop shows no period: it may be a milestone as well as that of ``step_decay``.
    """
    policies = list(dict.fromkeys(found))
    families = {policy.family for policy in policies}
    if has_one_drop and "multistep" in families:
        families.discard("step_decay")
    for policy in policies:
        if families.isdisjoint(SIMPLER.get(policy.family, ())):
            yield policy
