"""The two kinds of failure a person sees: wrong use, and work that failed.

Both carry one line that names the value, what is allowed and what to type next; the command
line prints that line and exits with ``exit_code``.
"""


class LrStudyError(Exception):
    """The work failed for a reason that one line can tell."""

    exit_code = 1


class UsageError(LrStudyError, ValueError):
    """A value that cannot be used: the line names it and what is allowed."""

    exit_code = 2
