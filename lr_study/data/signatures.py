"""What a file is, by its first bytes: its name says little about files from the web."""

import os
import struct

from lr_study.support import open_regular

SUPPORTED = frozenset({"JPEG", "PNG", "GIF", "BMP", "WebP"})
"""The kinds of image that are decoded."""

NOT_AN_IMAGE = "not an image"

_HEAD_BYTES = 32
_BMP_HEADER_SIZES = (12, 16, 40, 52, 56, 64, 108, 124)
_STARTS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"8BPS", "PSD"),
    (b"\0\0\x01\0", "ICO"),
)
_BRANDS = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"hevc": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
}


def file_kind(path: str | os.PathLike[str]) -> str:
    """Return what a file is: a kind of image, or ``not an image``.

    Reads 32 bytes. A link is followed; what is not a regular file is not an image.

    Raises
    ------
    OSError
        If it cannot be opened or read.
    """
    with open_regular(path) as file:
        return kind_of(file.read(_HEAD_BYTES))


def kind_of(head: bytes) -> str:
    r"""Return what a file is that begins with these bytes.

    >>> kind_of(b"\xff\xd8\xff\xe0\x00\x10JFIF"), kind_of(b"BMW and other makes")
    ('JPEG', 'not an image')
    """
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], NOT_AN_IMAGE)
    # Two letters begin a BMP, and many a text; the size of its second header is one of a few.
    if head[:2] == b"BM" and len(head) >= 18:
        (header_size,) = struct.unpack_from("<I", head, 14)
        if header_size in _BMP_HEADER_SIZES:
            return "BMP"
    return NOT_AN_IMAGE
