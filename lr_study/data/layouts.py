"""Folders that hold no class: those of systems and tools, existing splits, annotations."""

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from lr_study.data.images import SUFFIXES
from lr_study.data.notices import listed, printable
from lr_study.data.signatures import SUPPORTED, file_kind
from lr_study.support import UsageError

_SYSTEM = frozenset(
    {
        "#recycle",  # Synology
        "$recycle.bin",  # Windows
        "@eadir",  # Synology: thumbnails
        "@recently-snapshot",  # QNAP
        "@recycle",  # QNAP
        "__macosx",  # archives made by macOS
        "__pycache__",
        "desktop.ini",  # Windows
        "lost+found",  # Linux: root's alone
        "system volume information",  # Windows
        "thumbs.db",  # Windows
    }
)

_FILLER = r"(?:set|sets|data|dataset|datasets|images?|imgs?|photos?|pictures?|split|seg|samples?)"
_SPLIT_WORDS = {
    "training": "train|training|trn|train[\\W_]*val",
    "test": "test|tests|testing|tst|holdout",
    "validation": "val|valid|validation|validate|dev|eval|evaluation",
}
_SPLIT_NAMES = {
    kind: re.compile(rf"(?:{_FILLER}[\W_\d]*)*(?:{words})(?:[\W_\d]*{_FILLER})*[\W_\d]*")
    for kind, words in _SPLIT_WORDS.items()
}
_IMAGES_NAME = re.compile(r"(?:jpeg|raw|all)?[\W_]*(?:images?|imgs?|photos?|pictures?)")
_ANNOTATIONS_NAME = re.compile(
    r"annotations?|annots?|labels?|masks?|segmentations?|trimaps?|bboxes|bounding[\W_]*boxes"
    r"|ground[\W_]*truths?|xmls?|label[\W_]*files|segmentation(?:class|object)"
)
_MIN_CLASSES = 2


def is_ignored(name: str) -> bool:
    """Return whether a file or folder is hidden, or one that a system or a tool leaves behind.

    >>> is_ignored(".ipynb_checkpoints"), is_ignored("__MACOSX"), is_ignored("cat")
    (True, True, False)
    """
    return name.startswith(".") or name.casefold() in _SYSTEM


def is_image(path: str | os.PathLike[str]) -> bool:
    """Return whether a file is an image by its suffix or else, unless it is a link, its content."""
    if Path(path).suffix.lower() in SUFFIXES:
        return True
    try:
        return not os.path.islink(path) and file_kind(path) in SUPPORTED  # noqa: PTH114
    except OSError:
        return False


def split_kind(name: str) -> str | None:
    """Return which part of an existing split a folder is by its name.

    >>> split_kind("train"), split_kind("Test1"), split_kind("val_images"), split_kind("trainer")
    ('training', 'test', 'validation', None)
    """
    kinds = (kind for kind, pattern in _SPLIT_NAMES.items() if pattern.fullmatch(name.casefold()))
    return next(kinds, None)


def require_class_folders(
    option: str, data: str, root: Path, folders: Sequence[Path], unwrap: Callable[[Path], Path]
) -> None:
    """Refuse a folder whose folders are no classes, and name the command that uses it.

    Parameters
    ----------
    option, data
        The option and its value, for the message.
    root, folders
        The folder, and the visible folders in it.
    unwrap
        Descends to the class folders, as for ``root`` itself.

    Raises
    ------
    UsageError
        If the folders are an existing split, images beside annotations, the data set beside a
        copy of its classes, or a single folder with the classes beside others without images.
    """
    _refuse_split(option, data, folders, unwrap)
    reason_and_folder = (
        _images_beside_annotations(folders)
        or _copy_of_siblings(folders)
        or _only_one_with_images(folders)
    )
    if reason_and_folder is None:
        return
    reason, folder = reason_and_folder
    if len(class_folders(unwrap(folder))) >= _MIN_CLASSES:
        advice = f"use {_option(option, folder)}"
    else:
        advice = (
            f"{folder.name!r} has no class folders: put the images of each class into a folder of "
            "their own"
        )
    raise UsageError(f"{option}={data!r}: {reason}; {advice}")


