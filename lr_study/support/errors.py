"""Errors for people: wrong use, and work that failed.

The message is one line that names the value, what is allowed and what to type next. The command
line prints it and exits with ``exit_code``.
"""


class LrStudyError(Exception):
    """The work failed, for a reason that fits in one line."""

    exit_code = 1


class UsageError(LrStudyError):
    """A value is not allowed: the message names it and what is allowed."""

    exit_code = 2


class UnreachableError(LrStudyError):
    """The store cannot be reached at the moment: another call would only take time."""
