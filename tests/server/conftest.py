"""One tracking server for all tests of it, and its users."""

from collections.abc import Iterator
from pathlib import Path

import forked
import pytest
from stack import Server, Stack, User, command_environment, stack


@pytest.fixture(scope="session")
def stores() -> Iterator[Stack]:
    with stack() as running:
        yield running


@pytest.fixture(scope="session")
def server(stores: Stack) -> Iterator[Server]:
    """The server as it is configured; its first user is an administrator."""
    with stores.server() as running:
        yield running


@pytest.fixture(scope="session")
def ann(server: Server) -> User:
    """An ordinary user."""
    return server.new_user("ann")


@pytest.fixture(scope="session")
def bob(server: Server) -> User:
    """Another one, whom nobody gave anything."""
    return server.new_user("bob")


@pytest.fixture(scope="session")
def lr_study(tmp_path_factory: pytest.TempPathFactory):
    """Run lr-study as a user of a server; return its exit code, output and messages."""
    folder = tmp_path_factory.mktemp("work")

    def run(uri: str, user: User, *words: str | Path) -> forked.Completed[str]:
        environment = command_environment(uri, user)
        return forked.lr_study(*map(str, words), cwd=folder, env=environment)

    return run
