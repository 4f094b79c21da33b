"""Decode an image file of any supported format into a square RGB array."""

import io
import os
import warnings
from contextlib import suppress

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError, features

from lr_study.support import open_regular

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"})
"""Suffixes of image files, in lower case; names are matched case-insensitively."""

MAX_PIXELS = 256_000_000
"""Width times height of the largest image that is decoded: 768 MB as 8-bit RGB."""

_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP")

# Pillow's own limit: above it, `open` warns of a "decompression bomb", and above twice the limit it
# fails; any library in the process can change it. `MAX_PIXELS` replaces it, and is checked at the
# same point: after the header is read, before any pixel.
Image.MAX_IMAGE_PIXELS = None

# The transposition for each EXIF orientation. Pillow's own exif_transpose also rewrites the EXIF
# block, which fails if any other part of that block is damaged.
_TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


# Part of `decoder`: raise it when this module makes other pixels of an image, or refuses others.
_VERSION = 2

# JPEGs without loss. Decoded at a fraction of their size they fail, or damage memory.
_LOSSLESS_FRAMES = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # Huffman tables and the like


def decoder() -> str:
    """Return the versions of everything that decides which pixels a file becomes."""
    libraries = [f"{name} {features.version(name)}" for name in ("libjpeg_turbo", "webp")]
    return ", ".join([f"Pillow {PIL.__version__}", *libraries, f"decoding {_VERSION}"])


class ImageError(Exception):
    """An image that cannot be used; the message is the reason, in one line."""


def load_image(path: str | os.PathLike[str], size: int) -> NDArray[np.uint8]:
    """Read one image file as a square RGB array, as `decode_image` does.

    Raises
    ------
    ImageError
        If the file cannot be decoded.
    OSError
        If it cannot be read, or is not a regular file.
    """
    with open_regular(path) as file:
        return decode_image(file.read(), size)


def decode_image(content: bytes, size: int) -> NDArray[np.uint8]:
    """Decode one image into a square RGB array.

    The format is detected from the content. Transparent pixels are blended with white, the EXIF
    orientation is applied, 16-bit channels keep their upper 8 bits, and an animation gives its
    first frame. Width and height are scaled independently, with bilinear interpolation and
    antialiasing. Thread-safe.

    Parameters
    ----------
    content
        A JPEG, PNG, GIF, BMP or WebP file.
    size
        Pixels along each side of the result.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)
        Red, green and blue from 0 to 255.

    Raises
    ------
    ImageError
        If the file is empty, truncated, damaged, of another format, or has more than `MAX_PIXELS`
        pixels.
    """
    if not content:
        raise ImageError("the file is empty")
    _ignore_pillow_warnings()
    try:
        return _decode(content, size)
    except (ImageError, MemoryError):  # running out of memory is not the fault of the image
        raise
    except UnidentifiedImageError:
        raise ImageError("not a JPEG, PNG, GIF, BMP or WebP image") from None
    except Exception as error:  # decoders raise struct.error, SyntaxError and more
        reason = str(error) or type(error).__name__
        raise ImageError(" ".join(reason.split())) from error


def _decode(content: bytes, size: int) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ImageError(f"{width} x {height} pixels exceed the limit of {MAX_PIXELS:,} pixels")
        # A JPEG can be decoded at 1/2, 1/4 or 1/8 at a fraction of the cost. Twice the target size
        # leaves the filter enough to average.
        if image.format == "JPEG" and _frame_of_jpeg(content) not in _LOSSLESS_FRAMES:
            image.draft(None, (2 * size, 2 * size))
        image.load()
        # Rotating the small square is cheaper than rotating the full image, and gives the same.
        return _apply_orientation(_resize_on_white(image, size), image)


def _frame_of_jpeg(content: bytes) -> int | None:
    """Return the marker of the frame, which says how it is coded."""
    at = 2  # after the marker that begins each JPEG
    while at + 4 <= len(content):
        marker = content[at + 1]
        if content[at] != 0xFF or marker in (0x00, 0xFF):  # rubbish, or padding
            at += 1
        elif marker in _FRAMES:
            return marker
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:  # they stand alone
            at += 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return None


def _resize_on_white(image: Image.Image, size: int) -> NDArray[np.uint8]:
    if image.mode.startswith("I"):
        image = _to_8_bit_on_white(image)
    if image.mode == "P":
        _blend_palette_with_white(image)
    if not image.has_transparency_data:
        return np.array(_resize(image, "RGB", size))
    # With colours premultiplied by alpha ("RGBa"), blending with white adds 255 - alpha. This
    # commutes with resizing, so no second full-size image is needed.
    if image.mode == "LA":
        channels = np.array(_resize(image, "La", size))
    else:
        channels = np.array(_resize(_convert(image, "RGBA"), "RGBa", size))
    colours = channels[..., :-1].astype(np.uint16) + (255 - channels[..., -1:])
    return np.broadcast_to(colours.clip(max=255).astype(np.uint8), (size, size, 3))


def _blend_palette_with_white(image: Image.Image) -> None:
    # Blending 256 colours is cheaper than blending every pixel.
    image.apply_transparency()
    palette = np.array(image.getpalette("RGBA"), np.uint16).reshape(-1, 4)
    alpha = palette[:, 3:]
    on_white = (palette[:, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    image.putpalette(on_white.astype(np.uint8).tobytes())


def _to_8_bit_on_white(image: Image.Image) -> Image.Image:
    # Pillow's own conversion of 16-bit grey clips at 255 instead of scaling. Of 16-bit colours,
    # Pillow keeps the upper byte. One grey value may be marked as transparent.
    values = np.asarray(image).clip(0, 0xFFFF)
    transparent = values == image.info.get("transparency", -1)
    return Image.fromarray(np.where(transparent, 255, values >> 8).astype(np.uint8))


def _convert(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _resize(image: Image.Image, mode: str, size: int) -> Image.Image:
    # A large image is first reduced by whole factors, at a fraction of the filter's cost.
    return _convert(image, mode).resize((size, size), Image.Resampling.BILINEAR, reducing_gap=3.0)


def _apply_orientation(square: NDArray[np.uint8], image: Image.Image) -> NDArray[np.uint8]:
    with suppress(Exception):  # the pixels of an image with a damaged EXIF block are usable
        transpose = _TRANSPOSES.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        if transpose is not None:
            return np.array(Image.fromarray(square).transpose(transpose))
    return square


def _ignore_pillow_warnings() -> None:
    """Keep Pillow's warnings (damaged EXIF, malformed previews) from being printed or raised.

    They concern metadata that is not used here, and where warnings are errors they would abort the
    decoding of an intact image. `warnings.catch_warnings` is not thread-safe: it replaces a list
    that all threads share. So a filter is put at the front of that list, and checked on every call,
    because leaving a `catch_warnings` block (as after every pytest test) removes it.
    """
    first = warnings.filters[0] if warnings.filters else None
    if first is None or first[0] != "ignore" or getattr(first[3], "pattern", "") != r"PIL\.":
        warnings.filterwarnings("ignore", module=r"PIL\.")
