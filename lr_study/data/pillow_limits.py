"""Limits of Pillow that are global to the process, changed for as long as images are decoded."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, PngImagePlugin


class _Limits:
    """The limits as they were before the first of the threads that decode at present."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.pixels: int | None = None
        self.text_chunk = 0


_limits = _Limits()


@contextmanager
def own_limits() -> Iterator[None]:
    """Decode under limits of one's own; those of Pillow are back once the last thread has left.

    Above Pillow's limit of pixels, `open` warns of a "decompression bomb", and above twice that it
    fails: the block has to check the size itself, after the header is read, before any pixel.

    Pillow refuses a PNG whose text or colour profile takes more than 1 MB, which some programs
    write. In the block both are limited by what the text of one image may take in all, 64 MB.
    """
    with _limits.lock:
        if _limits.users == 0:
            _limits.pixels = Image.MAX_IMAGE_PIXELS
            _limits.text_chunk = PngImagePlugin.MAX_TEXT_CHUNK
            Image.MAX_IMAGE_PIXELS = None
            PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY
        _limits.users += 1
    try:
        yield
    finally:
        with _limits.lock:
            _limits.users -= 1
            if _limits.users == 0:
                Image.MAX_IMAGE_PIXELS = _limits.pixels
                PngImagePlugin.MAX_TEXT_CHUNK = _limits.text_chunk
