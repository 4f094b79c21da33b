"""Failures that come from outside this program, of a disk or a store, in one line."""

import re

from lr_study.masking import mask

_DATABASE_SAID = re.compile(r"\((?:sqlite3|psycopg)[\w.]*\) ([^\n]*)")
_STORES = ("mlflow", "requests", "sqlalchemy", "urllib3", "botocore", "boto3")
"""Packages whose errors tell of a store that answers wrongly or not at all."""


def first_line(error: BaseException) -> str:
    """Return what an error says in one short line that holds no credential.

    It is what the system or the database answered, where that can be told, not what was tried.
    """
    if isinstance(error, OSError) and error.filename:
        return mask(f"{error.strerror}: {error.filename}")
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    found = _DATABASE_SAID.search(str(error))
    if found:
        return mask(found[1])
    return mask(str(error).strip().split("\n")[0])[:200] or type(error).__name__


def line_from_outside(error: BaseException) -> str | None:
    """Return the line for an error that is no fault of ours: a disk or a store; None for others.

    >>> line_from_outside(OSError(28, "No space left on device", "/cache/x"))
    'No space left on device: /cache/x'
    """
    if isinstance(error, OSError):
        return first_line(error)
    if type(error).__module__.partition(".")[0] in _STORES:
        return f"the MLflow store failed ({first_line(error)}): the same command goes on"
    return None
