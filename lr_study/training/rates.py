"""The learning rates that a run trains at, step by step."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lr_study.policies import Policy
from lr_study.runs import EpochRecord

_MOST_STEPS = 1 << 17
"""Runs of up to so many steps have their rates kept for the next seed: 1 MiB a policy."""


def epoch_rates(
    policy: Policy,
    epoch: int,
    epochs: int,
    steps_per_epoch: int,
    ended: Sequence[EpochRecord] = (),
) -> NDArray[np.float64]:
    """Return the learning rates of one epoch's steps: (steps,), or (1,) if they are all one.

    Parameters
    ----------
    epoch
        Counted from 0.
    epochs, steps_per_epoch
        The length of the run and of an epoch.
    ended
        The epochs that ended, for policies that read a metric.

    Examples
    --------
    >>> from lr_study.policies import parse
    >>> epoch_rates(parse("linear:initial_lr=1"), 1, epochs=4, steps_per_epoch=2)
    array([0.75 , 0.625])
    >>> epoch_rates(parse("fixed:lr=0.5"), 1, epochs=4, steps_per_epoch=2)
    array([0.5])
    """
    if policy.reads is not None:
        curve = [record.values()[policy.reads] for record in ended]
        return np.array(_of_epoch(policy, epoch, epochs, steps_per_epoch, curve))
    if policy.changes_by_step and epochs * steps_per_epoch <= _MOST_STEPS:
        rates: NDArray[np.float64] = _table(policy, epochs, steps_per_epoch)[epoch]
        return rates
    return np.array(_of_epoch(policy, epoch, epochs, steps_per_epoch))


@lru_cache(maxsize=64)
def _table(policy: Policy, epochs: int, steps_per_epoch: int) -> NDArray[np.float64]:
    """(epochs, steps): the seeds of a study all train at them, and Python takes long to compute."""
    table = np.array([policy.step_rates(epoch, epochs, steps_per_epoch) for epoch in range(epochs)])
    table.flags.writeable = False
    return table


def _of_epoch(
    policy: Policy,
    epoch: int,
    epochs: int,
    steps_per_epoch: int,
    curve: Sequence[float | None] = (),
) -> list[float]:
    steps = steps_per_epoch if policy.changes_by_step else 1
    return policy.step_rates(epoch, epochs, steps, curve)


def run_rates(
    policy: Policy, ended: Sequence[EpochRecord], steps_per_epoch: int
) -> Iterator[tuple[int, int, float]]:
    """Yield the epoch, from 1, the step, from 0 over the whole run, and the rate of each step.

    >>> from lr_study.policies import parse
    >>> epochs = [EpochRecord(n, 1.0, 0.5, 1.0, 0.5, 0.1) for n in (1, 2)]
    >>> list(run_rates(parse("linear:initial_lr=1"), epochs, steps_per_epoch=2))
    [(1, 0, 1.0), (1, 1, 0.75), (2, 2, 0.5), (2, 3, 0.25)]
    """
    for epoch in range(len(ended)):
        rates = epoch_rates(policy, epoch, len(ended), steps_per_epoch, ended[:epoch])
        for step, rate in enumerate(np.broadcast_to(rates, steps_per_epoch).tolist()):
            yield epoch + 1, epoch * steps_per_epoch + step, rate
