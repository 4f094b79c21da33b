"""Several policies one after the other in a run, such as a warmup and a cosine."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from lr_study.policies.base import BOUNDARY, Curve, Policy
from lr_study.policies.parameters import Length, Range, in_epochs
from lr_study.support import UsageError


@dataclass(frozen=True, repr=False)
class Warmup(Policy):
    """The learning rate rises in a straight line to the first rate of the policy that follows.

    It is the first part of a `Composition`. The first step after it trains at the full rate, as in
    optax and transformers; Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1
    Hour" (2017), made it common.

    Parameters
    ----------
    epochs
        Its length: a number of epochs, or a percentage of the run's, such as ``"5%"``.
    start
        The rate it starts at, as a factor of the following policy's first rate; from 0 to 1.

    Raises
    ------
    UsageError
        If a parameter has a value that is not allowed.

    Examples
    --------
    >>> from lr_study.policies import parse
    >>> policy = parse("warmup:epochs=2+fixed:lr=1")
    >>> [policy(epoch, epochs=10) for epoch in range(4)]
    [0.0, 0.5, 1.0, 1.0]
    """

    epochs: float | str = 5
    start: float = 0.0

    family = "warmup"
    formula = "first rate of what follows * (start + (1 - start) * epoch / warmup epochs)"
    default_every = "step"
    _allowed = {  # noqa: RUF012
        "epochs": Length(),
        "start": Range("a number from 0 to 1", low=0.0, high=1.0, low_is_allowed=True),
    }
    _rate_parameter = "start"

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        """The factor of the following policy's first rate; ``epochs`` is the warmup's length."""
        return self.start + (1 - self.start) * min(epoch / epochs, 1.0)


@dataclass(frozen=True)
class Part:
    """A policy in a composition, and its length: epochs or a percentage; None for the last."""

    policy: Policy
    length: float | str | None = None

    def __str__(self) -> str:
        if self.length is None or isinstance(self.policy, Warmup):
            return str(self.policy)
        separator = ":" if str(self.policy).endswith(":") else ","
        return f"{self.policy}{separator}for={LENGTH.text(self.length)}"


@dataclass(frozen=True)
class _Place:
    """Where a part lies in a run, in epochs: its start, and its length."""

    part: Part
    start: float
    length: float


LENGTH = Length()


def part_names(families: Sequence[str]) -> list[str]:
    """Return the names of parts, before the point in the names of their parameters.

    >>> part_names(["warmup", "cosine", "cosine"])
    ['warmup', 'cosine', 'cosine2']
    """
    counts = [families[: i + 1].count(family) for i, family in enumerate(families)]
    return [
        f"{family}{count if count > 1 else ''}"
        for family, count in zip(families, counts, strict=True)
    ]


@dataclass(frozen=True, repr=False)
class Composition(Policy):
    """Policies one after the other, each with a length, but for the last, which has the rest.

    Each part counts epochs from its own start, and its own length is its number of epochs. The
    text form joins the parts with ``+``, as in ``warmup:epochs=5+cosine:initial_lr=0.1`` and
    ``fixed:lr=0.1,for=10+cosine:initial_lr=0.1``.

    Parameters
    ----------
    parts
        At least two; the last has no length. A `Warmup` has its own, and is not the last.

    Raises
    ------
    UsageError
        If the parts do not make a composition.

    Examples
    --------
    >>> from lr_study.policies import Fixed
    >>> policy = Composition((Part(Warmup(epochs=2)), Part(Fixed(lr=0.1))))
    >>> str(policy)
    'warmup:epochs=2,start=0.0+fixed:lr=0.1'
    >>> policy(1, epochs=10), policy.family
    (0.05, 'warmup+fixed')
    """

    parts: tuple[Part, ...]

    needs_epochs = True
    formula = "that of each part"
    _allowed = {}  # noqa: RUF012

    def __post_init__(self) -> None:
        if self.every not in (None, self.default_every):
            raise UsageError(
                f"every={self.every} is not allowed for a composition: each part has its own"
            )
        last = len(self.parts) - 1
        parts = []
        for i, part in enumerate(self.parts):
            policy, length = part.policy, part.length
            if isinstance(policy, Composition):
                raise UsageError(f"{policy} is not allowed as a part: write its parts one by one")
            if isinstance(policy, Warmup):
                if i == last:
                    raise UsageError(
                        f"{policy} is not a policy alone: write what follows the warmup, "
                        "as in warmup:epochs=5+cosine:initial_lr=0.1"
                    )
                if isinstance(self.parts[i + 1].policy, Warmup):
                    raise UsageError("warmup follows warmup: write what it warms up for")
                length = policy.epochs
            elif i == last and length is not None:
                raise UsageError(
                    f"{policy.family}: for={length} is not allowed: the last part has the rest "
                    "of the run"
                )
            elif i < last and length is None:
                raise UsageError(
                    f"{policy.family} is followed by another policy: say for how many epochs, "
                    f"as in {policy.family}:for=10+{self.parts[i + 1].policy.family}"
                )
            elif i < last:
                length = LENGTH.check(policy.family, "for", length)
            parts.append(Part(policy, length))
        if len(parts) < 2:
            raise UsageError("a composition has at least two parts")
        read = sorted({part.policy.reads for part in parts if part.policy.reads})
        if len(read) > 1:
            raise UsageError(
                f"parts that read {' and '.join(read)} are not allowed in one policy: "
                "give them the same monitor"
            )
        object.__setattr__(self, "parts", tuple(parts))
        object.__setattr__(self, "every", self.default_every)

    @property
    def family(self) -> str:  # type: ignore[override]
        """The families of the parts, joined by ``+``."""
        return "+".join(part.policy.family for part in self.parts)

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        return self._rate_of(self._place(epoch, epochs), epoch, curve, epochs)

    def at(self, epoch: int, part: float, epochs: int, curve: Curve = ()) -> float:
        """Return the rate in force when ``part`` of an epoch, from 0 to 1, has passed."""
        place = self._place(epoch + part, epochs)
        time = epoch + part if place.part.policy.every == "step" else max(epoch, place.start)
        return self._rate_of(place, time, curve, epochs)

    def step_rates(
        self, epoch: int, epochs: int, steps_per_epoch: int, curve: Curve = ()
    ) -> list[float]:
        """Return the learning rates of the steps of one epoch."""
        place = self._place(epoch, epochs)
        policy = place.part.policy
        last = self._place(epoch + (steps_per_epoch - 1) / steps_per_epoch, epochs)
        if last != place or policy.every == "epoch" or isinstance(policy, Warmup):
            return super().step_rates(epoch, epochs, steps_per_epoch, curve)
        # Nearly all epochs of a run: one part's own rates, without looking for the part each time.
        own_curve = _own(curve, place)
        times = (epoch + step / steps_per_epoch for step in range(steps_per_epoch))
        return [policy(max(0.0, time - place.start), place.length, own_curve) for time in times]

    @property
    def changes_by_step(self) -> bool:
        """Whether the rate may change within an epoch."""
        # A part whose length is no whole number may end within an epoch.
        return any(
            part.policy.every == "step" or not isinstance(part.length, int | None)
            for part in self.parts
        )

    @property
    def reads(self) -> str | None:
        """The name of the metric that a part reads; None if no part reads any."""
        return next((part.policy.reads for part in self.parts if part.policy.reads), None)

    @property
    def learning_rate(self) -> float:
        """The rate that the first part after a warmup scales with."""
        return self._first()[1].policy.learning_rate

    @property
    def rate_parameter(self) -> str | None:
        """The name of that part's parameter, such as ``cosine.initial_lr``."""
        prefix, part = self._first()
        own = part.policy.rate_parameter
        return own and f"{prefix}.{own}"

    def _first(self) -> tuple[str, Part]:
        return next(
            (prefix, part)
            for prefix, part in self._prefixes()
            if not isinstance(part.policy, Warmup)
        )

    def require_fit(self, epochs: float) -> None:
        """Raise a `UsageError` unless something is left of the run for the last part."""
        *_, last = self._places(epochs)
        if last.length <= BOUNDARY:
            raise UsageError(
                f"{self} does not fit into epochs={epochs}: all parts but the last take "
                f"{last.start:g} epochs; give more epochs, or shorten them"
            )
        for place in self._places(epochs):
            place.part.policy.require_fit(place.length)

    def loaded(self) -> "Composition":
        """Return the composition with its parts' own functions imported."""
        return replace(
            self, parts=tuple(replace(part, policy=part.policy.loaded()) for part in self.parts)
        )

    def __str__(self) -> str:
        return "+".join(map(str, self.parts))

    def __repr__(self) -> str:
        return f"Composition({self.parts!r})"

    @property
    def short_name(self) -> str:
        """The short names of the parts with their lengths."""
        names = []
        for part in self.parts:
            policy = part.policy
            if isinstance(policy, Warmup):
                start = f" start={policy.start!r}" if policy.start else ""
                names.append(f"warmup {LENGTH.text(policy.epochs)}{start}{policy._resolution()}")
            elif part.length is None:
                names.append(policy.short_name)
            else:
                names.append(f"{policy.short_name} for {LENGTH.text(part.length)}")
        return " + ".join(names)

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the parts, named ``cosine.initial_lr``.

        A family's second part is ``cosine2``; the length of a part is its ``for``.
        """
        return {name: getattr(part.policy, own) for name, part, own in self._names()} | {
            f"{prefix}.for": part.length
            for prefix, part in self._prefixes()
            if part.length is not None and not isinstance(part.policy, Warmup)
        }

    def texts(self) -> dict[str, str]:
        """Return the parameters by name as the text form writes them."""
        kinds = {name: part.policy._allowed[own] for name, part, own in self._names()}
        return {
            name: kinds.get(name, LENGTH).text(value) for name, value in self.parameters().items()
        }

    def with_parameter(self, name: str, value: Any) -> Self:
        """Return the composition with another value of a parameter, as `parameters` names it."""
        resolutions = [f"{prefix}.every" for prefix, _ in self._prefixes()]
        if name not in self.parameters() and name not in resolutions:
            raise UsageError(f"{self.family}: {name} is not a parameter")
        prefix, _, own = name.partition(".")
        parts = []
        for part_prefix, part in self._prefixes():
            if part_prefix != prefix:
                parts.append(part)
            elif own == "for":
                parts.append(replace(part, length=value))
            else:
                parts.append(replace(part, policy=part.policy.with_parameter(own, value)))
        return replace(self, parts=tuple(parts))

    def _prefixes(self) -> Iterator[tuple[str, Part]]:
        names = part_names([part.policy.family for part in self.parts])
        return zip(names, self.parts, strict=True)

    def _names(self) -> Iterator[tuple[str, Part, str]]:
        for prefix, part in self._prefixes():
            for own in part.policy.parameters():
                yield f"{prefix}.{own}", part, own

    def _places(self, epochs: float) -> Iterator[_Place]:
        start = 0.0
        for part in self.parts:
            rest = epochs - start
            length = rest if part.length is None else in_epochs(part.length, epochs)
            yield _Place(part, start, length)
            start += length

    def _place(self, epoch: float, epochs: float) -> _Place:
        *earlier, last = self._places(epochs)
        if last.length <= BOUNDARY:
            self.require_fit(epochs)
        for place in earlier:
            if epoch < place.start + place.length - BOUNDARY:
                return place
        return last

    def _rate_of(self, place: _Place, epoch: float, curve: Curve, epochs: float) -> float:
        time = max(0.0, epoch - place.start)
        policy = place.part.policy
        rate = policy(time, place.length, _own(curve, place))
        if not isinstance(policy, Warmup):
            return rate
        following = next(
            p for p in self._places(epochs) if p.start >= place.start + place.length - BOUNDARY
        )
        return rate * following.part.policy(0, following.length)


def _own(curve: Curve, place: _Place) -> Curve:
    """What a part sees of a curve: the epochs that passed entirely within it."""
    return curve[math.ceil(place.start - BOUNDARY) :]
