"""Folders of image files, for tests that list, hash and check them."""

from pathlib import Path


def write_files(root: Path, *paths: str, content: bytes = b"not really an image") -> None:
    """Write files of this content below ``root``, and their folders."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
