"""Per-image results of policies that were trained on folds: a value for each validated image."""

from dataclasses import dataclass, replace
from functools import cached_property

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
    groups
        (images,): the group of each image, any number; None if each is a group of its own. Images
        of a group are similar, stay in one fold, and count as one unit that was sampled.

    Raises
    ------
    UsageError
        If shapes disagree, a value is not finite, a fold is empty, or a group is in two folds.

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
    groups: Integers | None = None

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
        for name in ("classes", "groups"):
            of_images = getattr(self, name)
            if of_images is None:
                continue
            object.__setattr__(self, name, np.asarray(of_images, np.int64))
            if np.shape(of_images) != (self.images,):
                raise UsageError(
                    f"{name} of shape {np.shape(of_images)}: one for each of the {self.images} "
                    "images is needed"
                )
        if self.groups is not None:
            unit, first = self._units
            if (self.fold != self.fold[:, first][:, unit]).any():
                raise UsageError("a group of images is in two folds of one repetition")

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

    @cached_property
    def _units(self) -> tuple[Integers, Integers]:
        """For each image its unit, from 0; for each unit its first image."""
        if self.groups is None:
            return np.arange(self.images), np.arange(self.images)
        _, first, unit = np.unique(self.groups, return_index=True, return_inverse=True)
        return np.asarray(unit, np.int64), np.asarray(first, np.int64)

    @property
    def unit_sizes(self) -> Floats:
        """Number of images of each unit, (units,): 1 for an image that is in no group."""
        return np.bincount(self._units[0]).astype(np.float64)

    @property
    def unit_folds(self) -> Integers:
        """The fold of each unit, (repetitions, units)."""
        return self.fold[:, self._units[1]]

    def unit_sums(self, values: Floats) -> Floats:
        """Sum ``values``, (rows, images), over the images of each unit: (rows, units).

        >>> scores = ImageScores(np.ones((1, 1, 4)), [[0, 0, 0, 1]], 2, groups=[7, 9, 7, 8])
        >>> scores.unit_sums(np.array([[1.0, 2.0, 4.0, 8.0]])).tolist(), scores.unit_sizes.tolist()
        ([[5.0, 8.0, 2.0]], [2.0, 1.0, 1.0])
        """
        if self.groups is None:
            return values
        order = np.argsort(self._units[0], kind="stable")
        starts = np.cumsum(self.unit_sizes).astype(np.int64) - self.unit_sizes.astype(np.int64)
        return np.asarray(np.add.reduceat(values[:, order], starts, axis=1), np.float64)

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
