"""Which pictures of a set cannot be used, and the memory of it."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import PIL

from lr_study.data.image_set import ImageSet
from lr_study.data.images import MAX_PIXELS, ImageError, load_image
from lr_study.data.threads import in_threads
from lr_study.support import atomic_write, cache_dir, checked_json, read_checked_json

# What can be decoded depends on the decoder too: another one looks for itself.
_DECODER = f"Pillow {PIL.__version__}, {MAX_PIXELS} pixels"


def check_images(image_set: ImageSet, size: int) -> dict[str, str]:
    """Decode every picture once, and tell which cannot be used.

    The answer is remembered for the fingerprint of the set, so it costs nothing the second time.

    Parameters
    ----------
    image_set
        The pictures.
    size
        The size they will be wanted at. It bounds the work, and has no part in the answer.

    Returns
    -------
    dict
        The reason for every path that cannot be used, in the order of the paths.
    """
    remembered = read_left_out(image_set.fingerprint)
    if remembered is not None:
        return remembered

    def reason(path: str) -> str | None:
        try:
            load_image(image_set.root / path, size)
        except ImageError as error:
            return str(error)
        return None

    reasons = in_threads(reason, image_set.paths, "checking pictures", "pictures")
    left_out = {
        path: reason
        for path, reason in zip(image_set.paths, reasons, strict=True)
        if reason is not None
    }
    write_left_out(image_set.fingerprint, left_out)
    return left_out


def read_left_out(fingerprint: str) -> dict[str, str] | None:
    """Return what `write_left_out` kept for a set of pictures.

    Parameters
    ----------
    fingerprint
        The set's `ImageSet.fingerprint`.

    Returns
    -------
    dict or None
        The reason for every path that cannot be used; None if nothing is known.
    """
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = read_checked_json(_file(fingerprint))
        if kept["decoder"] == _DECODER:
            return {str(path): str(reason) for path, reason in dict(kept["left_out"]).items()}
    return None


def write_left_out(fingerprint: str, left_out: Mapping[str, str]) -> None:
    """Keep which pictures of a set cannot be used, for whoever decodes the same set later.

    Without a cache folder that can be written, nothing is kept.

    Parameters
    ----------
    fingerprint
        The set's `ImageSet.fingerprint`.
    left_out
        The reason for every path that cannot be used; empty if all can.
    """
    with suppress(OSError), atomic_write(_file(fingerprint)) as aside:
        # As ASCII: names that are no UTF-8 become escapes and come back as they were.
        text = checked_json({"decoder": _DECODER, "left_out": dict(left_out)})
        aside.write_text(text, encoding="ascii")


def _file(fingerprint: str) -> Path:
    return cache_dir() / "pictures" / f"{fingerprint}.json"
