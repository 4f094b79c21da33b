"""Images of noisy shapes whose bytes are the same on every machine.

They are drawn without any library, and BMP is not compressed: the fingerprint that a store keeps
of them holds wherever they are written again. `python tests/shapes.py FOLDER` writes them.
"""

import struct
import sys
from collections.abc import Callable
from hashlib import shake_256
from pathlib import Path

SIZE = 32
PER_CLASS = 60
HEADER_BYTES = 54
SHAPES: dict[str, Callable[[int, int], bool]] = {
    "circle": lambda x, y: 8**2 < x * x + y * y < 13**2,
    "cross": lambda x, y: abs(abs(x) - abs(y)) < 4,
    "square": lambda x, y: max(abs(x), abs(y)) < 9,
}


def write_shapes(folder: Path) -> None:
    """Write a folder of images for each shape."""
    for name, is_inside in SHAPES.items():
        (folder / name).mkdir(parents=True)
        for number in range(PER_CLASS):
            noise = shake_256(f"{name} {number}".encode()).digest(3 * SIZE * SIZE)
            (folder / name / f"{number:02}.bmp").write_bytes(_bmp(noise, is_inside))


def _bmp(noise: bytes, is_inside: Callable[[int, int], bool]) -> bytes:
    """Return a bright shape on dark noise as a 24-bit BMP, whose rows need no padding."""
    pixels = bytearray(noise)
    for position, value in enumerate(noise):
        row, column = divmod(position // 3, SIZE)
        inside = is_inside(column - SIZE // 2, row - SIZE // 2)
        pixels[position] = 160 + value // 4 if inside else value // 2
    file = struct.pack("<2sIHHI", b"BM", HEADER_BYTES + len(pixels), 0, 0, HEADER_BYTES)
    image = struct.pack("<IiiHHIIiiII", 40, SIZE, SIZE, 1, 24, 0, len(pixels), 2835, 2835, 0, 0)
    return file + image + bytes(pixels)


if __name__ == "__main__":
    write_shapes(Path(sys.argv[1]))
