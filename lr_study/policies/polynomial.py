"""Learning rates that go to a final rate along a power of the remaining time."""

from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.parameters import FINAL_RATE, POSITIVE_RATE, Range


def remaining(epoch: float, epochs: float) -> float:
    """Return the part of the run that remains, from 1 at its start to 0 at its end and later.

    >>> remaining(10, 40), remaining(41, 40)
    (0.75, 0.0)
    """
    return 1 - min(epoch, epochs) / epochs


@dataclass(frozen=True, repr=False)
class Polynomial(Policy):
    """The learning rate falls to ``final_lr`` as a power of the remaining part of the run.

    Keras's ``PolynomialDecay`` with ``decay_steps`` of the whole run, whose ``end_learning_rate``
    is 0.0001 unless given; PyTorch's ``PolynomialLR``. The last step of a run is one step before
    the end, so ``final_lr`` itself never trains.

    Parameters
    ----------
    initial_lr
        The learning rate at the start; above 0.
    final_lr
        The learning rate at the end of the run; at least 0, and it may be above ``initial_lr``.
    power
        The exponent; above 0.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> policy = Polynomial(initial_lr=1, power=2)
    >>> [policy(epoch, epochs=4) for epoch in range(5)]
    [1.0, 0.5625, 0.25, 0.0625, 0.0]
    """

    initial_lr: float = 0.1
    final_lr: float = 0.0
    power: float = 1.0

    family = "polynomial"
    formula = "(initial_lr - final_lr) * (1 - epoch / epochs) ** power + final_lr"
    default_every = "step"
    needs_epochs = True
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "final_lr": FINAL_RATE,
        "power": Range("a finite number > 0, such as 2", low=0.0),
    }

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        left: float = remaining(epoch, epochs) ** self.power
        return (self.initial_lr - self.final_lr) * left + self.final_lr


@dataclass(frozen=True, repr=False)
class Linear(Policy):
    """The learning rate goes in a straight line to ``final_lr``, which it has at the end.

    transformers' ``linear`` schedule without warmup, and `Polynomial` with power 1.

    Parameters
    ----------
    initial_lr
        The learning rate at the start; above 0.
    final_lr
        The learning rate at the end of the run; at least 0, and it may be above ``initial_lr``.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> [Linear(initial_lr=1)(epoch, epochs=4) for epoch in range(5)]
    [1.0, 0.75, 0.5, 0.25, 0.0]
    """

    initial_lr: float = 0.1
    final_lr: float = 0.0

    family = "linear"
    formula = "(initial_lr - final_lr) * (1 - epoch / epochs) + final_lr"
    default_every = "step"
    needs_epochs = True
    _allowed = {"initial_lr": POSITIVE_RATE, "final_lr": FINAL_RATE}  # noqa: RUF012

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        return (self.initial_lr - self.final_lr) * remaining(epoch, epochs) + self.final_lr
