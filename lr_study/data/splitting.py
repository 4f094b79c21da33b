"""Pictures, class by class, into training, validation and test."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lr_study.support import UsageError


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of pictures, every picture in exactly one part.

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
    """Draw from each class separately: first the test part, then validation from the rest.

    Each part takes its fraction of the class, rounded half up, but at least one picture where the
    fraction is above 0; and at least one stays for training. Where a class is too small for all of
    that, the test part yields first only to the one picture each of training and validation, then
    validation yields to training.

    Parameters
    ----------
    labels : array of integers, shape (pictures,)
        The class of each picture, in the order of their sorted paths, which makes the result the
        same on every machine.
    validation_rng
        Draws the validation part: from the seed of the run.
    test_rng
        Draws the test part, with nothing else to draw from: in the same state it gives the same
        part, whatever ``validation_rng`` and ``val_fraction`` are.
    val_fraction
        Above 0. A fraction of all pictures, not of those that the test part leaves.
    test_fraction
        At least 0, which means no test part. Less than 1 together with ``val_fraction``.

    Raises
    ------
    UsageError
        A fraction is outside these bounds.

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
    if not (0 < val_fraction < 1):
        raise UsageError(f"--val-fraction {val_fraction}: allowed is more than 0 and less than 1")
    if not (0 <= test_fraction < 1):
        raise UsageError(f"--test-fraction {test_fraction}: allowed is at least 0 and less than 1")
    if _exactly(val_fraction) + _exactly(test_fraction) >= 1:
        raise UsageError(
            f"--val-fraction {val_fraction} and --test-fraction {test_fraction} leave nothing to "
            "train on: allowed is less than 1 together"
        )

    of_picture = np.asarray(labels)
    train, validation, test = [], [], []
    for label in np.unique(of_picture):
        members = np.flatnonzero(of_picture == label)
        n_test = min(_share(len(members), test_fraction), max(len(members) - 2, 0))
        shuffled = test_rng.permutation(members)
        test.append(shuffled[:n_test])
        rest = np.sort(shuffled[n_test:])
        n_validation = min(_share(len(members), val_fraction), len(rest) - 1)
        shuffled = validation_rng.permutation(rest)
        validation.append(shuffled[:n_validation])
        train.append(shuffled[n_validation:])
    return Split(_joined(train), _joined(validation), _joined(test))


def _share(count: int, fraction: float) -> int:
    if fraction == 0:
        return 0
    return max(int(count * _exactly(fraction) + Fraction(1, 2)), 1)


def _exactly(fraction: float) -> Fraction:
    # The decimal that was typed: in binary, 0.29 of 50 pictures is a little less than 14.5.
    return Fraction(str(float(fraction)))


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.sort(np.concatenate([np.empty(0, np.int64), *parts]))
