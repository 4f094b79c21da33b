"""The two kinds of failure a person sees: wrong use, and work that failed.

Both carry one line that names the value, what is allowed and what to type next; the command
line prints that line and exits with ``exit_code``.
"""

from collections.abc import Iterable


class LrStudyError(Exception):
    """The work failed for a reason that one line can tell."""

    exit_code = 1


class UsageError(LrStudyError):
    """A value that cannot be used: the line names it and what is allowed."""

    exit_code = 2


class UnreachableError(LrStudyError):
    """The store could not be told something just now: asking it again would only take time."""


def require_one_of(name: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse a value that is none of those allowed.

    >>> require_one_of("at", "middle", ["final", "best"])
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: at=middle is not allowed: at is one of final, best
    """
    allowed = list(allowed)
    if value not in allowed:
        raise UsageError(f"{name}={value} is not allowed: {name} is one of {', '.join(allowed)}")


def require_at_least(name: str, value: int, minimum: int) -> None:
    """Refuse a number below its minimum.

    >>> require_at_least("epochs", 0, 1)
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: epochs=0 is not allowed: epochs is a whole number >= 1
    """
    if value < minimum:
        raise UsageError(f"{name}={value} is not allowed: {name} is a whole number >= {minimum}")
