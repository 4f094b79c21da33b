"""A policy as a Keras ``LearningRateSchedule``: what engine ``live`` trains with, and one's own."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lr_study.policies import Policy, parse
from lr_study.support import UsageError, keras, whole_number
from lr_study.training.rates import epoch_rates


@keras.saving.register_keras_serializable(package="lr_study")
class PolicySchedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The learning rates of a run by the number of the update; the last one beyond the end.

    It is saved with a model and loaded again, with its rates rather than with its policy's text:
    they stay what they were, and no code that a file names is run. Keras finds the class once it
    is imported: ``from lr_study import PolicySchedule`` goes before ``load_model``.

    Parameters
    ----------
    rates
        One for each update, or for each ``steps_per_rate`` updates.
    steps_per_rate
        How many updates a rate is for.
    policy
        The text of the policy whose rates they are.

    Examples
    --------
    >>> rates = PolicySchedule([0.5, 0.25], steps_per_rate=10)
    >>> [float(rates(step)) for step in (0, 9, 10, 99)]
    [0.5, 0.5, 0.25, 0.25]
    """

    def __init__(self, rates: Sequence[float], steps_per_rate: int = 1, policy: str = "") -> None:
        self.rates = [float(rate) for rate in rates]
        self.steps_per_rate = int(steps_per_rate)
        self.policy = policy
        with np.errstate(over="ignore"):  # beyond 32 bits a rate is infinite: the run diverges
            self._table = np.array(self.rates).astype(keras.config.floatx())

    def __call__(self, step: Any) -> Any:
        """Return the rate of update ``step``, counted from 0."""
        place = keras.ops.cast(step, "int64") // self.steps_per_rate
        last = len(self.rates) - 1
        return keras.ops.take(self._table, keras.ops.minimum(place, last))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal schedule."""
        return {
            "rates": self.rates,
            "steps_per_rate": self.steps_per_rate,
            "policy": self.policy,
        }


def schedule(policy: str | Policy, *, epochs: int, steps_per_epoch: int) -> PolicySchedule:
    """Return a policy as a Keras ``LearningRateSchedule``, for ``compile`` of any model.

    Parameters
    ----------
    policy
        A policy or its text; the function of ``python:module:function`` is imported.
    epochs
        The length of the run, at least 1.
    steps_per_epoch
        Batches in an epoch, at least 1, the last and smaller one too; with
        ``gradient_accumulation_steps`` also, by which Keras's optimizers ask a schedule.

    Returns
    -------
    PolicySchedule
        Called with the number of a batch, from 0, as Keras's optimizers do. Beyond the end of the
        run it gives the last rate.

    Raises
    ------
    UsageError
        If a value is not allowed, the policy does not fit into the run, or its rates depend on how
        the run goes, as those of ``plateau`` do.

    Examples
    --------
    >>> rates = schedule("warmup:epochs=1+cosine:initial_lr=0.5", epochs=3, steps_per_epoch=2)
    >>> [round(float(rates(step)), 3) for step in range(7)]
    [0.0, 0.25, 0.5, 0.427, 0.25, 0.073, 0.073]
    """
    made = (parse(policy) if isinstance(policy, str) else policy).loaded()
    epochs = whole_number("epochs", epochs, 1)
    steps = whole_number("steps_per_epoch", steps_per_epoch, 1)
    made.require_fit(epochs)
    if made.reads is not None:
        raise UsageError(
            f"{made} lowers the rate by the {made.reads} of the run, so it is no schedule: train "
            "it with lr-study run, or use keras.callbacks.ReduceLROnPlateau"
        )
    rates = np.concatenate([epoch_rates(made, epoch, epochs, steps) for epoch in range(epochs)])
    return PolicySchedule(rates.tolist(), 1 if len(rates) > epochs else steps, str(made))


class EpochSchedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The rates of one epoch's steps, set anew before each: for policies that read a metric.

    An optimizer with a schedule of one's own has no rate that could be set.
    """

    def __init__(self, steps_per_epoch: int, batches_per_step: int = 1) -> None:
        self._steps, self._batches_per_step = steps_per_epoch, batches_per_step
        self._rates = keras.Variable(
            np.zeros(steps_per_epoch), trainable=False, dtype=keras.config.floatx()
        )

    def set_rates(self, rates: Any) -> None:
        """Set the rates of the epoch's steps: (steps,), or (1,) if they are all one."""
        with np.errstate(over="ignore"):
            table = np.broadcast_to(rates, (self._steps,)).astype(self._rates.dtype)
        self._rates.assign(table)

    def __call__(self, step: Any) -> Any:
        """Return the rate of a batch, counted from 0 over the whole run."""
        place = keras.ops.cast(step, "int64") // self._batches_per_step
        return keras.ops.take(self._rates, place % self._steps)


class ScaledSchedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The rates of another schedule times a factor.

    >>> rates = ScaledSchedule(PolicySchedule([0.5, 0.25]), 10)
    >>> [float(rates(step)) for step in (0, 1)]
    [5.0, 2.5]
    """

    def __init__(self, rates: PolicySchedule | EpochSchedule, factor: float) -> None:
        self._rates = rates
        self._factor = factor

    def __call__(self, step: Any) -> Any:
        """Return the rate of update ``step``, counted from 0 over the whole run."""
        return self._rates(step) * self._factor
