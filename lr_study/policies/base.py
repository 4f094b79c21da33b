"""What every policy is: a frozen dataclass with checked parameters, called with the epoch."""

import math
from dataclasses import dataclass, fields
from typing import ClassVar

from lr_study.support import UsageError


class Policy:
    """A learning rate as a function of the epoch, which counts from 0 as Keras counts it.

    A family is a frozen dataclass that derives from this class, gives its formula as
    ``__call__`` and lists what each parameter allows in ``_allowed``.
    """

    family: ClassVar[str]
    formula: ClassVar[str]
    _allowed: ClassVar[dict[str, "Range"]]

    def __call__(self, epoch: float) -> float:
        """Return the learning rate at ``epoch``, counted from 0; parts of an epoch are allowed."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        for name, allowed in self._allowed.items():
            object.__setattr__(self, name, allowed.checked(self.family, name, getattr(self, name)))

    def __str__(self) -> str:
        return f"{self.family}:" + ",".join(f"{k}={v!r}" for k, v in self.parameters().items())

    def parameters(self) -> dict[str, float]:
        """Return the parameters by name, in the order in which the text form gives them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def allowed(cls, parameter: str) -> str:
        """Return what a parameter allows, in words."""
        return cls._allowed[parameter].text


@dataclass(frozen=True)
class Range:
    """The values that one parameter allows."""

    text: str
    low: float
    high: float = math.inf
    low_is_allowed: bool = False
    whole: bool = False

    def checked(self, family: str, name: str, value: object) -> float:
        """Return the value as a float, or as an int where only whole numbers are allowed."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(family, name, value)
        return self._allowed(value, self._error(family, name, value))

    def parsed(self, family: str, name: str, text: str) -> float:
        """Return the value that a text means; an error shows the text as it was given."""
        error = self._error(family, name, text)
        try:
            value = float(text)
        except ValueError:
            raise error from None
        return self._allowed(value, error)

    def _allowed(self, value: float, error: UsageError) -> float:
        above = value >= self.low if self.low_is_allowed else value > self.low
        if not (above and value <= self.high and math.isfinite(value)):
            raise error
        if self.whole and value != int(value):
            raise error
        return int(value) if self.whole else float(value)

    def _error(self, family: str, name: str, value: object) -> UsageError:
        return UsageError(f"{family}: {name}={value} is not allowed: {name} is {self.text}")


POSITIVE_RATE = Range("a finite number > 0, such as 0.001", low=0.0)
