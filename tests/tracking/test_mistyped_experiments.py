"""An experiment that does not exist: names like it are told, and no runs are read for that."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from mlflow import MlflowClient

from lr_study.support import UsageError
from lr_study.tracking import load_runs


def with_experiments(tmp_path: Path, empty_database: Path, names: list[str]) -> str:
    """A store with these experiments, the last one the newest, and without MLflow's own."""
    file = tmp_path / "mlflow.db"
    file.write_bytes(empty_database.read_bytes())
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM experiments")
        database.executemany(
            "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, "
            "creation_time, last_update_time) VALUES (?, ?, '', 'active', ?, ?)",
            [(i, name, i, i) for i, name in enumerate(names)],
        )
    return f"sqlite:///{file}"


def answer(uri: str, experiment: str) -> str:
    with pytest.raises(UsageError) as error:
        load_runs(experiment, uri)
    return str(error.value).removeprefix(f"there is no experiment {experiment!r} in {uri}: ")


@pytest.mark.parametrize(
    ("names", "given", "expected"),
    [
        (["b", "a"], "study", "existing experiments: a, b"),
        (
            ["study", "x", "studies"],
            "stduy",
            "did you mean 'study'? existing experiments: study, studies, x",
        ),
        (["Oregon", "x"], "oregon", "did you mean 'Oregon'? existing experiments: Oregon, x"),
        (
            [f"e{i:02}" for i in range(11)],
            "zzz",
            f"existing experiments: {', '.join(f'e{i:02}' for i in range(10, 0, -1))}, and 1 more",
        ),
        (
            [f"e{i}" for i in range(10)],
            "zzz",
            f"existing experiments: {', '.join(f'e{i}' for i in range(9, -1, -1))}",
        ),
        (
            ["study1", "x", "study2"],
            "study",
            "did you mean 'study2' or 'study1'? existing experiments: study2, study1, x",
        ),
    ],
)
def test_names_alike_come_first_and_ten_are_listed(
    tmp_path: Path, empty_database: Path, names: list[str], given: str, expected: str
) -> None:
    assert answer(with_experiments(tmp_path, empty_database, names), given) == expected


def test_a_name_alike_is_found_beyond_the_first_page(tmp_path: Path, empty_database: Path) -> None:
    names = ["the oldest", *(f"e{i}" for i in range(1000))]
    message = answer(with_experiments(tmp_path, empty_database, names), "the odlest")
    assert message.startswith("did you mean 'the oldest'? existing experiments: the oldest, e999,")
    assert message.endswith(", and 991 more")


def test_no_run_of_any_experiment_is_read(tmp_path: Path, empty_database: Path) -> None:
    uri = with_experiments(tmp_path, empty_database, [f"e{i}" for i in range(20)])
    client = MlflowClient(uri)
    client.create_run("3")
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
    try:
        assert answer(uri, "zzz").endswith("and 10 more")
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", note)
    assert any("FROM experiments" in statement for statement in statements)
    assert [statement for statement in statements if "FROM runs" in statement] == []
