"""Features of every picture, extracted once and kept on disk.

What the frozen backbone makes of a picture never changes, so each combination of pictures,
backbone, weights and picture size is extracted once into the user's cache:

    features/KEY.partial/   features.npy  progress.jsonl     while an extraction runs, or after
                                                             it was killed: the next one goes on
    features/KEY/           features.npy  features.json      complete; renamed into place

One thread per core takes a batch of pictures, decodes it and passes it through the backbone, so
that one batch is decoded while another is in the backbone, and all cores stay busy.
"""

import hashlib
import json
import os
import shutil
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from lr_study.data import ImageError, ImageSet, load_image, write_left_out
from lr_study.features.backbones import FEATURES, Weights, build_backbone
from lr_study.runs import canonical_json
from lr_study.support import (
    LrStudyError,
    cache_dir,
    checked_json,
    progress_bar,
    read_checked_json,
    release_pages,
)

BATCH_SIZE = 32
"""Pictures in one pass; always filled up, so that a feature never depends on how many follow."""

_FORGET_EVERY = 16_384
"""Rows after which the memory of what was written is given back: 84 MB."""

_Memmap = np.memmap[Any, np.dtype[np.float32]]

_VERSION = 1
"""Part of the key: raised when decoding or a backbone changes what a picture's features are."""


@dataclass(frozen=True)
class FeatureSet:
    """The features of an `ImageSet`.

    ``values`` (pictures, 1280) float32, memory-mapped, rows in the order of ``ImageSet.paths``;
    the row of a picture that could not be used is zero, and ``left_out`` gives its path and the
    reason. ``seconds`` is what extracting took, once.
    """

    values: NDArray[np.float32]
    left_out: dict[str, str]
    seconds: float


def load_features(
    image_set: ImageSet, backbone: str, weights: Weights, image_size: int
) -> FeatureSet:
    """Return the features of all pictures, from the cache or extracted now.

    One process at a time extracts a given set; others wait for it and read what it made. A cached
    file that was changed or cut short is noticed by its checksum, and extracted again. What is
    there can be read where nothing can be written.

    Raises
    ------
    LrStudyError
        If the cache cannot be written, or is full.
    """
    key = _key(image_set, backbone, weights, image_size)
    folder = cache_dir() / "features" / key
    found = _read(folder)
    try:
        if found is None:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.with_suffix(".lock")):
                found = _read(folder)  # another process may have made it meanwhile
                if found is None:
                    _extract(image_set, backbone, weights, image_size, folder)
                    found = _read(folder)
                    assert found is not None
    except OSError as error:
        raise LrStudyError(
            f"the features cannot be written to {str(folder.parent)!r} "
            f"({error.strerror or error}): make room, or set LR_STUDY_CACHE to another folder"
        ) from error
    write_left_out(image_set.fingerprint, found.left_out)
    return found


def _key(image_set: ImageSet, backbone: str, weights: Weights, image_size: int) -> str:
    parts = [_VERSION, image_set.fingerprint, backbone, weights.digest, image_size]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()[:24]


