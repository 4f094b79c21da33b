"""Images that look alike: scaled, compressed again or slightly edited copies of each other."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from lr_study.data.image_set import ImageSet
from lr_study.data.images import ImageError
from lr_study.data.notices import printable
from lr_study.data.threads import in_threads

MAX_COMPARED = 100_000
"""Images among which all pairs are compared: 5 billion pairs, a few minutes."""

MAX_DISTANCE = 6
"""Bits of 128 in which the hashes of images that look alike may differ."""

_CELLS = 8
_SIZE = 8 * 9  # divides into 8 and into 9 cells
_FLAT = 4.0  # standard deviation of grey, of 255, below which a hash is mostly noise
_MAX_SHOWN = 10


@dataclass(frozen=True)
class SimilarImages:
    """Pairs of images that look alike and are not copies, those of different classes first."""

    pairs: tuple[tuple[str, str], ...]
    in_two_classes: int

    def lines(self) -> Iterator[str]:
        """Yield how many pairs there are, and the first ten."""
        if not self.pairs:
            return
        one = len(self.pairs) == 1
        yield (
            f"{len(self.pairs)} {'pair of images looks' if one else 'pairs of images look'} alike, "
            f"{self.in_two_classes} of them in different classes; nothing is left out for this:"
        )
        for one_path, other in islice(self.pairs, _MAX_SHOWN):
            yield f"  {printable(one_path)!r} and {printable(other)!r}"
        if len(self.pairs) > _MAX_SHOWN:
            yield f"  and {len(self.pairs) - _MAX_SHOWN} more"


def find_similar(image_set: ImageSet, left_out: Collection[str] = ()) -> SimilarImages:
    """Decode all images that are not left out, and find those that look alike.

    Two images look alike if their difference hashes do: 128 bits that say, for each cell of a grid,
    whether the next one to the right, or below, is brighter. Images of nearly one colour have no
    such hash. Copies, with the same content, are not counted; nor is anything in a set of more
    than `MAX_COMPARED` images.
    """
    rows = [row for row, path in enumerate(image_set.paths) if path not in left_out]
    if len(rows) > MAX_COMPARED:
        return SimilarImages((), 0)

    def hash_of(row: int) -> NDArray[np.uint64] | None:
        try:
            return difference_hash(image_set.load(row, _SIZE).pixels)
        except ImageError:
            return None

    found = in_threads(hash_of, rows, "comparing images", "images")
    hashed = [(row, bits) for row, bits in zip(rows, found, strict=True) if bits is not None]
    pairs = []
    for i, j in _close_pairs(np.array([bits for _, bits in hashed], np.uint64).reshape(-1, 2)):
        one, other = hashed[i][0], hashed[j][0]
        if not image_set.digests or image_set.digests[one] != image_set.digests[other]:
            pairs.append((one, other))
    labels = image_set.labels
    pairs.sort(key=lambda pair: labels[pair[0]] == labels[pair[1]])
    return SimilarImages(
        tuple((image_set.paths[one], image_set.paths[other]) for one, other in pairs),
        sum(bool(labels[one] != labels[other]) for one, other in pairs),
    )


def difference_hash(image: NDArray[np.uint8]) -> NDArray[np.uint64] | None:
    """Return the 128 bits of a square image of 72 pixels; None if it is nearly of one colour."""
    grey = image.astype(np.float32).mean(axis=2)
    if grey.std() < _FLAT:
        return None
    right = np.diff(_means(grey, _CELLS, _CELLS + 1), axis=1) > 0
    below = np.diff(_means(grey, _CELLS + 1, _CELLS), axis=0) > 0
    return np.packbits(np.concatenate([right.ravel(), below.ravel()])).view(np.uint64)


def _means(grey: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    cells = grey.reshape(rows, _SIZE // rows, columns, _SIZE // columns)
    return np.asarray(cells.mean(axis=(1, 3)).round(1))


def _close_pairs(hashes: NDArray[np.uint64], chunk: int = 256) -> Iterator[tuple[int, int]]:
    """Yield the positions of each pair of hashes that differ in few bits, the first ascending."""
    for start in range(0, len(hashes), chunk):
        part = hashes[start : start + chunk, None]
        distances = np.bitwise_count(part ^ hashes[None, start:]).sum(axis=2, dtype=np.uint8)
        for i, j in np.argwhere(distances <= MAX_DISTANCE).tolist():
            if j > i:
                yield start + i, start + j
