"""Independent streams of random numbers under one seed."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a stream of random numbers decides; the values are part of every seed."""

    TEST_SPLIT = 0
    VALIDATION_SPLIT = 1
    INITIAL_WEIGHTS = 2
    BATCH_ORDER = 3


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """Return the generator of one stream under one seed, independent of the other streams.

    >>> weights, test = generator(0, Stream.INITIAL_WEIGHTS), generator(0, Stream.TEST_SPLIT)
    >>> bool(weights.random() == test.random())
    False
    """
    return np.random.default_rng([seed, stream])
