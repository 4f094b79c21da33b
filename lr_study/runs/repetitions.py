"""Seeds and folds: which seeds together validate on every image equally often."""

from collections.abc import Iterable


def whole_repetitions(seeds: Iterable[int], folds: int) -> tuple[int, ...]:
    """Return the repetitions of which all seeds are there, ascending.

    Repetition r has the seeds from r times ``folds`` on, as many as there are folds; under each
    of them another fold validates.

    >>> whole_repetitions([0, 1, 2, 3, 5], folds=2)
    (0, 1)
    """
    known = set(seeds)
    repetitions = sorted({seed // folds for seed in known})
    return tuple(r for r in repetitions if known.issuperset(range(r * folds, r * folds + folds)))


def seeds_beyond_repetitions(seeds: Iterable[int], folds: int) -> tuple[int, ...]:
    """Return the seeds that are in no whole repetition, ascending.

    >>> seeds_beyond_repetitions([0, 1, 2, 3, 5], folds=2)
    (5,)
    """
    known = set(seeds)
    whole = set(whole_repetitions(known, folds))
    return tuple(sorted(seed for seed in known if seed // folds not in whole))
