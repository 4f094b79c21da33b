"""The kinds of values that parameters of policies take: what they allow, and how they are written.

Every kind has a ``description`` of what it allows, for messages, and three methods: ``check`` takes
a Python value, ``parse`` a text, and ``text`` writes a value so that ``parse`` reads it again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lr_study.support import UsageError, real_number


class Kind(Protocol):
    """The values that a parameter allows."""

    @property
    def description(self) -> str:
        """What is allowed, in words."""

    @property
    def placeholder(self) -> str:
        """What stands for a value where the parameter is listed, such as NUMBER."""

    def check(self, family: str, name: str, value: object) -> Any:
        """Return a Python value as it is kept, or raise a `UsageError` that names it."""

    def parse(self, family: str, name: str, text: str) -> Any:
        """Return the value that a text stands for, or raise a `UsageError` that quotes it."""

    def text(self, value: Any) -> str:
        """Return the text that stands for a value."""


def not_allowed(family: str, name: str, value: object, description: str) -> UsageError:
    """Return the error about a value that a parameter does not allow."""
    shown = str(value) if str(value).isprintable() else repr(value)
    return UsageError(f"{family}: {name}={shown} is not allowed: {name} is {description}")


def shortest(value: float) -> str:
    """Return the shortest decimal that is a value: 1 for 1.0.

    >>> shortest(1.0), shortest(1e-05), shortest(0.30000000000000004)
    ('1', '1e-05', '0.30000000000000004')
    """
    text = format(value, "g")
    return text if float(text) == value else repr(value)


@dataclass(frozen=True)
class Range:
    """Finite numbers in an interval.

    Attributes
    ----------
    low, high
        The bounds; ``high`` is allowed.
    low_is_allowed
        Whether ``low`` is allowed.
    whole
        Whether only whole numbers are allowed.
    counts
        Whether the number counts epochs, so that whole ones are written without a point.
    """

    description: str
    low: float
    high: float = math.inf
    low_is_allowed: bool = False
    whole: bool = False
    counts: bool = False
    placeholder: str = "NUMBER"

    def check(self, family: str, name: str, value: object) -> float:
        """Return a number as a float, or as an int if it is a whole one that counts."""
        error = not_allowed(family, name, value, self.description)
        try:
            return self._convert(real_number(name, value), error)
        except UsageError:
            raise error from None

    def parse(self, family: str, name: str, text: str) -> float:
        """Return the number that a text represents; an error quotes the text."""
        error = not_allowed(family, name, text, self.description)
        try:
            value = float(text)
        except ValueError:
            raise error from None
        return self._convert(value, error)

    def text(self, value: float) -> str:
        """Return a number as Python's ``repr`` writes it."""
        return repr(value)

    def _convert(self, value: float, error: UsageError) -> float:
        above = value >= self.low if self.low_is_allowed else value > self.low
        if not (above and value <= self.high and math.isfinite(value)):
            raise error
        is_whole = value == int(value)
        if self.whole and not is_whole:
            raise error
        # Plus 0.0: -0.0 equals 0.0, and must have the same text.
        return int(value) if self.whole or (self.counts and is_whole) else float(value) + 0.0


@dataclass(frozen=True)
class Choice:
    """One of several names; or, with ``number``, a number instead."""

    names: tuple[str, ...]
    number: Range | None = None

    @property
    def placeholder(self) -> str:
        """The names with bars between them."""
        return "|".join(self.names) + ("|NUMBER" if self.number else "")

    @property
    def description(self) -> str:
        """The names in words."""
        *most, last = self.names
        if self.number is not None:
            return f"{', '.join(self.names)} or {self.number.description}"
        return f"{', '.join(most)} or {last}"

    def check(self, family: str, name: str, value: object) -> str | float:
        """Return one of the names as it is."""
        if isinstance(value, str) and value in self.names:
            return value
        if self.number is None or isinstance(value, str):
            raise not_allowed(family, name, value, self.description)
        return _described(self.number, self.description).check(family, name, value)

    def parse(self, family: str, name: str, text: str) -> str | float:
        """Return the name, or the number, that a text is."""
        if text in self.names:
            return text
        if self.number is None:
            raise not_allowed(family, name, text, self.description)
        return _described(self.number, self.description).parse(family, name, text)

    def text(self, value: str | float) -> str:
        """Return a name as it is."""
        return value if isinstance(value, str) else repr(value)


