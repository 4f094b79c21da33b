"""Unpack a zip or tar archive into the cache, once."""

import hashlib
import os
import shutil
import sys
import zipfile
from pathlib import Path

# Python 3.11.0 to 3.11.3, such as Debian 12's, have no filter of what leads out of the folder.
if sys.version_info >= (3, 12):
    import tarfile
else:
    from backports import tarfile

from lr_study.support import LrStudyError, UsageError, atomic_write, cache_dir, hold_lock

_ENDINGS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tbz2", ".txz", ".tar", ".zip")


def is_archive(path: Path) -> bool:
    """Whether a file is a zip or tar archive, judged by its content."""
    try:
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except OSError:
        return False


def unpack(path: Path) -> Path:
    """Return a folder of the cache with the content of an archive, and the archive's name.

    An archive that was altered is unpacked again. No member is written outside of the folder: a
    path or a link that leads out of it is skipped in a zip, and an error in a tar.

    Raises
    ------
    UsageError
        If the archive is damaged or encrypted, or a member leads out of it.
    LrStudyError
        If the cache has no room for it, or cannot be written.
    """
    try:
        status = path.stat()
        identity = f"{os.path.realpath(path)}\0{status.st_size}\0{status.st_mtime_ns}"
        key = hashlib.sha256(os.fsencode(identity)).hexdigest()[:24]
        folder = cache_dir() / "data" / "archives" / key
        folder.parent.mkdir(parents=True, exist_ok=True)
        with hold_lock(folder.with_suffix(".lock")):
            if not folder.is_dir():
                with atomic_write(folder) as aside:
                    _extract(path, aside / _name(path))
    except (zipfile.BadZipFile, tarfile.TarError, RuntimeError, EOFError, ValueError) as error:
        raise UsageError(
            f"data={str(path)!r} cannot be unpacked ({error}): unpack it with another program, and "
            "use the folder"
        ) from error
    except OSError as error:
        raise LrStudyError(
            f"data={str(path)!r} cannot be unpacked into {str(cache_dir())!r} "
            f"({error.strerror or error}): make room, set LR_STUDY_CACHE to another folder, or "
            "unpack it yourself and use the folder"
        ) from error
    return folder / _name(path)


def _name(path: Path) -> str:
    ending = next((end for end in _ENDINGS if path.name.lower().endswith(end)), "")
    return path.name[: len(path.name) - len(ending)] or "archive"


def _extract(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            _require_room(sum(member.file_size for member in archive.infolist()), folder)
            archive.extractall(folder)  # noqa: S202 - it never leaves the folder
    else:
        with tarfile.open(path) as tar:
            _require_room(sum(member.size for member in tar), folder)
            tar.extractall(folder, filter="data")


def _require_room(size: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(f"it takes {size:,} bytes, {free:,} are free")
