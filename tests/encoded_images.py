"""Image files for tests, encoded in memory; some by hand, as Pillow cannot write them."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

COLOUR = (200, 100, 50)
FORMATS = ["JPEG", "PNG", "GIF", "BMP", "WEBP"]


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour_type, rows=b"", *extra):
    """Write by hand what Pillow cannot write: 16-bit colour, and images of any size."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *(chunk(kind, data) for kind, data in extra),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


def plain_16_bit(colour_type, values, *extra):
    row = b"\0" + struct.pack(f">{len(values)}H", *values) * 4
    return png(4, 4, 16, colour_type, row * 4, *extra)


def noise(width, height, channels, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def damaged_exif(orientation):
    """An orientation, and then a tag whose value lies far beyond the end of the block."""
    entries = struct.pack("<HHII", 0x0112, 3, 1, orientation)
    entries += struct.pack("<HHII", 0x010F, 2, 500, 60_000)
    tiff = b"II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0)
    return b"Exif\0\0" + tiff


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def lossless_jpeg(width, height, grey, *before):
    """Write by hand what Pillow cannot write: one grey, 128 or 160 to 191, as SOF3."""
    # The first difference, from 128, takes 6 bits after the code "10"; all others are the code "0".
    first = f"10{grey - 128:06b}" if grey != 128 else "0"
    bits = first + "0" * (width * height - 1)
    bits += "1" * (-len(bits) % 8)
    return b"".join(
        [
            b"\xff\xd8",
            *before,
            segment(0xC3, struct.pack(">BHH", 8, height, width) + b"\1\1\x11\0"),
            segment(0xC4, bytes([0, 1, 1, *[0] * 14, 0, 6])),
            segment(0xDA, b"\1\1\0\1\0\0"),
            int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0"),
            b"\xff\xd9",
        ]
    )


def assert_plain(array, colour, tolerance=1):
    assert array.shape == (8, 8, 3)
    assert array.dtype == np.uint8
    np.testing.assert_allclose(
        array.astype(int), np.broadcast_to(colour, (8, 8, 3)), atol=tolerance
    )