@dataclass(frozen=True)
class Flag:
    """``yes`` or ``no``; True or False in Python."""

    description: str = "yes or no"
    placeholder: str = "yes|no"

    def check(self, family: str, name: str, value: object) -> bool:
        """Return a boolean as it is."""
        if not isinstance(value, bool):
            raise not_allowed(family, name, value, "True or False")
        return value

    def parse(self, family: str, name: str, text: str) -> bool:
        """Return whether a text is ``yes``."""
        if text not in ("yes", "no"):
            raise not_allowed(family, name, text, self.description)
        return text == "yes"

    def text(self, value: bool) -> str:
        """Return ``yes`` or ``no``."""
        return "yes" if value else "no"


@dataclass(frozen=True)
class Numbers:
    """Several numbers, written as ``0.1/0.01/0.001``: each of ``each``, or of ``otherwise``.

    They are all of the one kind or all of the other; ``ascending`` if each is above the one before.
    """

    description: str
    each: Range
    otherwise: Range | None = None
    ascending: bool = False
    placeholder: str = "NUMBER/..."

    def check(self, family: str, name: str, value: object) -> tuple[float, ...]:
        """Return the numbers as a tuple; a single number stands for itself."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            items: Sequence[object] = value
        else:
            items = (value,)
        return self._all(family, name, items, value, "check")

    def parse(self, family: str, name: str, text: str) -> tuple[float, ...]:
        """Return the numbers between slashes."""
        return self._all(family, name, text.split("/"), text, "parse")

    def text(self, value: Sequence[float]) -> str:
        """Return the numbers joined by slashes."""
        return "/".join(map(repr, value))

    def _all(
        self, family: str, name: str, items: Sequence[object], whole: object, method: str
    ) -> tuple[float, ...]:
        error = not_allowed(family, name, whole, self.description)
        for kind in filter(None, (self.each, self.otherwise)):
            try:
                values = tuple(getattr(kind, method)(family, name, item) for item in items)
            except UsageError:
                continue
            if self.ascending and list(values) != sorted(set(values)):
                raise error
            if values:
                return values
        raise error


@dataclass(frozen=True)
class Length:
    """A number of epochs, or a percentage of the run's, written as ``5%``, which stays a text."""

    description: str = "a number of epochs > 0, such as 5, or a percentage, such as 5%"
    placeholder: str = "EPOCHS"

    _EPOCHS = Range(description, low=0.0, counts=True)
    _PERCENT = Range(description, low=0.0, high=100.0, counts=True)

    def check(self, family: str, name: str, value: object) -> float | str:
        """Return a number of epochs as a number, and a percentage as a text."""
        if isinstance(value, str):
            return self.parse(family, name, value)
        return self._EPOCHS.check(family, name, value)

    def parse(self, family: str, name: str, text: str) -> float | str:
        """Return the number of epochs, or the percentage, that a text is."""
        if not text.endswith("%"):
            return self._EPOCHS.parse(family, name, text)
        error = not_allowed(family, name, text, self.description)
        try:
            return f"{self._PERCENT.parse(family, name, text[:-1])!r}%"
        except UsageError:
            raise error from None

    def text(self, value: float | str) -> str:
        """Return the number, or the percentage."""
        return value if isinstance(value, str) else repr(value)


def in_epochs(length: float | str, epochs: float) -> float:
    """Return a length in epochs, of a run of ``epochs``.

    >>> in_epochs(5, 50), in_epochs("5%", 50)
    (5, 2.5)
    """
    return float(length[:-1]) * epochs / 100 if isinstance(length, str) else length


def _described(kind: Range, description: str) -> Range:
    return Range(description, kind.low, kind.high, kind.low_is_allowed, kind.whole, kind.counts)


POSITIVE_RATE = Range("a finite number > 0, such as 0.001", low=0.0)
FINAL_RATE = Range("a finite number >= 0, such as 0", low=0.0, low_is_allowed=True)
EPOCHS = Range("a number of epochs > 0, such as 10", low=0.0, counts=True)
PERIOD = Range(
    "a number of epochs >= 1e-06, such as 10", low=1e-6, low_is_allowed=True, counts=True
)
FACTOR = Range("a number in (0, 1], such as 0.5", low=0.0, high=1.0)
MILESTONES = Numbers(
    "ascending fractions of the run, such as 0.5/0.75, or whole epochs, such as 30/60",
    each=Range("a fraction", low=0.0, high=math.nextafter(1.0, 0.0)),
    otherwise=Range("a whole epoch", low=1, low_is_allowed=True, whole=True),
    ascending=True,
)
RATES = Numbers("rates >= 0, such as 0.1/0.01/0.001", each=FINAL_RATE)
