"""The two trainers: many heads on cached features, and one model on live pictures."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lr_study.runs import EpochRecord
from lr_study.support import Stream, generator


@dataclass(frozen=True)
class Head:
    """The trained layer: ``kernel`` (features, classes) and ``bias`` (classes,), float32."""

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True)
class History:
    """What training one run gave, the same from both trainers.

    ``wall_clock_seconds`` is the run's share of the time that the heads trained together took;
    ``shared_among`` is their number.
    """

    epochs: tuple[EpochRecord, ...]
    head: Head
    test_accuracy: float | None
    wall_clock_seconds: float
    shared_among: int = 1


def reported_loss(value: float) -> float | None:
    """Return a loss as it is kept: the shortest decimal of its 32 bits, None if not finite.

    >>> reported_loss(0.8999999761581421)
    0.9
    """
    return float(str(np.float32(value))) if math.isfinite(value) else None


def initial_head(seed: int, features: int, classes: int) -> Head:
    """Return the untrained layer under a seed: Glorot-uniform kernel, bias zero.

    The kernel is drawn from ``U(-a, a)`` with ``a = sqrt(6 / (features + classes))`` (Glorot and
    Bengio 2010), which is what Keras's ``Dense`` does; drawn here, so that both trainers and all
    policies start from the same numbers.

    >>> initial_head(0, features=1280, classes=20).kernel.shape
    (1280, 20)
    """
    limit = np.sqrt(6 / (features + classes))
    rng = generator(seed, Stream.INITIAL_WEIGHTS)
    kernel = rng.uniform(-limit, limit, size=(features, classes)).astype(np.float32)
    return Head(kernel, np.zeros(classes, np.float32))
