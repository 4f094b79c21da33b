"""The policy families by name, and the parser of the text form of a policy.

>>> policy = parse("step_decay:drop=0.5")
>>> str(policy)
'step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5'
>>> policy(4)
0.005
"""

import re
from typing import Any

from lr_study.policies.base import EVERY, Policy
from lr_study.policies.composition import LENGTH, Composition, Part, Warmup
from lr_study.policies.cosine import Cosine, CosineRestarts
from lr_study.policies.cyclic import Cyclic
from lr_study.policies.exp_decay import ExpDecay
from lr_study.policies.fixed import Fixed
from lr_study.policies.inverse import InverseSqrt, InverseTime
from lr_study.policies.keras_schedule import KERAS_PREFIX
from lr_study.policies.one_cycle import OneCycle
from lr_study.policies.other_names import suggested_family, suggested_parameter
from lr_study.policies.own import PREFIX, parse_python
from lr_study.policies.piecewise import MultiStep, Piecewise
from lr_study.policies.plateau import Plateau
from lr_study.policies.polynomial import Linear, Polynomial
from lr_study.policies.sigmoid import Sigmoid
from lr_study.policies.step_decay import StepDecay
from lr_study.policies.wsd import WarmupStableDecay
from lr_study.support import UsageError

FAMILIES: dict[str, type[Policy]] = {
    cls.family: cls
    for cls in (
        Fixed,
        StepDecay,
        ExpDecay,
        MultiStep,
        Piecewise,
        Polynomial,
        Linear,
        Cosine,
        CosineRestarts,
        OneCycle,
        Cyclic,
        InverseTime,
        InverseSqrt,
        WarmupStableDecay,
        Sigmoid,
        Plateau,
    )
}
"""A new family is added here."""

_PARTS: dict[str, type[Policy]] = {**FAMILIES, Warmup.family: Warmup}

# Between parts; the plus of a number, such as 1e+05, is followed by a digit.
_PLUS = re.compile(r"\+(?=[A-Za-z_])")


def is_known_family(family: str) -> bool:
    """Whether policies of a family, or a composition of families, have a formula.

    >>> is_known_family("warmup+cosine"), is_known_family("unnamed")
    (True, False)
    """
    return all(part in _PARTS for part in family.split("+"))


def require_family(family: str) -> None:
    """Raise a `UsageError`, which suggests the nearest, unless a family, or warmup, is known."""
    if family not in _PARTS:
        raise _unknown_family(family, family)


def family_of(policy: str) -> str:
    """Return the family of a policy's text; of another text, what stands before its colon.

    >>> family_of("warmup:epochs=5+cosine:initial_lr=0.1"), family_of("unnamed: cosine?")
    ('warmup+cosine', 'unnamed')
    """
    parsed = policy_or_none(policy)
    return policy.partition(":")[0] if parsed is None else parsed.family


def policy_or_none(text: str) -> Policy | None:
    """Return the policy with a text form; None for other texts, which imported runs may have.

    >>> str(policy_or_none("cosine")), policy_or_none("unnamed: cosine?")
    ('cosine:initial_lr=0.1,final_lr=0.0', None)
    """
    try:
        return parse(text)
    except UsageError:
        return None


def short_name(policy: str) -> str:
    """Return the short name of a policy; other texts, which imported runs may have, stay.

    >>> short_name("step_decay:drop=0.5"), short_name("unnamed: cosine?")
    ('step 0.01 ×0.5/5', 'unnamed: cosine?')
    """
    parsed = policy_or_none(policy)
    return policy if parsed is None else parsed.short_name


def parse(text: str) -> Policy:
    """Return the policy with a text form, such as ``step_decay:drop=0.5,epochs_drop=10``.

    Parameters that are not given have their defaults. For every policy,
    ``parse(str(policy)) == policy``. Parts of a `Composition` are joined by ``+``. The function of
    ``python:module:function`` is not imported; `Policy.loaded` does that.

    Raises
    ------
    UsageError
        If the family or a parameter is unknown, or a parameter is given twice or has a value that
        is not allowed.

    Examples
    --------
    >>> parse("fixed") == Fixed(lr=0.001)
    True
    >>> parse("warmup:epochs=5+cosine").short_name
    'warmup 5 + cosine 0.1'
    >>> parse("fixed:lr=-1")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: fixed: lr=-1 is not allowed: lr is a finite number > 0, ...
    """
    parts = [_parse_part(part, text) for part in _PLUS.split(text)]
    if len(parts) == 1 and parts[0].length is None and not isinstance(parts[0].policy, Warmup):
        return parts[0].policy
    return Composition(tuple(parts))


def _parse_part(text: str, whole: str) -> Part:
    if text.startswith(KERAS_PREFIX):
        raise UsageError(
            f"{text!r} is a schedule of Keras, whose rates its text does not say: pass the object "
            "itself to lr_study.study(policies=[...])"
        )
    if text.startswith(PREFIX):
        options = text.split(",")
        lengths = [option for option in options if option.startswith("for=")]
        if len(lengths) > 1:
            raise UsageError(f"python: for is given twice in {text!r}: give it once")
        policy = parse_python(",".join(o for o in options if o not in lengths))
        length = LENGTH.parse("python", "for", lengths[0][4:]) if lengths else None
        return Part(policy, length)
    family, _, rest = text.partition(":")
    if family not in _PARTS:
        raise _unknown_family(family, whole)
    cls = _PARTS[family]
    kinds = {**cls._allowed, "every": EVERY, **({} if cls is Warmup else {"for": LENGTH})}
    values: dict[str, Any] = {}
    for pair in rest.split(",") if rest else []:
        name, equals, value = pair.partition("=")
        if name not in kinds or not equals:
            raise _unknown_parameter(cls, pair, name)
        if name in values:
            raise UsageError(f"{family}: {name} is given twice in {text!r}: give it once")
        values[name] = kinds[name].parse(family, name, value)
    return Part(length=values.pop("for", None), policy=cls(**values))


def _unknown_family(family: str, whole: str) -> UsageError:
    near = suggested_family(family, list(_PARTS))
    meant = f"did you mean {near}? " if near else ""
    return UsageError(
        f"policy {whole!r} is unknown: {meant}"
        f"policy is {', '.join(FAMILIES)}, "
        "with parameters as in step_decay:drop=0.5,epochs_drop=5, a warmup before it as in "
        "warmup:epochs=5+cosine:initial_lr=0.1, or python:MODULE:FUNCTION"
    )


def _unknown_parameter(cls: type[Policy], pair: str, name: str) -> UsageError:
    known = list(cls._allowed)
    near = None if name in known else suggested_parameter(name, known)
    written = ", ".join(f"{known}={kind.placeholder}" for known, kind in cls._allowed.items())
    return UsageError(
        f"{cls.family}: {pair!r} is not a parameter: {f'{near}; ' if near else ''}write {written}"
        f", every={EVERY.placeholder}"
    )
