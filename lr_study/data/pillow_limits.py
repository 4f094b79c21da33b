"""Settings of Pillow that are global to the process, changed for as long as images are decoded."""

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image, PngImagePlugin

_IGNORE = ("ignore", None, Warning, re.compile(r"PIL\."), 0)
"""A filter of Pillow's warnings (damaged EXIF, malformed previews): they concern metadata that is
not used here, and where warnings are errors they would abort the decoding of an intact image."""


class _Settings:
    """The settings as they were before the first of the threads that decode at present."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.pixels: int | None = None
        self.text_chunk = 0
        self.filters: list[list[Any]] = []


_settings = _Settings()


@contextmanager
def own_limits() -> Iterator[None]:
    """Decode under limits of one's own; those of Pillow are back once the last thread has left.

    Above Pillow's limit of pixels, `open` warns of a "decompression bomb", and above twice that it
    fails: the block has to check the size itself, after the header is read, before any pixel.

    Pillow refuses a PNG whose text or colour profile takes more than 1 MB, which some programs
    write. In the block both are limited by what the text of one image may take in all, 64 MB.

    Its warnings are neither printed nor raised in the block.
    """
    with _settings.lock:
        if _settings.users == 0:
            _settings.pixels = Image.MAX_IMAGE_PIXELS
            _settings.text_chunk = PngImagePlugin.MAX_TEXT_CHUNK
            Image.MAX_IMAGE_PIXELS = None
            PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY
        _ignore_warnings()
        _settings.users += 1
    try:
        yield
    finally:
        with _settings.lock:
            _settings.users -= 1
            if _settings.users == 0:
                Image.MAX_IMAGE_PIXELS = _settings.pixels
                PngImagePlugin.MAX_TEXT_CHUNK = _settings.text_chunk
                _restore_warnings()


def _ignore_warnings() -> None:
    """Put the filter in front.

    `warnings.catch_warnings` is not thread-safe: it replaces the list of filters, which all threads
    share. So one filter is put into the list of the moment, of which others may take a copy.
    """
    filters: list[Any] = warnings.filters  # type: ignore[assignment]
    if not filters or filters[0] is not _IGNORE:
        filters.insert(0, _IGNORE)
        _settings.filters.append(filters)


def _restore_warnings() -> None:
    for filters in (*_settings.filters, warnings.filters):
        for i in reversed(range(len(filters))):
            if filters[i] is _IGNORE:
                del filters[i]  # type: ignore[attr-defined]
    _settings.filters.clear()
