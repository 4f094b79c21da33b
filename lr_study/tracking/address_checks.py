"""Addresses that cannot be those of a store, refused with what was meant.

MLflow takes every address that it does not know for a folder, and advises on that at length.
"""

import os
import re
import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lr_study.support import LrStudyError, UsageError, mask, require_utf8

_HOST = re.compile(r"(localhost|[\w-]+(\.[\w-]+)+|\[[\da-fA-F:]+\]|[\w-]+(?=:\d))(:\d+)?(/.*)?")
_SCHEME = re.compile(r"[a-zA-Z][\w+.-]*:(?!\d)")
_DATABASES = (".db", ".sqlite", ".sqlite3")
_IN_MEMORY = re.compile(
    r"sqlite(\+\w+)?:(//)?/?(:memory:|file::memory:.*|\?.*|.*[?&]mode=memory.*)?"
)


def check_address(uri: str) -> None:
    """Refuse an address that cannot be that of a store.

    Raises
    ------
    UsageError
        If it is not UTF-8, or the store would be in memory.
    LrStudyError
        If it is a server's without ``http://``, or that of a folder of runs, which MLflow no longer
        uses by itself.
    """
    require_utf8("tracking_uri", uri)
    if _IN_MEMORY.fullmatch(uri):
        raise UsageError(
            f"tracking_uri={uri} is not allowed: what is kept in memory is gone when the command "
            "ends; give a file, such as sqlite:///mlflow.db"
        )
    folder = _folder(uri)
    if folder is None:
        return
    meant = _meant(uri, folder)
    if meant:
        raise LrStudyError(
            f"the MLflow store {mask(uri)} cannot be used: did you mean {mask(meant)}?"
        )
    if os.environ.get("MLFLOW_ALLOW_FILE_STORE", "").lower() in ("true", "1"):
        return
    found = "is a folder of runs" if folder.is_dir() else "is not a folder that exists"
    raise LrStudyError(
        f"the MLflow store {mask(uri)} cannot be used: it {found}, and MLflow keeps runs in a "
        "database or on a server now, as sqlite:///mlflow.db or http://HOST:PORT; for a folder of "
        f"older runs, type mlflow migrate-filestore --source {shlex.quote(str(folder))} --target "
        "sqlite:///mlflow.db, or set MLFLOW_ALLOW_FILE_STORE=true to use it as it is"
    )


def _meant(uri: str, folder: Path) -> str:
    """The address that was meant by one without its beginning; empty for that of a folder."""
    if folder.is_dir() or uri.startswith("file:"):
        return ""
    if folder.is_file() or folder.suffix in _DATABASES:
        return f"sqlite:///{uri}"
    return f"http://{uri}" if _HOST.fullmatch(uri) else ""


def _folder(uri: str) -> Path | None:
    """The folder that MLflow takes an address for; None if it begins with another scheme."""
    if uri.startswith("file:"):
        return Path(unquote(urlsplit(uri).path))
    is_other = uri in ("databricks", "databricks-uc", "uc") or _SCHEME.match(uri)
    return None if is_other else Path(uri)
