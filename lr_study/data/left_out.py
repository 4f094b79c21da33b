"""The images of a data set that cannot be used, each with the reason; cached."""

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

    def check(row: int) -> tuple[str, str | None]:
        try:
            return digest_of_pixels(image_set.load(row, size)), None
        except ImageError as error:
            return "", str(error)

    checked = in_threads(check, range(len(image_set.paths)), "checking images", "images")
    left_out = {
        path: reason
        for path, (_, reason) in zip(image_set.paths, checked, strict=True)
        if reason is not None
    }
    pixels = combine_pixels(digest for digest, _ in checked)
    record_pixels(image_set.fingerprint, size, pixels)
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
        if entry["decoder"] == decoder():
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
        text = checked_json({"decoder": decoder(), "left_out": dict(left_out)})
        aside.write_text(text, encoding="ascii")


def _cache_file(fingerprint: str) -> Path:
    return cache_dir() / "left_out" / f"{fingerprint}.json"
