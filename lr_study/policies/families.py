"""The policy families by name, and the parser of the text form of a policy.

>>> policy = parse("step_decay:drop=0.5")
>>> str(policy)
'step_decay:initial_lr=0.01,drop=0.5,epochs_drop=5'
>>> policy(4)
0.005
"""

from lr_study.policies.base import Policy
from lr_study.policies.exp_decay import ExpDecay
from lr_study.policies.fixed import Fixed
from lr_study.policies.step_decay import StepDecay
from lr_study.support import UsageError

FAMILIES: dict[str, type[Policy]] = {cls.family: cls for cls in (Fixed, StepDecay, ExpDecay)}
"""A new family is added here."""


def short_name(policy: str) -> str:
    """Return the short name of a policy; other texts, which imported runs may have, stay.

    >>> short_name("step_decay:drop=0.5"), short_name("unnamed: cosine?")
    ('step 0.01 ×0.5/5', 'unnamed: cosine?')
    """
    try:
        return parse(policy).short_name
    except UsageError:
        return policy


def parse(text: str) -> Policy:
    """Return the policy with a text form, such as ``step_decay:drop=0.5,epochs_drop=10``.

    Parameters that are not given have their defaults. For every policy,
    ``parse(str(policy)) == policy``.

    Raises
    ------
    UsageError
        If the family or a parameter is unknown, or a parameter is given twice or has a value that
        is not allowed.

    Examples
    --------
    >>> parse("fixed") == Fixed(lr=0.001)
    True
    >>> parse("fixed:lr=-1")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    lr_study.support.errors.UsageError: fixed: lr=-1 is not allowed: lr is a finite number > 0, ...
    """
    family, _, rest = text.partition(":")
    if family not in FAMILIES:
        raise UsageError(
            f"policy {text!r} is unknown: policy is {', '.join(FAMILIES)}, "
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
        values[name] = cls._allowed[name].parse(family, name, value)
    return cls(**values)
