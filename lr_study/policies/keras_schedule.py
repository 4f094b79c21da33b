"""Policies that are a ``LearningRateSchedule`` of Keras; Keras is not imported."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lr_study.policies.base import Curve, Policy
from lr_study.policies.own import checked_rate
from lr_study.support import UsageError, one_line

KERAS_PREFIX = "keras:"

_DIGITS = 12  # of a digest in a text form


@dataclass(frozen=True, repr=False)
class KerasPolicy(Policy):
    """A schedule of Keras, or any object that is called with the step and has ``get_config``.

    Its text form, ``keras:CosineDecay@digest``, says which it was, not what its rates are: it
    cannot be parsed.

    Parameters
    ----------
    name
        Of its class.
    digest
        The first 12 hexadecimal digits of the SHA-256 of its class and configuration.
    call
        The schedule: the number of a step, from 0 over the whole run, to the learning rate.

    Examples
    --------
    >>> class Halving:
    ...     def __call__(self, step):
    ...         return 0.5**step
    ...     def get_config(self):
    ...         return {"factor": 0.5}
    >>> policy = KerasPolicy.of(Halving())
    >>> policy.step_rates(1, epochs=2, steps_per_epoch=2)
    [0.25, 0.125]
    >>> str(policy)
    'keras:Halving@80ca2df0b0b5'
    """

    name: str
    digest: str
    call: Callable[[int], Any] = field(compare=False)

    family = "keras"
    formula = "schedule(step)"
    default_every = "step"
    needs_epochs = True
    _allowed = {}  # noqa: RUF012

    @classmethod
    def of(cls, schedule: Any) -> "KerasPolicy":
        """Return the policy of a schedule.

        Raises
        ------
        UsageError
            If its configuration cannot be read.
        """
        name = type(schedule).__qualname__
        try:
            described = json.dumps([name, schedule.get_config()], sort_keys=True, default=repr)
        except Exception as error:  # of a class of theirs
            raise UsageError(f"{name}.get_config failed: {one_line(error)}") from error
        digest = hashlib.sha256(described.encode()).hexdigest()[:_DIGITS]
        return cls(name, digest, schedule)

    def step_rates(
        self, epoch: int, epochs: int, steps_per_epoch: int, curve: Curve = ()
    ) -> list[float]:
        """Return the learning rates of the steps of one epoch."""
        first = epoch * steps_per_epoch
        return [self._of_step(step) for step in range(first, first + steps_per_epoch)]

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        if epoch == 0:
            return self._of_step(0)
        raise UsageError(
            f"{self} counts steps: its rate at an epoch depends on the steps per epoch"
        )

    def _of_step(self, step: int) -> float:
        try:
            rate = float(self.call(step))
        except Exception as error:  # of a class of theirs
            raise UsageError(f"{self} failed at step {step}: {one_line(error)}") from error
        return checked_rate(rate, f"{self} at step {step}")

    @property
    def learning_rate(self) -> float:
        """The first rate."""
        return self._of_step(0)

    def __str__(self) -> str:
        return f"{KERAS_PREFIX}{self.name}@{self.digest}"

    @property
    def short_name(self) -> str:
        """The class with the digest."""
        return f"keras {self.name}@{self.digest}"

    def parameters(self) -> dict[str, Any]:
        """Return nothing: they are the schedule's own."""
        return {}
