"""The images in a folder of class folders, listed in the same order on every machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lr_study.data.fingerprint import forget_digests, hash_files
from lr_study.data.images import Decoded, ImageError, decode_image
from lr_study.data.reading import ChangedError, read_unchanged, why_not_a_file
from lr_study.data.walking import sort_key, walk
from lr_study.support import utf8_text


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
    skipped
        The reason for each file in a class folder, image beside them, and link that is not used.
    empty_classes
        The folders that have no image, and so are no classes.
    test_set
        A given test set with the same classes, or None: the test set is split off.
    """

    name: str
    root: Path
    paths: tuple[str, ...]
    labels: NDArray[np.int32]
    class_names: tuple[str, ...]
    fingerprint: str
    digests: tuple[str | None, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    empty_classes: tuple[str, ...] = ()
    test_set: "ImageSet | None" = None

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


def scan(name: str, root: Path, *, follow_links: bool = False) -> ImageSet:
    """List the images of a folder with one folder per class.

    An image is recognised by the suffix of its name (`SUFFIXES`) or, under any other name, by its
    first bytes, at any depth below its class folder. Hidden files and folders, those of systems and
    tools (`is_ignored`) and files directly in ``root`` are ignored. A folder named ``x.jpg`` is a
    folder; anything else with that name is listed even if it is not a regular file, and
    `check_images` gives the reason why it cannot be used.

    Parameters
    ----------
    name
        The name of the data set.
    root
        The folder, as `locate` returns it.
    follow_links
        Whether links that lead out of ``root`` are followed; otherwise they are not even read.

    Raises
    ------
    UsageError
        If a folder below ``root`` cannot be listed.
    LrStudyError
        If an image cannot be read.
    """
    found = walk(root, follow_links=follow_links)
    files = sorted(found.images, key=lambda file: sort_key(file.path))
    class_of = [file.path.partition("/")[0] for file in files]
    class_names = tuple(sorted(set(class_of), key=sort_key))
    index = {class_name: i for i, class_name in enumerate(class_names)}
    hashes = hash_files(root, files)
    return ImageSet(
        name=name,
        root=root,
        paths=tuple(file.path for file in files),
        labels=np.array([index[class_name] for class_name in class_of], np.int32),
        class_names=tuple(map(utf8_text, class_names)),
        fingerprint=hashes.fingerprint,
        digests=hashes.digests,
        skipped=dict(sorted(found.skipped.items(), key=lambda item: sort_key(item[0]))),
        empty_classes=tuple(name for name in found.folders if name not in index),
    )
