"""Parse the name of a run into the policy that it gives."""

import re
from dataclasses import dataclass

from lr_study.policies import FAMILIES, Policy, parse
from lr_study.support import UsageError

_FAMILY_NAMES = {
    "fixed": "fixed",
    "constant": "fixed",
    "const": "fixed",
    "exp_decay": "exp_decay",
    "expdecay": "exp_decay",
    "exp": "exp_decay",
    "step_decay": "step_decay",
    "stepdecay": "step_decay",
    "step": "step_decay",
    "multistep": "multistep",
    "piecewise": "piecewise",
    "polynomial": "polynomial",
    "poly": "polynomial",
    "linear": "linear",
    "cosine": "cosine",
    "cosine_restarts": "cosine_restarts",
    "sgdr": "cosine_restarts",
    "one_cycle": "one_cycle",
    "onecycle": "one_cycle",
    "cyclic": "cyclic",
    "clr": "cyclic",
    "inverse_time": "inverse_time",
    "inverse_sqrt": "inverse_sqrt",
    "rsqrt": "inverse_sqrt",
    "wsd": "wsd",
    "sigmoid": "sigmoid",
    "plateau": "plateau",
}
_RATE_ALONE = ("cosine", "linear")
"""Families whose name may be followed by the rate alone, which then falls to 0."""
_PARAMETER_NAMES = {
    "initial_lr": "lr",
    "lr": "lr",
    "k": "k",
    "drop": "drop",
    "epochs_drop": "epochs_drop",
    "epochs": "epochs_drop",
    "ed": "epochs_drop",
}
_NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_MAX_PARTS = 3
_PART = re.compile(
    rf"(?P<parameter>{'|'.join(sorted(_PARAMETER_NAMES, key=len, reverse=True))})[_=-]?"
    rf"(?P<number>{_NUMBER})"
    rf"|(?P<falling>{'|'.join(_RATE_ALONE)})[_=-]?(?P<rate>{_NUMBER})"
    rf"|(?P<family>{'|'.join(sorted(_FAMILY_NAMES, key=len, reverse=True))})(?![a-z0-9])"
    rf"|(?P<alone>{_NUMBER})(?![a-z0-9.])",
    re.IGNORECASE,
)
_SEPARATING = "_, -"
_SEPARATORS = re.compile(rf"[{_SEPARATING}]*")


@dataclass(frozen=True)
class NamedPolicy:
    """What a name gives of a policy: the family, and some of its parameters as text."""

    family: str
    parameters: dict[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """The parameters that the name does not give."""
        return tuple(
            name for name in FAMILIES[self.family]().parameters() if name not in self.parameters
        )

    @property
    def policy(self) -> Policy | None:
        """The policy, or None if a parameter is missing or has a value that is not allowed."""
        if self.missing:
            return None
        pairs = ",".join(f"{name}={value}" for name, value in self.parameters.items())
        try:
            return parse(f"{self.family}:{pairs}")
        except UsageError:
            return None

    def __str__(self) -> str:
        return ", ".join([self.family, *(f"{n}={value}" for n, value in self.parameters.items())])


def parse_name(name: str) -> NamedPolicy | None:
    """Return what the name of a run gives of a policy, or None if any part means something else.

    A name consists of names of a family (``fixed``, ``exp``, ``step_decay``) and of parameters with
    a number (``lr0.1``, ``k0.3``, ``drop0.5``, ``epochs10`` or ``ed10``), in any order; after
    ``cosine`` and ``linear``, the number alone is the rate; elsewhere, a number alone after a
    separator is the one parameter that is missing. Parameters that it does not give are missing:
    they do not take their defaults, but for the final rate of these two, which is 0.

    >>> str(parse_name("lr0.1_drop0.4_ed3").policy)
    'step_decay:initial_lr=0.1,drop=0.4,epochs_drop=3'
    >>> parse_name("exp_k0.3").missing
    ('initial_lr',)
    >>> parse_name("exp_decay0.01") is None  # the number has no parameter
    True
    >>> str(parse_name("cosine_0.1").policy)
    'cosine:initial_lr=0.1,final_lr=0.0'
    """
    families: set[str] = set()
    numbers: dict[str, str] = {}
    alone: list[str] = []
    position = 0
    while position < len(name):
        part = _PART.match(name, position)
        if part is None:
            return None
        if part["alone"]:
            if position == 0 or name[position - 1] not in _SEPARATING:
                return None
            alone.append(part["alone"])
        if part["family"] or part["falling"]:
            families.add(_FAMILY_NAMES[(part["family"] or part["falling"]).lower()])
        if part["parameter"] or part["falling"]:
            parameter = _PARAMETER_NAMES[(part["parameter"] or "lr").lower()]
            if parameter in numbers:
                return None
            numbers[parameter] = part["number"] or part["rate"]
        separators = _SEPARATORS.match(name, part.end())
        position = separators.end() if separators else part.end()
    return _with_number_alone(_named_policy(families, numbers), alone)


def parse_path(path: str) -> NamedPolicy | None:
    """Return what the last parts of a path give of a policy: the most parts that give one.

    >>> str(parse_path("runs/step/lr0.1_drop0.5_5").policy)
    'step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5'
    >>> parse_path("step/lr0.1").missing  # not a fixed rate
    ('drop', 'epochs_drop')
    """
    parts = path.split("/")
    tails = [parse_name("_".join(parts[-count:])) for count in range(_MAX_PARTS, 0, -1)]
    return next((tail for tail in tails if tail), None)


def _with_number_alone(named: NamedPolicy | None, alone: list[str]) -> NamedPolicy | None:
    if not alone or named is None:
        return named
    if len(alone) > 1 or len(named.missing) != 1:
        return None
    parameters = {**named.parameters, named.missing[0]: alone[0]}
    return NamedPolicy(named.family, parameters)


def _named_policy(families: set[str], numbers: dict[str, str]) -> NamedPolicy | None:
    if "k" in numbers:
        families = families | {"exp_decay"}
    if "drop" in numbers:
        families = families | {"step_decay"}
    if not families and set(numbers) == {"lr"}:
        families = {"fixed"}
    if len(families) != 1:
        return None
    (family,) = families
    default = FAMILIES[family]()
    rate = default.rate_parameter
    assert rate is not None  # every family of FAMILIES has one
    parameters = {rate if name == "lr" else name: value for name, value in numbers.items()}
    if not set(parameters) <= set(default.parameters()):
        return None  # as in lr0.1_epochs50, where the number of epochs is not a parameter
    if family in _RATE_ALONE and rate in parameters:
        parameters["final_lr"] = "0"
    return NamedPolicy(family, parameters)
