"""What training one run gives: its epochs, the trained softmax head, and the time it took."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lr_study.runs import EpochRecord, ImageResults, Protocol, RunRecord, RunSpec
from lr_study.support import Stream, generator


@dataclass(frozen=True)
class Head:
    """A softmax head: ``kernel`` (features, classes) and ``bias`` (classes,), float32.

    ``backbone`` has the weights of the backbone that were trained with it, by their places among
    all of its weights; it is empty of a linear probe.
    """

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    backbone: Mapping[int, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True)
class History:
    """The result of training one softmax head.

    ``wall_clock_seconds`` is the run's share of the time of the batched program that trained
    ``shared_among`` heads. ``image_results`` are those after the last epoch.
    """

    epochs: tuple[EpochRecord, ...]
    head: Head
    test_accuracy: float | None
    wall_clock_seconds: float
    shared_among: int = 1
    image_results: ImageResults | None = None

    def record(
        self, spec: RunSpec, protocol: Protocol, feature_seconds: float | None = None
    ) -> RunRecord:
        """Return the record of the finished run; ``feature_seconds`` if features were cached."""
        return RunRecord(
            spec=spec,
            protocol=protocol,
            epochs=self.epochs,
            test_accuracy=self.test_accuracy,
            wall_clock_seconds=self.wall_clock_seconds,
            shared_among=self.shared_among,
            feature_seconds=feature_seconds,
            image_results=self.image_results,
        )


def reported_loss(value: float) -> float | None:
    """Return a loss as it is stored: the shortest decimal of its 32 bits, None if not finite.

    >>> reported_loss(0.8999999761581421)
    0.9
    """
    return float(str(np.float32(value))) if math.isfinite(value) else None


def initial_head(seed: int, features: int, classes: int) -> Head:
    """Return the untrained softmax head under a seed: Glorot-uniform kernel, zero bias.

    The kernel is drawn from ``U(-a, a)`` with ``a = sqrt(6 / (features + classes))`` (Glorot and
    Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS
    2010), as Keras's ``Dense`` does. It is drawn here, so that both trainers and all policies
    start from the same weights.

    >>> initial_head(0, features=1280, classes=20).kernel.shape
    (1280, 20)
    """
    limit = np.sqrt(6 / (features + classes))
    rng = generator(seed, Stream.INITIAL_WEIGHTS)
    kernel = rng.uniform(-limit, limit, size=(features, classes)).astype(np.float32)
    return Head(kernel, np.zeros(classes, np.float32))
