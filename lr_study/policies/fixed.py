"""A constant learning rate."""

from dataclasses import dataclass

from lr_study.policies.base import POSITIVE_RATE, Policy


@dataclass(frozen=True)
class Fixed(Policy):
    """The same learning rate in every epoch.

    Parameters
    ----------
    lr
        The learning rate; above 0.

    Raises
    ------
    UsageError
        If the rate is not allowed.

    Examples
    --------
    >>> Fixed(lr=0.001)(30)
    0.001
    """

    lr: float = 0.001

    family = "fixed"
    formula = "lr"
    _short_form = "fixed {lr}"
    _allowed = {"lr": POSITIVE_RATE}  # noqa: RUF012

    def __call__(self, epoch: float) -> float:
        return self.lr
