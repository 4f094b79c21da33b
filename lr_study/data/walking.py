"""Walk a folder of class folders: which files are images, and why others are not used."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from lr_study.data.fingerprint import Listed, nfc_bytes
from lr_study.data.images import SUFFIXES
from lr_study.data.layouts import is_ignored
from lr_study.data.notices import LINK_OUT
from lr_study.data.reading import BROKEN_LINK, unreadable
from lr_study.data.signatures import NOT_AN_IMAGE, SUPPORTED, file_kind
from lr_study.support import UsageError

_LINK_UP = "a link to a folder that it is in"
_OUTSIDE_CLASSES = "an image in no class folder"


@dataclass
class Found:
    """What a walk found.

    Attributes
    ----------
    folders
        The class folders, sorted, also those without images.
    images
        The images below them, in no order.
    skipped
        The reason for each file or link that is not used, by its path.
    """

    folders: list[str] = field(default_factory=list)
    images: list[Listed] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def sort_key(path: str) -> tuple[bytes, str]:
    """Return what paths are sorted by: the same order on every file system."""
    # The second part decides only between names that differ in their Unicode form alone.
    return nfc_bytes(path), path


def walk(root: Path, *, follow_links: bool) -> Found:
    """Find the images below the folders in ``root``; see `scan`."""
    walker = _Walker(root, Path(os.path.realpath(root)), follow_links)
    for entry, real in walker.visible("", walker.real_root):
        if _is_folder(entry):
            walker.found.folders.append(entry.name)
            walker.enter(entry.name, real)
        elif _suffix(entry.name) in SUFFIXES:
            walker.found.skipped[entry.name] = _OUTSIDE_CLASSES
    return walker.found


@dataclass
class _Walker:
    root: Path
    real_root: Path
    follow_links: bool
    found: Found = field(default_factory=Found)

    def enter(self, class_name: str, real_class: Path) -> None:
        # A folder is entered once per class, by the first path that leads there: so link loops end.
        entered = set()
        pending = [(class_name, real_class)]
        for folder, real_folder in pending:  # grows while it is iterated
            if real_folder in entered:
                continue
            entered.add(real_folder)
            for entry, real in self.visible(folder, real_folder):
                path = f"{folder}/{entry.name}"
                if _is_folder(entry):
                    pending.append((path, real))
                else:
                    self.judge(path, entry)

    def judge(self, path: str, entry: os.DirEntry[str]) -> None:
        status = _status(entry)
        reason = None if _suffix(entry.name) in SUFFIXES else _reason_against(entry.path, status)
        if reason is None:
            self.found.images.append(Listed(path, status))
        else:
            self.found.skipped[path] = reason

    def visible(self, folder: str, real_folder: Path) -> list[tuple[os.DirEntry[str], Path]]:
        """List the entries of a folder that are not ignored, sorted, each with its real path."""
        full = self.root / folder
        try:
            with os.scandir(full) as entries:
                visible = sorted(
                    (entry for entry in entries if not is_ignored(entry.name)),
                    key=lambda entry: sort_key(entry.name),
                )
        except OSError as error:
            raise UsageError(f"cannot list the folder {str(full)!r}: {error.strerror}") from None
        pairs = []
        for entry in visible:
            real = real_folder / entry.name
            if entry.is_symlink():
                real = Path(os.path.realpath(entry.path))
                reason = self.reason_against_link(real)
                if reason is not None:
                    self.found.skipped[f"{folder}/{entry.name}" if folder else entry.name] = reason
                    continue
            pairs.append((entry, real))
        return pairs

    def reason_against_link(self, real: Path) -> str | None:
        if real == self.real_root or real in self.real_root.parents:
            return _LINK_UP
        if self.follow_links or self.real_root in real.parents:
            return None
        return LINK_OUT


def _reason_against(path: str, status: os.stat_result | None) -> str | None:
    """Return why a file is not used whose name does not end as that of an image."""
    if status is None or not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    try:
        kind = file_kind(path)
    except PermissionError:
        return "not readable (permission denied)"
    except OSError as error:  # of the disk or the network: it says nothing about the file
        raise unreadable(Path(path), error) from error
    if kind in SUPPORTED:
        return None
    return kind if kind == NOT_AN_IMAGE else f"in an unsupported format ({kind})"


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError as error:
        if entry.is_symlink() and error.errno in BROKEN_LINK:
            return None
        raise unreadable(Path(entry.path), error) from error
