"""A folder with one folder per class becomes a list of pictures, the same on every machine."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lr_study.data.fingerprint import Listed, fingerprint, portable
from lr_study.data.images import SUFFIXES
from lr_study.support import UsageError


@dataclass(frozen=True, eq=False)
class ImageSet:
    """The pictures below one folder, and what they show.

    Attributes
    ----------
    name
        What the data set is called where runs are compared.
    root
        The folder that holds one folder per class.
    paths
        Every picture, relative to ``root``, with ``/`` between the parts and each part as the file
        system gives it (bytes that are no UTF-8 as surrogates). The order is that of the UTF-8
        bytes of the NFC form, so it is the same on every file system.
    labels : ndarray of int32, shape (pictures,)
        For every path the index of its class in ``class_names``.
    class_names
        The folders in ``root`` that hold a picture, in the same order.
    fingerprint
        64 hexadecimal digits that change when a picture is added, removed, renamed or altered.
    """

    name: str
    root: Path
    paths: tuple[str, ...]
    labels: NDArray[np.int32]
    class_names: tuple[str, ...]
    fingerprint: str


def scan(name: str, root: Path) -> ImageSet:
    """List the pictures of a folder that holds one folder per class.

    A picture is told by the end of its name (`SUFFIXES`), at any depth below its class. Not listed
    are hidden files and folders, what lies in ``root`` itself, and whatever a link reaches outside
    ``root``: such a link is neither followed nor read. A folder of the name ``x.jpg`` is a folder;
    anything else of that name which is no regular file is listed, and left out later with a reason.

    Parameters
    ----------
    name
        Kept as the name of the set.
    root
        The folder, as `locate` gives it.

    Raises
    ------
    UsageError
        A folder below ``root`` cannot be listed.
    """
    found = sorted(_walk(root), key=lambda listed: _order(listed.path))
    class_of = [listed.path.partition("/")[0] for listed in found]
    class_names = tuple(sorted(set(class_of), key=_order))
    index = {class_name: i for i, class_name in enumerate(class_names)}
    return ImageSet(
        name=name,
        root=root,
        paths=tuple(listed.path for listed in found),
        labels=np.array([index[class_name] for class_name in class_of], np.int32),
        class_names=class_names,
        fingerprint=fingerprint(root, found),
    )


def _order(path: str) -> tuple[bytes, str]:
    # The second part decides only between names that differ in nothing but their Unicode form.
    return portable(path), path


def _walk(root: Path) -> Iterator[Listed]:
    real_root = Path(os.path.realpath(root))
    for entry, real in _visible(root, real_root, real_root):
        if not _is_folder(entry):
            continue
        # A folder is entered once per class, by whichever way comes first: loops of links end here.
        entered = set()
        pending = [(entry.name, real)]
        for folder, real_folder in pending:  # which grows meanwhile
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
    """List what is in a folder, each with its real path, in the order of names."""
    try:
        with os.scandir(folder) as entries:
            shown = sorted(
                (entry for entry in entries if not entry.name.startswith(".")),
                key=lambda entry: _order(entry.name),
            )
    except OSError as error:
        raise UsageError(f"cannot list the folder {str(folder)!r}: {error.strerror}") from None
    pairs = []
    for entry in shown:
        real = real_folder / entry.name
        if entry.is_symlink():
            real = Path(os.path.realpath(entry.path))
            if real_root not in real.parents:  # it leads out of the root, or to the root itself
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
    except OSError:  # gone meanwhile, or a link to nothing
        return None
