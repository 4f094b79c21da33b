"""How MLflow's client behaves is set during our own calls alone, without the command line."""

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mlflow
import pytest
from mlflow.environment_variables import (
    MLFLOW_HTTP_REQUEST_MAX_RETRIES,
    MLFLOW_HTTP_REQUEST_TIMEOUT,
)

from lr_study import LrStudyError, load_runs


class _Failing(BaseHTTPRequestHandler):
    """Answers each request with an error that MLflow would try again for minutes."""

    seen: list[tuple[str, int, int]]

    def do_POST(self) -> None:
        limits = (MLFLOW_HTTP_REQUEST_MAX_RETRIES.get(), MLFLOW_HTTP_REQUEST_TIMEOUT.get())
        self.seen.append((self.path, *limits))
        self.send_error(503)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in list(os.environ):
        if name.startswith("MLFLOW_HTTP"):
            monkeypatch.delenv(name)
    _Failing.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Failing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_store_that_fails_is_asked_as_often_as_we_mean_to(
    failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", (0, 0))
    before = dict(os.environ)
    with pytest.raises(LrStudyError, match="cannot be used"):
        load_runs("x", failing)
    assert [limits for _, *limits in _Failing.seen] == [[0, 30]] * 3
    assert dict(os.environ) == before


def test_what_its_user_has_set_holds(failing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lr_study.tracking.connection._PAUSES_SECONDS", ())
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7")
    with pytest.raises(LrStudyError, match="cannot be used"):
        load_runs("x", failing)
    assert [limits for _, *limits in _Failing.seen] == [[0, 7]]


def test_the_active_store_and_its_settings_are_their_users(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    shutil.copy(empty_database, tmp_path / "ours.db")
    theirs = f"sqlite:///{tmp_path / 'theirs.db'}"
    mlflow.set_tracking_uri(theirs)
    with pytest.raises(LrStudyError, match="no experiment 'x'"):
        load_runs("x", f"sqlite:///{tmp_path / 'ours.db'}")
    assert mlflow.get_tracking_uri() == theirs
    assert MLFLOW_HTTP_REQUEST_MAX_RETRIES.get() == MLFLOW_HTTP_REQUEST_MAX_RETRIES.default
