"""The base class of policies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

from lr_study.policies.parameters import Choice, Kind, shortest
from lr_study.support import UsageError

RESOLUTIONS = ("epoch", "step")

Curve = Sequence[float | None]
"""The values that a policy reads of the epochs that ended, such as their validation losses."""

BOUNDARY = 1e-9
"""Times closer than this to a boundary, in epochs, are at it: 0.07 × 100 is 7.000000000000001."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Policy:
    """A learning rate as a function of the epoch.

    A family is a frozen dataclass that derives from this class. It has one field per parameter,
    implements ``_rate``, and sets ``family``, ``formula``, ``_allowed``, which has a `Kind` for
    each parameter, and ``_rate_parameter``. Its text form is ``family:parameter=value,...``.

    Parameters
    ----------
    every
        ``epoch`` if the rate changes from epoch to epoch, ``step`` if it changes with each step;
        None for what is usual for the family.

    Raises
    ------
    UsageError
        On construction, if a parameter has a value that is not allowed.

    Attributes
    ----------
    family
        The name of the family in the text form.
    formula
        The learning rate in terms of the parameters, ``epoch`` and ``epochs``, as Python writes it.
    default_every
        What ``every`` is unless given.
    needs_epochs
        Whether the rate depends on the number of epochs of the run.
    """

    family: ClassVar[str]
    formula: ClassVar[str]
    default_every: ClassVar[str] = "epoch"
    needs_epochs: ClassVar[bool] = False
    _allowed: ClassVar[Mapping[str, Kind]]
    _rate_parameter: ClassVar[str] = "initial_lr"

    every: str | None = None

    def __post_init__(self) -> None:
        for name, allowed in self._allowed.items():
            object.__setattr__(self, name, allowed.check(self.family, name, getattr(self, name)))
        every = self.default_every if self.every is None else self.every
        object.__setattr__(self, "every", EVERY.check(self.family, "every", every))

    def __call__(self, epoch: float, epochs: float | None = None, curve: Curve = ()) -> float:
        """Return the learning rate at a time of a run.

        Parameters
        ----------
        epoch
            Counted from 0, as Keras counts; fractions of an epoch are allowed.
        epochs
            The length of the run in epochs. May be left out if the rate does not depend on it.
        curve
            The values of the metric that it `reads`, in the epochs that ended.

        Raises
        ------
        UsageError
            If the rate depends on the number of epochs and that is not given, or not above 0.
        """
        if epochs is None and self.needs_epochs:
            raise UsageError(f"the rate of {self} depends on the number of epochs: give epochs")
        if epochs is not None and not epochs > 0:
            raise UsageError(f"epochs={epochs} is not allowed: {self} needs a length > 0")
        return self._rate(epoch, epochs or 0, curve)

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        raise NotImplementedError

    def step_rates(
        self, epoch: int, epochs: int, steps_per_epoch: int, curve: Curve = ()
    ) -> list[float]:
        """Return the learning rates of the steps of one epoch.

        >>> from lr_study.policies import parse
        >>> parse("linear:initial_lr=1").step_rates(1, epochs=4, steps_per_epoch=2)
        [0.75, 0.625]
        """
        if not self.changes_by_step:
            return [self.at(epoch, 0.0, epochs, curve)] * steps_per_epoch
        return [
            self.at(epoch, step / steps_per_epoch, epochs, curve) for step in range(steps_per_epoch)
        ]

    def at(self, epoch: int, part: float, epochs: int, curve: Curve = ()) -> float:
        """Return the rate in force when ``part`` of an epoch, from 0 to 1, has passed."""
        return self(epoch + part if self.every == "step" else epoch, epochs, curve)

    @property
    def changes_by_step(self) -> bool:
        """Whether the rate may change within an epoch."""
        return self.every == "step"

    @property
    def reads(self) -> str | None:
        """The name of the metric that the rate depends on, such as ``val_loss``; None for most."""
        return None

    @property
    def learning_rate(self) -> float:
        """The rate that the policy scales with: ``lr``, ``initial_lr`` or ``max_lr``."""
        value = getattr(self, self._rate_parameter)
        return float(value[0] if isinstance(value, tuple) else value)

    @property
    def rate_parameter(self) -> str | None:
        """The name of the parameter that is the `learning_rate`; None if none is."""
        return self._rate_parameter

    def require_fit(self, epochs: float) -> None:
        """Raise a `UsageError` if the policy does not fit into a run of so many epochs."""

    def loaded(self) -> "Policy":
        """Return the policy with its own function imported; most policies as they are."""
        return self

    def __str__(self) -> str:
        pairs = ",".join(f"{name}={text}" for name, text in self.texts().items())
        return f"{self.family}:{pairs}{self._resolution(',')}"

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.parameters().items())
        every = "" if self.every == self.default_every else f", every={self.every!r}"
        return f"{type(self).__name__}({values}{every})"

    @property
    def short_name(self) -> str:
        """The name in narrow tables, such as ``cosine 0.1``; no other policy has it.

        Parameters other than the learning rate are left out where they have their defaults.
        """
        default = type(self)()
        texts = self.texts()
        others = {
            name: texts[name]
            for name, value in self.parameters().items()
            if name != self._rate_parameter and value != getattr(default, name)
        }
        rate = getattr(self, self._rate_parameter)
        shown = shortest(rate) if isinstance(rate, (float, int)) else texts[self._rate_parameter]
        pairs = [f"{name}={text}" for name, text in others.items()]
        label = " ".join([self.family.replace("_", " "), shown, *pairs])
        return label + self._resolution()

    def _resolution(self, separator: str = " ") -> str:
        """``every=...`` after a separator, where it is not what is usual for the family."""
        return "" if self.every == self.default_every else f"{separator}every={self.every}"

    def parameters(self) -> dict[str, Any]:
        """Return the parameters by name, in the order of the text form, without ``every``."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "every"}

    def texts(self) -> dict[str, str]:
        """Return the parameters by name as the text form writes them."""
        return {name: self._allowed[name].text(v) for name, v in self.parameters().items()}

    def with_parameter(self, name: str, value: Any) -> Self:
        """Return the policy with another value of a parameter.

        Raises
        ------
        UsageError
            If there is no such parameter, or the value is not allowed.
        """
        if name not in (*self._allowed, "every"):
            raise UsageError(f"{self.family}: {name} is not a parameter")
        return replace(self, **{name: value})

    def with_learning_rate(self, rate: float) -> Self:
        """Return the policy scaled to another `learning_rate`; a list of rates keeps its ratios.

        Raises
        ------
        UsageError
            If the rate is not allowed, or the policy has no `rate_parameter`.

        >>> from lr_study.policies import parse
        >>> parse("piecewise:values=1/0.1,milestones=5").with_learning_rate(0.01).values
        (0.01, 0.001)
        """
        name = self.rate_parameter
        if name is None:
            raise UsageError(
                f"{self} has no learning rate that can be set: give a family, such as one_cycle"
            )
        value = self.parameters()[name]
        if isinstance(value, tuple):
            return self.with_parameter(name, tuple(part / value[0] * rate for part in value))
        return self.with_parameter(name, rate)

    @classmethod
    def allowed(cls, parameter: str) -> str:
        """Return a description of the values that a parameter allows."""
        return cls._allowed[parameter].description


EVERY = Choice(RESOLUTIONS)