def _read(folder: Path) -> FeatureSet | None:
    """Return what a complete folder holds, or None if it is missing or damaged."""
    try:
        about = read_checked_json(folder / "features.json")
        with (folder / "features.npy").open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != about["sha256"]:
                return None
        values = np.load(folder / "features.npy", mmap_mode="r")
        return FeatureSet(values, dict(about["left_out"]), float(about["seconds"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _extract(
    image_set: ImageSet, backbone: str, weights: Weights, image_size: int, folder: Path
) -> None:
    from lr_study.features.folding import fold_batch_norms
    from lr_study.support import tf, use_one_thread_per_op

    use_one_thread_per_op()
    model = fold_batch_norms(build_backbone(backbone, weights, image_size))

    @tf.function(
        input_signature=[tf.TensorSpec((BATCH_SIZE, image_size, image_size, 3), tf.uint8)],
    )
    def forward(pictures: Any) -> Any:
        return model(tf.cast(pictures, tf.float32), training=False)

    def one_batch(start: int) -> dict[str, str]:
        pictures, left_out = _decode(image_set, start, image_size)
        values = forward(pictures).numpy()
        rows = min(BATCH_SIZE, len(image_set.paths) - start)
        for i in range(rows):
            if image_set.paths[start + i] in left_out:
                values[i] = 0
        partial.write(start, values[:rows], left_out)
        return left_out

    partial = _Partial(folder.with_suffix(".partial"), len(image_set.paths))
    total = len(image_set.paths)
    missing = partial.missing()
    with (
        progress_bar("extracting features", total, "pictures") as bar,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        bar.advance(total - sum(min(BATCH_SIZE, total - start) for start in missing))
        work = {pool.submit(one_batch, start): start for start in missing}
        try:
            for done in as_completed(work):
                done.result()
                bar.advance(min(BATCH_SIZE, total - work[done]))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    partial.complete(folder)


def _decode(
    image_set: ImageSet, start: int, image_size: int
) -> tuple[NDArray[np.uint8], dict[str, str]]:
    """Decode one batch, (BATCH_SIZE, size, size, 3); what cannot be decoded stays black."""
    pictures = np.zeros((BATCH_SIZE, image_size, image_size, 3), np.uint8)
    left_out = {}
    for i, path in enumerate(image_set.paths[start : start + BATCH_SIZE]):
        try:
            pictures[i] = load_image(image_set.root / path, image_size)
        except ImageError as error:
            left_out[path] = str(error)
    return pictures, left_out


def _take_room(file: Path) -> None:
    """Take the room of a mapped file on its disk now: a full disk would end us at a write to it."""
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)


class _Partial:
    """A folder that fills batch by batch, from any thread, and survives the process.

    After a batch's rows are written, one line says so, with their checksum: a line that was cut
    short or whose rows are not as they should be counts as not done.
    """

    def __init__(self, folder: Path, rows: int) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._rows = rows
        self._left_out: dict[str, str] = {}
        self._before = 0.0
        self._started = time.perf_counter()
        folder.mkdir(exist_ok=True)
        file = folder / "features.npy"
        self._values = self._opened(file)
        self._done: set[int] = set()
        whole = b""
        for line in self._lines():
            start = line["start"]
            if zlib.crc32(self._values[start : start + BATCH_SIZE].tobytes()) == line["crc32"]:
                self._done.add(start)
                self._left_out |= line["left_out"]
                self._before = line["seconds"]
                whole += json.dumps(line).encode() + b"\n"
        self._progress.write_bytes(whole)

    @property
    def _progress(self) -> Path:
        return self._folder / "progress.jsonl"

    def _opened(self, file: Path) -> _Memmap:
        shape = (self._rows, FEATURES)
        try:
            values = np.lib.format.open_memmap(file, mode="r+")
            if values.shape == shape and values.dtype == np.float32:
                _take_room(file)
                return values
        except (FileNotFoundError, ValueError):
            pass
        self._progress.unlink(missing_ok=True)
        values = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=shape)
        _take_room(file)
        return values

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self._progress.exists():
            return
        for line in self._progress.read_bytes().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                return

    def missing(self) -> list[int]:
        """The first rows of the batches that are still to be done."""
        return [i for i in range(0, self._rows, BATCH_SIZE) if i not in self._done]

    def _seconds(self) -> float:
        return self._before + time.perf_counter() - self._started

    def write(self, start: int, values: NDArray[np.float32], left_out: dict[str, str]) -> None:
        self._values[start : start + len(values)] = values
        line = {"start": start, "crc32": zlib.crc32(values.tobytes()), "left_out": left_out}
        if start % _FORGET_EVERY < BATCH_SIZE:
            release_pages(self._values)
        with self._lock:
            self._left_out |= left_out
            with self._progress.open("a") as file:
                file.write(json.dumps(line | {"seconds": self._seconds()}) + "\n")

    def complete(self, folder: Path) -> None:
        """Write what the features are and their checksum, and rename the folder into place."""
        self._values.flush()
        with (self._folder / "features.npy").open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        about = {
            "sha256": digest,
            "seconds": self._seconds(),
            "left_out": dict(sorted(self._left_out.items())),
        }
        (self._folder / "features.json").write_text(checked_json(about))
        if folder.exists():
            shutil.rmtree(folder)
        self._folder.rename(folder)
        (folder / self._progress.name).unlink()
