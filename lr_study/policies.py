"""Learning-rate policies: frozen values, called with an epoch, written as text in one way.

>>> policy = parse("step_decay:drop=0.5")
>>> str(policy)
'step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5'
>>> policy(4)
0.005
"""

import math
from dataclasses import dataclass, fields
from typing import ClassVar

from lr_study.errors import UsageError


class Policy:
    """A learning rate as a function of the epoch, which counts from 0 as Keras counts it.

    A family is a frozen dataclass that derives from this class, gives its formula as
    ``__call__`` and lists what each parameter allows in ``_allowed``.
    """

    family: ClassVar[str]
    formula: ClassVar[str]
    _allowed: ClassVar[dict[str, "_Range"]]

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
class _Range:
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


_RATE = _Range("a finite number > 0, such as 0.001", low=0.0)


@dataclass(frozen=True)
class Fixed(Policy):
    """The same rate at every epoch.

    >>> Fixed(lr=0.001)(30)
    0.001
    """

    lr: float = 0.001

    family = "fixed"
    formula = "lr"
    _allowed = {"lr": _RATE}  # noqa: RUF012

    def __call__(self, epoch: float) -> float:
        return self.lr


@dataclass(frozen=True)
class StepDecay(Policy):
    """The rate is multiplied by ``drop`` each ``epochs_drop`` epochs.

    ``initial_lr * drop ** floor((1 + epoch) / epochs_drop)``: the step schedule as the study
    that this project grew from trained it. With ``1 +``, the first plateau is one epoch shorter
    than the others.

    >>> [StepDecay(initial_lr=0.1, drop=0.5, epochs_drop=2)(epoch) for epoch in range(4)]
    [0.1, 0.05, 0.05, 0.025]
    """

    initial_lr: float = 0.01
    drop: float = 0.5
    epochs_drop: int = 5

    family = "step_decay"
    formula = "initial_lr * drop ** floor((1 + epoch) / epochs_drop)"
    _allowed = {  # noqa: RUF012
        "initial_lr": _RATE,
        "drop": _Range("a number in (0, 1], such as 0.5", low=0.0, high=1.0),
        "epochs_drop": _Range("a whole number >= 1", low=1, low_is_allowed=True, whole=True),
    }

    def __call__(self, epoch: float) -> float:
        return self.initial_lr * self.drop ** math.floor((1 + epoch) / self.epochs_drop)


@dataclass(frozen=True)
class ExpDecay(Policy):
    """The rate decays exponentially with the epoch.

    ``initial_lr * exp(-k * epoch)``.

    >>> ExpDecay(initial_lr=0.1, k=0.0)(10)
    0.1
    """

    initial_lr: float = 0.01
    k: float = 0.3

    family = "exp_decay"
    formula = "initial_lr * exp(-k * epoch)"
    _allowed = {  # noqa: RUF012
        "initial_lr": _RATE,
        "k": _Range("a finite number >= 0, such as 0.3", low=0.0, low_is_allowed=True),
    }

    def __call__(self, epoch: float) -> float:
        return self.initial_lr * math.exp(-self.k * epoch)


FAMILIES: dict[str, type[Policy]] = {cls.family: cls for cls in (Fixed, StepDecay, ExpDecay)}


def parse(text: str) -> Policy:
    """Return the policy that ``text`` names, such as ``step_decay:drop=0.5,epochs_drop=10``.

    What is left out takes its default; ``parse(str(policy)) == policy`` for every policy.

    Raises
    ------
    UsageError
        If the family or a parameter is unknown, given twice, or has a value that is not allowed.

    >>> parse("fixed") == Fixed(lr=0.001)
    True
    >>> parse("fixed:lr=-1")
    Traceback (most recent call last):
    lr_study.errors.UsageError: fixed: lr=-1 is not allowed: lr is a finite number > 0, ...
    """
    family, _, rest = text.partition(":")
    if family not in FAMILIES:
        raise UsageError(
            f"policy {text!r} is not known: write {', '.join(FAMILIES)}, "
            "with parameters as in step_decay:drop=0.5,epochs_drop=5"
        )
    cls = FAMILIES[family]
    values: dict[str, float] = {}
    for part in rest.split(",") if rest else []:
        name, equals, value = part.partition("=")
        if name not in cls._allowed or not equals:
            raise UsageError(
                f"{family}: {part!r} is not a parameter: "
                f"write {', '.join(f'{known}=NUMBER' for known in cls._allowed)}"
            )
        if name in values:
            raise UsageError(f"{family}: {name} is given twice in {text!r}: give it once")
        values[name] = cls._allowed[name].parsed(family, name, value)
    return cls(**values)
