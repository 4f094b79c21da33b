"""A learning rate that stays, and decays at the end of the run."""

import math
from dataclasses import dataclass

from lr_study.policies.base import BOUNDARY, Curve, Policy
from lr_study.policies.cosine import half_cosine
from lr_study.policies.parameters import POSITIVE_RATE, Choice, Range


@dataclass(frozen=True, repr=False)
class WarmupStableDecay(Policy):
    """The learning rate is constant, and decays in the last part of the run.

    With a warmup before it, the warmup-stable-decay schedule of Hu et al., "MiniCPM" (2024), also
    called trapezoid; transformers' ``warmup_stable_decay``; with shape ``cosine``, fastai's
    ``fit_flat_cos``. The shape ``1-sqrt`` is that of Hägele et al., "Scaling Laws and
    Compute-Optimal Training Beyond Fixed Training Durations" (2024).

    Parameters
    ----------
    max_lr
        The constant rate; above 0.
    decay_fraction
        The part of the run in which the rate decays; above 0, at most 1.
    final_factor
        The rate at the end of the run, as a factor of ``max_lr``; from 0 to 1.
    shape
        ``linear``, ``cosine`` or ``1-sqrt``.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> policy = WarmupStableDecay(max_lr=1, decay_fraction=0.5)
    >>> [policy(epoch, epochs=4) for epoch in range(5)]
    [1.0, 1.0, 1.0, 0.5, 0.0]
    """

    max_lr: float = 0.1
    decay_fraction: float = 0.2
    final_factor: float = 0.0
    shape: str = "linear"

    family = "wsd"
    formula = "max_lr until (1 - decay_fraction) * epochs, then down to max_lr * final_factor"
    default_every = "step"
    needs_epochs = True
    _allowed = {  # noqa: RUF012
        "max_lr": POSITIVE_RATE,
        "decay_fraction": Range("a number in (0, 1], such as 0.2", low=0.0, high=1.0),
        "final_factor": Range("a number from 0 to 1", low=0.0, high=1.0, low_is_allowed=True),
        "shape": Choice(("linear", "cosine", "1-sqrt")),
    }
    _rate_parameter = "max_lr"

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        decay = self.decay_fraction * epochs
        decayed = epoch - (epochs - decay)
        # The square root would turn a rounding error of 1e-15 at the boundary into one of 1e-8.
        part = min(1.0, decayed / decay) if decayed > BOUNDARY else 0.0
        left = {"linear": 1 - part, "cosine": half_cosine(part), "1-sqrt": 1 - math.sqrt(part)}
        return self.max_lr * (self.final_factor + (1 - self.final_factor) * left[self.shape])
