"""Logged learning rates with the times they were in force, and when a policy matches them."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lr_study.policies import Composition, Policy

TOLERANCE = 1e-6
"""The largest relative difference between a policy and a logged rate."""

FLOAT32_STEP = 1.2e-7
"""One unit in the last place of a float32, relative to it."""

MIN_RATE = 1e-30
"""Below it, a float32 loses digits and then becomes zero."""

ROUNDING = 2.4e-7
"""The error of a difference that was computed in float32, relative to the highest rate."""

# Their rates end in the difference of two numbers as large as the highest rate, and libraries that
# compute in float32, such as Keras and optax, round these.
_DIFFERENCES = frozenset(
    ("linear", "polynomial", "cosine", "cosine_restarts", "one_cycle", "cyclic", "wsd", "warmup")
)
_SAMPLE = 160

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Metrics = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True, eq=False)
class Series:
    """Logged rates of a run, or of what follows the start of a part of it.

    Attributes
    ----------
    whole, part
        When each rate was in force: the epoch, from 0, and the part of it that had passed.
    values
        The rates.
    epochs
        The number of epochs of the run.
    every
        ``step`` if the rates are those of steps, else ``epoch``.
    start
        The time at which the part starts; policies count from it.
    metrics
        The run's curves by name, for policies that read one.
    """

    whole: Ints
    part: Floats
    values: Floats
    epochs: float
    every: str
    start: float = 0.0
    metrics: Metrics = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def times(self) -> Floats:
        """The times at which a policy is evaluated, in epochs from ``start``."""
        times = self.whole + self.part if self.every == "step" else self.whole.astype(np.float64)
        return np.maximum(times - self.start, 0.0)

    @property
    def length(self) -> float:
        """The epochs from ``start`` to the end of the run."""
        return self.epochs - self.start

    @cached_property
    def highest(self) -> float:
        """The highest rate."""
        return float(self.values.max())

    @cached_property
    def weights(self) -> Floats:
        """What makes errors of the values comparable: they are relative, but for tiny values."""
        weights: Floats = 1 / (self.values + 1e-4 * self.highest)
        return weights

    @cached_property
    def sample(self) -> "Series":
        """At most some 200 of the rates, with both sides of the largest changes."""
        if len(self) <= _SAMPLE:
            return self
        even = np.linspace(0, len(self) - 1, _SAMPLE).round().astype(np.int64)
        changes = np.argsort(-np.abs(np.diff(self.values)))[:20]
        return self.at(np.unique(np.concatenate([even, changes, changes + 1])))

    def at(self, index: Ints | slice) -> "Series":
        """Return some of the rates."""
        return replace(
            self, whole=self.whole[index], part=self.part[index], values=self.values[index]
        )

    def after(self, start: float) -> "Series":
        """Return the rates from a time on, as those of a policy that starts there."""
        index = np.flatnonzero(self.whole + self.part >= self.start + start - 1e-9)
        rest = replace(self.at(index), start=self.start + start)
        return rest.by_epoch() or rest

    def before(self, end: float) -> "Series":
        """Return the rates until a time, as those of a policy that ends there."""
        index = np.flatnonzero(self.whole + self.part < self.start + end - 1e-9)
        head = replace(self.at(index), epochs=self.start + end)
        return head.by_epoch() or head

    def by_epoch(self) -> "Series | None":
        """Return one rate an epoch if steps have the rate of their epoch, else None."""
        if self.every == "epoch":
            return self
        same = np.diff(self.whole) == 0
        if not same.any():
            return None
        if np.any(np.abs(np.diff(self.values))[same] > FLOAT32_STEP * self.values[1:][same]):
            return None
        _, first = np.unique(self.whole, return_index=True)
        return replace(self.at(first), part=np.zeros(len(first)), every="epoch")

    def own_metrics(self) -> Metrics:
        """Return the curves from ``start`` on, as a policy that starts there reads them."""
        first = math.ceil(self.start - 1e-9)
        return {name: curve[first:] for name, curve in self.metrics.items()}

    def matches(self, policy: Policy, tolerance: float, *, rounding: float = 0.0) -> bool:
        """Whether a policy that starts with the series gives its rates.

        Parameters
        ----------
        tolerance
            The largest difference relative to a rate.
        rounding
            What is allowed besides, relative to the highest rate.
        """
        besides = max(rounding * self.highest, MIN_RATE)
        samples = (self,) if self.sample is self else (self.sample, self)
        return all(
            abs(rate - value) <= tolerance * value + besides
            for series in samples
            for rate, value in zip(series.rates_of(policy), series.values.tolist(), strict=True)
        )

    def rates_of(self, policy: Policy) -> Iterator[float]:
        """Yield the rates of a policy that starts with the series, at its times."""
        curve = self.own_metrics().get(policy.reads, ()) if policy.reads else ()
        if isinstance(policy, Composition) and not self.start:  # its parts may change by epoch
            epochs = int(self.epochs)
            for epoch, part in zip(self.whole.tolist(), self.part.tolist(), strict=True):
                yield policy.at(epoch, part, epochs, curve)
        else:
            length = self.length
            for time in self.times.tolist():
                yield policy(time, length, curve)

    def tolerances(self, families: Iterable[str]) -> tuple[tuple[float, float], ...]:
        """Return pairs of a tolerance and a rounding to try, the strictest first."""
        strict = ((FLOAT32_STEP, 0.0), (TOLERANCE, 0.0))
        if _DIFFERENCES.isdisjoint(families):
            return strict
        return (*strict, (TOLERANCE, ROUNDING))


def families_of(policy: Policy) -> list[str]:
    """Return the families of a policy's parts.

    >>> from lr_study.policies import parse
    >>> families_of(parse("warmup:epochs=5+cosine")), families_of(parse("fixed"))
    (['warmup', 'cosine'], ['fixed'])
    """
    if isinstance(policy, Composition):
        return [part.policy.family for part in policy.parts]
    return [policy.family]
