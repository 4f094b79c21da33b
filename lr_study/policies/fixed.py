"""A constant learning rate."""

from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.parameters import POSITIVE_RATE


@dataclass(frozen=True, repr=False)
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
    _rate_parameter = "lr"
    _allowed = {"lr": POSITIVE_RATE}  # noqa: RUF012

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        return self.lr
