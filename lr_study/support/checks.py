"""Checks of values; a `UsageError` names the value and what is allowed."""

import operator
import os
from collections.abc import Iterable
from numbers import Real
from typing import Any

from lr_study.support.errors import UsageError
from lr_study.support.system_text import utf8_text


def require_one_of(name: str, value: str, allowed: Iterable[str]) -> None:
    """Raise a `UsageError` unless a value is one of those allowed.

    >>> require_one_of("at", "middle", ["final", "best"])
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: at=middle is not allowed: at is one of final, best
    """
    allowed = list(allowed)
    if value not in allowed:
        raise UsageError(f"{name}={value} is not allowed: {name} is one of {', '.join(allowed)}")


def require_utf8(name: str, value: str) -> None:
    r"""Refuse text that no store can hold: bytes of the command line that are not UTF-8.

    >>> require_utf8("experiment", "caf\udce9")
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: experiment=caf\udce9 is not allowed: it is not UTF-8
    """
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        if utf8_text(value) != value:
            raise UsageError(
                f"{name}={utf8_text(value)} is not allowed where the locale is not UTF-8: "
                "type export PYTHONUTF8=1 first"
            )
        shown = value.encode(errors="backslashreplace").decode()
        raise UsageError(f"{name}={shown} is not allowed: it is not UTF-8")


def whole_number(name: str, value: Any, minimum: int) -> int:
    """Return a whole number of any type, such as NumPy's, as an int, but no boolean.

    >>> whole_number("epochs", 0, minimum=1)
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: epochs=0 is not allowed: epochs is a whole number >= 1
    """
    error = UsageError(f"{name}={value!r} is not allowed: {name} is a whole number >= {minimum}")
    if isinstance(value, bool):
        raise error
    try:
        number = operator.index(value)
    except TypeError:
        raise error from None
    if number < minimum:
        raise error
    return number


def real_number(name: str, value: Any) -> float:
    """Return a number of any type, such as NumPy's, as a float, but no boolean.

    >>> real_number("margin", "0.5")
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: margin='0.5' is not allowed: margin is a number
    """
    error = UsageError(f"{name}={value!r} is not allowed: {name} is a number")
    if isinstance(value, bool) or not isinstance(value, Real):
        raise error
    try:
        return float(value)
    except OverflowError:
        raise error from None


def text(name: str, value: Any) -> str:
    """Return a text, or a path as text.

    >>> text("data", None)
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: data=None is not allowed: data is a text or a path
    """
    try:
        path = os.fspath(value)
    except TypeError:
        path = None
    if not isinstance(path, str):
        raise UsageError(f"{name}={value!r} is not allowed: {name} is a text or a path")
    return path


def require_model_name(name: str) -> str:
    """Return the name of a registered model.

    Raises
    ------
    UsageError
        If it is empty, or holds what an address of a model is made with.
    """
    if not name.strip() or not name.isprintable() or any(mark in name for mark in "/:@"):
        raise UsageError(
            f"register={name!r} is not allowed: register is a name without / : and @, such as "
            "wildlife"
        )
    return name
