"""The policy of an imported run: as declared, as its logged rates show, or as its name gives."""

import math
from dataclasses import dataclass, replace

from lr_study.importing.names import NamedPolicy, parse_path
from lr_study.importing.policy_fit import Rates, agreeing_reading, agrees, fit_policy
from lr_study.importing.rates import LoggedRates
from lr_study.policies import Policy, parse

UNNAMED = "unnamed:"
"""The prefix of the text of a run whose policy is not known."""


@dataclass(frozen=True)
class Choice:
    """The policy of a run.

    Attributes
    ----------
    text
        The text form of the policy, or ``unnamed:name=...`` if it is not known.
    policy
        The policy, or None.
    source
        Where the policy comes from: ``mapping``, ``rates``, ``rates and name``, ``name`` or
        ``none``.
    warning
        A contradiction or a reason why the policy is not known, or None.
    stated
        What the name gives if that is not a complete policy, or None.
    reading
        How the logged rates are those of the policy, as in `READINGS`; None if there are none.
    """

    text: str
    policy: Policy | None
    source: str
    warning: str | None = None
    stated: str | None = None
    reading: str | None = None


def choose_policy(name: str, rates: Rates, declared: str | None) -> Choice:
    """Return the policy of a run: the declared one, else that of its rates, else of its name.

    The name is used only if logged rates do not contradict it; it also decides between policies
    with the same rates. If the policy is not known, the text is ``unnamed:name=...``.

    Parameters
    ----------
    name
        The path of the run, of which the last parts may give a policy.
    rates
        As for `fit_policy`; empty if none were logged.
    declared
        A policy in text form, or None.

    Examples
    --------
    >>> choose_policy("a/lr_0.1", [], None).text
    'fixed:lr=0.1'
    >>> choose_policy("first", [], None).text
    'unnamed:name=first'
    """
    if declared is not None:
        return _declared(parse(declared), rates)
    named = parse_path(name)
    if LoggedRates.of(rates).values:
        return _by_rates(name, rates, named)
    return _by_name(name, named)


def _declared(policy: Policy, rates: Rates) -> Choice:
    if not LoggedRates.of(rates).values:
        return Choice(str(policy), policy, "mapping")
    reading = agreeing_reading(policy, rates)
    mismatch = f"its logged learning rates do not match the declared policy {policy}"
    return Choice(str(policy), policy, "mapping", None if reading else mismatch, reading=reading)


def _by_rates(name: str, rates: Rates, named: NamedPolicy | None) -> Choice:
    fit = fit_policy(rates)
    candidates = fit.candidates
    if not candidates:
        if named and named.policy and agrees(named.policy, rates):  # a single epoch
            return Choice(str(named.policy), named.policy, "name")
        return _unnamed(name, "its logged learning rates match no policy")
    matching = [policy for policy in candidates if named and _gives(named, policy)]
    if len(candidates) == 1:
        policy = candidates[0]
        warning = f"its logged learning rates match {policy}, but its name gives {named}"
        contradiction = warning if named and not matching else None
        return Choice(str(policy), policy, "rates", contradiction, reading=fit.reading)
    if len(matching) == 1:
        policy = matching[0]
        reading = agreeing_reading(policy, rates)
        return Choice(str(policy), policy, "rates and name", reading=reading)
    several = " or ".join(str(policy) for policy in candidates[:3])
    return _unnamed(name, f"its logged learning rates match several policies: {several}")


def _by_name(name: str, named: NamedPolicy | None) -> Choice:
    if named is None:
        return _unnamed(name, None)
    if named.policy is not None:
        return Choice(str(named.policy), named.policy, "name")
    # In the text form of a policy, the missing parameters would take their defaults.
    problem = f"but not {', '.join(named.missing)}" if named.missing else "which is not allowed"
    return replace(_unnamed(name, f"its name gives {named}, {problem}"), stated=str(named))


def _gives(named: NamedPolicy, policy: Policy) -> bool:
    """Whether a policy is what a name gives, as far as it gives anything."""
    texts = policy.texts()
    if not set(named.parameters) <= set(texts) or policy.family == "piecewise":
        return False
    return named.family == policy.family and all(
        math.isclose(float(value), float(texts[name]), rel_tol=1e-4)
        for name, value in named.parameters.items()
    )


def _unnamed(name: str, warning: str | None) -> Choice:
    return Choice(f"{UNNAMED}name={name}", None, "none", warning)
