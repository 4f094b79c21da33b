"""The images that cannot be used, each with the reason, and remarks on others; cached."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from lr_study.data.decoded import (
    combine_pixels,
    digest_of_pixels,
    record_pixels,
    recorded_pixels,
)
from lr_study.data.image_set import ImageSet
from lr_study.data.images import ImageError, decoder
from lr_study.data.threads import in_threads
from lr_study.support import atomic_write, cache_dir, checked_json, read_checked_json


def check_images(image_set: ImageSet, size: int) -> dict[str, str]:
    """Decode every image once, and return those that cannot be used.

    The result is cached by the fingerprint of the set and the decoder, so the second call is free.

    Parameters
    ----------
    image_set
        The images to check.
    size
        The size they will be loaded at. It does not affect the result, but a size that is new is
        decoded once, to know whether another decoder makes the same pixels.

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
    if cached is not None and recorded_pixels(image_set.fingerprint, size) is not None:
        return cached

    left_out: dict[str, str] = {}
    remarks: dict[str, str] = {}

    def check(row: int) -> str:
        try:
            image = image_set.load(row, size)
        except ImageError as error:
            left_out[image_set.paths[row]] = str(error)
            return ""
        if image.remark is not None:
            remarks[image_set.paths[row]] = image.remark
        return digest_of_pixels(image.pixels)

    pixels = in_threads(check, range(len(image_set.paths)), "checking images", "images")
    record_pixels(image_set.fingerprint, size, combine_pixels(pixels))
    left_out = {path: left_out[path] for path in image_set.paths if path in left_out}
    write_left_out(image_set.fingerprint, left_out, remarks)
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
    return _read(fingerprint, "left_out")


def read_remarks(fingerprint: str) -> dict[str, str]:
    """Return the `Remark` on each path that has one, as `write_left_out` stored them."""
    return _read(fingerprint, "remarks") or {}


def _read(fingerprint: str, part: str) -> dict[str, str] | None:
    with suppress(OSError, ValueError, TypeError, KeyError):
        entry = read_checked_json(_cache_file(fingerprint))
        if entry["decoder"] == decoder():
            return {str(path): str(text) for path, text in dict(entry[part]).items()}
    return None


def write_left_out(
    fingerprint: str, left_out: Mapping[str, str], remarks: Mapping[str, str] | None = None
) -> None:
    """Store which images of a data set cannot be used.

    Does nothing if the cache folder is not writable.

    Parameters
    ----------
    fingerprint
        The set's `ImageSet.fingerprint`.
    left_out
        The reason for each path that cannot be used; empty if all can.
    remarks
        The `Remark` on each path that has one.
    """
    with suppress(OSError), atomic_write(_cache_file(fingerprint)) as aside:
        # As ASCII: names that are not UTF-8 become escapes and are restored exactly.
        entry = {"decoder": decoder(), "left_out": dict(left_out), "remarks": dict(remarks or {})}
        text = checked_json(entry)
        aside.write_text(text, encoding="ascii")


def _cache_file(fingerprint: str) -> Path:
    return cache_dir() / "left_out" / f"{fingerprint}.json"