def inner_split(paths: Iterable[str]) -> set[str]:
    """Return the folders of an existing split that stand in the class folders; empty for none.

    >>> sorted(inner_split(["cat/train/1.png", "cat/test/2.png", "dog/test/3.png"]))
    ['test', 'train']
    """
    names = {parts[1] for path in paths if len(parts := path.split("/")) > 2}
    kinds = {name: kind for name in names if (kind := split_kind(name))}
    return set(kinds) if "training" in kinds.values() and len(set(kinds.values())) > 1 else set()


def class_folders(folder: Path) -> list[Path]:
    """Return the folders in a folder that are not ignored, sorted; none if it cannot be listed."""
    try:
        return sorted(
            path for path in folder.iterdir() if not is_ignored(path.name) and _is_dir(path)
        )
    except OSError:
        return []


def _refuse_split(
    option: str, data: str, folders: Sequence[Path], unwrap: Callable[[Path], Path]
) -> None:
    parts = {folder: kind for folder in folders if (kind := split_kind(folder.name))}
    kinds = set(parts.values())
    # A class may be called train (the vehicle): one name alone is no evidence.
    if len(kinds) < 2 or ("training" not in kinds and len(parts) < len(folders)):
        return
    names = listed(sorted(folder.name for folder in parts))
    usable = [
        (kind, folder, {path.name for path in class_folders(unwrap(folder))})
        for kind in _SPLIT_WORDS
        for folder in sorted(parts)
        if parts[folder] == kind
    ]
    usable = [part for part in usable if len(part[2]) >= _MIN_CLASSES]
    if option != "data":  # the test set is asked for
        usable = [part for part in usable if part[0] != "training"]
    elif "training" in kinds and "training" not in {kind for kind, _, _ in usable}:
        usable = []
    if not usable:
        raise UsageError(
            f"{option}={data!r} is already split: {names} are not classes, and they have no class "
            "folders: put the images of each class into a folder of their own"
        )
    _, first, classes = usable[0]
    command = _option(option, first)
    held_out = next((folder for _, folder, of_it in usable[1:] if of_it == classes), None)
    if option == "data" and held_out is not None:
        command += f" {_option('test_data', held_out)}"
    raise UsageError(f"{option}={data!r} is already split: {names} are not classes; use {command}")


def _images_beside_annotations(folders: Sequence[Path]) -> tuple[str, Path] | None:
    images = [path for path in folders if _IMAGES_NAME.fullmatch(path.name.casefold())]
    others = [path for path in folders if _ANNOTATIONS_NAME.fullmatch(path.name.casefold())]
    if not images or not others:
        return None
    return f"{images[0].name!r} beside {others[0].name!r} is not a class", images[0]


def _copy_of_siblings(folders: Sequence[Path]) -> tuple[str, Path] | None:
    for folder in folders:
        siblings = {path.name for path in folders} - {folder.name}
        if len(siblings) < _MIN_CLASSES:
            continue
        inner = {path.name for path in class_folders(folder)} - {folder.name}
        if inner == siblings and not any(map(is_image, _files(folder))):
            return (
                f"{folder.name!r} has the same folders as are beside it, and is not a class",
                folder,
            )
    return None


def _only_one_with_images(folders: Sequence[Path]) -> tuple[str, Path] | None:
    if len(folders) < _MIN_CLASSES:
        return None
    with_images = []
    for folder in folders:
        if folder.is_symlink() or any(map(is_image, _files_below(folder))):
            with_images.append(folder)
        if len(with_images) > 1:
            return None
    if not with_images or len(class_folders(with_images[0])) < _MIN_CLASSES:
        return None
    folder = with_images[0]
    return f"of its folders, only {folder.name!r} has images, so it is not a class", folder


def _option(name: str, folder: Path) -> str:
    """Return an option as it is typed in a shell."""
    return f"--{name.replace('_', '-')} {shlex.quote(printable(str(folder)))}"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not is_ignored(path.name) and not _is_dir(path))


def _files_below(folder: Path) -> Iterator[str]:
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_ignored(name)]
        yield from (os.path.join(base, name) for name in names if not is_ignored(name))  # noqa: PTH118


def _is_dir(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - Path raises where the name cannot be one
