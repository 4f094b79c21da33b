"""Databases as they are found: those of another MLflow, of something else, or none at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import mlflow
import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from forked import lr_study
from mlflow import MlflowClient
from mlflow.store.tracking.dbmodels.initial_models import Base
from waiting import finished, keep

from lr_study.support import LrStudyError
from lr_study.tracking import MissingStoreError, open_destination
from lr_study.tracking.connection import connect
from lr_study.tracking.sending import sync

MIGRATIONS = Path(mlflow.__file__).parent / "store" / "db_migrations"
REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
OLDER = {"the one before": REVISIONS[1], "2.9": "acf3f17fdcc7", "the first": REVISIONS[-1]}


def database_of(revision: str, file: Path) -> None:
    """Create a database as the MLflow of a revision left it, by MLflow's own migrations."""
    engine = sqlalchemy.create_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@pytest.mark.parametrize("revision", OLDER.values(), ids=OLDER)
def test_a_database_of_an_older_mlflow_is_refused_and_left_as_it_is(
    tmp_path: Path, revision: str
) -> None:
    file = tmp_path / "mlflow.db"
    database_of(revision, file)
    content = file.read_bytes()
    uri = f"sqlite:///{file}"
    for attempt in (lambda: connect(uri), lambda: open_destination(uri, "x", "x")):
        with pytest.raises(LrStudyError, match=r"\(an older MLflow made it\).* mlflow db upgrade"):
            attempt()
    assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("create", [False, True])
def test_a_database_of_something_else_gets_no_tables(tmp_path: Path, create: bool) -> None:
    file = tmp_path / "notes.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE notes (text)")
    content = file.read_bytes()
    with pytest.raises(LrStudyError, match="its tables are not MLflow's"):
        connect(f"sqlite:///{file}", create=create)
    assert file.read_bytes() == content


@pytest.mark.parametrize("there", ["nothing", "an empty file", "no folder"])
def test_connecting_creates_no_database(tmp_path: Path, there: str) -> None:
    file = tmp_path / "folder" / "mlflow.db"
    if there != "no folder":
        file.parent.mkdir()
    if there == "an empty file":
        file.touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(MissingStoreError, match=r"there is no MLflow store at sqlite:.*mlflow\.db"):
        connect(f"sqlite:///{file}")
    assert sorted(tmp_path.rglob("*")) == before
    assert not file.exists() or file.stat().st_size == 0


def test_a_database_that_cannot_be_created_leaves_nothing(tmp_path: Path, monkeypatch) -> None:
    class FullDisk:
        def __init__(self, uri: str, artifacts: str) -> None:
            Path(uri.removeprefix("sqlite:///")).write_text("half", encoding="utf-8")
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("mlflow.store.tracking.sqlalchemy_store.SqlAlchemyStore", FullDisk)
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", ())
    with pytest.raises(LrStudyError, match="No space left on device"):
        connect(f"sqlite:///{tmp_path}/mlflow.db", create=True)
    assert {path.name for path in tmp_path.iterdir()} <= {".mlflow.db.lock"}


def test_an_empty_file_that_others_have_open_is_filled_and_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("SELECT * FROM sqlite_master").fetchall()
        assert file.exists()
        connect(f"sqlite:///{file}", create=True)
        assert other.execute("SELECT name FROM experiments").fetchall() == [("Default",)]
    assert list(tmp_path.iterdir()) == [file]


def test_sync_creates_no_store_where_one_was_moved_from(
    tmp_path: Path, empty_database: Path, state: Path
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "mlflow.db").write_bytes(empty_database.read_bytes())
    uri = f"sqlite:///{old}/mlflow.db"
    destination = open_destination(uri, "x", "x")
    entry = keep(destination.client, destination.experiment)
    old.rename(new)
    answer = lr_study("sync", cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (1, "sent: 0\n")
    (line,) = answer.stderr.splitlines()
    assert line.startswith(f"error: 1 run not yet uploaded to {uri} (it is not there: move it back")
    assert not old.exists()
    new.rename(old)
    assert sync().sent == 1
    assert list(finished(MlflowClient(uri), destination.experiment)) == [entry.cell]
