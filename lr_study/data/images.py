"""One picture file of any kind becomes one square RGB array, or a reason why it cannot."""

import os
import warnings
from contextlib import suppress
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from lr_study.support import open_regular

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"})
"""What the name of a picture ends in, in lower case; names are compared without regard to case."""

MAX_PIXELS = 256_000_000
"""Width times height of the largest picture that is decoded: 768 MB as 8-bit RGB."""

_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP")

# Pillow warns of a "decompression bomb" above this size and raises an error above twice of it,
# from within `open`: one more bound, with a message of its own, which any other library of the
# process can move. Ours is as tight, is checked at the same moment (the header is read, no pixel
# is), and is the only one.
Image.MAX_IMAGE_PIXELS = None

# How to turn a picture upright, by the value of its EXIF orientation. Pillow's own exif_transpose
# also writes the EXIF block anew, which fails where any other part of that block is damaged.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class ImageError(Exception):
    """A picture that cannot be used; the message is the reason, in one line."""


def load_image(path: str | os.PathLike[str], size: int) -> NDArray[np.uint8]:
    """Read one picture as a square RGB array.

    The content decides how the file is read, whatever its name ends in. Transparent parts are laid
    on white, the EXIF orientation is honoured, of 16 bits a channel the upper 8 are kept, and of
    an animation the first picture. The sides are scaled separately, with a triangle filter as wide
    as the reduction needs (bilinear with antialiasing). May be called from several threads at once.

    Parameters
    ----------
    path
        The file: JPEG, PNG, GIF, BMP or WebP.
    size
        Pixels along each side of the result.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)
        Red, green and blue from 0 to 255.

    Raises
    ------
    ImageError
        The file is missing, no regular file, empty, truncated, damaged, of another kind, or has
        more than `MAX_PIXELS` pixels.
    """
    _quiet_pillow()
    try:
        with open_regular(path) as file:
            if not os.fstat(file.fileno()).st_size:
                raise ImageError("the file is empty")
            return _decode(file, size)
    except (ImageError, MemoryError):  # no memory is no property of the picture
        raise
    except UnidentifiedImageError:
        raise ImageError("not a JPEG, PNG, GIF, BMP or WebP picture") from None
    except Exception as error:  # decoders fail in every way there is: struct.error, SyntaxError...
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ImageError(" ".join(reason.split())) from error


def _decode(file: BinaryIO, size: int) -> NDArray[np.uint8]:
    with Image.open(file, formats=_FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ImageError(
                f"{width} x {height} pixels are more than the {MAX_PIXELS:,} that are decoded"
            )
        # A JPEG can be decoded at 1/2, 1/4 or 1/8 at a fraction of the cost. Twice the wanted size
        # leaves the filter enough to average. Other kinds ignore this.
        image.draft(None, (2 * size, 2 * size))
        image.load()
        # Turning comes last, when there is little left to turn: the result is square either way.
        return _turn_upright(_resized_on_white(image, size), image)


def _resized_on_white(image: Image.Image, size: int) -> NDArray[np.uint8]:
    if image.mode.startswith("I"):
        image = _8_bit_on_white(image)
    if image.mode == "P":
        _lay_palette_on_white(image)
    if not image.has_transparency_data:
        return np.array(_resized(image, "RGB", size))
    # With colours already multiplied by alpha ("RGBa"), to lay on white is to add what is missing.
    # That can as well be done after resizing, so no second picture of the full size is needed.
    if image.mode == "LA":
        channels = np.array(_resized(image, "La", size))
    else:
        channels = np.array(_resized(_converted(image, "RGBA"), "RGBa", size))
    colours = channels[..., :-1].astype(np.uint16) + (255 - channels[..., -1:])
    return np.broadcast_to(colours.clip(max=255).astype(np.uint8), (size, size, 3))


def _lay_palette_on_white(image: Image.Image) -> None:
    # 256 colours are sooner laid on white than all the pixels that have them.
    image.apply_transparency()
    palette = np.array(image.getpalette("RGBA"), np.uint16).reshape(-1, 4)
    alpha = palette[:, 3:]
    on_white = (palette[:, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    image.putpalette(on_white.astype(np.uint8).tobytes())


def _8_bit_on_white(image: Image.Image) -> Image.Image:
    # Pillow's own conversion of 16-bit grey clips at 255 instead of scaling. The upper byte is what
    # Pillow keeps of 16-bit colours. One value of grey may stand for transparent.
    values = np.asarray(image).clip(0, 0xFFFF)
    transparent = values == image.info.get("transparency", -1)
    return Image.fromarray(np.where(transparent, 255, values >> 8).astype(np.uint8))


def _converted(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _resized(image: Image.Image, mode: str, size: int) -> Image.Image:
    # A large picture is first made smaller by whole numbers, at a fraction of the filter's cost.
    return _converted(image, mode).resize((size, size), Image.Resampling.BILINEAR, reducing_gap=3.0)


def _turn_upright(square: NDArray[np.uint8], image: Image.Image) -> NDArray[np.uint8]:
    with suppress(Exception):  # an EXIF block that cannot be read says nothing about the pixels
        turn = _UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        if turn is not None:
            return np.array(Image.fromarray(square).transpose(turn))
    return square


def _quiet_pillow() -> None:
    """Keep Pillow's remarks (damaged EXIF, malformed previews) from being printed or raised.

    They concern what is not used here, and where warnings are errors they would end the decoding
    of a sound picture. `warnings.catch_warnings` is no answer: it swaps a list that all threads
    share. A filter in front of that list is, and it is looked for each time because whoever
    entered `catch_warnings` since then (every test of pytest does) takes it away on leaving.
    """
    front = warnings.filters[0] if warnings.filters else None
    if front is None or front[0] != "ignore" or getattr(front[3], "pattern", "") != r"PIL\.":
        warnings.filterwarnings("ignore", module=r"PIL\.")
