"""One seed, several streams of random numbers."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a stream of random numbers decides."""

    TEST_PART = 0
    VALIDATION_PART = 1
    INITIAL_HEAD = 2
    ORDER_OF_BATCHES = 3


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """Return the generator of one stream under one seed, independent of all others.

    >>> bool(generator(0, Stream.INITIAL_HEAD).random() == generator(0, Stream.TEST_PART).random())
    False
    """
    return np.random.default_rng([seed, stream])
