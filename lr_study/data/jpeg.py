"""What Pillow does not tell about a JPEG: how it is coded, and whether its data ends early."""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_SCAN = 0xDA
_RESTART_INTERVAL = 0xDD

# What is decoded in the place of missing data: every byte but 0xFF, which begins a marker. Where
# there are restart markers, each kind of them must come again and again, or the decoder gives up.
_FILLER = bytes(37 * i % 255 for i in range(4096))
_FILLER_WITH_RESTARTS = b"".join(
    _FILLER[64 * i : 64 * i + 64] + bytes([0xFF, 0xD0 + i % 8]) for i in range(64)
)
_END = b"\xff\xd9"


def is_lossless(content: bytes) -> bool:
    """Whether a JPEG is coded without loss: it cannot be decoded at a fraction of its size."""
    return any(marker in _LOSSLESS for marker, _ in _segments(content))


def ends_early(content: bytes, image: Image.Image, size: tuple[int, int]) -> bool:
    """Whether a JPEG ends, in good form, before all of its pixels were there.

    libjpeg fills what is missing with grey, and Pillow does not pass on its warning. So if the last
    pixel is of that grey, the end is moved behind 4 kB of other bytes, and the image is decoded
    once more. That changes nothing if the data was complete, and puts something in the place of
    the grey if it was not. A progressive JPEG may lack only its finer scans; that is not noticed.

    Parameters
    ----------
    content
        The whole file, of a JPEG with loss.
    image
        The image, loaded.
    size
        What it was drafted at.
    """
    last = image.getpixel((image.width - 1, image.height - 1))
    if np.abs(np.array(last) - 128).max() > 1:
        return False
    segments = dict(_segments(content))
    scan = segments.get(_SCAN, len(content))
    end = content.rfind(_END) if "progressive" in image.info else content.find(_END, scan)
    if end < scan:
        return False
    filler = _FILLER_WITH_RESTARTS if _RESTART_INTERVAL in segments else _FILLER
    longer = _decode(content[:end] + filler + content[end:], size)
    return not np.array_equal(np.asarray(image), longer)


def _decode(content: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        image.draft(None, size)
        return np.asarray(image)


def _segments(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield marker and place of each segment, to the first that holds pixels."""
    at = 2  # after the marker that begins each JPEG
    while at + 4 <= len(content):
        marker = content[at + 1]
        if content[at] != 0xFF or marker in (0x00, 0xFF):  # rubbish, or padding
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:  # they stand alone
            at += 2
        else:
            yield marker, at
            if marker == _SCAN:
                return
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
