"""What a store is known by, however its address was typed."""

import os
from pathlib import Path

from lr_study.support import without_credentials

DEFAULT_TRACKING_URI = "sqlite:///mlflow.db"


def resolve_tracking_uri(given: str | None) -> str:
    """Return the store's address: as given, else ``MLFLOW_TRACKING_URI``, else a local file."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_TRACKING_URI


def database_file(uri: str) -> Path | None:
    """Return the real path of an SQLite store's file; None for every other store.

    >>> database_file("https://example.org/mlflow") is None
    True
    """
    if not uri.startswith(("sqlite:", "sqlite+pysqlite:")):
        return None
    from sqlalchemy.engine import make_url

    database = make_url(uri).database
    if not database or database == ":memory:" or database.startswith("file:"):
        return None
    return Path(database).resolve()


def canonical_uri(uri: str) -> str:
    """Return an address that is the same from every folder, and through every link.

    Its options stay. Addresses of servers are returned as they are.
    """
    file = database_file(uri)
    if file is None:
        return uri
    _, question_mark, options = uri.partition("?")
    return f"{file_uri(file)}{question_mark}{options}"


def file_uri(file: Path) -> str:
    """Return the address of an SQLite store's file.

    >>> file_uri(Path("/data/mlflow.db"))
    'sqlite:////data/mlflow.db'
    """
    # MLflow takes the address for a path when it creates folders: only what must be is quoted.
    path = str(file).replace("%", "%25").replace("?", "%3F")
    return f"sqlite:///{path}"


def store_address(uri: str) -> str:
    """Return what a store is known by: its address without credentials, or its file.

    >>> store_address("https://ann:secret@example.org/mlflow/")
    'https://example.org/mlflow'
    >>> store_address("sqlite:////data/mlflow.db?timeout=9")
    'sqlite:////data/mlflow.db'
    """
    file = database_file(uri)
    return file_uri(file) if file else without_credentials(uri).rstrip("/")
