"""Independent streams of random numbers under one seed."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a stream of random numbers decides; its value is part of what the numbers depend on."""

    TEST_SPLIT = 0
    VALIDATION_SPLIT = 1
    INITIAL_WEIGHTS = 2
    BATCH_ORDER = 3
    DROP_CONNECT = 4
    FOLDS = 5
    FOLD_TRAINING = 6
    MODEL = 7


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """Return the generator of one stream under one seed, independent of all other pairs of both.

    It is that of a child of the seed's `numpy.random.SeedSequence`, as NumPy recommends for
    independent streams ("Parallel random number generation" in its manual).

    >>> generator(0, Stream.INITIAL_WEIGHTS).integers(1000, size=3).tolist()
    [656, 838, 462]
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream,)))
