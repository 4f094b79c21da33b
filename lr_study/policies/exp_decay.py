"""A learning rate that decays exponentially with the epoch."""

import math
from dataclasses import dataclass

from lr_study.policies.base import POSITIVE_RATE, Policy, Range


@dataclass(frozen=True)
class ExpDecay(Policy):
    """The rate decays exponentially with the epoch.

    ``initial_lr * exp(-k * epoch)``.

    >>> ExpDecay(initial_lr=0.1, k=0.0)(10)
    0.1
    """

    initial_lr: float = 0.01
    k: float = 0.3

    family = "exp_decay"
    formula = "initial_lr * exp(-k * epoch)"
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "k": Range("a finite number >= 0, such as 0.3", low=0.0, low_is_allowed=True),
    }

    def __call__(self, epoch: float) -> float:
        return self.initial_lr * math.exp(-self.k * epoch)
