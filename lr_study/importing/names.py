"""The name of a run -> the policy that it states."""

import re
from dataclasses import dataclass

from lr_study.policies import FAMILIES, Policy, parse
from lr_study.support import UsageError

_WORDS = {
    "fixed": "fixed",
    "constant": "fixed",
    "const": "fixed",
    "exp_decay": "exp_decay",
    "expdecay": "exp_decay",
    "exp": "exp_decay",
    "step_decay": "step_decay",
    "stepdecay": "step_decay",
    "step": "step_decay",
}
_KEYS = {
    "initial_lr": "lr",
    "lr": "lr",
    "k": "k",
    "drop": "drop",
    "epochs_drop": "epochs_drop",
    "epochs": "epochs_drop",
    "ed": "epochs_drop",
}
_PART = re.compile(
    rf"(?P<key>{'|'.join(sorted(_KEYS, key=len, reverse=True))})[_=-]?"
    r"(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
    rf"|(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![a-z0-9])",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[_\-, ]*")


@dataclass(frozen=True)
class Stated:
    """What a name states: a family, some of its parameters as text, and what it leaves out."""

    family: str
    parameters: dict[str, str]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The parameters that the name leaves out."""
        return tuple(
            name for name in FAMILIES[self.family]().parameters() if name not in self.parameters
        )

    @property
    def policy(self) -> Policy | None:
        """The policy, where the name leaves nothing out and all values are allowed."""
        if self.lacking:
            return None
        pairs = ",".join(f"{name}={value}" for name, value in self.parameters.items())
        try:
            return parse(f"{self.family}:{pairs}")
        except UsageError:
            return None

    def __str__(self) -> str:
        return ", ".join([self.family, *(f"{n}={value}" for n, value in self.parameters.items())])


def read_name(name: str) -> Stated | None:
    """Return what a run's name states, or None if any part of it means something else.

    A name is made of words for a family (``fixed``, ``exp``, ``step_decay``) and of letters with
    a number (``lr0.1``, ``k0.3``, ``drop0.5``, ``epochs10`` or ``ed10``), in any order. What it
    leaves out has no default here: it is not known.

    >>> str(read_name("lr0.1_drop0.4_ed3").policy)
    'step_decay:initial_lr=0.1,drop=0.4,epochs_drop=3'
    >>> read_name("exp_k0.3").lacking
    ('initial_lr',)
    >>> read_name("exp_decay0.01") is None  # it does not say what the number is
    True
    """
    words: set[str] = set()
    numbers: dict[str, str] = {}
    position = 0
    while position < len(name):
        part = _PART.match(name, position)
        if part is None:
            return None
        if part["word"]:
            words.add(_WORDS[part["word"].lower()])
        else:
            key = _KEYS[part["key"].lower()]
            if key in numbers:
                return None
            numbers[key] = part["number"]
        after = _BETWEEN.match(name, part.end())
        position = after.end() if after else part.end()
    return _stated(words, numbers)


def _stated(words: set[str], numbers: dict[str, str]) -> Stated | None:
    families = set(words)
    if "k" in numbers:
        families.add("exp_decay")
    if "drop" in numbers:
        families.add("step_decay")
    if not families and set(numbers) == {"lr"}:
        families.add("fixed")
    if len(families) != 1:
        return None
    (family,) = families
    rate = "lr" if family == "fixed" else "initial_lr"
    parameters = {rate if key == "lr" else key: value for key, value in numbers.items()}
    if not set(parameters) <= set(FAMILIES[family]().parameters()):
        return None  # as in lr0.1_epochs50, where the number of epochs is no parameter
    return Stated(family, parameters)
