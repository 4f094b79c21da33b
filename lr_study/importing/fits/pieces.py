"""Fits of policies that are constant between changes: milestones, and a plateau of a metric."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lr_study.importing.fits.search import MAX_DIGITS, allowed, fewest_digits, rounded
from lr_study.importing.fits.series import TOLERANCE, Floats, Series
from lr_study.policies import MultiStep, Piecewise, Plateau, Policy

_MAX_PIECES = 50
_MAX_PLACES = 16  # of milestones that lie where no rate was logged
_MIN_DELTAS = (1e-4, 0.0)
_MAX_COOLDOWN = 20
_MONITORS = ("val_loss", "loss", "val_accuracy", "accuracy")


@dataclass(frozen=True)
class Pieces:
    """The constant pieces of a series.

    Attributes
    ----------
    levels
        The rate of each piece.
    last_before, first_after
        The times of the last rate of each piece but the last, and of the first of the next.
    """

    levels: Floats
    last_before: Floats
    first_after: Floats


def pieces_of(series: Series) -> Pieces | None:
    """Return the pieces, at most half as many as there are rates; None for a curve, or one piece.

    A change is a difference above the tolerance.
    """
    values = series.values
    changes = np.flatnonzero(np.abs(np.diff(values)) > 2 * TOLERANCE * values[:-1]) + 1
    count = len(changes) + 1
    if not 2 <= count <= min(_MAX_PIECES, len(series) // 2):
        return None
    levels = np.array([np.median(piece) for piece in np.split(values, changes)])
    return Pieces(levels, series.times[changes - 1], series.times[changes])


def multistep(series: Series) -> Iterator[Policy]:
    """Yield ``multistep``, for each set of milestones that is possible, as whole epochs."""
    pieces = pieces_of(series)
    if pieces is None:
        return
    drops = pieces.levels[1:] / pieces.levels[:-1]
    if np.ptp(drops) > 1e-5 * drops[0] or drops[0] >= 1:
        return
    numbers = [float(pieces.levels[0]), float(drops.mean())]
    for milestones, every in _milestones(series, pieces):

        def make(
            values: Sequence[float], milestones: list[float] = milestones, every: str = every
        ) -> Policy | None:
            return allowed(MultiStep, values[0], milestones, values[1], every=every)

        found = fewest_digits(make, numbers, series, ["multistep"])
        if found is not None:
            yield found


def piecewise(series: Series) -> Iterator[Policy]:
    """Yield ``piecewise``, each piece of which but the last has at least two rates."""
    pieces = pieces_of(series)
    if pieces is None:
        return
    edges = np.searchsorted(series.times, pieces.first_after)
    if min(np.diff([0, *edges])) < 2:
        return
    for tolerance, _ in series.tolerances(["piecewise"]):
        levels = [_level(values, tolerance) for values in np.split(series.values, edges)]
        if all(level is not None for level in levels):
            for milestones, every in _milestones(series, pieces):
                policy = Piecewise(milestones, levels, every=every)  # type: ignore[arg-type]
                if series.matches(policy, tolerance):
                    yield policy
            return


def _level(values: Floats, tolerance: float) -> float | None:
    middle = float(values.min() + values.max()) / 2
    for digits in range(1, MAX_DIGITS + 1):
        level = rounded(middle, digits)
        if np.all(np.abs(level - values) <= tolerance * values):
            return level
    return None


def _milestones(series: Series, pieces: Pieces) -> Iterator[tuple[list[float], str]]:
    """Yield lists of milestones, as whole epochs, or as fractions where epochs are not whole."""
    if series.every == "epoch":
        places = [
            [float(e) for e in range(math.floor(before) + 1, math.ceil(after) + 1)]
            for before, after in zip(pieces.last_before, pieces.first_after, strict=True)
        ]
        if math.prod(map(len, places)) <= _MAX_PLACES:
            for milestones in itertools.product(*places):
                yield list(milestones), "epoch"
        return
    if not series.part.any():
        return
    fractions = [
        _fraction(before / series.length, after / series.length)
        for before, after in zip(pieces.last_before, pieces.first_after, strict=True)
    ]
    if all(0 < fraction < 1 for fraction in fractions):
        yield fractions, "step"


def _fraction(before: float, after: float) -> float:
    """Return the shortest decimal that is above one number and at most another."""
    for digits in range(1, MAX_DIGITS + 1):
        scale = 10.0**digits
        candidate = math.floor(after * scale + 1e-9) / scale
        if candidate > before + 1e-12:
            return candidate
    return after


def plateau(series: Series) -> Iterator[Policy]:
    """Yield ``plateau`` for each metric whose curve replays all changes of the rate.

    ``patience`` is what the first drop shows; ``min_delta`` is its default or 0, and ``cooldown``
    the shortest, with which the rest follows.
    """
    pieces = pieces_of(series)
    if pieces is None or series.every != "epoch":
        return
    ratios = pieces.levels[1:] / pieces.levels[:-1]
    factor = float(ratios[0])
    if factor >= 1 or np.any(ratios >= 1):
        return
    is_same = np.abs(ratios - factor) <= 1e-5 * factor
    clipped = not is_same[-1] and ratios[-1] > factor and bool(is_same[:-1].all())
    if not (clipped or is_same.all()):
        return
    numbers = [float(pieces.levels[0]), factor]
    for monitor in _MONITORS:
        curve = series.own_metrics().get(monitor, ())
        for min_delta in _MIN_DELTAS:
            patience = _waited(curve, math.ceil(pieces.first_after[0]), min_delta, monitor)
            if patience is None:
                continue
            policy = _replayed(
                series, numbers, patience, min_delta, monitor, pieces.levels[-1] if clipped else 0.0
            )
            if policy is not None:
                yield policy
                break


def _waited(curve: Sequence[float | None], end: int, min_delta: float, monitor: str) -> int | None:
    """Return for how many epochs before ``end`` a metric had not improved."""
    if len(curve) < end or end == 0:
        return None
    rises = "accuracy" in monitor
    best: float | None = None
    waited = 0
    for value in (math.nan if v is None else v for v in curve[:end]):
        if best is None or (value - min_delta > best if rises else value + min_delta < best):
            best, waited = value, 0
        else:
            waited += 1
    return waited or None


def _replayed(
    series: Series,
    numbers: list[float],
    patience: int,
    min_delta: float,
    monitor: str,
    min_lr: float,
) -> Policy | None:
    limit = (_level(np.array([min_lr]), TOLERANCE) or 0.0) if min_lr else 0.0
    for cooldown in range(_MAX_COOLDOWN + 1):

        def make(values: Sequence[float], cooldown: int = cooldown) -> Policy | None:
            return allowed(Plateau, *values, patience, min_delta, cooldown, limit, monitor)

        rough = make(numbers)
        if rough is not None and series.matches(rough, 1e-4):
            found = fewest_digits(make, numbers, series, ["plateau"])
            if found is not None:
                return found
    return None
