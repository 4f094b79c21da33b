"""Learning rates that go up and down between two bounds."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lr_study.policies.base import Curve, Policy
from lr_study.policies.cosine import cycle, half_cosine
from lr_study.policies.parameters import FINAL_RATE, PERIOD, POSITIVE_RATE, Choice, Range
from lr_study.support import UsageError

# From 0 to 1 over the part of a cycle that has passed, from 0 to 1.
_SYMMETRIC: Mapping[str, Callable[[float], float]] = {
    "triangle": lambda part: 1 - abs(2 * part - 1),
    "sine": lambda part: math.sin(math.pi * part),
    "cosine": lambda part: 1 - half_cosine(2 * part),
}
_SAWTOOTH: Mapping[str, Callable[[float], float]] = {
    "sawtooth": lambda part: part,
    "sine_sawtooth": lambda part: math.sin(math.pi / 2 * part),
    "cosine_sawtooth": lambda part: 1 - half_cosine(part),
}


@dataclass(frozen=True, repr=False)
class Cyclic(Policy):
    """The learning rate goes between ``base_lr`` and ``max_lr``, once up and down in a period.

    Smith, "Cyclical Learning Rates for Training Neural Networks" (WACV 2017), whose triangular
    policy is the default; PyTorch's ``CyclicLR``, where the period is ``step_size_up +
    step_size_down``. The other shapes are those of LRBench (Wu et al., "Demystifying Learning Rate
    Policies for High Accuracy Training of Deep Neural Networks", 2019), where l is half a period
    for triangle, sine and cosine, and a whole one for sawtooths.

    Parameters
    ----------
    base_lr, max_lr
        The bounds; ``max_lr`` is above ``base_lr``, and that is at least 0.
    period
        The length of a cycle in epochs; at least 0.000001.
    shape
        ``triangle``, ``sine`` (an arch), ``cosine`` (smooth at both bounds); ``sawtooth``,
        ``sine_sawtooth`` and ``cosine_sawtooth`` jump once in a cycle.
    phase
        ``up``: the first cycle starts at ``base_lr`` and rises. ``down``: it starts at ``max_lr``,
        half a period later in symmetric shapes; a sawtooth falls instead of rising.
    decay
        What the distance to ``base_lr`` is multiplied with: ``none``; ``half``, which halves it
        with each cycle; or a factor per epoch, above 0 and at most 1.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> policy = Cyclic(max_lr=1, period=4, decay="half")
    >>> [policy(epoch) for epoch in range(7)]
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.25, 0.5]
    """

    base_lr: float = 0.0
    max_lr: float = 0.1
    period: float = 10
    shape: str = "triangle"
    phase: str = "up"
    decay: str | float = "none"

    family = "cyclic"
    formula = "base_lr + (max_lr - base_lr) * shape(part_of_the_cycle) * decay"
    default_every = "step"
    _allowed = {  # noqa: RUF012
        "base_lr": FINAL_RATE,
        "max_lr": POSITIVE_RATE,
        "period": PERIOD,
        "shape": Choice((*_SYMMETRIC, *_SAWTOOTH)),
        "phase": Choice(("up", "down")),
        "decay": Choice(
            ("none", "half"), Range("a factor per epoch in (0, 1], such as 0.9", low=0.0, high=1.0)
        ),
    }
    _rate_parameter = "max_lr"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.base_lr >= self.max_lr:
            raise UsageError(
                f"cyclic: base_lr={self.base_lr} is not allowed: it is below max_lr={self.max_lr}"
            )

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        symmetric = self.shape in _SYMMETRIC
        shift = self.period / 2 if symmetric and self.phase == "down" else 0.0
        cycles, part = cycle(epoch + shift, self.period)
        if symmetric:
            height = _SYMMETRIC[self.shape](part)
        else:
            height = _SAWTOOTH[self.shape](part if self.phase == "up" else 1 - part)
        return self.base_lr + (self.max_lr - self.base_lr) * height * self._decay(epoch, cycles)

    def _decay(self, epoch: float, cycles: int) -> float:
        if isinstance(self.decay, str):
            return 0.5**cycles if self.decay == "half" else 1.0
        return float(self.decay**epoch)
