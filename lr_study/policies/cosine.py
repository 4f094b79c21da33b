"""Learning rates that fall along half a cosine, once or again and again."""

import math
from dataclasses import dataclass

from lr_study.policies.base import BOUNDARY, Curve, Policy
from lr_study.policies.parameters import FINAL_RATE, PERIOD, POSITIVE_RATE, Range


def half_cosine(part: float) -> float:
    """Return half a cosine: 1 where ``part`` is 0, and 0 where it is 1.

    >>> half_cosine(0), half_cosine(1)
    (1.0, 0.0)
    """
    return (1 + math.cos(math.pi * part)) / 2


@dataclass(frozen=True, repr=False)
class Cosine(Policy):
    """The learning rate falls along half a cosine to ``final_lr``, which it has at the end.

    One cycle of Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts"
    (ICLR 2017); Keras's ``CosineDecay`` with ``decay_steps`` of the whole run and
    ``alpha = final_lr / initial_lr``; PyTorch's ``CosineAnnealingLR`` with ``T_max`` of the whole
    run and ``eta_min = final_lr``.

    Parameters
    ----------
    initial_lr
        The learning rate at the start; above 0.
    final_lr
        The learning rate at the end of the run; at least 0.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> [round(Cosine(initial_lr=1)(epoch, epochs=4), 6) for epoch in range(5)]
    [1.0, 0.853553, 0.5, 0.146447, 0.0]
    """

    initial_lr: float = 0.1
    final_lr: float = 0.0

    family = "cosine"
    formula = "final_lr + (initial_lr - final_lr) * (1 + cos(pi * epoch / epochs)) / 2"
    default_every = "step"
    needs_epochs = True
    _allowed = {"initial_lr": POSITIVE_RATE, "final_lr": FINAL_RATE}  # noqa: RUF012

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        part = half_cosine(min(epoch, epochs) / epochs)
        return self.final_lr + (self.initial_lr - self.final_lr) * part


@dataclass(frozen=True, repr=False)
class CosineRestarts(Policy):
    """Half a cosine to ``final_lr`` in each of several periods.

    Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (ICLR 2017);
    Keras's ``CosineDecayRestarts``, whose ``t_mul`` is 2 unless given, and PyTorch's
    ``CosineAnnealingWarmRestarts``.

    Parameters
    ----------
    initial_lr
        The learning rate at the start of the first period; above 0.
    final_lr
        The rate at the end of each period; at least 0.
    first_period
        The length of the first period in epochs; at least 0.000001.
    t_mul
        Each period is so many times as long as the one before; from 1 to 1000.
    m_mul
        Each period starts so many times as far above ``final_lr``; above 0, at most 1.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> policy = CosineRestarts(initial_lr=1, first_period=2, m_mul=0.5)
    >>> [round(policy(epoch), 6) for epoch in range(5)]
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    initial_lr: float = 0.1
    final_lr: float = 0.0
    first_period: float = 10
    t_mul: float = 1.0
    m_mul: float = 1.0

    family = "cosine_restarts"
    formula = (
        "final_lr + (initial_lr - final_lr) * m_mul ** period"
        " * (1 + cos(pi * part_of_the_period)) / 2"
    )
    default_every = "step"
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "final_lr": FINAL_RATE,
        "first_period": PERIOD,
        "t_mul": Range("a number from 1 to 1000, such as 2", 1.0, 1000.0, low_is_allowed=True),
        "m_mul": Range("a number in (0, 1], such as 0.5", low=0.0, high=1.0),
    }

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        period, part = self._period(epoch)
        height = (self.initial_lr - self.final_lr) * self.m_mul**period
        return self.final_lr + height * half_cosine(part)

    def _period(self, epoch: float) -> tuple[int, float]:
        """Return which period a time is in, counted from 0, and which part of it has passed."""
        if self.t_mul == 1:
            return cycle(epoch, self.first_period)
        # The first n periods take first_period * (t_mul ** n - 1) / (t_mul - 1) epochs. Written
        # with log1p and expm1, which are exact where t_mul is close to 1.
        more = self.t_mul - 1
        growth = math.log1p(more)
        period = math.floor(math.log1p(epoch * more / self.first_period) / growth + BOUNDARY)
        start = self.first_period * math.expm1(period * growth) / more
        return period, max(0.0, (epoch - start) / (self.first_period * self.t_mul**period))


def cycle(epoch: float, period: float) -> tuple[int, float]:
    """Return which cycle of equal length a time is in, and which part of it has passed.

    >>> cycle(25, 10), cycle(0.3, 0.1)
    ((2, 0.5), (3, 0.0))
    """
    cycles = epoch / period
    whole = math.floor(cycles + BOUNDARY)
    return whole, max(0.0, cycles - whole)
