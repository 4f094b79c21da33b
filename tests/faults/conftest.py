"""One undisturbed study to compare with, a server, and small file systems."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from front import Front
from killing import write_digits
from served import ServedStudy, Server, StudyUnderFaults, as_root

POLICIES = ("fixed:lr=0.01", "step_decay:")
SEEDS = 2
EPOCHS = 20


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> StudyUnderFaults:
    folder = tmp_path_factory.mktemp("undisturbed")
    data = write_digits(folder / "digits", "012")
    for class_folder in data.iterdir():
        for file in sorted(class_folder.iterdir())[60:]:
            file.unlink()
    study = StudyUnderFaults(folder / "study", data, POLICIES, SEEDS, EPOCHS)
    study.ends(0)
    return study


@pytest.fixture(scope="session")
def expected(undisturbed: StudyUnderFaults) -> dict[str, object]:
    figures = undisturbed.figures()
    assert len(figures) == len(POLICIES) * SEEDS
    return figures


@pytest.fixture
def study(undisturbed: StudyUnderFaults, tmp_path: Path) -> StudyUnderFaults:
    """A study of the same cells, with its features at hand and an empty store."""
    folder = tmp_path / "study"
    shutil.copytree(undisturbed.folder / "cache", folder / "cache")
    return StudyUnderFaults(folder, undisturbed.data, POLICIES, SEEDS, EPOCHS)


@pytest.fixture(scope="session")
def any_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.kill()


@pytest.fixture
def server(any_server: Server) -> Server:
    any_server.start()
    any_server.forget()
    return any_server


@pytest.fixture
def front(server: Server) -> Iterator[Front]:
    front = Front(server.port)
    yield front
    front.close()


@pytest.fixture
def served(study: StudyUnderFaults, server: Server, front: Front) -> ServedStudy:
    return ServedStudy(
        study.folder, study.data, POLICIES, SEEDS, EPOCHS, server=server, front_uri=front.uri
    )


@pytest.fixture
def small_disk() -> Iterator[Callable[..., Path]]:
    """Mount a file system of some size on a folder, until the test ends."""
    mounted = []

    def mount(folder: Path, size: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        owner = f"uid={os.geteuid()},gid={os.getegid()}"
        as_root("mount", "-t", "tmpfs", "-o", f"size={size},{owner}", "tmpfs", str(folder))
        mounted.append(folder)
        return folder

    yield mount
    for folder in reversed(mounted):
        as_root("umount", "-l", str(folder))
