"""Which policy a run had: as declared, as its logged rates show, or as its name states."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lr_study.importing.names import Stated, read_name
from lr_study.importing.policy_fit import agrees, fit_policy
from lr_study.policies import Policy, parse

UNNAMED = "unnamed:"
"""How the text begins that stands in the place of a policy that nothing tells."""


@dataclass(frozen=True)
class Choice:
    """A policy as text, the policy itself unless it is unnamed, what told it, and a remark.

    ``stated`` is what the name states, in words, where that is not all of a policy.
    """

    text: str
    policy: Policy | None
    told_by: str
    remark: str | None = None
    stated: str | None = None


def choose_policy(name: str, rates: Sequence[float | None], declared: str | None) -> Choice:
    """Return the policy of a run: what a file declares, else its rates, else its name.

    A name is believed only where logged rates do not speak against it; it also decides between
    policies that the rates cannot tell apart. A run of which nothing tells the policy is
    ``unnamed:name=...``.

    Parameters
    ----------
    name
        The run's path; its last part is read.
    rates
        As `fit_policy` takes them; empty where none were logged.
    declared
        A policy as text, or None.

    >>> choose_policy("a/lr_0.1", [], None).text
    'fixed:lr=0.1'
    >>> choose_policy("first", [], None).text
    'unnamed:name=first'
    """
    if declared is not None:
        policy = parse(declared)
        contradicts = bool(rates) and not agrees(policy, rates)
        remark = f"its logged rates are not those of {policy}, as which it is declared"
        return Choice(str(policy), policy, "mapping", remark if contradicts else None)
    stated = read_name(name.rpartition("/")[2])
    if rates:
        return _by_rates(name, rates, stated)
    if stated is None:
        return _unnamed(name, None)
    if stated.policy is None:
        # As a policy's text it would mean the default of what is left out.
        what = f"leaves out {', '.join(stated.lacking)}" if stated.lacking else "is not allowed"
        return replace(_unnamed(name, f"its name says {stated} and {what}"), stated=str(stated))
    return Choice(str(stated.policy), stated.policy, "name")


def _by_rates(name: str, rates: Sequence[float | None], stated: Stated | None) -> Choice:
    candidates = fit_policy(rates).candidates
    if not candidates:
        if stated and stated.policy and agrees(stated.policy, rates):  # one epoch alone
            return Choice(str(stated.policy), stated.policy, "name")
        return _unnamed(name, "its logged rates are those of no policy")
    fitting = [policy for policy in candidates if stated and _is_stated(stated, policy)]
    if len(candidates) == 1:
        policy = candidates[0]
        remark = f"its logged rates are those of {policy}, but its name says {stated}"
        return Choice(str(policy), policy, "rates", remark if stated and not fitting else None)
    if len(fitting) == 1:
        return Choice(str(fitting[0]), fitting[0], "rates and name")
    several = " or ".join(str(policy) for policy in candidates[:3])
    return _unnamed(name, f"its logged rates are ambiguous, those of {several}")


def _is_stated(stated: Stated, policy: Policy) -> bool:
    parameters = policy.parameters()
    return stated.family == policy.family and all(
        math.isclose(float(value), parameters[name], rel_tol=1e-4)
        for name, value in stated.parameters.items()
    )


def _unnamed(name: str, remark: str | None) -> Choice:
    return Choice(f"{UNNAMED}name={name}", None, "none", remark)
