"""Learning rates that are constant between milestones."""

from collections.abc import Sequence
from dataclasses import dataclass

from lr_study.policies.base import BOUNDARY, Curve, Policy
from lr_study.policies.parameters import FACTOR, MILESTONES, POSITIVE_RATE, RATES
from lr_study.support import UsageError


def passed(milestones: Sequence[float], epoch: float, epochs: float) -> int:
    """Return how many milestones a time has reached; those below 1 are fractions of the run.

    >>> passed((0.5, 0.75), epoch=25, epochs=50), passed((30, 60), epoch=29, epochs=90)
    (1, 0)
    """
    times = (m * epochs if m < 1 else m for m in milestones)
    return sum(time <= epoch + BOUNDARY for time in times)


@dataclass(frozen=True, repr=False)
class MultiStep(Policy):
    """The learning rate is multiplied by ``drop`` at each milestone.

    PyTorch's ``MultiStepLR`` with ``gamma=drop``, stepped each epoch. Keras's
    ``PiecewiseConstantDecay`` with a boundary b changes one step later: there the milestone is
    b + 1 steps. timm's drops one epoch earlier than ours.

    Parameters
    ----------
    initial_lr
        The learning rate before the first milestone; above 0.
    milestones
        Ascending; fractions of the run, above 0 and below 1, or whole epochs.
    drop
        The factor; above 0, at most 1.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> policy = MultiStep(initial_lr=1, milestones=(0.5, 0.75), drop=0.1)
    >>> [policy(epoch, epochs=4) for epoch in range(4)]
    [1.0, 1.0, 0.1, 0.010000000000000002]
    """

    initial_lr: float = 0.1
    milestones: Sequence[float] = (0.5, 0.75)
    drop: float = 0.1

    family = "multistep"
    formula = "initial_lr * drop ** (milestones passed)"
    needs_epochs = True
    _allowed = {  # noqa: RUF012
        "initial_lr": POSITIVE_RATE,
        "milestones": MILESTONES,
        "drop": FACTOR,
    }

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        return self.initial_lr * self.drop ** passed(self.milestones, epoch, epochs)


@dataclass(frozen=True, repr=False)
class Piecewise(Policy):
    """The learning rate has one value until each milestone, and the next one from there.

    Keras's ``PiecewiseConstantDecay`` has the same values, but changes one step after a boundary;
    optax's ``piecewise_constant_schedule`` changes at the boundary, as here.

    Parameters
    ----------
    milestones
        As for `MultiStep`.
    values
        The rates, one more than milestones; each at least 0.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed, or the numbers of both do not fit.

    Examples
    --------
    >>> policy = Piecewise(milestones=(1, 3), values=(0.1, 1, 0.01))
    >>> [policy(epoch, epochs=4) for epoch in range(4)]
    [0.1, 1.0, 1.0, 0.01]
    """

    milestones: Sequence[float] = (0.5, 0.75)
    values: Sequence[float] = (0.1, 0.01, 0.001)

    family = "piecewise"
    formula = "values[milestones passed]"
    needs_epochs = True
    _allowed = {"milestones": MILESTONES, "values": RATES}  # noqa: RUF012
    _rate_parameter = "values"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.values) != len(self.milestones) + 1:
            raise UsageError(
                f"piecewise: values={self.texts()['values']} is not allowed: there is one value "
                f"more than milestones, so {len(self.milestones) + 1} for "
                f"milestones={self.texts()['milestones']}"
            )

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        return self.values[passed(self.milestones, epoch, epochs)]
