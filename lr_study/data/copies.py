"""Images of equal content: copies within a class, images in several classes, and in a test set."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.data.image_set import ImageSet
from lr_study.data.notices import printable


@dataclass(frozen=True)
class Copies:
    """Paths of images with equal content.

    Attributes
    ----------
    within
        For each image that is in one class several times: its paths.
    across
        For each image that is in several classes: its paths.
    in_test
        For each image that is in a given test set too: a path of it here, and one there.
    """

    within: tuple[tuple[str, ...], ...] = ()
    across: tuple[tuple[str, ...], ...] = ()
    in_test: tuple[tuple[str, str], ...] = ()

    def to_drop(self) -> dict[str, str]:
        """Return the paths that ``--duplicates drop`` leaves out, each with the reason."""
        dropped = {}
        for paths in self.across:
            for path in paths:
                other = _in_another_class(path, paths)
                dropped[path] = f"the same image as {other!r} of another class"
        for path, there in self.in_test:
            dropped[path] = f"the same image as {there!r} of the test set"
        return dropped

    def lines(self, total: int, *, dropped: bool) -> Iterator[str]:
        """Yield a line each for copies within classes, across classes, and in a given test set."""
        if self.within:
            number = sum(len(paths) - 1 for paths in self.within)
            first, other = self.within[0][:2]
            yield (
                f"{number} of {total} images are copies of another of their class, such as "
                f"{printable(other)!r} of {printable(first)!r}: copies stay on one side of a split"
            )
        advice = "left out" if dropped else "--duplicates drop leaves them out"
        if self.across:
            first = self.across[0][0]
            other = _in_another_class(first, self.across[0])
            images = f"{len(self.across)} image{'s are' if len(self.across) > 1 else ' is'}"
            yield (
                f"{images} in more than one class, such as {printable(first)!r} and "
                f"{printable(other)!r}: {advice}"
            )
        if self.in_test:
            here, there = self.in_test[0]
            yield (
                f"{len(self.in_test)} of {total} images are in the test set too, such as "
                f"{printable(here)!r} and there {printable(there)!r}: {advice}"
            )


def find_copies(image_set: ImageSet, left_out: Collection[str] = ()) -> Copies:
    """Find the images of equal content among those that are not left out; no file is read.

    A test set that is given with the images counts with all of its images.
    """
    paths_of = _paths_by_digest(image_set, left_out)
    within, across, in_test = [], [], []
    test = _paths_by_digest(image_set.test_set, ()) if image_set.test_set is not None else {}
    for digest, paths in paths_of.items():
        classes = {_class_of(path) for path in paths}
        if len(classes) > 1:
            across.append(tuple(paths))
        elif len(paths) > 1:
            within.append(tuple(paths))
        if digest in test:
            in_test += [(path, test[digest][0]) for path in paths]
    return Copies(tuple(within), tuple(across), tuple(in_test))


def content_groups(
    image_set: ImageSet, rows: NDArray[np.int64], labels: NDArray[np.int32] | None = None
) -> NDArray[np.int64]:
    """Return for each of the rows the position of the first one with its content and class.

    Without ``labels``, copies in other classes count too.
    """
    if labels is None:
        labels = np.zeros(len(rows), np.int32)
    first: dict[tuple[str, int], int] = {}
    groups = np.arange(len(rows), dtype=np.int64)
    if image_set.digests:
        for i, (row, label) in enumerate(zip(rows.tolist(), labels.tolist(), strict=True)):
            digest = image_set.digests[row]
            if digest is not None:
                groups[i] = first.setdefault((digest, label), i)
    return groups


def _paths_by_digest(image_set: ImageSet, left_out: Collection[str]) -> dict[str, list[str]]:
    paths_of: dict[str, list[str]] = {}
    for path, digest in zip(image_set.paths, image_set.digests, strict=False):
        if digest is not None and path not in left_out:
            paths_of.setdefault(digest, []).append(path)
    return paths_of


def _in_another_class(path: str, paths: Iterable[str]) -> str:
    return next(other for other in paths if _class_of(other) != _class_of(path))


def _class_of(path: str) -> str:
    return path.partition("/")[0]
