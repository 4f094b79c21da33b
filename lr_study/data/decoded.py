"""What the images of a data set become when they are decoded, with every decoder used here.

A decoder is part of what features are: another version of Pillow may read the same file otherwise.
As long as it reads a data set as the first one here did, results stay comparable; if it does not,
the fingerprint that runs are compared by names the pixels too.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lr_study.data.images import decoder
from lr_study.support import atomic_write, cache_dir, checked_json, read_checked_json

_UNKNOWN = "another version of lr-study"


def digest_of_pixels(image: NDArray[np.uint8]) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of a decoded image."""
    return hashlib.sha256(image.tobytes()).hexdigest()[:16]


def combine_pixels(digests: Iterable[str]) -> str:
    """Return 12 hexadecimal digits for all images in order; empty for one that cannot be used."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:12]


def record_pixels(fingerprint: str, size: int, pixels: str, *, as_before: bool = True) -> None:
    """Keep what the images became with the present decoder.

    Does nothing if the cache folder is not writable.

    Parameters
    ----------
    fingerprint
        The set's `ImageSet.fingerprint`.
    size
        Pixels along each side of the decoded images.
    pixels
        Returned by `combine_pixels`.
    as_before
        False if an earlier version of lr-study, which kept no pixels, is known to have had others.
    """
    known = _read(fingerprint, size)
    if not known and not as_before:
        known = {_UNKNOWN: ""}
    if known.get(decoder()) != pixels:
        with suppress(OSError), atomic_write(_file(fingerprint, size)) as aside:
            aside.write_text(
                checked_json([*({**known, decoder(): pixels}).items()]), encoding="utf-8"
            )


def recorded_pixels(fingerprint: str, size: int) -> str | None:
    """Return what `record_pixels` kept for the present decoder; None if there is nothing."""
    return _read(fingerprint, size).get(decoder())


def first_decoder(fingerprint: str, size: int) -> str | None:
    """Return the decoder that read this data set otherwise, before the present one.

    Returns
    -------
    str or None
        None if the present decoder is the first, or reads the data set as the first did.
    """
    known = _read(fingerprint, size)
    pixels = known.get(decoder())
    if pixels is None:
        return None
    first, pixels_of_first = next(iter(known.items()))
    return None if pixels == pixels_of_first else first


def decoded_fingerprint(fingerprint: str, size: int) -> str:
    """Return the fingerprint that runs are compared by.

    It is the set's own, unless the present decoder reads the set otherwise than the first one here
    did: then the digest of the pixels follows.
    """
    if first_decoder(fingerprint, size) is None:
        return fingerprint
    return f"{fingerprint}+pixels-{recorded_pixels(fingerprint, size)}"


def _read(fingerprint: str, size: int) -> dict[str, str]:
    with suppress(OSError, ValueError, TypeError):
        entries = read_checked_json(_file(fingerprint, size))
        return {str(name): str(pixels) for name, pixels in entries}
    return {}


def _file(fingerprint: str, size: int) -> Path:
    return cache_dir() / "decoded" / f"{fingerprint}-{size}.json"
