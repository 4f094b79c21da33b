"""Images that look alike: scaled, compressed again or slightly edited copies of each other."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lr_study.data.image_set import ImageSet
from lr_study.data.images import ImageError, decoder
from lr_study.data.notices import printable
from lr_study.data.threads import in_threads
from lr_study.support import atomic_write, cache_dir, checked_json, read_checked_json

MAX_COMPARED = 100_000
"""Images among which all pairs are compared: 5 billion pairs, a few minutes."""

MAX_DISTANCE = 6
"""Bits of 128 in which the hashes of images that look alike may differ."""

_CELLS = 8
_SIZE = 8 * 9  # divides into 8 and into 9 cells
_FLAT = 4.0  # standard deviation of grey, of 255, below which a hash is mostly noise
_MAX_SHOWN = 10
_VERSION = 1  # of what looks alike: raise it when the rule changes


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
    hashed_rows, hashes = _hashes(image_set, rows)
    pairs = []
    for i, j in _close_pairs(hashes):
        one, other = hashed_rows[i], hashed_rows[j]
        if not image_set.digests or image_set.digests[one] != image_set.digests[other]:
            pairs.append((one, other))
    labels = image_set.labels
    pairs.sort(key=lambda pair: labels[pair[0]] == labels[pair[1]])
    return SimilarImages(
        tuple((image_set.paths[one], image_set.paths[other]) for one, other in pairs),
        sum(bool(labels[one] != labels[other]) for one, other in pairs),
    )


def similar_groups(
    image_set: ImageSet, left_out: Collection[str] = ()
) -> tuple[tuple[int, ...], ...] | None:
    """Return the rows of images that look alike, group by group; None if they are too many.

    Two images are of one group if they look alike, as `find_similar` says, or a chain of images
    that do leads from one to the other. The result is cached by the fingerprint of the set and the
    decoder, so the second call is free.

    Raises
    ------
    LrStudyError
        If an image cannot be read at the moment, or changed since the set was listed.
    """
    rows = [row for row, path in enumerate(image_set.paths) if path not in left_out]
    if len(rows) > MAX_COMPARED:
        return None
    cached = read_similar_groups(image_set.fingerprint)
    if cached is not None:
        return cached
    hashed_rows, hashes = _hashes(image_set, rows)
    group = np.arange(len(hashes))
    for _, alike in _neighbours(hashes):
        members = np.unique(group[alike])
        if len(members) > 1:
            group[np.isin(group, members)] = members[0]
    by_group: dict[int, list[int]] = {}
    for row, of in zip(hashed_rows, group.tolist(), strict=True):
        by_group.setdefault(of, []).append(row)
    groups = tuple(tuple(members) for members in by_group.values() if len(members) > 1)
    with suppress(OSError), atomic_write(_cache_file(image_set.fingerprint)) as aside:
        text = checked_json({"decoder": decoder(), "version": _VERSION, "groups": groups})
        aside.write_text(text, encoding="ascii")
    return groups


def read_similar_groups(fingerprint: str) -> tuple[tuple[int, ...], ...] | None:
    """Return what `similar_groups` found in a data set before; None if it was not asked."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        entry = read_checked_json(_cache_file(fingerprint))
        if (entry["decoder"], entry["version"]) == (decoder(), _VERSION):
            return tuple(tuple(map(int, rows)) for rows in entry["groups"])
    return None


def _cache_file(fingerprint: str) -> Path:
    return cache_dir() / "similar" / f"{fingerprint}.json"


def _hashes(image_set: ImageSet, rows: Sequence[int]) -> tuple[list[int], NDArray[np.uint64]]:
    """Decode images; return the rows of those that have a difference hash, and the hashes."""

    def hash_of(row: int) -> NDArray[np.uint64] | None:
        try:
            return difference_hash(image_set.load(row, _SIZE).pixels)
        except ImageError:
            return None

    found = in_threads(hash_of, rows, "comparing images", "images")
    hashed = [(row, bits) for row, bits in zip(rows, found, strict=True) if bits is not None]
    bits = np.array([bits for _, bits in hashed], np.uint64).reshape(-1, 2)
    return [row for row, _ in hashed], bits


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


def _close_pairs(hashes: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Yield the positions of each pair of hashes that differ in few bits, the first ascending."""
    for i, alike in _neighbours(hashes):
        for j in alike.tolist():
            if j > i:
                yield i, j


def _neighbours(
    hashes: NDArray[np.uint64], chunk: int = 256
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each position, and those from its chunk's first on whose hash differs in few bits."""
    for start in range(0, len(hashes), chunk):
        part = hashes[start : start + chunk, None]
        distances = np.bitwise_count(part ^ hashes[None, start:]).sum(axis=2, dtype=np.uint8)
        for i, row in enumerate(distances <= MAX_DISTANCE, start):
            yield i, start + np.flatnonzero(row)
