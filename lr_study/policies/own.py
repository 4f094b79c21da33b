"""Policies that are a function of one's own."""

import hashlib
import importlib
import inspect
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lr_study.policies.base import Curve, Policy
from lr_study.support import UsageError, one_line

PREFIX = "python:"
_DIGITS = 12  # of a digest in a text form

Function = Callable[[float, float], float]
"""The learning rate at an epoch, from 0, of a run of so many epochs."""


@dataclass(frozen=True, repr=False)
class PythonPolicy(Policy):
    """A function of one's own: the text form is ``python:module:function@digest``.

    The digest is of the function's source, so that runs of two versions of it are two policies.
    Reading the text form imports nothing; `loaded` does, because a text may come from a store that
    others write to.

    Parameters
    ----------
    module, function
        Where the function is imported from. It takes the epoch, counted from 0, and the number of
        epochs, and returns the learning rate.
    digest
        The first 12 hexadecimal digits of the SHA-256 of its source; empty if it is not known yet.
    call
        The function; None until it is loaded.

    Raises
    ------
    UsageError
        If a value is not allowed; from `loaded`, if there is no such function or its source is
        not what the digest says.

    Examples
    --------
    >>> own = PythonPolicy("math", "fmod")
    >>> str(own), own.call
    ('python:math:fmod', None)
    """

    module: str
    function: str
    digest: str = ""
    call: Function | None = field(default=None, compare=False)

    family = "python"
    formula = "function(epoch, epochs)"
    needs_epochs = True
    _allowed = {}  # noqa: RUF012

    def __post_init__(self) -> None:
        super().__post_init__()
        names = [*self.module.split("."), *self.function.split(".")]
        named = all(name.isidentifier() or name in ("<lambda>", "<locals>") for name in names)
        digits = len(self.digest) == _DIGITS and not set(self.digest) - set("0123456789abcdef")
        if not named or (self.digest and not digits):
            raise UsageError(f"{str(self)!r} is not allowed: write python:MODULE:FUNCTION")

    @classmethod
    def of(cls, function: Function) -> "PythonPolicy":
        """Return the policy of a function, which has a name in its module or is a notebook's."""
        name = getattr(function, "__qualname__", type(function).__qualname__)
        module = getattr(function, "__module__", None) or "__main__"
        return cls(module, name, source_digest(function), function)

    def loaded(self) -> "PythonPolicy":
        """Return the policy with its function imported.

        Raises
        ------
        UsageError
            If there is no such function, or its source is not what the digest says.
        """
        if self.call is not None:
            return self
        try:
            with importable_from_here():
                found: Any = importlib.import_module(self.module)
            for name in self.function.split("."):
                found = getattr(found, name)
        except Exception as error:  # what a module of theirs raises when it is imported
            raise UsageError(
                f"{self} cannot be imported ({one_line(error)}): it is python:MODULE:FUNCTION, "
                "with the module in the current folder or on PYTHONPATH"
            ) from error
        if not callable(found):
            raise UsageError(f"{self} is not a function: it takes the epoch and the epochs")
        digest = source_digest(found)
        if self.digest not in ("", digest):
            raise UsageError(
                f"{self} has changed: its source has the digest {digest}; leave the digest out "
                "to use it as it is now"
            )
        return replace(self, digest=digest, call=found)

    def _rate(self, epoch: float, epochs: float, curve: Curve) -> float:
        if self.call is None:
            raise UsageError(f"{self} is not loaded: its rates are not known")
        try:
            rate = float(self.call(epoch, epochs))
        except Exception as error:  # whatever a function of theirs raises
            raise UsageError(f"{self} failed at epoch {epoch:g}: {one_line(error)}") from error
        return checked_rate(rate, f"{self} at epoch {epoch:g}")

    def require_fit(self, epochs: float) -> None:
        """Raise a `UsageError` if the function gives no rate at an epoch of the run."""
        if self.call is not None:
            for epoch in range(math.ceil(epochs)):
                self(epoch, epochs)

    @property
    def learning_rate(self) -> float:
        """The first rate of a run of one epoch."""
        return self(0, 1)

    @property
    def rate_parameter(self) -> None:
        """None: a function has no parameters that are known."""
        return None

    def __str__(self) -> str:
        digest = f"@{self.digest}" if self.digest else ""
        return f"{PREFIX}{self.module}:{self.function}{digest}{self._resolution(',')}"

    @property
    def short_name(self) -> str:
        """The text form, with a space for its first colon."""
        digest = f"@{self.digest}" if self.digest else ""
        return f"python {self.module}:{self.function}{digest}{self._resolution()}"

    def parameters(self) -> dict[str, Any]:
        """Return nothing: a function has no parameters that are known."""
        return {}


def parse_python(text: str) -> PythonPolicy:
    """Return the policy that a text form names; its module is not imported.

    Raises
    ------
    UsageError
        If the text is not ``python:MODULE:FUNCTION``.

    >>> parse_python("python:my.schedules:ramp,every=step").every
    'step'
    """
    rest, *options = text.removeprefix(PREFIX).split(",")
    module, _, named = rest.partition(":")
    function, at, digest = named.partition("@")
    if at and not digest:
        raise UsageError(f"{text!r} is not allowed: write python:MODULE:FUNCTION")
    every = None
    for option in options:
        name, _, value = option.partition("=")
        if name != "every":
            raise UsageError(f"python: {option!r} is not a parameter: write every=epoch|step")
        if every is not None:
            raise UsageError(f"python: every is given twice in {text!r}: give it once")
        every = value
    return PythonPolicy(module, function, digest, every=every)


def source_digest(function: Any) -> str:
    """Return the digest of a function's source.

    Raises
    ------
    UsageError
        If the source cannot be read.
    """
    try:
        described = inspect.getsource(function)
    except (OSError, TypeError) as error:
        raise UsageError(
            f"the source of {function!r} cannot be read ({one_line(error)}): define it in a module"
        ) from error
    return hashlib.sha256(described.encode()).hexdigest()[:_DIGITS]


@contextmanager
def importable_from_here() -> Iterator[None]:
    """Import from the current folder too, where a command does not: last, to hide no other module.

    Not for longer: libraries try to import what is optional, and would run files of a folder that
    a stranger filled.
    """
    folder = str(Path.cwd())
    if folder in sys.path:
        yield
        return
    sys.path.append(folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def checked_rate(rate: float, where: str) -> float:
    """Return a learning rate of a function of one's own.

    Raises
    ------
    UsageError
        If it is not a finite number >= 0.
    """
    if not 0 <= rate < math.inf:
        raise UsageError(f"{where} gave {rate}: a learning rate is a finite number >= 0")
    return rate
