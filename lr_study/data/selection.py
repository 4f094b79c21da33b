"""Which pictures of a set a study uses, or why it cannot use the set."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.data.image_set import ImageSet
from lr_study.support import UsageError

_MAX_LEFT_OUT_PERCENT = 5
_MIN_PER_CLASS = 3


@dataclass(frozen=True, eq=False)
class Selection:
    """The pictures of an `ImageSet` that are used.

    Attributes
    ----------
    rows : ndarray of int64, shape (selected,)
        Where they stand in ``ImageSet.paths``, ascending.
    labels : ndarray of int32, shape (selected,)
        The index of each one's class in ``class_names``.
    class_names
        The classes that are used, in the order they have in the set.
    """

    rows: NDArray[np.int64]
    labels: NDArray[np.int32]
    class_names: tuple[str, ...]


def select(image_set: ImageSet, left_out: Mapping[str, str], min_class_size: int = 0) -> Selection:
    """Choose the pictures to use, and refuse a set that no study can be made with.

    Reads no file. With nothing left out, it tells early what would fail late.

    Parameters
    ----------
    image_set
        The pictures.
    left_out
        The reason for every path that cannot be used, as `check_images` gives it.
    min_class_size
        Classes with fewer usable pictures are not used; with 0 all are.

    Raises
    ------
    UsageError
        No picture is there; more than 5 % are left out; fewer than two classes remain; or a class
        has fewer than 3 usable pictures, one each for training, validation and test.
    """
    listed = len(image_set.paths)
    where = f"the data {image_set.name!r}"
    if not listed:
        raise UsageError(
            f"{where} holds no picture in its class folders: --data takes a folder that holds one "
            "folder per class, with .jpg, .jpeg, .png, .gif, .bmp or .webp files in each"
        )
    _refuse_damaged(image_set, left_out, where)

    usable = np.array([path not in left_out for path in image_set.paths])
    classes = len(image_set.class_names)
    sizes = np.bincount(image_set.labels[usable], minlength=classes)
    kept = np.flatnonzero(sizes >= min_class_size)
    if len(kept) < 2:
        having = f" with at least {min_class_size} usable pictures" if min_class_size > 0 else ""
        advice = (
            "lower --min-class-size" if len(kept) < classes else "give a --data folder with more"
        )
        raise UsageError(f"{where} has {len(kept)} of 2 classes needed{having}: {advice}")
    small = [i for i in kept if sizes[i] < _MIN_PER_CLASS]
    if small:
        others = f" ({len(small)} classes are too small)" if len(small) > 1 else ""
        raise UsageError(
            f"class {image_set.class_names[small[0]]!r} of {where} has {sizes[small[0]]} usable "
            f"pictures, {_MIN_PER_CLASS} are needed{others}: add some, or leave out such "
            f"classes with --min-class-size {_MIN_PER_CLASS}"
        )

    rows = np.flatnonzero(usable & np.isin(image_set.labels, kept))
    return Selection(
        rows=rows,
        labels=np.searchsorted(kept, image_set.labels[rows]).astype(np.int32),
        class_names=tuple(image_set.class_names[i] for i in kept),
    )


def _refuse_damaged(image_set: ImageSet, left_out: Mapping[str, str], where: str) -> None:
    damaged = [path for path in image_set.paths if path in left_out]
    listed = len(image_set.paths)
    if 100 * len(damaged) > _MAX_LEFT_OUT_PERCENT * listed:
        raise UsageError(
            f"{len(damaged)} of {listed} pictures of {where} cannot be used, allowed are "
            f"{_MAX_LEFT_OUT_PERCENT} %: repair or remove them, first {damaged[0]!r} "
            f"({left_out[damaged[0]]})"
        )
