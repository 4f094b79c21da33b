"""Runs the shell and Python blocks of the documentation: a plugin of pytest, made by sybil.

All blocks of a document run one after another in a folder of their own, as a reader who follows the
page would type them: what one exports, activates or writes, the next ones find. The folder is a
clone of this repository with a folder ``my_images`` beside it, and has a store of its own. A block
that exits with anything but 0 fails its test.

A block that cannot run here is preceded by a line such as ``*Not run by the tests: it needs
Docker.*``; a whole page begins with ``*No block of this page is run by the tests: ...*``. One that
needs a package beside ours is preceded by ``*Run by the tests where PACKAGE can be imported.*``.
"""

import atexit
import os
import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from needed import lacking
from PIL import Image
from sklearn.datasets import load_digits
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "docker/README.md", *sorted(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))]

_OF_A_BLOCK = re.compile(r"\*Not run by the tests: ([^*]+)\*\n+\Z")
_WHERE_IMPORTED = re.compile(r"\*Run by the tests where (\w+) can be imported\.\*\n+\Z")
_OF_A_PAGE = re.compile(r"^\*No block of this page is run by the tests: ([^*]+)\*$", re.MULTILINE)

# `make study` takes these from the environment: a smaller study, so that the page stays quick.
_STUDY = "--policy fixed --policy step_decay --seeds 2 --epochs 3 --image-size 64 --log-models none"
_UNSET = re.compile("MLFLOW_|LR_STUDY_|PYTEST_|PYTHON|COLUMNS|MAKE|MFLAGS")
_LIMIT_SECONDS = 900  # for a block that hangs

# Shared by all pages of a process, so that features are extracted once.
_shared: dict[str, Path] = {}


def why_not_run(document: Document, start: int) -> str | None:
    """Return the reason that a document gives for not running the block at a position, if any."""
    mark = _OF_A_BLOCK.search(document.text[:start]) or _OF_A_PAGE.search(document.text)
    return mark.group(1) if mark else None


def missing_package(document: Document, start: int) -> str | None:
    """Return the package that the block at a position needs, if it cannot be imported here."""
    mark = _WHERE_IMPORTED.search(document.text[:start])
    return mark.group(1) if mark and find_spec(mark.group(1)) is None else None


def run_block(example: Example, interpreter: str) -> str | None:
    """Run a block, and return what went wrong, with its output."""
    reason = why_not_run(example.document, example.start)
    if reason is not None:
        pytest.skip(reason)
    package = missing_package(example.document, example.start)
    if package is not None:
        lacking(package, f"install {package} into .venv")
    folder: Path = example.namespace["folder"]
    block, state = folder.parent / "block", folder.parent / "state"
    block.write_text(example.parsed, encoding="utf-8")
    script = (
        f'set -eo pipefail; . {state}; cd "$PWD"\n'
        f"{interpreter} {block} </dev/null\nexport -p > {state}"
    )
    answer = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=example.namespace["environment"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_LIMIT_SECONDS,
    )
    if answer.returncode == 0:
        return None
    return f"{example.parsed}\nexit code {answer.returncode}:\n{answer.stdout}"


def run_shell(example: Example) -> str | None:
    return run_block(example, ".")


def run_python(example: Example) -> str | None:
    return run_block(example, "python")


def enter_folder(namespace: dict[str, Any]) -> None:
    """Make the folder of a document: a clone, ``my_images``, and nothing of the user's."""
    home = Path(tempfile.mkdtemp(prefix="lr-study-documentation-"))
    folder = namespace["folder"] = home / "lr-study"
    folder.mkdir()
    (home / "state").touch()
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    tracked = {name.partition("/")[0] for name in listed.stdout.split("\0") if name}
    for name in tracked | {".venv"}:
        (folder / name).symlink_to((ROOT / name).resolve())
    shutil.copytree(_images(), folder / "my_images")
    kept = {name: value for name, value in os.environ.items() if not _UNSET.match(name)}
    namespace["environment"] = kept | {
        "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "LR_STUDY_CACHE": str(_shared_folder() / "cache"),
        "LR_STUDY_STATE": str(home / "states"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "STUDY": _STUDY,
    }


def leave_folder(namespace: dict[str, Any]) -> None:
    """Remove the folder of a document; what its links lead to stays."""
    shutil.rmtree(namespace["folder"].parent)


def _shared_folder() -> Path:
    if "folder" not in _shared:
        _shared["folder"] = Path(tempfile.mkdtemp(prefix="lr-study-documentation-"))
        atexit.register(pytest_unconfigure)  # where this is no plugin but a module of tests
    return _shared["folder"]


def _images() -> Path:
    """A folder of 60 real images: twenty each of three digits."""
    folder = _shared_folder() / "images"
    if not folder.exists():
        images, digits = load_digits(return_X_y=True)
        for digit in range(3):
            (folder / str(digit)).mkdir(parents=True)
            for number, image in enumerate(images[digits == digit][:20]):
                pixels = (image.reshape(8, 8) * 255 / 16).astype("uint8")
                Image.fromarray(pixels).save(folder / str(digit) / f"{number}.png")
    return folder


def pytest_unconfigure() -> None:
    if "folder" in _shared:
        shutil.rmtree(_shared["folder"], ignore_errors=True)


SYBIL = Sybil(
    parsers=[CodeBlockParser("sh", run_shell), CodeBlockParser("python", run_python)],
    path=str(ROOT),
    patterns=PAGES,
    setup=enter_folder,
    teardown=leave_folder,
)
pytest_collect_file = SYBIL.pytest()
