"""Per-image results of policies that were trained on folds: a value for each validated image."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lr_study.support import UsageError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class ImageScores:
    """The result of each policy on each image, in whole repetitions of a division into folds.

    In every repetition each image validates exactly once, in the run that held out its fold. The
    run of repetition r and fold f is the seed ``folds * r + f``, for all policies alike.

    Parameters
    ----------
    values
        (policies, repetitions, images): 1 for right and 0 for wrong, or the image's loss.
    fold
        (repetitions, images): the fold that the image was in, from 0.
    folds
        Number of folds, at least 2.
    resolution
        The smallest step of an image's value: 1 for right or wrong; 0 for a loss, which has none.
    classes
        (images,): the class of each image, where folds were dealt class by class; else None.

    Raises
    ------
    UsageError
        If shapes disagree, a value is not finite, or a fold is empty.

    Examples
    --------
    >>> scores = ImageScores([[[1, 0, 1, 1]], [[1, 1, 0, 1]]], [[0, 0, 1, 1]], 2)
    >>> scores.policies, scores.repetitions, scores.images, scores.seeds
    (2, 1, 4, 2)
    >>> scores.means.tolist()
    [0.75, 0.75]
    """

    values: Floats
    fold: Integers
    folds: int
    resolution: float = 1.0
    classes: Integers | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", np.asarray(self.values, np.float64))
        object.__setattr__(self, "fold", np.asarray(self.fold, np.int64))
        if self.values.ndim != 3 or self.fold.shape != self.values.shape[1:]:
            raise UsageError(
                f"values of shape {self.values.shape} and folds of shape {self.fold.shape} do not "
                "fit: give values (policies, repetitions, images) and fold (repetitions, images)"
            )
        if min(self.values.shape[:2]) < 1 or self.images < 2 or self.folds < 2:
            raise UsageError(
                f"{self.policies} policies, {self.repetitions} repetitions, {self.images} images "
                f"and {self.folds} folds: at least 1, 1, 2 and 2 are needed"
            )
        if not np.isfinite(self.values).all():
            raise UsageError("values that are not finite cannot be compared: leave the policy out")
        if self.fold.min() < 0 or any(
            np.bincount(row, minlength=self.folds).shape != (self.folds,)
            or not np.bincount(row, minlength=self.folds).all()
            for row in self.fold
        ):
            raise UsageError(
                f"in every repetition each of the folds 0 to {self.folds - 1} needs an image"
            )
        if self.classes is not None:
            object.__setattr__(self, "classes", np.asarray(self.classes, np.int64))
            if self.classes.shape != (self.images,):
                raise UsageError(
                    f"classes of shape {self.classes.shape}: one for each of the {self.images} "
                    "images is needed"
                )

    @property
    def policies(self) -> int:
        """Number of policies."""
        return len(self.values)

    @property
    def repetitions(self) -> int:
        """Number of whole repetitions."""
        return len(self.fold)

    @property
    def images(self) -> int:
        """Number of images that were divided into folds."""
        return int(self.fold.shape[1])

    @property
    def seeds(self) -> int:
        """Number of runs of each policy."""
        return self.folds * self.repetitions

    @property
    def means(self) -> Floats:
        """Mean value of each policy over all validations, (policies,).

        Sums of right and wrong are whole numbers: equally many right give equal means.
        """
        total = self.values.sum(axis=(1, 2))
        return np.asarray(total / (self.repetitions * self.images), np.float64)

    @property
    def image_means(self) -> Floats:
        """Mean value of each image over repetitions, (policies, images)."""
        return np.asarray(self.values.mean(axis=1), np.float64)

    @property
    def seed_means(self) -> Floats:
        """Mean value of each run, (policies, repetitions, folds)."""
        means = np.empty((self.policies, self.repetitions, self.folds))
        for r, row in enumerate(self.fold):
            for f in range(self.folds):
                means[:, r, f] = self.values[:, r, row == f].mean(axis=1)
        return means

    def first(self, repetitions: int) -> "ImageScores":
        """Return the first so many repetitions.

        >>> two = ImageScores(np.ones((1, 2, 4)), [[0, 0, 1, 1], [0, 1, 0, 1]], 2)
        >>> two.first(1).seeds
        2
        """
        if not 1 <= repetitions <= self.repetitions:
            raise UsageError(f"{repetitions} repetitions: there are 1 to {self.repetitions}")
        return replace(self, values=self.values[:, :repetitions], fold=self.fold[:repetitions])

    def select(self, policies: NDArray[np.bool_] | Integers | list[int]) -> "ImageScores":
        """Return some of the policies, by a mask or by their indices.

        >>> three = ImageScores(np.eye(3)[:, None], [[0, 0, 1]], 2)
        >>> three.select([2, 0]).values[:, 0].tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
        """
        return replace(self, values=self.values[np.asarray(policies)])
