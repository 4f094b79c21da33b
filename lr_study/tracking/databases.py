"""Databases of stores: looked at before MLflow opens them, and created whole.

MLflow migrates a database that lacks some of its tables, though the MLflow that made it can no
longer open it then; and processes that create the tables of one database at once break them.

What reads databases is imported where it is used: it takes a second, and servers need none of it.
"""

import sqlite3
from contextlib import AbstractContextManager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import mlflow
from mlflow import MlflowClient

from lr_study.runs import short_hash
from lr_study.support import UsageError, make_state_folder, mask, try_lock
from lr_study.tracking.addresses import database_file, file_uri

if TYPE_CHECKING:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

_SERVERS = ("postgresql", "mysql", "mssql")
"""The schemes of the database servers that MLflow takes."""

_PATIENCE_SECONDS = 30
"""How long another process may lock an empty database that is to be filled."""

_CREATION_SECONDS = 60
"""How long another process may take to create a database: MLflow needs some seconds."""

_ARTIFACTS = "mlruns"
"""The folder of artifacts beside a database file, named as MLflow does."""


class MissingStoreError(UsageError):
    """There is no store at this address: nothing was logged to it yet, or it is elsewhere."""


class UnusableDatabaseError(UsageError):
    """The database is not one of the MLflow that is installed: the message says what to do."""


def prepare_database(uri: str, *, create: bool) -> None:
    """Check that MLflow can open a store's database as it is, or create the database.

    Addresses of other stores are not looked at.

    Raises
    ------
    MissingStoreError
        If there is none, and ``create`` is false.
    UnusableDatabaseError
        If another version of MLflow made it, or it is not MLflow's; or if another process that
        creates it does not come to an end.
    """
    file = database_file(uri)
    if file is None and uri.partition(":")[0].partition("+")[0] not in _SERVERS:
        return
    tables, versions = ([], ()) if file and _is_empty(file) else _schema(uri, file)
    # A first migration that failed leaves alembic's table alone.
    if any(not name.startswith("alembic_") for name in tables):
        _require_this_version(versions)
    elif not create:
        raise MissingStoreError(
            f"there is no MLflow store at {mask(uri)}: give another with --tracking-uri or "
            "MLFLOW_TRACKING_URI; lr-study run and lr-study study create a new one"
        )
    elif file:
        _create_file(file)
    else:
        _create_tables(uri)


def create_experiment(client: MlflowClient, name: str) -> None:
    """Create an experiment; of an SQLite file, with its artifacts beside the file.

    MLflow would keep them in the working folder, wherever the database is.
    """
    uri = str(client.tracking_uri)
    file = database_file(uri)
    if file is None:
        client.create_experiment(name)
    else:
        _sqlite_store(uri, file).create_experiment(name)


def _is_empty(file: Path) -> bool:
    return not file.exists() or file.stat().st_size == 0


def _schema(uri: str, file: Path | None) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of a database's tables, and the versions that migrations left in it."""
    import sqlalchemy
    from alembic.migration import MigrationContext
    from sqlalchemy.pool import NullPool

    # In this mode a file that is gone meanwhile is an error, and not created.
    existing = f"sqlite:///{file.as_uri()}?mode=rw&uri=true" if file else uri
    engine = sqlalchemy.create_engine(existing, poolclass=NullPool)
    with engine.connect() as connection:
        tables = sqlalchemy.inspect(connection).get_table_names()
        return tables, MigrationContext.configure(connection).get_current_heads()


def _require_this_version(versions: tuple[str, ...]) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(mlflow.__file__).parent / "store" / "db_migrations"))
    if versions == tuple(scripts.get_heads()):
        return
    if not versions:
        raise UnusableDatabaseError(
            "(its tables are not MLflow's): give another with --tracking-uri or MLFLOW_TRACKING_URI"
        )
    if set(versions) <= {migration.revision for migration in scripts.walk_revisions()}:
        raise UnusableDatabaseError(
            "(an older MLflow made it): back it up, then type mlflow db upgrade and its address"
        )
    raise UnusableDatabaseError(
        f"(a newer MLflow than {mlflow.__version__} made it): install that one, "
        "or give another store with --tracking-uri"
    )


def _create_file(file: Path) -> None:
    """Create a database beside its place, and move it there: no process sees a part of it.

    The lock stands beside the file too, where processes of all users and folders meet.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = file.with_name(f".{file.name}.lock")
    with _creating(lock):
        if _is_empty(file):
            with TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as aside:
                whole = Path(aside) / "mlflow.db"
                _sqlite_store(file_uri(whole), file).engine.dispose()
                _move(whole, file)


def _move(whole: Path, file: Path) -> None:
    if not file.exists():
        whole.rename(file)
        return
    # Others may have the empty file open: it is filled, in one transaction, and not replaced.
    with (
        closing(sqlite3.connect(whole)) as source,
        closing(sqlite3.connect(file, timeout=_PATIENCE_SECONDS)) as target,
    ):
        source.backup(target)


def _sqlite_store(uri: str, file: Path) -> "SqlAlchemyStore":
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    artifacts = file.parent / _ARTIFACTS
    # A path, as MLflow's default is; but MLflow would take a % or a # in it for part of an address.
    is_plain = artifacts.as_uri() == f"file://{artifacts}"
    return SqlAlchemyStore(uri, str(artifacts) if is_plain else artifacts.as_uri())


def _create_tables(uri: str) -> None:
    """Let MLflow create its tables in the empty database of a server, one process at a time."""
    locks = make_state_folder("locks")
    with _creating(locks / f"{short_hash(uri)}.lock"):
        MlflowClient(uri).search_experiments(max_results=1)


def _creating(file: Path) -> AbstractContextManager[None]:
    """Return the lock of a database that is created, which is held from now on."""
    lock = try_lock(file, seconds=_CREATION_SECONDS)
    if lock is None:
        raise UnusableDatabaseError(
            f"(another process has been creating it for {_CREATION_SECONDS} s and holds {file}): "
            "end that one, and give the same command again"
        )
    return lock
