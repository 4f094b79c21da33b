"""Which images of a data set a study uses, or why it cannot use the data set."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.data.copies import content_groups
from lr_study.data.image_set import ImageSet
from lr_study.data.notices import listed, skipped_line
from lr_study.support import UsageError

_MAX_UNUSABLE_PERCENT = 5
_MIN_CLASSES = 2
_MAX_CLASSES = 2**16  # runs keep the class of each validated image in 16 bits
_MIN_CLASS_SIZE = 3  # one image each for training, validation and test set


@dataclass(frozen=True, eq=False)
class Selection:
    """The images of an `ImageSet` that are used.

    Attributes
    ----------
    rows : ndarray of int64, shape (selected,)
        Their positions in ``ImageSet.paths``, ascending.
    labels : ndarray of int32, shape (selected,)
        The index of each image's class in ``class_names``.
    class_names
        The classes that are used, in the order of the set.
    groups : ndarray of int64, shape (selected,)
        For each image the position, among those selected, of the first one of its class with the
        same content. Without copies these are the positions themselves.
    """

    rows: NDArray[np.int64]
    labels: NDArray[np.int32]
    class_names: tuple[str, ...]
    groups: NDArray[np.int64]

    @property
    def copies(self) -> int:
        """How many images are copies of another of their class."""
        return len(self.groups) - len(np.unique(self.groups))


def select(
    image_set: ImageSet,
    left_out: Mapping[str, str],
    min_class_size: int = 0,
    dropped: Collection[str] = (),
) -> Selection:
    """Select the images to use, and reject a data set that is too small or too damaged.

    No file is read. Call it with an empty ``left_out`` to reject a data set before anything slow.

    Parameters
    ----------
    image_set
        All images.
    left_out
        The reason for each path that cannot be used, as `check_images` returns it.
    min_class_size
        Classes with fewer different usable images are excluded; 0 excludes none.
    dropped
        Paths that are not used although they could be; they do not count as damage.

    Raises
    ------
    UsageError
        If there are no images; more than 5 % of them cannot be used; fewer than two classes remain,
        or more than 65,536; or a class has fewer than 3 different usable images.
    """
    _require_images(image_set)
    _require_few_unusable(image_set, left_out)
    usable = np.array([path not in left_out and path not in dropped for path in image_set.paths])
    sizes = _different_images(image_set, np.flatnonzero(usable))
    classes = np.flatnonzero(sizes >= min_class_size)
    _require_allowed_classes(image_set, len(classes), min_class_size)
    _require_three_images_per_class(image_set, {int(i): int(sizes[i]) for i in classes})
    rows = np.flatnonzero(usable & np.isin(image_set.labels, classes))
    labels = np.searchsorted(classes, image_set.labels[rows]).astype(np.int32)
    groups = content_groups(image_set, rows, labels)
    class_names = tuple(image_set.class_names[i] for i in classes)
    return Selection(rows=rows, labels=labels, class_names=class_names, groups=groups)


def require_same_classes(image_set: ImageSet, test_set: ImageSet) -> None:
    """Refuse a given test set whose classes are not those of the data set.

    Names count as equal in any Unicode form.

    Raises
    ------
    UsageError
        If a class is in only one of the two.
    """
    names, test_names = ({_nfc(n): n for n in of.class_names} for of in (image_set, test_set))
    differences = [
        f"only {option} has {listed([of[name] for name in of if name not in other])}"
        for option, of, other in (("data", names, test_names), ("test_data", test_names, names))
        if of.keys() - other.keys()
    ]
    if differences:
        raise UsageError(
            f"test_data {test_set.name!r} must have the classes of data {image_set.name!r}, but "
            f"{' and '.join(differences)}{_not_used(test_set)}"
        )


def select_test(
    test_set: ImageSet, left_out: Mapping[str, str], class_names: Sequence[str]
) -> Selection:
    """Select the images of a given test set that can be used and are of these classes.

    Raises
    ------
    UsageError
        If more than 5 % of the images cannot be used, or none of a class can.
    """
    _require_few_unusable(test_set, left_out)
    label_of = {_nfc(name): label for label, name in enumerate(class_names)}
    of_class = np.array([label_of.get(_nfc(name), -1) for name in test_set.class_names], np.int32)
    usable = np.array([path not in left_out for path in test_set.paths])
    rows = np.flatnonzero(usable & (of_class[test_set.labels] >= 0))
    labels = of_class[test_set.labels[rows]]
    sizes = np.bincount(labels, minlength=len(class_names))
    if not sizes.all():
        raise UsageError(
            f"class {class_names[int(sizes.argmin())]!r} of test_data {test_set.name!r} has no "
            "usable images: add images"
        )
    groups = content_groups(test_set, rows, labels)
    return Selection(rows=rows, labels=labels, class_names=tuple(class_names), groups=groups)


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _different_images(image_set: ImageSet, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the images of each class; copies stay on one side of a split, and count as one."""
    labels = image_set.labels[rows]
    firsts = np.unique(content_groups(image_set, rows, labels))
    return np.bincount(labels[firsts], minlength=len(image_set.class_names))


def _require_images(image_set: ImageSet) -> None:
    if not image_set.paths:
        reason = skipped_line(image_set.skipped) or (
            "it must be a folder with one folder per class, and JPEG, PNG, GIF, BMP or WebP images "
            "in each"
        )
        raise UsageError(f"data {image_set.name!r} has no images in its class folders: {reason}")


def _require_few_unusable(image_set: ImageSet, left_out: Mapping[str, str]) -> None:
    unusable = [path for path in image_set.paths if path in left_out]
    total = len(image_set.paths)
    if 100 * len(unusable) > _MAX_UNUSABLE_PERCENT * total:
        raise UsageError(
            f"{len(unusable)} of {total} images of data {image_set.name!r} cannot be used, at most "
            f"{_MAX_UNUSABLE_PERCENT} % are allowed: repair or remove them, starting with "
            f"{unusable[0]!r} ({left_out[unusable[0]]})"
        )


def _require_allowed_classes(image_set: ImageSet, count: int, min_class_size: int) -> None:
    if count > _MAX_CLASSES:
        raise UsageError(
            f"data {image_set.name!r} has {count} classes, at most {_MAX_CLASSES} are allowed: "
            "raise min_class_size"
        )
    if count >= _MIN_CLASSES:
        return
    condition = f" with at least {min_class_size} usable images" if min_class_size > 0 else ""
    excluded = count < len(image_set.class_names)
    advice = f"lower min_class_size={min_class_size}" if excluded else "use data with more classes"
    raise UsageError(
        f"data {image_set.name!r} has {count} of the {_MIN_CLASSES} classes "
        f"required{condition}: {advice}{_not_used(image_set)}"
    )


def _require_three_images_per_class(image_set: ImageSet, sizes: Mapping[int, int]) -> None:
    small = [i for i, size in sizes.items() if size < _MIN_CLASS_SIZE]
    if small:
        others = f" ({len(small)} classes are too small)" if len(small) > 1 else ""
        raise UsageError(
            f"class {image_set.class_names[small[0]]!r} of data {image_set.name!r} has "
            f"{sizes[small[0]]} different usable images, {_MIN_CLASS_SIZE} are required{others}: "
            f"add images, or exclude such classes with min_class_size={_MIN_CLASS_SIZE}"
            f"{_not_used(image_set)}"
        )


def _not_used(image_set: ImageSet) -> str:
    line = skipped_line(image_set.skipped)
    return f" ({line})" if line else ""
