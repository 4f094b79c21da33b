"""One cycle of a learning rate: up to its maximum, then far down."""

from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.cosine import half_cosine
from lr_study.policies.parameters import POSITIVE_RATE, Choice, Flag, Range
from lr_study.support import UsageError


@dataclass(frozen=True, repr=False)
class OneCycle(Policy):
    """The learning rate rises to ``max_lr``, then falls far below where it started.

    It starts at ``max_lr / div_factor`` and ends at ``max_lr / div_factor / final_div_factor``.
    Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning
    Rates" (2018), in the form that fastai's ``fit_one_cycle`` and PyTorch's ``OneCycleLR`` made
    common. Parameters and defaults are PyTorch's; the phases end exactly at ``pct_start`` and at
    the end of the run, as in optax's ``cosine_onecycle_schedule``, while in PyTorch each ends one
    step earlier.

    Parameters
    ----------
    max_lr
        The highest rate; above 0.
    pct_start
        The part of the run in which the rate rises; above 0 and below 1.
    div_factor
        At least 1.
    final_div_factor
        Above 0; times ``div_factor`` it is at least 1, so that no rate is above ``max_lr``.
    anneal
        ``cos`` or ``linear``: the shape of each phase.
    three_phase
        Whether the rate first falls to where it started, as long as it rose, and then further;
        ``pct_start`` is then below 0.5.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> policy = OneCycle(max_lr=1, pct_start=0.5, anneal="linear")
    >>> [round(policy(epoch, epochs=4), 6) for epoch in range(5)]
    [0.04, 0.52, 1.0, 0.500002, 4e-06]
    """

    max_lr: float = 0.1
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 10000.0
    anneal: str = "cos"
    three_phase: bool = False

    family = "one_cycle"
    formula = (
        "max_lr / div_factor up to max_lr at pct_start * epochs,"
        " then down to max_lr / div_factor / final_div_factor"
    )
    default_every = "step"
    needs_epochs = True
    _allowed = {  # noqa: RUF012
        "max_lr": POSITIVE_RATE,
        "pct_start": Range("a number > 0 and < 1, such as 0.3", low=0.0, high=1 - 2**-53),
        "div_factor": Range("a finite number >= 1, such as 25", low=1.0, low_is_allowed=True),
        "final_div_factor": Range("a finite number > 0, such as 10000", low=0.0),
        "anneal": Choice(("cos", "linear")),
        "three_phase": Flag(),
    }
    _rate_parameter = "max_lr"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.three_phase and self.pct_start >= 0.5:
            raise UsageError(
                f"one_cycle: pct_start={self.pct_start} is not allowed with three_phase=yes: "
                "the first two phases have the same length, so pct_start is below 0.5"
            )
        if self.div_factor * self.final_div_factor < 1:
            raise UsageError(
                f"one_cycle: final_div_factor={self.final_div_factor} is not allowed with "
                f"div_factor={self.div_factor}: their product is at least 1, so that the last rate "
                "is not above max_lr"
            )

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        part = min(epoch / epochs, 1.0)
        initial = self.max_lr / self.div_factor
        final = initial / self.final_div_factor
        top = self.pct_start
        if part < top:
            return self._between(initial, self.max_lr, part / top)
        if not self.three_phase:
            return self._between(self.max_lr, final, (part - top) / (1 - top))
        if part < 2 * top:
            return self._between(self.max_lr, initial, (part - top) / top)
        return self._between(initial, final, (part - 2 * top) / (1 - 2 * top))

    def _between(self, start: float, end: float, part: float) -> float:
        left = half_cosine(part) if self.anneal == "cos" else 1 - part
        return end + (start - end) * left
