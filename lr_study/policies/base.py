"""The base class of policies, and the checks of their parameters."""

import math
from dataclasses import dataclass, fields
from typing import ClassVar

from lr_study.support import UsageError, real_number


class Policy:
    """A learning rate as a function of the epoch.

    A family is a frozen dataclass that derives from this class. It has one field per parameter,
    implements ``__call__``, and sets ``family``, ``formula``, ``_allowed``, a `Range` for each
    parameter, and ``_short_form``. Its text form is ``family:parameter=value,...``.

    Raises
    ------
    UsageError
        On construction, if a parameter has a value that is not allowed.

    Attributes
    ----------
    family
        The name of the family in the text form.
    formula
        The learning rate in terms of the parameters and ``epoch``, as Python writes it.
    """

    family: ClassVar[str]
    formula: ClassVar[str]
    _allowed: ClassVar[dict[str, "Range"]]
    _short_form: ClassVar[str]

    def __call__(self, epoch: float) -> float:
        """Return the learning rate of an epoch.

        Parameters
        ----------
        epoch
            Counted from 0, as Keras counts; fractions of an epoch are allowed.
        """
        raise NotImplementedError

    def __post_init__(self) -> None:
        for name, allowed in self._allowed.items():
            object.__setattr__(self, name, allowed.check(self.family, name, getattr(self, name)))

    def __str__(self) -> str:
        return f"{self.family}:" + ",".join(f"{k}={v!r}" for k, v in self.parameters().items())

    @property
    def short_name(self) -> str:
        """The name in narrow tables, such as ``step 0.01 ×0.5/5``; no other policy has it."""
        values = {name: _shortest(value) for name, value in self.parameters().items()}
        return self._short_form.format(**values)

    def parameters(self) -> dict[str, float]:
        """Return the parameters by name, in the order of the text form."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def allowed(cls, parameter: str) -> str:
        """Return a description of the values that a parameter allows."""
        return cls._allowed[parameter].description


def _shortest(value: float) -> str:
    """The shortest decimal that is a value: 1 for 1.0.

    >>> _shortest(1.0), _shortest(1e-05), _shortest(0.30000000000000004)
    ('1', '1e-05', '0.30000000000000004')
    """
    text = format(value, "g")
    return text if float(text) == value else repr(value)


@dataclass(frozen=True)
class Range:
    """The values that a parameter allows: finite numbers in an interval.

    Attributes
    ----------
    description
        The interval in words, for messages.
    low, high
        The bounds; ``high`` is allowed.
    low_is_allowed
        Whether ``low`` is allowed.
    whole
        Whether only whole numbers are allowed.
    """

    description: str
    low: float
    high: float = math.inf
    low_is_allowed: bool = False
    whole: bool = False

    def check(self, family: str, name: str, value: object) -> float:
        """Return a number as a float, or as an int if only whole numbers are allowed.

        Raises
        ------
        UsageError
            If the value is not a number, or not allowed.
        """
        error = self._error(family, name, value)
        try:
            return self._convert(real_number(name, value), error)
        except UsageError:
            raise error from None

    def parse(self, family: str, name: str, text: str) -> float:
        """Return the value that a text represents; an error quotes the text.

        Raises
        ------
        UsageError
            If the text is not a number, or not allowed.
        """
        error = self._error(family, name, text)
        try:
            value = float(text)
        except ValueError:
            raise error from None
        return self._convert(value, error)

    def _convert(self, value: float, error: UsageError) -> float:
        above = value >= self.low if self.low_is_allowed else value > self.low
        if not (above and value <= self.high and math.isfinite(value)):
            raise error
        if self.whole and value != int(value):
            raise error
        return int(value) if self.whole else float(value)

    def _error(self, family: str, name: str, value: object) -> UsageError:
        return UsageError(f"{family}: {name}={value} is not allowed: {name} is {self.description}")


POSITIVE_RATE = Range("a finite number > 0, such as 0.001", low=0.0)
