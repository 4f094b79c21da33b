"""Locate a data set: the built-in sample, Oregon Wildlife, or a folder of class folders."""

import os
import unicodedata
from pathlib import Path
from textwrap import shorten

import numpy as np
from PIL import Image

from lr_study.data.archives import is_archive, unpack
from lr_study.data.layouts import is_ignored, is_image, require_class_folders
from lr_study.data.notices import printable
from lr_study.support import (
    LrStudyError,
    UsageError,
    atomic_write,
    cache_dir,
    hold_lock,
    prints_on_stderr,
    utf8_text,
)

_ALLOWED = (
    "data is sample, oregon, or a folder with one folder per class, or a zip or tar archive of one "
    "(./sample for a folder of that name)"
)
_OREGON = "virtualdvid/oregon-wildlife"


def locate(data: str) -> tuple[str, Path]:
    """Return the name and the folder of a data set, downloading or writing it if necessary.

    Parameters
    ----------
    data
        ``sample``: the 1,797 handwritten digits of scikit-learn, without a download. ``oregon``:
        Oregon Wildlife, downloaded from Kaggle once. Anything else is the path of a folder, or of
        a zip or tar archive of one, which is unpacked into the cache. If a folder only wraps
        another one, as unpacked archives do, that inner folder is used.

    Returns
    -------
    name : str
        ``sample``, ``oregon``, or the name of the folder or archive.
    root : Path
        The folder with one folder per class.

    Raises
    ------
    UsageError
        If there is no such folder, it has no class folders, or its folders are no classes, such as
        those of an existing split.
    LrStudyError
        If the download fails, or the sample or an archive cannot be written to the cache.
    """
    if data == "sample":
        return data, _sample()
    if data == "oregon":
        return data, _oregon()
    return locate_folder(data)


def locate_folder(data: str, option: str = "data") -> tuple[str, Path]:
    """Return the name and the folder of a data set that is given as a path, as `locate` does.

    Parameters
    ----------
    data
        The path of a folder.
    option
        What the path was given as, for messages: ``data`` or ``test_data``.
    """
    allowed = _ALLOWED if option == "data" else "test_data is a folder with one folder per class"
    # os.path never raises here, where Path does: for a name that is too long, the home of an
    # unknown user, a folder without permission.
    expanded = os.path.expanduser(data)  # noqa: PTH111
    if os.path.isfile(expanded) and is_archive(Path(expanded)):  # noqa: PTH113
        expanded = str(unpack(Path(expanded)))
    if not os.path.isdir(expanded):  # noqa: PTH112
        kind = "a file, not a folder" if os.path.isfile(expanded) else "not a folder"  # noqa: PTH113
        raise UsageError(f"{option}={data!r} is {kind}: {allowed}")
    root = _unwrap(Path(expanded))
    folders, has_images = _content(root)
    if not folders:
        _refuse_packed(option, data, root)
        content = "images, but no class folders" if has_images else "no class folders"
        raise UsageError(
            f"{option}={data!r} contains {content}: put the images of each class into a folder of "
            f"their own; {allowed}"
        )
    require_class_folders(option, data, root, folders, _unwrap)
    return _name(root), root


def _refuse_packed(option: str, data: str, folder: Path) -> None:
    """Refuse a folder without class folders in which there is an archive, and name that."""
    for path in sorted(folder.iterdir()):
        if path.is_file() and is_archive(path):
            raise UsageError(
                f"{option}={data!r} contains no class folders, but the archive {path.name!r}: use "
                f"{option}={str(path)!r}, or unpack it"
            )


def _unwrap(folder: Path) -> Path:
    """Descend from a folder that only wraps another one to the folder with the class folders.

    Archives often unpack as ``x/x/classes``. Descend while this folder contains one folder and no
    image, and that one contains only folders. No data set is missed: a folder with a single folder
    in it is a data set of one class at best, which cannot be used. Links are not followed, as they
    may lead anywhere.
    """
    folders, has_images = _content(folder)
    while len(folders) == 1 and not has_images and not folders[0].is_symlink():
        inner = folders[0]
        folders, has_images = _content(inner)
        if has_images or not folders:
            break
        folder = inner
    return folder


def _content(folder: Path) -> tuple[list[Path], bool]:
    """Return the visible folders in a folder, and whether it directly contains images."""
    try:
        visible = [path for path in folder.iterdir() if not is_ignored(path.name)]
    except OSError as error:
        raise UsageError(f"cannot list the folder {str(folder)!r}: {error.strerror}") from None
    folders = [path for path in visible if os.path.isdir(path)]  # noqa: PTH112
    has_images = any(map(is_image, set(visible) - set(folders)))
    return folders, has_images


def _name(folder: Path) -> str:
    """Return the name of a folder in characters that every terminal and database can show."""
    # abspath, not resolve: a link keeps its own name, while `..` and `.` have to be worked out.
    name = unicodedata.normalize("NFC", utf8_text(Path(os.path.abspath(folder)).name))  # noqa: PTH100
    return printable(name) or "folder"


def _sample() -> Path:
    root = cache_dir() / "data" / "sample-v1"
    try:
        if not root.is_dir():
            root.parent.mkdir(parents=True, exist_ok=True)
            # Of two studies that start at once on a new machine, one writes and the other waits.
            with hold_lock(root.with_suffix(".lock")):
                if not root.is_dir():
                    _write_sample(root)
    except OSError as error:
        raise LrStudyError(
            f"the sample cannot be written to {str(root)!r} ({error.strerror}): "
            "set LR_STUDY_CACHE to a writable folder"
        ) from error
    return root


def _write_sample(root: Path) -> None:
    from sklearn.datasets import load_digits  # slow to import, and needed once

    digits = load_digits()
    pixels = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    with atomic_write(root) as aside:
        for class_name in digits.target_names:
            (aside / str(class_name)).mkdir(parents=True)
        for i, (image, target) in enumerate(zip(pixels, digits.target, strict=True)):
            # Uncompressed: the bytes, and so the fingerprint, do not depend on the zlib version.
            rgb = Image.fromarray(image).convert("RGB")
            rgb.save(aside / str(target) / f"{i:04}.png", compress_level=0)


def _oregon() -> Path:
    try:
        # On import, kagglehub binds its log to standard output, which is reserved for results.
        with prints_on_stderr():
            import kagglehub  # slow to import, and sets up logging and credentials

            downloaded = kagglehub.dataset_download(_OREGON)
    except Exception as error:  # network, server and disk raise errors of many types
        reason = shorten(f"{type(error).__name__}: {error}", 200, placeholder=" ...")
        raise LrStudyError(
            f"data='oregon' cannot be downloaded: get {_OREGON} from Kaggle on another machine, "
            f"unpack it, and use data=PATH/oregon_wildlife ({reason})"
        ) from error
    return _unwrap(Path(downloaded))
