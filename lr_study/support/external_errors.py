"""External errors, of a disk or a store, described in one line."""

import re
from collections.abc import Callable

from lr_study.support.masking import mask

_DATABASE_MESSAGE = re.compile(r"\((?:sqlite3|psycopg)[\w.]*\) ([^\n]*)")
_LONGEST = 500
"""Characters of a line: MLflow says at the end of its sentences what can be done."""

_STORES = ("mlflow", "requests", "sqlalchemy", "urllib3", "botocore", "boto3")
"""Packages whose errors mean that a store answers wrongly or not at all."""


def one_line(error: BaseException) -> str:
    """Return an error as one short line without credentials.

    Where possible it is the answer of the system or the database, not the attempted operation.
    """
    if isinstance(error, OSError) and error.filename:
        return mask(f"{error.strerror}: {error.filename}")
    found = _DATABASE_MESSAGE.search(str(error))
    text = found[1] if found else str(_first_cause(error) if _is_of(error, _STORES) else error)
    line = mask(text.strip().split("\n")[0])
    if len(line) > _LONGEST:
        line = f"{line[:_LONGEST].rpartition(' ')[0] or line[:_LONGEST]} ..."
    return line or type(error).__name__


def is_final(error: BaseException) -> bool:
    """Whether a store would answer the same request the same way at any time."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    if any(isinstance(cause, UnicodeError) for cause in causes):
        return True  # a name or a path that cannot be stored
    if not hasattr(error, "get_http_status_code"):  # MLflow's: importing it takes a second
        return False
    status = int(error.get_http_status_code())
    return 400 <= status < 500 and status not in (408, 429)


def _first_cause(error: BaseException) -> object:
    """The root cause, if it is a connection error: those after it repeat the whole request."""
    first = error
    while (before := first.__cause__ or first.__context__) is not None:
        first = before
    if _is_of(first, ("urllib3",)):
        wrapped = first.args[-1] if first.args else first
        return wrapped if isinstance(wrapped, BaseException) else first
    if isinstance(first, OSError) and not _is_of(first, _STORES):
        return first.strerror or first
    return error


def _is_of(error: BaseException, packages: tuple[str, ...]) -> bool:
    return type(error).__module__.partition(".")[0] in packages


def describe_external_error(error: BaseException) -> str | None:
    """Return the line for an error of a disk or a store; None for any other error.

    >>> describe_external_error(OSError(28, "No space left on device", "/cache/x"))
    'No space left on device: /cache/x'
    """
    if isinstance(error, OSError):
        return one_line(error)
    if _is_of(error, _STORES):
        if is_final(error):
            return f"the MLflow store does not accept this: {one_line(error)}"
        return f"the MLflow store failed ({one_line(error)}): give the same command again"
    return None


def reason_of_failure(*steps: Callable[[], object]) -> str:
    """Take optional steps, each whatever became of the others; return why the first one failed.

    >>> reason_of_failure(lambda: 1 / 0, lambda: 1)
    'division by zero'
    >>> reason_of_failure(lambda: 1)
    ''
    """
    reasons = []
    for step in steps:
        try:
            step()
        except Exception as error:  # MLflow and Keras pass on whatever they meet
            reasons.append(one_line(error))
    return reasons[0] if reasons else ""
