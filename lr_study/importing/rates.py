"""The learning rates that a run logged, and the times at which they may have been in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lr_study.importing.fits.series import Series

READINGS = {
    "epoch": "each was in force in its epoch",
    "next": "each is that of the next update: the first of the next epoch",
    "step": "each is that of its step, counted from 0",
    "step from 1": "each is that of its step, counted from 1",
}
"""How logged rates are read, by the name of the reading."""


@dataclass(frozen=True)
class LoggedRates:
    """The learning rates of a run, once an epoch or once a step.

    Attributes
    ----------
    values
        A rate for each epoch, or for each step with ``steps_per_epoch``; None where none was
        logged.
    epochs
        The number of epochs of the run.
    steps_per_epoch
        The number of steps of an epoch; None for rates that were logged once an epoch.
    metrics
        The run's curves by name, for policies that read one.
    """

    values: Sequence[float | None]
    epochs: int
    steps_per_epoch: int | None = None
    metrics: Mapping[str, Sequence[float | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, rates: "Sequence[float | None] | LoggedRates") -> "LoggedRates":
        """Return rates that are a list, one an epoch, as those of a whole run."""
        return rates if isinstance(rates, LoggedRates) else cls(rates, len(rates))

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings that are possible, the usual one first."""
        if self.steps_per_epoch is None:
            return ("epoch", "next")
        return ("step",) if self.values and self.values[0] is not None else ("step", "step from 1")

    def series(self, reading: str) -> Series:
        """Return the rates with the times at which they were in force."""
        logged = [(i, rate) for i, rate in enumerate(self.values) if rate is not None]
        index = np.array([i for i, _ in logged], dtype=np.int64)
        values = np.array([rate for _, rate in logged], dtype=np.float64)
        if self.steps_per_epoch is None:
            whole = index + (reading == "next")
            every = "step" if reading == "next" else "epoch"
            return Series(
                whole, np.zeros(len(whole)), values, self.epochs, every, metrics=self.metrics
            )
        steps = index - (reading == "step from 1")
        whole, within = np.divmod(steps, self.steps_per_epoch)
        part = within / self.steps_per_epoch
        series = Series(whole, part, values, self.epochs, "step", metrics=self.metrics)
        return series.by_epoch() or series
