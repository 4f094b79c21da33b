"""Decoded images kept in memory: every epoch but the first then reads no file."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lr_study.support import available_memory_bytes

_SHARE = 4
"""All images together take at most this part of the memory, or none are kept."""


class RememberedImages:
    """Loads images by number and size, each only once where all of them fit into memory.

    Several threads may call it; two that ask for one image at once both load it.

    Parameters
    ----------
    load
        Returns image i, from 0, as uint8 (size, size, 3).
    images
        How many there are.

    Examples
    --------
    >>> loaded = []
    >>> def load(i, size):
    ...     loaded.append(i)
    ...     return np.full((size, size, 3), i, np.uint8)
    >>> remembered = RememberedImages(load, 3)
    >>> [int(remembered(i, 32)[0, 0, 0]) for i in (2, 1, 2)], loaded
    ([2, 1, 2], [2, 1])
    """

    def __init__(self, load: Callable[[int, int], NDArray[np.uint8]], images: int) -> None:
        self._load = load
        self._images = images
        self._kept: dict[int, tuple[NDArray[np.uint8], NDArray[np.bool_]] | None] = {}

    def __call__(self, i: int, size: int) -> NDArray[np.uint8]:
        """Return an image."""
        if size not in self._kept:
            self._kept.setdefault(size, self._room(size))
        kept = self._kept[size]
        if kept is None:
            return self._load(i, size)
        pixels, is_loaded = kept
        if not is_loaded[i]:
            pixels[i] = self._load(i, size)
            is_loaded[i] = True
        image: NDArray[np.uint8] = pixels[i]
        return image

    def _room(self, size: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]] | None:
        shape = (self._images, size, size, 3)
        if np.prod(shape, dtype=np.int64) > available_memory_bytes() // _SHARE:
            return None
        return np.empty(shape, np.uint8), np.zeros(self._images, bool)
