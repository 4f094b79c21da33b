"""Read the files of a data set.

A file that cannot be read, or changed since it was listed, is a failure of the run. It says nothing
about the image: a network share may be away for a moment, and nothing may be kept because of it.
"""

import errno
import hashlib
import os
from pathlib import Path

from lr_study.data.images import MAX_PIXELS, ImageError
from lr_study.support import LrStudyError, open_regular

_MAX_BYTES = 8 * MAX_PIXELS
"""The largest file that is read into memory: 16-bit RGBA without compression."""


class ChangedError(LrStudyError):
    """The content of a file is not what it was when the data set was listed."""


def unreadable(path: Path, error: OSError) -> LrStudyError:
    """Return the error of a file that cannot be read."""
    return LrStudyError(
        f"the image {str(path)!r} cannot be read ({error.strerror or error}): make it readable, or "
        "remove it from the data set, and give the same command again"
    )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the content of a regular file, in hexadecimal.

    Raises
    ------
    LrStudyError
        If it cannot be read.
    """
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error


def read_unchanged(path: Path, digest: str) -> bytes:
    """Return the content of a file, which must have this SHA-256.

    Raises
    ------
    ImageError
        If the file is larger than any image that is decoded.
    ChangedError
        If the content is another.
    LrStudyError
        If the file cannot be read.
    """
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > _MAX_BYTES:
                raise ImageError(f"{size:,} bytes exceed the limit of {_MAX_BYTES:,} bytes")
            content = file.read()
    except OSError as error:
        raise unreadable(path, error) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ChangedError(
            f"the image {str(path)!r} changed while the data set was being read: give the same "
            "command again when its files no longer change"
        )
    return content


def why_not_a_file(path: Path) -> str:
    """Return why something that was listed as an image has no content to read."""
    try:
        path.stat()
    except OSError as error:
        if error.errno in BROKEN_LINK:
            return "a broken link"
    return "not a regular file"


BROKEN_LINK = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""What `os.stat` fails with if a link leads nowhere."""
