"""Params of a run in a declaration: ``fixed:lr={learning_rate}``."""

import math
import re
from collections.abc import Mapping

import numpy as np

from lr_study.support import LrStudyError

_PARAM = re.compile(r"\{([^{}]+)\}")


class MissingParamError(LrStudyError):
    """A run lacks a param that its declaration needs, or it is not a number."""


def has_params(text: str) -> bool:
    """Whether a text has a param in braces.

    >>> has_params("fixed:lr={lr}"), has_params("fixed:lr=0.1")
    (True, False)
    """
    return _PARAM.search(text) is not None


def params_in(text: str) -> tuple[str, ...]:
    """Return the params that stand in braces.

    >>> params_in("step_decay:initial_lr={lr},drop={drop}")
    ('lr', 'drop')
    """
    return tuple(_PARAM.findall(text))


def filled_in(text: str, params: Mapping[str, str]) -> str:
    """Return a text with the values of params, which must be numbers: stores hold any text.

    Raises
    ------
    MissingParamError
        If there is no such param, or it is not a finite number.

    Examples
    --------
    >>> filled_in("fixed:lr={lr}", {"lr": "0.10"})
    'fixed:lr=0.10'
    >>> filled_in("fixed:lr={lr}", {"lr": "0.009999999776482582"})  # 0.01 in 32 bits, as of Keras
    'fixed:lr=0.01'
    """

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if name not in params:
            raise MissingParamError(f"it has no param {name!a}")
        if not is_number(params[name]):
            raise MissingParamError(f"its param {name!a} is not a number: {params[name][:50]!a}")
        return _as_typed(params[name].strip())

    return _PARAM.sub(value_of, text)


def _as_typed(text: str) -> str:
    """Return the decimal that was typed, of a number that a tool rounded to 32 bits and logged."""
    value, rounded = float(text), np.float32(text)
    is_rounded = "." in text and float(rounded) == value and len(str(rounded)) < len(text)
    return str(rounded) if is_rounded else text


def is_number(text: str) -> bool:
    """Whether a text is a finite number of ordinary length.

    >>> is_number("1e-3"), is_number("auto"), is_number("nan")
    (True, False, False)
    """
    try:
        return len(text) < 40 and math.isfinite(float(text))
    except ValueError:
        return False
