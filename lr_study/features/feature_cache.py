"""The cache of extracted features on disk.

What a frozen backbone computes from decoded images never changes, so the features of each
combination of images, decoder, backbone, weights and image size are stored once:

    features/KEY.partial/   features.npy  progress.jsonl     an extraction that is running, or was
                                                             interrupted and will be resumed
    features/KEY/           features.npy  features.json      complete; renamed into place
"""

import hashlib
import json
import os
import shutil
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.data import ImageSet, combine_pixels, decoder
from lr_study.features.backbones import Weights
from lr_study.runs import canonical_json
from lr_study.support import cache_dir, checked_json, read_checked_json, release_pages

# Part of the key: raise it when a backbone changes the features of an image.
_VERSION = 2

_ROWS_PER_RELEASE = 16_384  # written rows after which their memory is released: 84 MB

_Memmap = np.memmap[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class FeatureSet:
    """The features of an `ImageSet`.

    Attributes
    ----------
    values : ndarray of float32, shape (images, features)
        Memory-mapped, in the order of ``ImageSet.paths``; zero for an image that cannot be used.
    left_out
        The reason for each path that cannot be used.
    seconds
        How long the extraction took.
    pixels
        The digest of the decoded images, from `combine_pixels`.
    remarks
        The `Remark` on each path that has one.
    """

    values: NDArray[np.float32]
    left_out: dict[str, str]
    seconds: float
    pixels: str
    remarks: dict[str, str]


def cache_key(image_set: ImageSet, backbone: str, weights: Weights, image_size: int) -> str:
    """Return 24 hexadecimal digits that identify everything the features depend on."""
    parts = [_VERSION, image_set.fingerprint, backbone, weights.digest, image_size, decoder()]
    return _hash(parts)


def cache_key_of_before(
    image_set: ImageSet, backbone: str, weights: Weights, image_size: int
) -> str:
    """Return the key of earlier versions, which did not say what had decoded the images."""
    return _hash([1, image_set.fingerprint, backbone, weights.digest, image_size])


def _hash(parts: list[Any]) -> str:
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()[:24]


def cache_folder(key: str) -> Path:
    """Return the folder of complete features with this key."""
    return cache_dir() / "features" / key


def read_features(folder: Path) -> FeatureSet | None:
    """Return the features in a complete folder, or None if it is missing or damaged."""
    try:
        metadata = read_checked_json(folder / "features.json")
        with (folder / "features.npy").open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != metadata["sha256"]:
                return None
        values = np.load(folder / "features.npy", mmap_mode="r")
        return FeatureSet(
            values,
            dict(metadata["left_out"]),
            float(metadata["seconds"]),
            # Earlier versions have neither of these.
            str(metadata.get("pixels", "")),
            dict(metadata.get("remarks", {})),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def same_features(one: FeatureSet, other: FeatureSet, paths: Sequence[str]) -> bool:
    """Whether two feature sets agree, but for rounding, wherever both have an image."""
    both = [path not in one.left_out and path not in other.left_out for path in paths]
    rows = np.flatnonzero(both)
    for start in range(0, len(rows), _ROWS_PER_RELEASE):
        some = rows[start : start + _ROWS_PER_RELEASE]
        expected = one.values[some]
        # Relative to the largest: what is computed elsewhere differs in the last bits of that.
        if np.abs(expected - other.values[some]).max() > 1e-3 * np.abs(expected).max():
            return False
    return True


class PartialFeatures:
    """Features that are written batch by batch, from any thread, and survive the process.

    After the rows of a batch are written, a line with their checksum is appended to the progress
    file. A batch counts as done only if its line is complete and the checksum matches.

    Parameters
    ----------
    folder
        The ``.partial`` folder; continued if it exists.
    rows
        The number of images.
    features
        The length of a row.
    batch_size
        Images per batch; the same when an extraction is resumed.
    """

    def __init__(self, folder: Path, rows: int, features: int, batch_size: int) -> None:
        self._folder = folder
        self._rows = rows
        self._features = features
        self._batch_size = batch_size
        self._progress = folder / "progress.jsonl"
        self._lock = threading.Lock()
        self._left_out: dict[str, str] = {}
        self._remarks: dict[str, str] = {}
        self._pixels: dict[int, list[str]] = {}
        self._seconds_before = 0.0
        self._started = time.perf_counter()
        folder.mkdir(exist_ok=True)
        self._values = self._open_values()
        self._resume()

    def missing(self) -> list[int]:
        """Return the first row of each batch that is not done."""
        return [row for row in range(0, self._rows, self._batch_size) if row not in self._pixels]

    def write(
        self,
        start: int,
        values: NDArray[np.float32],
        *,
        left_out: Mapping[str, str],
        remarks: Mapping[str, str],
        pixels: Sequence[str],
    ) -> None:
        """Write the features of the batch that begins at row ``start``, and what goes with them."""
        self._values[start : start + len(values)] = values
        checksum = zlib.crc32(values.tobytes())
        if start % _ROWS_PER_RELEASE < self._batch_size:
            release_pages(self._values)
        with self._lock:
            self._left_out |= left_out
            self._remarks |= remarks
            self._pixels[start] = list(pixels)
            entry = {
                "start": start,
                "crc32": checksum,
                "left_out": dict(left_out),
                "remarks": dict(remarks),
                "pixels": self._pixels[start],
                "seconds": self._seconds(),
            }
            with self._progress.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")

    def complete(self, folder: Path) -> None:
        """Write the metadata and the checksum, and rename the folder to ``folder``."""
        self._values.flush()
        with (self._folder / "features.npy").open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        metadata = {
            "sha256": digest,
            "seconds": self._seconds(),
            "left_out": dict(sorted(self._left_out.items())),
            "remarks": dict(sorted(self._remarks.items())),
            "pixels": combine_pixels(chain(*(self._pixels[row] for row in sorted(self._pixels)))),
        }
        (self._folder / "features.json").write_text(checked_json(metadata), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        self._folder.rename(folder)
        (folder / self._progress.name).unlink()

    def _open_values(self) -> _Memmap:
        file = self._folder / "features.npy"
        shape = (self._rows, self._features)
        try:
            values = np.lib.format.open_memmap(file, mode="r+")
            if values.shape == shape and values.dtype == np.float32:
                _allocate(file)
                return values
        except (FileNotFoundError, ValueError):
            pass
        self._progress.unlink(missing_ok=True)
        values = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=shape)
        _allocate(file)
        return values

    def _resume(self) -> None:
        """Keep the progress of batches whose rows match their checksum; forget the rest."""
        verified = b""
        for entry in self._entries():
            start = entry["start"]
            rows = self._values[start : start + self._batch_size]
            if zlib.crc32(rows.tobytes()) == entry["crc32"]:
                self._pixels[start] = entry["pixels"]
                self._left_out |= entry["left_out"]
                self._remarks |= entry["remarks"]
                self._seconds_before = entry["seconds"]
                verified += json.dumps(entry).encode() + b"\n"
        self._progress.write_bytes(verified)

    def _entries(self) -> Iterator[dict[str, Any]]:
        if not self._progress.exists():
            return
        for line in self._progress.read_bytes().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                return

    def _seconds(self) -> float:
        return self._seconds_before + time.perf_counter() - self._started


def _allocate(file: Path) -> None:
    """Reserve the disk space of a mapped file: writing to it on a full disk kills the process."""
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)
