"""The images of a data set that cannot be used, each with the reason; cached."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import PIL

from lr_study.data.image_set import ImageSet
from lr_study.data.images import MAX_PIXELS, ImageError
from lr_study.data.threads import in_threads
from lr_study.support import atomic_write, cache_dir, checked_json, read_checked_json

# Whether an image can be decoded depends on the decoder, so the cache entry names it. Entries
# without the last part may hold images that only could not be read at that moment.
_DECODER = f"Pillow {PIL.__version__}, {MAX_PIXELS} pixels, read whole"


def check_images(image_set: ImageSet, size: int) -> dict[str, str]:
    """Decode every image once, and return those that cannot be used.

    The result is cached by the fingerprint of the set, so the second call is free.

    Parameters
    ----------
    image_set
        The images to check.
    size
        The size they will be loaded at. It bounds the cost, and does not affect the result.

    Returns
    -------
    dict
        The reason for each path that cannot be used, in the order of the paths.

    Raises
    ------
    LrStudyError
        If an image cannot be read at the moment, or changed since the set was listed.
    """
    cached = read_left_out(image_set.fingerprint)
    if cached is not None:
        return cached

    def reason(row: int) -> str | None:
        try:
            image_set.load(row, size)
        except ImageError as error:
            return str(error)
        return None

    reasons = in_threads(reason, range(len(image_set.paths)), "checking images", "images")
    left_out = {
        path: reason
        for path, reason in zip(image_set.paths, reasons, strict=True)
        if reason is not None
    }
    write_left_out(image_set.fingerprint, left_out)
    return left_out


def read_left_out(fingerprint: str) -> dict[str, str] | None:
    """Return what `write_left_out` stored for a data set.

    Parameters
    ----------
    fingerprint
        The set's `ImageSet.fingerprint`.

    Returns
    -------
    dict or None
        The reason for each path that cannot be used; None if the set has not been checked.
    """
    with suppress(OSError, ValueError, TypeError, KeyError):
        entry = read_checked_json(_cache_file(fingerprint))
        if entry["decoder"] == _DECODER:
            return {str(path): str(reason) for path, reason in dict(entry["left_out"]).items()}
    return None


def write_left_out(fingerprint: str, left_out: Mapping[str, str]) -> None:
    """Store which images of a data set cannot be used.

    Does nothing if the cache folder is not writable.

    Parameters
    ----------
    fingerprint
        The set's `ImageSet.fingerprint`.
    left_out
        The reason for each path that cannot be used; empty if all can.
    """
    with suppress(OSError), atomic_write(_cache_file(fingerprint)) as aside:
        # As ASCII: names that are not UTF-8 become escapes and are restored exactly.
        text = checked_json({"decoder": _DECODER, "left_out": dict(left_out)})
        aside.write_text(text, encoding="ascii")


def _cache_file(fingerprint: str) -> Path:
    return cache_dir() / "left_out" / f"{fingerprint}.json"
