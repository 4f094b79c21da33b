"""Learning rates that fall with the inverse of time, or of its square root."""

import math
from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.parameters import EPOCHS, POSITIVE_RATE, Range


@dataclass(frozen=True, repr=False)
class InverseTime(Policy):
    """The learning rate falls as the inverse of time, or as a power of it.

    Keras's ``InverseTimeDecay`` with ``decay_steps`` of one epoch and ``decay_rate=k``, where the
    power is 1; Caffe's and LRBench's ``INV``.

    Parameters
    ----------
    initial_lr
        The learning rate at the start; above 0.
    k
        The decay per epoch; at least 0.
    power
        The exponent; above 0.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> [InverseTime(initial_lr=1, k=1)(epoch) for epoch in range(4)]
    [1.0, 0.5, 0.3333333333333333, 0.25]
    """

    initial_lr: float = 0.1
    k: float = 0.1
    power: float = 1.0

    family = "inverse_time"
    formula = "initial_lr / (1 + k * epoch) ** power"
    default_every = "step"
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "k": Range("a finite number >= 0, such as 0.1", low=0.0, low_is_allowed=True),
        "power": Range("a finite number > 0, such as 0.75", low=0.0),
    }

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        try:
            return self.initial_lr / float((1 + self.k * epoch) ** self.power)
        except OverflowError:  # the divisor is above the largest float
            return 0.0


@dataclass(frozen=True, repr=False)
class InverseSqrt(Policy):
    """The learning rate falls as the inverse square root of time.

    What follows the warmup in Vaswani et al., "Attention Is All You Need" (2017): with a warmup of
    the length ``timescale`` it is their schedule, and transformers' ``inverse_sqrt``.

    Parameters
    ----------
    initial_lr
        The learning rate at the start; above 0.
    timescale
        In epochs, above 0: the rate has fallen to its half after three times as long.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> [InverseSqrt(initial_lr=1, timescale=1)(epoch) for epoch in (0, 3, 8)]
    [1.0, 0.5, 0.3333333333333333]
    """

    initial_lr: float = 0.1
    timescale: float = 1

    family = "inverse_sqrt"
    formula = "initial_lr * sqrt(timescale / (epoch + timescale))"
    default_every = "step"
    _allowed = {"initial_lr": POSITIVE_RATE, "timescale": EPOCHS}  # noqa: RUF012

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        return self.initial_lr * math.sqrt(self.timescale / (epoch + self.timescale))
