"""One value for the content of thousands of files, without reading again what is unchanged."""

import hashlib
import os
import stat
import time
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lr_study.data.threads import in_threads
from lr_study.support import atomic_write, cache_dir, checked_json, open_regular, read_checked_json

_SETTLED_NS = 2_000_000_000


class Listed(NamedTuple):
    """A file that was found: its path relative to the root, and its status where it has one."""

    path: str
    status: os.stat_result | None


class _Remembered(NamedTuple):
    """The digest of a file, and by what to tell that the file is still the same.

    A program that alters a file can give it its old size and modification time back, but not its
    change time, which the kernel sets. Yet a file altered twice within one tick of the file
    system's clock shows the same change time, and a digest taken between the two would never be
    doubted. So, as in git's index, a digest counts only if the file had been at rest when it was
    taken, longer than any file system's tick (2 s on FAT); else it is taken again next time.
    On Windows the "change time" is that of creation, and the modification time has to do.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    hashed_at_ns: int
    digest: str

    def is_fresh_for(self, status: os.stat_result) -> bool:
        same = self[:4] == _identity(status)
        return same and self.changed_ns + _SETTLED_NS < self.hashed_at_ns


def portable(path: str) -> bytes:
    r"""Give the bytes that stand for a path on every file system: UTF-8 of its NFC form.

    Bytes that were no UTF-8 come out as they were.

    Examples
    --------
    >>> portable("e\N{COMBINING ACUTE ACCENT}") == portable("\N{LATIN SMALL LETTER E WITH ACUTE}")
    True
    """
    return unicodedata.normalize("NFC", path).encode("utf-8", "surrogateescape")


def fingerprint(root: Path, found: Sequence[Listed]) -> str:
    """Hash the paths and contents of files, in the given order.

    The digest of every file is remembered in the cache folder and taken again only where the file
    may have changed. Without a cache folder that can be written, all are taken each time.

    Parameters
    ----------
    root
        The folder that the paths are relative to. It has no part in the result.
    found
        The files. One that cannot be read, or is no regular file, counts with its path alone.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    real_root = os.path.realpath(root)
    index = cache_dir() / "fingerprints" / f"{_sha256(os.fsencode(real_root))}.json"
    remembered = _read(index)
    known = {}
    unknown = []
    for path, status in found:
        before = remembered.get(path)
        if status is not None and before is not None and before.is_fresh_for(status):
            known[path] = before
        elif status is not None and stat.S_ISREG(status.st_mode):
            unknown.append((path, status))

    def remember(file: tuple[str, os.stat_result]) -> _Remembered | None:
        path, status = file
        hashed_at_ns = time.time_ns()
        try:
            return _Remembered(*_identity(status), hashed_at_ns, _digest(root / path))
        except OSError:
            return None

    fresh = in_threads(remember, unknown, "hashing pictures", "pictures")
    known |= {
        path: entry for (path, _), entry in zip(unknown, fresh, strict=True) if entry is not None
    }
    if known != remembered:
        _write(index, known)

    total = hashlib.sha256(b"lr-study pictures 1\0")
    for path, _ in found:
        digest = known[path].digest if path in known else "unreadable"
        total.update(portable(path) + b"\0" + digest.encode() + b"\0")  # no path holds a NUL
    return total.hexdigest()


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _digest(path: Path) -> str:
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(index: Path) -> dict[str, _Remembered]:
    with suppress(OSError, ValueError, TypeError, AttributeError):  # then all is hashed again
        entries = {path: _Remembered(*entry) for path, entry in read_checked_json(index).items()}
        if all(list(map(type, entry)) == [int] * 5 + [str] for entry in entries.values()):
            return entries
    return {}


def _write(index: Path, entries: dict[str, _Remembered]) -> None:
    with suppress(OSError), atomic_write(index) as aside:
        aside.write_text(checked_json(entries), encoding="ascii")  # surrogates as escapes
