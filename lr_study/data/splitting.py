"""Stratified split of a data set into training, validation and test set."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lr_study.support import exact_fraction, require_split_fractions, require_test_fraction


@dataclass(frozen=True, eq=False)
class Split:
    """The images of the training, validation and test set; each image is in at most one.

    Attributes
    ----------
    train, validation, test : ndarray of int64
        Indices into the labels that were split, ascending.
    unused : ndarray of int64
        The images that are in none of them, so that all training sets have one size.
    """

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    unused: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))


def split(
    labels: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    validation_rng: np.random.Generator,
    test_rng: np.random.Generator,
    val_fraction: float,
    test_fraction: float,
) -> Split:
    """Split each class separately: the test set first, then the validation set from the rest.

    Each set gets its fraction of the class, rounded half up, and at least one image if the fraction
    is above 0; the training set gets the rest, at least one image. In a class that is too small for
    this, the test set leaves one image each to training and validation set, and the validation set
    leaves one to the training set.

    Images of a group stay together. Of the groups of each size, a set gets the same number under
    every seed, so that its size does not depend on the seed; it may be smaller than its fraction
    where groups do not fit.

    Parameters
    ----------
    labels : array of integers, shape (images,)
        The class of each image, in the order of the sorted paths, so that the split is the same on
        every machine.
    groups : array of integers, shape (images,), optional
        For each image the index of the first image of its group, which is of the same class;
        without it, each image is a group.
    validation_rng
        Draws the validation set: from the seed of the run.
    test_rng
        Draws the test set and nothing else: the same state gives the same test set, whatever
        ``validation_rng`` and ``val_fraction`` are.
    val_fraction
        Above 0; a fraction of all images, not of those that the test set leaves.
    test_fraction
        At least 0, which means no test set. The two fractions add up to less than 1.

    Raises
    ------
    UsageError
        If a fraction is not allowed.

    Examples
    --------
    >>> parts = split(
    ...     [0] * 20 + [1] * 10,
    ...     validation_rng=np.random.default_rng(7),
    ...     test_rng=np.random.default_rng(0),
    ...     val_fraction=0.15,
    ...     test_fraction=0.15,
    ... )
    >>> len(parts.train), len(parts.validation), len(parts.test)
    (20, 5, 5)
    """
    require_split_fractions(val_fraction, test_fraction)
    class_of, group_of, sizes = _grouped(labels, groups)
    tested = _test_groups(class_of, group_of, sizes, test_rng, test_fraction)
    train, validation = [], []
    for label in np.unique(class_of):
        members = np.flatnonzero(class_of == label)
        rest = np.setdiff1d(group_of[members], tested)
        shuffled = validation_rng.permutation(rest)
        taken = _draw(shuffled, sizes, _size(len(members), val_fraction), leave=1)
        validation.append(shuffled[taken])
        train.append(shuffled[~taken])
    return Split(*(_images_of(parts, group_of) for parts in (train, validation, [tested])))


def split_test(
    labels: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    rng: np.random.Generator,
    fraction: float,
) -> NDArray[np.int64]:
    """Return the images of the test set, ascending: those that `split` draws with ``test_rng``.

    Raises
    ------
    UsageError
        If the fraction is not allowed.
    """
    require_test_fraction(fraction)
    class_of, group_of, sizes = _grouped(labels, groups)
    tested = _test_groups(class_of, group_of, sizes, rng, fraction)
    return _images_of([tested], group_of)


def _grouped(
    labels: ArrayLike, groups: ArrayLike | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the class and the group of each image, and the size of the group of each first one."""
    class_of = np.asarray(labels)
    group_of = np.arange(len(class_of)) if groups is None else np.asarray(groups, np.int64)
    return class_of, group_of, np.bincount(group_of, minlength=len(class_of))


def _test_groups(
    class_of: NDArray[np.int64],
    group_of: NDArray[np.int64],
    sizes: NDArray[np.int64],
    rng: np.random.Generator,
    fraction: float,
) -> NDArray[np.int64]:
    """Draw the groups of the test set, class by class."""
    tested = [np.empty(0, np.int64)]
    for label in np.unique(class_of):
        members = np.flatnonzero(class_of == label)
        shuffled = rng.permutation(np.unique(group_of[members]))
        tested.append(shuffled[_draw(shuffled, sizes, _size(len(members), fraction), leave=2)])
    return np.concatenate(tested)


def _draw(
    shuffled: NDArray[np.int64], sizes: NDArray[np.int64], images: int, leave: int
) -> NDArray[np.bool_]:
    """Return which of the shuffled groups are taken: at most that many images, the first ones.

    At least ``leave`` groups are left. If there are groups of several sizes, each size gives its
    share; single images fill what is left.
    """
    of_each = sizes[shuffled]
    taken = np.zeros(len(shuffled), bool)
    may_take = max(len(shuffled) - leave, 0)
    to_take, remaining = images, int(of_each.sum())
    counts = Counter(of_each.tolist())
    for size in sorted(counts, reverse=True):
        number = min(to_take * counts[size] // remaining, may_take)
        taken[np.flatnonzero(of_each == size)[:number]] = True
        may_take -= number
        to_take -= number * size
        remaining -= counts[size] * size
    if images and may_take and not taken.any():  # a set gets something of every class
        taken[np.argmin(of_each)] = True
    return taken


def _size(count: int, fraction: float) -> int:
    if fraction == 0:
        return 0
    return max(int(count * exact_fraction(fraction) + Fraction(1, 2)), 1)


def _images_of(parts: list[NDArray[np.int64]], group_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the images of the groups, ascending."""
    return np.flatnonzero(np.isin(group_of, np.concatenate([np.empty(0, np.int64), *parts])))
