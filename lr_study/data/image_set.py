"""The images in a folder of class folders, listed in the same order on every machine."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lr_study.data.fingerprint import Listed, forget_digests, hash_files, nfc_bytes
from lr_study.data.images import SUFFIXES, Decoded, ImageError, decode_image
from lr_study.data.reading import (
    BROKEN_LINK,
    ChangedError,
    read_unchanged,
    unreadable,
    why_not_a_file,
)
from lr_study.support import UsageError


@dataclass(frozen=True, eq=False)
class ImageSet:
    """The labelled images below one folder.

    Attributes
    ----------
    name
        The name of the data set, as runs are compared by it.
    root
        The folder with one folder per class.
    paths
        Every image, relative to ``root``, with ``/`` between the parts and each part as the file
        system gives it (bytes that are not UTF-8 as surrogates). Sorted by the UTF-8 bytes of the
        NFC form, so the order is the same on every file system.
    labels : ndarray of int32, shape (images,)
        For every path the index of its class in ``class_names``.
    class_names
        The class folders with at least one image, sorted in the same way.
    fingerprint
        64 hexadecimal digits that change when an image is added, removed, renamed or altered.
    digests
        For every path the SHA-256 of its content when the set was listed; None for a broken link,
        and for what is not a regular file.
    """

    name: str
    root: Path
    paths: tuple[str, ...]
    labels: NDArray[np.int32]
    class_names: tuple[str, ...]
    fingerprint: str
    digests: tuple[str | None, ...] = ()

    def load(self, row: int, size: int) -> Decoded:
        """Decode the image of ``paths[row]``, and check that it is unchanged.

        The file is read once, and the bytes that were compared with the digest are decoded.

        Raises
        ------
        ImageError
            If the image cannot be used, whenever it is read.
        LrStudyError
            If the file cannot be read at the moment, or changed since the set was listed.
        """
        path, digest = self.root / self.paths[row], self.digests[row]
        if digest is None:
            raise ImageError(why_not_a_file(path))
        try:
            return decode_image(read_unchanged(path, digest), size)
        except ChangedError:
            forget_digests(self.root)
            raise


def scan(name: str, root: Path) -> ImageSet:
    """List the images of a folder with one folder per class.

    An image is recognised by the suffix of its name (`SUFFIXES`), at any depth below its class
    folder. Hidden files and folders, files directly in ``root``, and links that lead out of
    ``root`` are ignored; such a link is neither followed nor read. A folder named ``x.jpg`` is a
    folder; anything else with that name is listed even if it is not a regular file, and
    `check_images` gives the reason why it cannot be used.

    Parameters
    ----------
    name
        The name of the data set.
    root
        The folder, as `locate` returns it.

    Raises
    ------
    UsageError
        If a folder below ``root`` cannot be listed.
    LrStudyError
        If an image cannot be read.
    """
    files = sorted(_walk(root), key=lambda file: _sort_key(file.path))
    class_of = [file.path.partition("/")[0] for file in files]
    class_names = tuple(sorted(set(class_of), key=_sort_key))
    index = {class_name: i for i, class_name in enumerate(class_names)}
    hashes = hash_files(root, files)
    return ImageSet(
        name=name,
        root=root,
        paths=tuple(file.path for file in files),
        labels=np.array([index[class_name] for class_name in class_of], np.int32),
        class_names=class_names,
        fingerprint=hashes.fingerprint,
        digests=hashes.digests,
    )


def _sort_key(path: str) -> tuple[bytes, str]:
    # The second part decides only between names that differ in their Unicode form alone.
    return nfc_bytes(path), path


def _walk(root: Path) -> Iterator[Listed]:
    real_root = Path(os.path.realpath(root))
    for entry, real in _visible(root, real_root, real_root):
        if not _is_folder(entry):
            continue
        # A folder is entered once per class, by the first path that leads there: so link loops end.
        entered = set()
        pending = [(entry.name, real)]
        for folder, real_folder in pending:  # grows while it is iterated
            if real_folder in entered:
                continue
            entered.add(real_folder)
            for inner, real_inner in _visible(root / folder, real_folder, real_root):
                path = f"{folder}/{inner.name}"
                if _is_folder(inner):
                    pending.append((path, real_inner))
                elif Path(inner.name).suffix.lower() in SUFFIXES:
                    yield Listed(path, _status(inner))


def _visible(
    folder: Path, real_folder: Path, real_root: Path
) -> list[tuple[os.DirEntry[str], Path]]:
    """List the entries of a folder that are not hidden, sorted, each with its real path."""
    try:
        with os.scandir(folder) as entries:
            visible = sorted(
                (entry for entry in entries if not entry.name.startswith(".")),
                key=lambda entry: _sort_key(entry.name),
            )
    except OSError as error:
        raise UsageError(f"cannot list the folder {str(folder)!r}: {error.strerror}") from None
    pairs = []
    for entry in visible:
        real = real_folder / entry.name
        if entry.is_symlink():
            real = Path(os.path.realpath(entry.path))
            if real_root not in real.parents:  # out of the root, or the root itself
                continue
        pairs.append((entry, real))
    return pairs


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError as error:
        if entry.is_symlink() and error.errno in BROKEN_LINK:
            return None
        raise unreadable(Path(entry.path), error) from error
