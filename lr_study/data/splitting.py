"""Stratified split of a data set into training, validation and test set."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lr_study.support import exact_fraction, require_split_fractions


@dataclass(frozen=True, eq=False)
class Split:
    """The images of the training, validation and test set; each image is in exactly one.

    Attributes
    ----------
    train, validation, test : ndarray of int64
        Indices into the labels that were split, ascending.
    """

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def split(
    labels: ArrayLike,
    *,
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

    Parameters
    ----------
    labels : array of integers, shape (images,)
        The class of each image, in the order of the sorted paths, so that the split is the same on
        every machine.
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
    class_of = np.asarray(labels)
    train, validation, test = [], [], []
    for label in np.unique(class_of):
        members = np.flatnonzero(class_of == label)
        n_test = min(_size(len(members), test_fraction), max(len(members) - 2, 0))
        shuffled = test_rng.permutation(members)
        test.append(shuffled[:n_test])
        rest = np.sort(shuffled[n_test:])
        n_validation = min(_size(len(members), val_fraction), len(rest) - 1)
        shuffled = validation_rng.permutation(rest)
        validation.append(shuffled[:n_validation])
        train.append(shuffled[n_validation:])
    return Split(_sorted(train), _sorted(validation), _sorted(test))


def _size(count: int, fraction: float) -> int:
    if fraction == 0:
        return 0
    return max(int(count * exact_fraction(fraction) + Fraction(1, 2)), 1)


def _sorted(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.sort(np.concatenate([np.empty(0, np.int64), *parts]))
