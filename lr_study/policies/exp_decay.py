"""A learning rate that decays exponentially with the epoch."""

import math
from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.parameters import POSITIVE_RATE, Range, shortest


@dataclass(frozen=True, repr=False)
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
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "k": Range("a finite number >= 0, such as 0.3", low=0.0, low_is_allowed=True),
    }

    @property
    def short_name(self) -> str:
        """The name in narrow tables, such as ``exp 0.01 k=0.3``."""
        return f"exp {shortest(self.initial_lr)} k={shortest(self.k)}{self._resolution()}"

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        return self.initial_lr * math.exp(-self.k * epoch)
