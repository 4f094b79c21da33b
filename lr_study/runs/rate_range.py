"""What a range test is asked to do: the rates from a very small to a very large one, for what."""

import math
from dataclasses import dataclass

from lr_study.policies import Policy
from lr_study.runs.settings import Settings
from lr_study.support import UsageError, real_number, whole_number

MIN_STEPS = 20
"""Fewest steps of a range test: over eight decades, three a decade hardly make a curve."""


@dataclass(frozen=True)
class RateRange:
    """How the rate of a range test rises, and how its losses are smoothed; checked on construction.

    Attributes
    ----------
    start_lr, end_lr
        The rates of the first and of the last step.
    range_epochs
        Passes over the training set: how many steps the rate takes from one to the other.
    smoothing
        The share of its last value in the moving average of the loss, from 0 (none) to below 1.

    Raises
    ------
    UsageError
        If a value is not allowed. The message names it and what is.

    Examples
    --------
    >>> RateRange(start_lr=1, end_lr=100).rates(5)
    (1.0, 3.1622776601683795, 10.0, 31.622776601683793, 100.0)
    """

    start_lr: float = 1e-7
    end_lr: float = 10.0
    range_epochs: int = 2
    smoothing: float = 0.98

    def __post_init__(self) -> None:
        for name in ("start_lr", "end_lr", "smoothing"):
            object.__setattr__(self, name, real_number(name, getattr(self, name)))
        for name in ("start_lr", "end_lr"):
            value = getattr(self, name)
            if not 0 < value <= 1e6:
                raise UsageError(
                    f"{name}={value} is not allowed: {name} is a number > 0 and <= 1e6, "
                    f"such as {getattr(type(self), name)}"
                )
        if self.end_lr < 10 * self.start_lr:
            raise UsageError(
                f"end_lr={self.end_lr} is not allowed with start_lr={self.start_lr}: end_lr is at "
                "least ten times start_lr"
            )
        if not 0 <= self.smoothing < 1:
            raise UsageError(
                f"smoothing={self.smoothing} is not allowed: smoothing is a number, "
                "0 <= smoothing < 1"
            )
        epochs = whole_number("range_epochs", self.range_epochs, 1)
        object.__setattr__(self, "range_epochs", epochs)

    def steps(self, train_size: int, batch_size: int) -> int:
        """Return how many steps a range test has.

        Raises
        ------
        UsageError
            If they are fewer than `MIN_STEPS`.

        >>> RateRange().steps(train_size=1258, batch_size=32)
        80
        """
        per_epoch = math.ceil(train_size / batch_size)
        steps = per_epoch * self.range_epochs
        if steps < MIN_STEPS:
            needed = math.ceil(MIN_STEPS / per_epoch)
            raise UsageError(
                f"range_epochs={self.range_epochs} is not allowed for {train_size} training images "
                f"in batches of {batch_size}: that makes {steps} steps, and a range test has at "
                f"least {MIN_STEPS}; type --range-epochs {needed}, or a smaller --batch-size"
            )
        return steps

    def rates(self, steps: int) -> tuple[float, ...]:
        """Return the rate of each step: ``start_lr * (end_lr / start_lr) ** (i / (steps - 1))``.

        Equal factors from step to step show rates of every size alike. Smith, "Cyclical Learning
        Rates for Training Neural Networks" (2017), raises the rate by equal differences, between
        rates whose size is known; over eight decades nearly all steps would be in the last one.
        """
        ratio = self.end_lr / self.start_lr
        rising = [self.start_lr * ratio ** (i / (steps - 1)) for i in range(steps - 1)]
        return (*rising, self.end_lr)


@dataclass(frozen=True)
class RangeSpec:
    """What a range test is asked to do; checked on construction.

    Attributes
    ----------
    settings
        Of the range test and of the runs that check it, which have ``epochs`` epochs.
    policy
        What rates are suggested for: its learning rate is replaced by each suggestion.

    Raises
    ------
    UsageError
        If the policy has no learning rate that can be set, or does not fit into the epochs, or the
        engine is not ``cached``.
    """

    settings: Settings
    rate_range: RateRange
    policy: Policy
    seeds: tuple[int, ...]

    def __post_init__(self) -> None:
        engine = self.settings.resolved_engine()
        if engine != "cached":
            raise UsageError(
                f"engine={engine} is not allowed: a range test trains with engine "
                "cached, whose softmax heads are those of engine live without drop-connect"
            )
        for rate in (self.rate_range.start_lr, self.rate_range.end_lr):
            self.policy.with_learning_rate(rate)
        self.policy.require_fit(self.settings.epochs)
