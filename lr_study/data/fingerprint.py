"""One hash for the content of thousands of files, without reading unchanged files again."""

import hashlib
import os
import stat
import time
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lr_study.data.reading import digest_of
from lr_study.data.threads import in_threads
from lr_study.support import atomic_write, cache_dir, checked_json, read_checked_json, utf8_text

_SETTLED_NS = 2_000_000_000


class Listed(NamedTuple):
    """A file that was found: its path relative to the root, and its status where it has one."""

    path: str
    status: os.stat_result | None


class _CachedDigest(NamedTuple):
    """The digest of a file, and the part of its status that shows whether the file has changed.

    A program that alters a file can restore its size and modification time, but not its change
    time, which the kernel sets. Yet a file altered twice within one tick of the file system's
    clock keeps the same change time, and a digest taken between the two would be trusted for ever.
    So, as in git's index, a digest counts only if the file had been unchanged for longer than any
    file system's tick (2 s on FAT) when it was taken; otherwise it is computed again next time.
    On Windows the "change time" is the creation time, and only the modification time protects.
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


def nfc_bytes(path: str) -> bytes:
    r"""Return a path as the same bytes on every file system: the UTF-8 of its NFC form.

    Bytes of the path that are not UTF-8 are kept unchanged.

    Examples
    --------
    >>> nfc_bytes("e\N{COMBINING ACUTE ACCENT}") == "\N{LATIN SMALL LETTER E WITH ACUTE}".encode()
    True
    """
    return unicodedata.normalize("NFC", utf8_text(path)).encode("utf-8", "surrogateescape")


class Hashes(NamedTuple):
    """The hash of all files, and the SHA-256 of each; None for one that is no regular file."""

    fingerprint: str
    digests: tuple[str | None, ...]


def hash_files(root: Path, files: Sequence[Listed]) -> Hashes:
    """Hash the paths and contents of files, in the given order.

    The digest of every file is cached, and computed again only if the file may have changed.
    If the cache folder is not writable, every file is hashed each time.

    Parameters
    ----------
    root
        The folder that the paths are relative to. It does not affect the result.
    files
        The files. A broken link, or what is not a regular file, contributes only its path.

    Raises
    ------
    LrStudyError
        If a regular file cannot be read.
    """
    index = _index_file(root)
    cached = _read_index(index)
    digests = _current_digests(root, files, cached)
    if digests != cached:
        _write_index(index, digests)
    of_files = (digests.get(path) for path, _ in files)
    return Hashes(_combine(files, digests), tuple(entry and entry.digest for entry in of_files))


def forget_digests(root: Path) -> None:
    """Hash every file of a data set again next time.

    For a file system that shows no sign of a change, where the cached digest would stay wrong.
    """
    with suppress(OSError):
        _index_file(root).unlink(missing_ok=True)


def _current_digests(
    root: Path, files: Sequence[Listed], cached: Mapping[str, _CachedDigest]
) -> dict[str, _CachedDigest]:
    """Return the digests of all regular files: cached where fresh, else computed."""
    fresh = {}
    stale = []
    for path, status in files:
        if status is None:
            continue
        entry = cached.get(path)
        if entry is not None and entry.is_fresh_for(status):
            fresh[path] = entry
        elif stat.S_ISREG(status.st_mode):
            stale.append((path, status))

    def compute(file: tuple[str, os.stat_result]) -> _CachedDigest:
        path, status = file
        hashed_at_ns = time.time_ns()
        return _CachedDigest(*_identity(status), hashed_at_ns, digest_of(root / path))

    computed = in_threads(compute, stale, "hashing images", "images")
    return fresh | {path: entry for (path, _), entry in zip(stale, computed, strict=True)}


def _combine(files: Sequence[Listed], digests: Mapping[str, _CachedDigest]) -> str:
    # The prefix is part of the hash: it keeps its wording, or every stored fingerprint changes.
    total = hashlib.sha256(b"lr-study pictures 1\0")
    for path, _ in files:
        digest = digests[path].digest if path in digests else "unreadable"
        total.update(nfc_bytes(path) + b"\0" + digest.encode() + b"\0")  # no path holds a NUL
    return total.hexdigest()


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _index_file(root: Path) -> Path:
    real_root = os.fsencode(os.path.realpath(root))
    return cache_dir() / "fingerprints" / f"{hashlib.sha256(real_root).hexdigest()}.json"


def _read_index(index: Path) -> dict[str, _CachedDigest]:
    # Whatever is wrong with the index, hashing every file again puts it right.
    with suppress(OSError, ValueError, TypeError, AttributeError):
        entries = {path: _CachedDigest(*entry) for path, entry in read_checked_json(index).items()}
        if all(list(map(type, entry)) == [int] * 5 + [str] for entry in entries.values()):
            return entries
    return {}


def _write_index(index: Path, entries: Mapping[str, _CachedDigest]) -> None:
    with suppress(OSError), atomic_write(index) as aside:
        aside.write_text(checked_json(entries), encoding="ascii")  # surrogates as escapes
