"""A learning rate that decays exponentially with the epoch."""

import math
from dataclasses import dataclass

from lr_study.policies.base import POSITIVE_RATE, Policy, Range


@dataclass(frozen=True)
class ExpDecay(Policy):
    """The learning rate decays exponentially with the epoch.

    The rate is ``initial_lr * exp(-k * epoch)``, the exponential decay of the study that this
    project grew from. Keras's ``ExponentialDecay`` with ``decay_steps`` of one epoch and
    ``decay_rate=exp(-k)`` has the same rate at the start of each epoch.

    Parameters
    ----------
    initial_lr
        The learning rate of epoch 0; above 0.
    k
        The decay per epoch; at least 0, where 0 is a constant rate.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> ExpDecay(initial_lr=0.1, k=0.0)(10)
    0.1
    >>> round(ExpDecay(initial_lr=0.1, k=0.3)(1), 6)
    0.074082
    """

    initial_lr: float = 0.01
    k: float = 0.3

    family = "exp_decay"
    formula = "initial_lr * exp(-k * epoch)"
    _short_form = "exp {initial_lr} k={k}"
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "k": Range("a finite number >= 0, such as 0.3", low=0.0, low_is_allowed=True),
    }

    def __call__(self, epoch: float) -> float:
        return self.initial_lr * math.exp(-self.k * epoch)
