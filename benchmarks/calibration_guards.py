"""The guards of the new rule, each of which can be taken out to see what it prevents."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
from scipy.special import ndtri, stdtr

from lr_study.comparison import confidence_set, image_variance, max_t, regret, sign_flips
from lr_study.comparison.confidence_set import set_p_values
from lr_study.comparison.image_variance import MOST_FREEDOM, PairVariances


def _no_seed_part(between: Any, within: Any, seeds: int) -> Any:
    return np.zeros_like(between)


def _normal(variance: Any, uncertainty: Any) -> Any:
    return np.full(variance.shape, MOST_FREEDOM)


def _own_variance(between: Any, within: Any, freedom: float) -> tuple[Any, Any]:
    return between, np.full(between.shape, freedom)


def _unfloored(quantile: float, level: float, *, sides: int = 2) -> float:
    return quantile


def _t_statistics(variances: PairVariances) -> Any:
    """The statistics by the t of the intervals: what p-values would rest on without sign flips."""
    t = variances.difference / np.sqrt(variances.variance)
    chance = np.maximum(stdtr(variances.freedom, -np.abs(t)), 1e-300)
    return -np.sign(t) * ndtri(chance) + 0.0


def _single_step(better: Any, maxima: Any, order: list[int]) -> Any:
    return set_p_values(better, np.broadcast_to(maxima[:1], maxima.shape), order)


GUARDS: dict[str, list[tuple[ModuleType, str, Any]]] = {
    "seed-part": [(image_variance, "seed_part", _no_seed_part)],
    "freedom": [
        (image_variance, "satterthwaite", _normal),
        (sign_flips, "satterthwaite", _normal),
    ],
    "moderation": [(image_variance, "moderated", _own_variance)],
    "sign-flips": [
        (sign_flips, "draw_flips", max_t.draw_normals),
        (sign_flips, "normal_statistics", _t_statistics),
    ],
    "floor": [(max_t, "floored", _unfloored), (regret, "floored", _unfloored)],
    "step-down": [(confidence_set, "set_p_values", _single_step)],
}


@contextmanager
def without(guard: str | None) -> Iterator[None]:
    """Take a guard out of the rule, for as long as the context lasts; None takes out none."""
    replaced = [
        mock.patch.object(module, name, instead)
        for module, name, instead in (GUARDS[guard] if guard else [])
    ]
    for patch in replaced:
        patch.start()
    try:
        yield
    finally:
        for patch in replaced:
            patch.stop()
