"""What nobody should give us, through the real command line: one line, exit code 2 or 1, no harm.

Pictures and folders of pictures have tests of their own (`test_data_pictures`,
`test_data_image_set`), and so have policies and grids.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from forked import Completed, Forked, lr_study
from mlflow import MlflowClient


def lr(*arguments: str, cwd: Path, seconds: float = 60) -> Completed[str]:
    """Run a command that may take at most 1 GiB of memory more than its imports do."""
    return Forked(arguments, cwd=cwd, memory_bytes=1 << 30).completed(seconds)


def the_line(answer: Completed[str], code: int = 2) -> str:
    assert answer.returncode == code, answer.stderr
    (line,) = answer.stderr.splitlines()
    assert line.startswith("error: ")
    assert answer.stdout == ""
    return line


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MANY = ", ".join(repr((i + 1) / 1000) for i in range(1000))


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (LAUGHS, "line 2: an alias (*name) is not allowed"),
        ("policies: &p\n  - *p\n", "line 2: an alias (*name) is not allowed"),
        ("policies: " + "[" * 20000 + "]" * 20000, "more than 10 nested lists"),
        (f"families:\n  exp_decay: {{initial_lr: [{MANY}], k: [{MANY}]}}\n", "1000000 policies"),
        ("policies: 7", "policies"),
        ("policies: [{fixed: 1}]", "line 1"),
        ("families: {fixed: {lr: [[0.1]]}}", "line 1"),
        ("families: {fixed: {lr: [.nan]}}", "line 1"),
        ("options: {epochs: many}\npolicies: [fixed]", "epochs"),
        ("!!python/object/apply:os.system ['touch hacked']", "line 1"),
        ("policies: [fixed\n", "not YAML"),
        ("\0", "that can be read"),
        ("", "grid.yaml"),
    ],
)  # fmt: skip
def test_a_grid_file_is_refused_in_one_line(tmp_path: Path, grid: str, said: str) -> None:
    (tmp_path / "grid.yaml").write_text(grid, encoding="utf-8")
    assert said in the_line(lr("study", "--grid", "grid.yaml", "--dry-run", cwd=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["grid.yaml"]


@pytest.mark.parametrize(
    "policy",
    ["fixed:lr=nan", "fixed:lr=inf", "fixed:lr=-1", "fixed:lr=1e400", "fixed:lr=0", "fixed:lr="],
)
def test_a_rate_is_a_finite_number_above_zero(tmp_path: Path, policy: str) -> None:
    line = the_line(lr("run", policy, cwd=tmp_path))
    assert line == (
        f"error: fixed: lr={policy[9:]} is not allowed: lr is a finite number > 0, such as 0.001"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def here(tmp_path: Path, empty_database: Path) -> Path:
    """A folder with an empty store."""
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    return tmp_path


def test_an_experiment_may_have_any_name_that_fits(here: Path, tiny_folder: Path) -> None:
    name = "../a/b $(touch hacked) \n'\"<script> \N{SNOWMAN}"
    options = ["--data", str(tiny_folder), "--image-size", "32", "--epochs", "1", "--backbone"]
    options += ["efficientnet-lite0", "--no-log-model", "--experiment", name]
    answer = lr_study("run", "fixed", *options, cwd=here)
    assert answer.returncode == 0, answer.stderr
    client = MlflowClient(f"sqlite:///{here}/mlflow.db")
    found = client.get_experiment_by_name(name)
    assert len(client.search_runs([found.experiment_id])) == 1
    assert not (here / "hacked").exists()
    page = here / "page.html"
    answer = lr("report", "--experiment", name, "--output", str(page), cwd=here)
    assert answer.returncode == 0, answer.stderr
    assert page.read_text(encoding="utf-8").count("<script") == 1  # the page's own


def test_an_experiment_name_that_is_too_long_is_one_line(here: Path) -> None:
    answer = lr_study("run", "fixed", "--experiment", "x" * 10_000, cwd=here)
    assert answer.returncode == 2
    *greetings, line = answer.stderr.splitlines()  # of hashing pictures, the first time
    assert not any(greeting.startswith("error") for greeting in greetings)
    assert "exceeds the maximum length" in line
    assert len(line) < 300


@pytest.mark.parametrize(
    ("version", "said"),
    [("ffffffffffff", "a newer MLflow than"), ("181f10493468", "mlflow db upgrade")],
)
def test_a_store_of_another_mlflow_is_one_line(here: Path, version: str, said: str) -> None:
    with closing(sqlite3.connect(here / "mlflow.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (version,))
        database.commit()
    environment = {**os.environ, "MLFLOW_TRACKING_URI": "sqlite:///mlflow.db"}
    answer = lr_study("compare", cwd=here, env=environment)
    assert said in the_line(answer, code=1)


@pytest.mark.parametrize("uri", ["sqlite:///garbage.db", "ftp://nowhere", "file:///tmp/none"])
def test_a_store_that_is_none_is_one_line(tmp_path: Path, uri: str) -> None:
    (tmp_path / "garbage.db").write_bytes(b"no database" * 1000)
    answer = lr_study("compare", "--tracking-uri", uri, cwd=tmp_path)
    assert uri in the_line(answer, code=1)
    assert (tmp_path / "garbage.db").read_bytes() == b"no database" * 1000
