"""Decode an image file of any supported format into a square RGB array."""

import io
import os
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError, features

from lr_study.data.file_kinds import decoded_kind, why_not_decoded
from lr_study.data.jpeg import ends_early, is_lossless
from lr_study.data.pillow_limits import own_limits
from lr_study.support import LrStudyError, open_regular

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"})
"""Suffixes of image files, in lower case; names are matched case-insensitively."""

MAX_PIXELS = 256_000_000
"""Width times height of the largest image that is decoded: 768 MB as 8-bit RGB.

It is checked where Pillow checks a limit of its own: after the header is read, before any pixel.
"""

_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP")

# The largest value of a 12-bit image, as 16 bits and as the upper 8 of them.
_12_BITS = {16: 0x0FFF, 8: 0x0F}

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

# What Pillow says of a sound image that it cannot decode.
_UNSUPPORTED = ("unsupported", "not supported", "cannot handle", "too large", "too much")


def decoder() -> str:
    """Return the versions of everything that decides which pixels a file becomes."""
    libraries = [f"{name} {features.version(name)}" for name in ("libjpeg_turbo", "webp")]
    return ", ".join([f"Pillow {PIL.__version__}", *libraries, f"decoding {_VERSION}"])


class ImageError(LrStudyError):
    """An image that cannot be used; the message is the reason, in one line."""


class Remark(StrEnum):
    """What a person should know about an image that is used nevertheless."""

    TRANSPARENT = "wholly transparent"
    TWELVE_BITS = "at most 12 of 16 bits"


class Decoded(NamedTuple):
    """An image as uint8 (size, size, 3), red, green and blue; and what is remarkable about it."""

    pixels: NDArray[np.uint8]
    remark: Remark | None


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
        return decode_image(file.read(), size).pixels


def decode_image(content: bytes, size: int) -> Decoded:
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

    Raises
    ------
    ImageError
        If the file is empty, truncated, damaged, of another format, or has more than `MAX_PIXELS`
        pixels.
    """
    if not content:
        raise ImageError("the file is empty")
    with own_limits():
        try:
            return _decode(content, size)
        except (ImageError, MemoryError):  # running out of memory is not the fault of the image
            raise
        except Exception as error:  # decoders raise struct.error, SyntaxError and more
            raise ImageError(_reason(content, error)) from error


def _reason(content: bytes, error: Exception) -> str:
    kind = decoded_kind(content)
    if kind is None:
        return why_not_decoded(content)
    if isinstance(error, UnidentifiedImageError):  # says nothing; the format's own reader does
        error = _error_of_reader(kind, content)
    text = " ".join(str(error).split()) or type(error).__name__
    state = "unsupported" if any(word in text.lower() for word in _UNSUPPORTED) else "damaged"
    return f"{state} {kind} ({text})"


def _error_of_reader(kind: str, content: bytes) -> Exception:
    try:
        Image.OPEN[kind.upper()][0](io.BytesIO(content), "")
    except Exception as error:
        return error
    return SyntaxError("cannot be identified")


def _decode(content: bytes, size: int) -> Decoded:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ImageError(f"{width} x {height} pixels exceed the limit of {MAX_PIXELS:,} pixels")
        # A JPEG can be decoded at 1/2, 1/4 or 1/8 at a fraction of the cost, unless it is lossless.
        # Twice the target size leaves the filter enough to average.
        draft = (2 * size, 2 * size)
        lossy = image.format == "JPEG" and not is_lossless(content)
        if lossy:
            image.draft(None, draft)
        image.load()
        if lossy and ends_early(content, image, draft):
            raise ImageError("damaged JPEG (its data ends early)")
        twelve_bits = _is_of_12_bits(content, image)
        pixels, transparent = _resize_on_white(image, size)
        # Rotating the small square is cheaper than rotating the full image, and gives the same.
        pixels = _apply_orientation(pixels, image)
    if transparent:
        return Decoded(pixels, Remark.TRANSPARENT)
    return Decoded(pixels, Remark.TWELVE_BITS if twelve_bits else None)


def _is_of_12_bits(content: bytes, image: Image.Image) -> bool:
    """Whether a PNG of 16 bits a channel has no value that needs more than 12, and is not black."""
    if image.format != "PNG" or content[24] != 16:  # the depth, in the first chunk
        return False
    depth = 16 if image.mode.startswith("I") else 8  # of colours, Pillow has kept the upper byte
    ranges = np.reshape(image.getextrema(), (-1, 2))
    largest = max(ranges[[name != "A" for name in image.getbands()], 1])
    return bool(0 < largest <= _12_BITS[depth])


def _resize_on_white(image: Image.Image, size: int) -> tuple[NDArray[np.uint8], bool]:
    """Return the square, and whether nothing but transparency is in it."""
    if image.mode.startswith("I"):
        image = _to_8_bit_on_white(image)
    if image.mode == "P":
        transparent = _blend_palette_with_white(image)
        return np.array(_resize(image, "RGB", size)), transparent
    if not image.has_transparency_data:
        return np.array(_resize(image, "RGB", size)), False
    # With colours premultiplied by alpha ("RGBa"), blending with white adds 255 - alpha. This
    # commutes with resizing, so no second full-size image is needed.
    if image.mode == "LA":
        channels = np.array(_resize(image, "La", size))
    else:
        channels = np.array(_resize(_convert(image, "RGBA"), "RGBa", size))
    colours = channels[..., :-1].astype(np.uint16) + (255 - channels[..., -1:])
    pixels = np.broadcast_to(colours.clip(max=255).astype(np.uint8), (size, size, 3))
    return pixels, not channels[..., -1].any()


def _blend_palette_with_white(image: Image.Image) -> bool:
    """Blend 256 colours, which is cheaper than every pixel; return whether all are transparent."""
    # Colours beyond the palette's end are shades of grey, as Pillow has them. The transparent one
    # may be among them, or there may be more values of transparency than colours.
    palette = np.repeat(np.arange(256, dtype=np.uint16)[:, None], 4, axis=1)
    palette[:, 3] = 255
    colours = np.array(image.getpalette("RGBA"), np.uint16).reshape(-1, 4)[:256]
    palette[: len(colours)] = colours
    transparency = image.info.pop("transparency", b"")
    if isinstance(transparency, bytes):
        alphas = np.frombuffer(transparency, np.uint8)[:256]
        palette[: len(alphas), 3] = alphas
    else:
        palette[transparency, 3] = 0
    alpha = palette[:, 3:]
    on_white = (palette[:, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    used = np.array(image.histogram(), bool)
    image.putpalette(on_white.astype(np.uint8).tobytes())
    return not alpha[used].any()


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
