"""Seeds and folds: which seeds together validate on every image equally often."""

from collections import Counter
from collections.abc import Iterable


def whole_repetitions(seeds: Iterable[int], folds: int) -> tuple[int, ...]:
    """Return the seeds that belong to a repetition of which every fold is there, ascending.

    Repetition r has the seeds from r times ``folds`` on, as many as there are folds; under each
    of them another fold validates.

    >>> whole_repetitions([0, 1, 2, 3, 4, 5, 10, 12, 11, 13, 14], folds=5)
    (0, 1, 2, 3, 4, 10, 11, 12, 13, 14)
    """
    known = sorted(set(seeds))
    present = Counter(seed // folds for seed in known)
    return tuple(seed for seed in known if present[seed // folds] == folds)


def seeds_beyond_repetitions(seeds: Iterable[int], folds: int) -> tuple[int, ...]:
    """Return the seeds that are in no whole repetition, ascending.

    >>> seeds_beyond_repetitions([0, 1, 2, 3, 5], folds=2)
    (5,)
    """
    known = set(seeds)
    return tuple(sorted(known.difference(whole_repetitions(known, folds))))
