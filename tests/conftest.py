"""Every session of tests has a cache and a state folder of its own."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import chromium_browser
from hypothesis import settings
from stores import tracking_server

# Before anything imports mlflow or our own modules: no test may reach a user's files or the net.
_SESSION = Path(tempfile.mkdtemp(prefix="lr-study-tests-"))
os.environ["LR_STUDY_CACHE"] = str(_SESSION / "cache")
os.environ["LR_STUDY_STATE"] = str(_SESSION / "state")
# What XLA compiled for one process of the tests serves all others: seconds a study. Only its own
# processes may use it, since no file says for which processor and flags it was compiled.
os.environ.setdefault(
    "TF_XLA_FLAGS",
    f"--tf_xla_persistent_cache_directory={_SESSION / 'compiled'} "
    "--tf_xla_persistent_cache_device_types=CPU",
)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ.pop("MLFLOW_TRACKING_URI", None)
os.environ.pop("MLFLOW_EXPERIMENT_NAME", None)
os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
os.environ.pop("MLFLOW_RUN_ID", None)


# A shell that starts the tests in the background lets them ignore SIGINT, and all they start too.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A time limit on an example would measure the machine's other work.
# The same examples on every machine; `--hypothesis-profile=explore` tries others.
settings.register_profile("lr-study", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
# For another Python, which may differ in what it does, but hardly from example to example.
settings.register_profile("other-python", deadline=None, derandomize=True, max_examples=10)
settings.load_profile("lr-study")


def pytest_unconfigure() -> None:
    """Remove the files of this process: that of pytest-xdist which runs no test has some too."""
    shutil.rmtree(_SESSION, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    """Let Python's warning of text without an encoding be raised here, but not in commands.

    A command prints it for every package that it imports. The processes of pytest-xdist need it.
    """
    if not getattr(config.option, "numprocesses", None):
        os.environ.pop("PYTHONWARNDEFAULTENCODING", None)


_LONGEST = ("training", "studies", "test_mlproject.py", "features", "cli", "tracking")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take minutes: at the end, one process would wait for another."""
    folder = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        first = item.path.relative_to(folder).parts[0] if item.path.is_relative_to(folder) else ""
        return _LONGEST.index(first) if first in _LONGEST else len(_LONGEST)

    items.sort(key=place)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-tensorflow", action="store_true", help="Fail if it is imported.")


@pytest.fixture(autouse=True)
def _without_tensorflow(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold `make test-fast` to what makes it fast."""
    yield
    if request.config.getoption("--without-tensorflow"):
        assert "tensorflow" not in sys.modules


@pytest.fixture(autouse=True)
def _forget_store() -> Iterator[None]:
    """MLflow keeps the address of a store in the environment, where the next test would find it."""
    before = os.environ.get("MLFLOW_TRACKING_URI")
    yield
    if before is None:
        os.environ.pop("MLFLOW_TRACKING_URI", None)
    else:
        os.environ["MLFLOW_TRACKING_URI"] = before


@pytest.fixture(scope="session")
def tiny_folder() -> Path:
    """A folder of 40 real pictures: ten each of the sample's first four classes."""
    from lr_study.data import locate

    _, root = locate("sample")
    folder = _SESSION / "tiny"
    for name in "0123":
        (folder / name).mkdir(parents=True)
        for file in sorted((root / name).iterdir())[:10]:
            shutil.copy(file, folder / name)
    return folder


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with MLflow's tables, to be copied: creating them takes seconds."""
    from lr_study.tracking import connect

    file = tmp_path_factory.mktemp("empty") / "mlflow.db"
    connect(f"sqlite:///{file}", create=True)
    return file


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[str]:
    """A tracking server for all tests, each with experiments of its own."""
    with tracking_server(tmp_path_factory.mktemp("server"), empty_database.read_bytes()) as uri:
        yield uri


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium, for the tests of a module."""
    with chromium_browser() as opened:
        yield opened
