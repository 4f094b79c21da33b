"""What ``--data`` can be: the built-in sample, Oregon Wildlife, or a folder of one's own."""

import os
import sys
import unicodedata
from contextlib import redirect_stdout
from pathlib import Path
from textwrap import shorten

import numpy as np
from filelock import FileLock
from PIL import Image

from lr_study.data.images import SUFFIXES
from lr_study.support import LrStudyError, UsageError, atomic_write, cache_dir

_ALLOWED = (
    "sample, oregon, or a folder that holds one folder per class (./sample if it is called so)"
)
_OREGON = "virtualdvid/oregon-wildlife"


def locate(data: str) -> tuple[str, Path]:
    """Find the pictures that a value of ``--data`` means, and fetch or make them where needed.

    Parameters
    ----------
    data
        ``sample``: the 1,797 handwritten digits that come with scikit-learn, nothing to download.
        ``oregon``: Oregon Wildlife, downloaded from Kaggle once. Anything else is the path of a
        folder. Where that folder is mere packing, which holds nothing but one folder with the class
        folders in it, the inner one is meant: an unpacked archive works with either.

    Returns
    -------
    name : str
        ``sample``, ``oregon``, or the name of the folder.
    root : Path
        The folder that holds one folder per class.

    Raises
    ------
    UsageError
        There is no such folder, or no class folders are in it.
    LrStudyError
        Kaggle cannot be reached or refuses, or the sample cannot be written.
    """
    if data == "sample":
        return data, _sample()
    if data == "oregon":
        return data, _oregon()
    return _folder(data)


def _folder(data: str) -> tuple[str, Path]:
    # os.path asks without raising, where Path does: a name too long, a home that nobody has, a
    # folder that may not be entered.
    given = os.path.expanduser(data)  # noqa: PTH111
    if not os.path.isdir(given):  # noqa: PTH112
        what = "is a file" if os.path.isfile(given) else "is no folder"  # noqa: PTH113
        raise UsageError(f"--data {data!r} {what}: allowed are {_ALLOWED}")
    root = _unpacked(Path(given))
    folders, pictures = _content(root)
    if not folders:
        holds = "pictures, but no class folders" if pictures else "no class folders"
        raise UsageError(
            f"--data {data!r} holds {holds}: put the pictures of each class into a folder of "
            f"their own, or type one of: {_ALLOWED}"
        )
    return _name(root), root


def _unpacked(folder: Path) -> Path:
    """Pass from a folder that is mere packing to the one that holds the class folders.

    Archives often unpack as ``x/x/classes``. Descend while there is one folder and no picture here,
    and only folders in there. This cannot lead astray: a folder with one folder in it is, at best,
    a data set of one class, from which nothing can be learned. A link is no packing, and may lead
    anywhere.
    """
    folders, pictures = _content(folder)
    while len(folders) == 1 and not pictures and not folders[0].is_symlink():
        inner = folders[0]
        folders, pictures = _content(inner)
        if pictures or not folders:
            break
        folder = inner
    return folder


def _content(folder: Path) -> tuple[list[Path], bool]:
    """Return the visible folders in a folder, and whether pictures lie directly in it."""
    try:
        shown = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        raise UsageError(f"cannot list the folder {str(folder)!r}: {error.strerror}") from None
    folders = [path for path in shown if os.path.isdir(path)]  # noqa: PTH112
    pictures = any(path.suffix.lower() in SUFFIXES for path in set(shown) - set(folders))
    return folders, pictures


def _name(folder: Path) -> str:
    """Name a folder in characters that every terminal and data base takes."""
    # Not resolved: who gives a link by name means that name. `..` and `.` must be worked out.
    name = unicodedata.normalize("NFC", Path(os.path.abspath(folder)).name)  # noqa: PTH100
    return "".join(c if c.isprintable() else "?" for c in name) or "folder"


def _sample() -> Path:
    root = cache_dir() / "data" / "sample-v1"
    try:
        if not root.is_dir():
            root.parent.mkdir(parents=True, exist_ok=True)
            # Two studies may start at once on a new machine: one writes, the other waits.
            with FileLock(root.with_suffix(".lock")):
                if not root.is_dir():
                    _write_sample(root)
    except OSError as error:
        raise LrStudyError(
            f"the sample cannot be written to {str(root)!r} ({error.strerror}): "
            "set LR_STUDY_CACHE to a folder that can be written"
        ) from error
    return root


def _write_sample(root: Path) -> None:
    from sklearn.datasets import load_digits  # takes a second, and is needed once

    digits = load_digits()
    pixels = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    with atomic_write(root) as aside:
        for class_name in digits.target_names:
            (aside / str(class_name)).mkdir(parents=True)
        for i, (picture, target) in enumerate(zip(pixels, digits.target, strict=True)):
            # Not compressed: the bytes, and so the fingerprint, are the same whatever the zlib.
            rgb = Image.fromarray(picture).convert("RGB")
            rgb.save(aside / str(target) / f"{i:04}.png", compress_level=0)


def _oregon() -> Path:
    try:
        # kagglehub logs to whatever standard output is when it is imported; ours is for results.
        with redirect_stdout(sys.stderr):
            import kagglehub  # takes a second, and sets up its logging and its credentials

            downloaded = kagglehub.dataset_download(_OREGON)
    except Exception as error:  # the network's, the server's, the disk's: all mean the same here
        reason = shorten(f"{type(error).__name__}: {error}", 200, placeholder=" ...")
        raise LrStudyError(
            f"--data oregon cannot be downloaded: get {_OREGON} from Kaggle with another machine, "
            f"unpack it, and type --data PATH/oregon_wildlife ({reason})"
        ) from error
    return _unpacked(Path(downloaded))
