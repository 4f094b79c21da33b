"""Errors for people: wrong use, and work that failed.

The message is one line that names the value, what is allowed and what to type next. The command
line prints it and exits with ``exit_code``.
"""

from collections.abc import Iterable


class LrStudyError(Exception):
    """The work failed, for a reason that fits in one line."""

    exit_code = 1


class UsageError(LrStudyError):
    """A value is not allowed: the message names it and what is allowed."""

    exit_code = 2


class UnreachableError(LrStudyError):
    """The store cannot be reached at the moment: another call would only take time."""


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
        shown = value.encode(errors="backslashreplace").decode()
        raise UsageError(f"{name}={shown} is not allowed: it is not UTF-8")


def require_at_least(name: str, value: int, minimum: int) -> None:
    """Refuse a number below its minimum.

    >>> require_at_least("epochs", 0, 1)
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: epochs=0 is not allowed: epochs is a whole number >= 1
    """
    if value < minimum:
        raise UsageError(f"{name}={value} is not allowed: {name} is a whole number >= {minimum}")
