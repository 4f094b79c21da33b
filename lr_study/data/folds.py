"""Division of images into folds: under each seed, one fold validates and the others train."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.data.splitting import Split
from lr_study.support import Stream, UsageError, generator


@dataclass(frozen=True, eq=False)
class Folds:
    """Images that are divided into folds again and again; seed s validates on one fold.

    Seed s takes fold s mod ``count`` of repetition s div ``count``, so the first ``count`` seeds
    validate on every image once, the next as many on every image once more. Each repetition is a
    division of its own, drawn by `Stream.FOLDS` under its number. Groups of images are dealt in a
    random order, but the largest first, each to the fold that has the fewest images by then: so
    the sizes of the folds are the same in every repetition. All seeds train on equally many images,
    those outside the largest fold; of a seed whose fold is smaller, some train nothing.

    Attributes
    ----------
    labels : ndarray of int, shape (images,)
        The class of each image.
    together : ndarray of int64, shape (images,)
        For each image the first one of its group, which stays in one fold: see `keep_together`.
    count
        The number of folds.
    stratify
        Whether each class is dealt by itself; a group of several counts for that of its first
        image.

    Raises
    ------
    UsageError
        If there are fewer groups than folds.

    Examples
    --------
    >>> folds = Folds(np.zeros(11, int), np.arange(11), count=5, stratify=False)
    >>> [len(folds.split(seed).validation) for seed in range(5)], len(folds.split(0).train)
    ([2, 2, 3, 2, 2], 8)
    """

    labels: NDArray[np.int32]
    together: NDArray[np.int64]
    count: int
    stratify: bool

    def __post_init__(self) -> None:
        groups = len(np.unique(self.together))
        if groups < self.count:
            raise UsageError(
                f"folds={self.count} is not allowed: there are {groups} different images besides "
                f"the test set, and each fold needs one; give at most --folds {groups}, or "
                "--resampling splits"
            )

    def fold_of(self, repetition: int) -> NDArray[np.int64]:
        """Return the fold of each image in a repetition: from 0 to ``count`` - 1."""
        rng = generator(repetition, Stream.FOLDS)
        firsts, group = np.unique(self.together, return_inverse=True)
        sizes = np.bincount(group)
        class_of = self.labels[firsts] if self.stratify else np.zeros(len(firsts), int)
        ties = rng.permutation(self.count).tolist()
        totals = [0] * self.count
        dealt = np.empty(len(firsts), np.int64)
        for label in np.unique(class_of):
            shuffled = rng.permutation(np.flatnonzero(class_of == label))
            largest_first = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
            # The fewest images of the class, then of all classes, then the first by lot.
            heap = [(0, totals[fold], ties[fold], fold) for fold in range(self.count)]
            heapq.heapify(heap)
            for i, size in zip(largest_first.tolist(), sizes[largest_first].tolist(), strict=True):
                of_class, total, tie, fold = heap[0]
                dealt[i] = fold
                totals[fold] += size
                heapq.heapreplace(heap, (of_class + size, total + size, tie, fold))
        return dealt[group]

    def split(self, seed: int) -> Split:
        """Return which images train and validate under a seed; none test."""
        repetition, held_out = divmod(seed, self.count)
        fold_of = self.fold_of(repetition)
        largest = int(np.bincount(fold_of).max())
        others = np.flatnonzero(fold_of != held_out)
        shuffled = generator(seed, Stream.FOLD_TRAINING).permutation(others)
        trained = len(fold_of) - largest
        return Split(
            train=np.sort(shuffled[:trained]),
            validation=np.flatnonzero(fold_of == held_out),
            test=np.empty(0, np.int64),
            unused=np.sort(shuffled[trained:]),
        )

    def smallest(self) -> int:
        """Return how many images the smallest fold has, in every repetition."""
        return int(np.bincount(self.fold_of(0)).min())


@dataclass(frozen=True, eq=False)
class Together:
    """Which images stay in one fold.

    Attributes
    ----------
    first : ndarray of int64, shape (images,)
        For each image the first one of its group.
    divided
        How many images are in chains of similar images that are too long for a fold, so that only
        copies among them stay together.
    """

    first: NDArray[np.int64]
    divided: int = 0

    @property
    def groups(self) -> int:
        """How many groups have several images."""
        return int((np.bincount(self.first) > 1).sum())

    @property
    def images(self) -> int:
        """How many images are in such groups."""
        sizes = np.bincount(self.first)
        return int(sizes[sizes > 1].sum())


def keep_together(copies: NDArray[np.int64], alike: Sequence[Sequence[int]], most: int) -> Together:
    """Return which images stay in one fold: those of equal content, and those that look alike.

    Likeness is chained: an image and its neighbour's neighbour are of one group. Where a chain has
    more than ``most`` images, only those of equal content stay together: such a long chain holds
    images that have nothing in common, and folds of very different sizes are worse than a few
    pairs of similar images in different folds.

    Parameters
    ----------
    copies
        For each image the first one of equal content: see `content_groups`.
    alike
        Groups of positions of images that look alike.

    Examples
    --------
    >>> keep_together(np.array([0, 1, 0, 3]), [(2, 3)], most=3).first.tolist()
    [0, 1, 0, 0]
    >>> keep_together(np.array([0, 1, 0, 3]), [(2, 3)], most=2).first.tolist()
    [0, 1, 0, 3]
    """
    from scipy.sparse import coo_array  # not when the package is imported: that takes a second
    from scipy.sparse.csgraph import connected_components

    links = [(group[0], i) for group in alike for i in group]
    one, other = np.array([*enumerate(copies.tolist()), *links]).T
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(copies), len(copies)))
    _, label = connected_components(graph, directed=False)
    _, firsts, chain = np.unique(label, return_index=True, return_inverse=True)
    first = firsts[chain].astype(np.int64)
    is_mixed = np.bincount(chain, first != copies) > 0  # of several contents
    divided = (is_mixed & (np.bincount(chain) > most))[chain]
    first[divided] = copies[divided]
    return Together(first, int(divided.sum()))
