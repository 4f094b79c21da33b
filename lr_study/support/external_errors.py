"""Failures that come from outside this program, of a disk or a store, in one line."""

import re

from lr_study.support.masking import mask

_DATABASE_SAID = re.compile(r"\((?:sqlite3|psycopg)[\w.]*\) ([^\n]*)")
_STORES = ("mlflow", "requests", "sqlalchemy", "urllib3", "botocore", "boto3")
"""Packages whose errors tell of a store that answers wrongly or not at all."""


def one_line(error: BaseException) -> str:
    """Return what an error says in one short line that holds no credential.

    It is what the system or the database answered, where that can be told, not what was tried.
    """
    if isinstance(error, OSError) and error.filename:
        return mask(f"{error.strerror}: {error.filename}")
    found = _DATABASE_SAID.search(str(error))
    said = found[1] if found else str(_first_cause(error) if _is_of(error, _STORES) else error)
    return mask(said.strip().split("\n")[0])[:200] or type(error).__name__


def _first_cause(error: BaseException) -> object:
    """What began it all, if that tells of a connection: what follows repeats the whole request."""
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
    """Return the line for an error that is no fault of ours: a disk or a store; None for others.

    >>> describe_external_error(OSError(28, "No space left on device", "/cache/x"))
    'No space left on device: /cache/x'
    """
    if isinstance(error, OSError):
        return one_line(error)
    if _is_of(error, _STORES):
        return f"the MLflow store failed ({one_line(error)}): give the same command again"
    return None
