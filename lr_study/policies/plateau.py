"""A learning rate that is lowered when a metric stands still."""

import math
from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.parameters import FINAL_RATE, POSITIVE_RATE, Choice, Range


@dataclass(frozen=True, repr=False)
class Plateau(Policy):
    """The learning rate is lowered when a metric has not improved for some epochs.

    The rule of Keras's ``ReduceLROnPlateau``, to the epoch. PyTorch's waits one epoch longer: its
    ``patience=2`` is 3 here.

    Parameters
    ----------
    initial_lr
        The learning rate at the start; above 0.
    factor
        What the rate is multiplied with; above 0, below 1.
    patience
        The rate is lowered after so many epochs without improvement; a whole number, at least 0.
    min_delta
        The least change that is an improvement; at least 0.
    cooldown
        For so many epochs after the rate was lowered, none is counted; a whole number, at least 0.
    min_lr
        The rate is not lowered below it; at least 0.
    monitor
        The metric: ``val_loss``, ``loss``, ``val_accuracy`` or ``accuracy``. A loss improves when
        it falls, an accuracy when it rises.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> policy = Plateau(initial_lr=1, factor=0.5, patience=2)
    >>> losses = [1.0, 0.9, 0.9, 0.9]
    >>> [policy(epoch, curve=losses[:epoch]) for epoch in range(5)]
    [1.0, 1.0, 1.0, 1.0, 0.5]
    """

    initial_lr: float = 0.1
    factor: float = 0.1
    patience: int = 10
    min_delta: float = 0.0001
    cooldown: int = 0
    min_lr: float = 0.0
    monitor: str = "val_loss"

    family = "plateau"
    formula = "initial_lr * factor ** (times that monitor did not improve for patience epochs)"
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "factor": Range("a number > 0 and < 1, such as 0.1", low=0.0, high=1 - 2**-53),
        "patience": Range("a whole number >= 0", low=0, low_is_allowed=True, whole=True),
        "min_delta": Range("a finite number >= 0", low=0.0, low_is_allowed=True),
        "cooldown": Range("a whole number >= 0", low=0, low_is_allowed=True, whole=True),
        "min_lr": FINAL_RATE,
        "monitor": Choice(("val_loss", "loss", "val_accuracy", "accuracy")),
    }

    @property
    def reads(self) -> str:
        """The name of the metric."""
        return self.monitor

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        rate = self.initial_lr
        best: float | None = None
        waited = cooling = 0
        for value in (math.nan if v is None else v for v in curve[: math.floor(epoch)]):
            if cooling:
                cooling -= 1
            if self._improves(value, best):
                best = value
                waited = 0
            elif not cooling:
                waited += 1
                if waited >= self.patience and rate > self.min_lr:
                    rate = max(rate * self.factor, self.min_lr)
                    cooling, waited = self.cooldown, 0
        return rate

    def _improves(self, value: float, best: float | None) -> bool:
        """Whether a value is better than the best one; as in Keras, none is better than NaN."""
        if best is None:
            return True
        if "accuracy" in self.monitor:
            return value - self.min_delta > best
        return value + self.min_delta < best
