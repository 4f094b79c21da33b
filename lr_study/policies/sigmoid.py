"""A learning rate that falls, or rises, along a sigmoid."""

import math
from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.parameters import POSITIVE_RATE, Range

_MAX_EXPONENT = 700.0  # exp of 710 is beyond the largest float


@dataclass(frozen=True, repr=False)
class Sigmoid(Policy):
    """The learning rate falls along a sigmoid, half way at ``middle``.

    Caffe's ``sigmoid`` and LRBench's ``SIG``, whose gamma is ``-k``; timm's ``tanh`` schedule with
    its defaults (from -7 to 3) has ``k = 20 / epochs`` and ``middle=0.7``.

    Parameters
    ----------
    initial_lr
        The rate that it falls from; above 0.
    k
        The steepness per epoch; the rate rises if it is below 0.
    middle
        Where the rate is half of ``initial_lr``, as a fraction of the run; from 0 to 1.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> [round(Sigmoid(initial_lr=1, k=2)(epoch, epochs=4), 6) for epoch in range(5)]
    [0.982014, 0.880797, 0.5, 0.119203, 0.017986]
    """

    initial_lr: float = 0.1
    k: float = 0.5
    middle: float = 0.5

    family = "sigmoid"
    formula = "initial_lr / (1 + exp(k * (epoch - middle * epochs)))"
    needs_epochs = True
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "k": Range("a finite number, such as 0.5", low=-math.inf),
        "middle": Range("a number from 0 to 1", low=0.0, high=1.0, low_is_allowed=True),
    }

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        exponent = self.k * (epoch - self.middle * epochs)
        if exponent > _MAX_EXPONENT:
            return self.initial_lr * math.exp(-exponent)
        return self.initial_lr / (1 + math.exp(exponent))
