"""Folders of image files, for tests that list, hash and check them."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def write_files(root: Path, *paths: str, content: bytes = b"not really an image") -> None:
    """Write files of this content below ``root``, and their folders."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


@contextmanager
def away(*paths: Path) -> Iterator[None]:
    """Make opening these files fail, as when a network share is away for a moment."""
    gone = {os.fspath(path) for path in paths}
    os_open = os.open

    def fail(path, *args, **kwargs):
        if os.fspath(path) in gone:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return os_open(path, *args, **kwargs)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(os, "open", fail)
        yield
