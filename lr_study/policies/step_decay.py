"""A learning rate that drops by a factor every few epochs."""

import math
from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.parameters import FACTOR, POSITIVE_RATE, Range, shortest


@dataclass(frozen=True, repr=False)
class StepDecay(Policy):
    """The learning rate is multiplied by ``drop`` every ``epochs_drop`` epochs.

    The rate is ``initial_lr * drop ** floor((1 + epoch) / epochs_drop)``, the step decay of the
    study that this project grew from. Because of the ``1 +``, the first plateau is one epoch
    shorter than the others: Keras's ``ExponentialDecay(staircase=True)`` and PyTorch's ``StepLR``
    drop one epoch later.

    Parameters
    ----------
    initial_lr
        The learning rate of the first plateau; above 0.
    drop
        The factor; above 0, at most 1.
    epochs_drop
        The length of a plateau in epochs; a whole number, at least 1.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> [StepDecay(initial_lr=0.1, drop=0.5, epochs_drop=2)(epoch) for epoch in range(4)]
    [0.1, 0.05, 0.05, 0.025]
    """

    initial_lr: float = 0.01
    drop: float = 0.5
    epochs_drop: int = 5

    family = "step_decay"
    formula = "initial_lr * drop ** floor((1 + epoch) / epochs_drop)"
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "drop": FACTOR,
        "epochs_drop": Range("a whole number >= 1", low=1, low_is_allowed=True, whole=True),
    }

    @property
    def short_name(self) -> str:
        """The name in narrow tables, such as ``step 0.01 ×0.5/5``."""
        initial_lr, drop = shortest(self.initial_lr), shortest(self.drop)
        return f"step {initial_lr} ×{drop}/{self.epochs_drop}{self._resolution()}"

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        return self.initial_lr * self.drop ** math.floor((1 + epoch) / self.epochs_drop)
