"""No credential reaches what is printed, written or stored: planted ones are looked for."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from forked import lr_study
from hypothesis import given
from hypothesis import strategies as st
from stores import free_port

from lr_study.support.masking import MASK, mask

PLANTED = {
    "MLFLOW_TRACKING_PASSWORD": "planted-by-variable",
    "MLFLOW_TRACKING_USERNAME": "ann",
    "AWS_SECRET_ACCESS_KEY": "planted-for-the-store",
    "KAGGLE_KEY": "planted-for-the-pictures",
    "GITHUB_TOKEN": "planted-for-nothing",
}
PASSWORD = "planted@in/address".replace("/", "-")
SECRETS = (PASSWORD, *(value for value in PLANTED.values() if value.startswith("planted")))


def lr(uri: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    environment = {**os.environ, **PLANTED, "MLFLOW_TRACKING_URI": uri}
    return lr_study(*arguments, cwd=cwd, env=environment)


def assert_clean(text: str) -> None:
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("http://ann:pw@host:5000", f"http://{MASK}@host:5000"),
        ("postgresql://a:p@ss:word@h/db", f"postgresql://{MASK}@h/db"),
        ("at http://a:b@h and http://c:d@i/x", f"at http://{MASK}@h and http://{MASK}@i/x"),
        ("http://host:5000/a:b@c", "http://host:5000/a:b@c"),
        ("sqlite:///mlflow.db", "sqlite:///mlflow.db"),
        ("mail ann@host", "mail ann@host"),
    ],
)
def test_addresses_lose_their_credentials_and_nothing_else(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.text(st.characters(exclude_characters="/", exclude_categories=["Z", "C"]), min_size=1))
def test_no_password_survives_in_an_address(password: str) -> None:
    assert mask(f"x http://ann:{password}@host/a y") == f"x http://{MASK}@host/a y"


def test_values_of_secret_variables_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "planted-token")
    monkeypatch.setenv("OTHER_TOKEN", "short")  # would tear words apart
    assert mask("a planted-token in short") == f"a {MASK} in short"


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare"],
        ["study", "--policy", "fixed", "--seeds", "1"],
        ["run", "fixed"],
        ["report", "--output", "x.html"],
        ["model", "0" * 32, "--output", "x.keras"],
        ["doctor"],
    ],
)
def test_a_store_out_of_reach_is_named_without_its_password(
    tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    uri = f"http://ann:{PASSWORD}@127.0.0.1:{free_port()}"
    answer = lr(uri, *arguments, cwd=tmp_path)
    assert answer.returncode == 1
    assert_clean(answer.stdout + answer.stderr)
    assert f"http://{MASK}@127.0.0.1" in answer.stderr


def test_what_nobody_foresaw_is_printed_without_passwords(tmp_path: Path) -> None:
    code = (
        "from lr_study.cli import app as cli\n"
        "def broken(): raise RuntimeError('cannot reach http://ann:planted@host/')\n"
        "cli._run = broken\n"
        "cli.main()\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert answer.returncode == 1
    assert f"RuntimeError: cannot reach http://{MASK}@host/" in answer.stderr
    assert "planted" not in answer.stderr.replace("'cannot reach http://ann:planted@host/'", "")


@pytest.fixture(scope="module")
def studied(server: str, tmp_path_factory) -> tuple[Path, str]:
    """A study on a server whose address holds a password: its folder, output and store."""
    folder = tmp_path_factory.mktemp("secrets")
    uri = server.replace("http://", f"http://ann:{PASSWORD}@")
    options = ["--policy", "fixed", "--seeds", "1", "--epochs", "1", "--image-size", "32"]
    options += ["--experiment", "secrets"]
    answer = lr(uri, "study", *options, cwd=folder)
    assert answer.returncode == 0, answer.stderr
    said = answer.stdout + answer.stderr
    for arguments in (["compare"], ["report", "--output", "report.html"], ["doctor"]):
        more = ["--experiment", "secrets"] if arguments != ["doctor"] else []
        answer = lr(uri, *arguments, *more, cwd=folder)
        assert answer.returncode == 0, answer.stderr
        said += answer.stdout + answer.stderr
    return folder, said


def test_nothing_printed_or_written_holds_a_secret(studied: tuple[Path, str]) -> None:
    folder, said = studied
    assert_clean(said)
    kept = [folder, Path(os.environ["LR_STUDY_CACHE"]), Path(os.environ["LR_STUDY_STATE"])]
    files = [file for place in kept for file in place.rglob("*") if file.is_file()]
    assert any(file.name == "report.html" for file in files)
    for file in files:
        content = file.read_bytes()
        assert [secret for secret in SECRETS if secret.encode() in content] == [], file


def test_nothing_in_the_store_holds_a_secret(
    studied: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    databases = tmp_path_factory.getbasetemp().glob("server[0-9]*/mlflow.db")
    place = max(databases, key=lambda file: file.stat().st_mtime).parent
    with closing(sqlite3.connect(place / "mlflow.db")) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master")]
        assert {"params", "tags", "runs"} <= set(names)
        dump = "\n".join(database.iterdump())
    assert "fixed:lr=0.001" in dump
    assert_clean(dump)
    artifacts = [file for file in (place / "artifacts").rglob("*") if file.is_file()]
    assert any(file.name == "report.html" for file in artifacts)
    for file in artifacts:
        content = file.read_bytes()
        assert [secret for secret in SECRETS if secret.encode() in content] == [], file
