"""What the tried policies leave open: a best value at the edge, an accuracy that still improves."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.results import Edge
from lr_study.policies import Policy, policy_or_none
from lr_study.support import UsageError

MAX_STEP = 10.0
"""The largest factor between a value that was tried and the one that is suggested beyond it."""


def find_edges(policies: Sequence[str], epochs: object = None) -> tuple[Edge, ...]:
    """Return the parameters of the best policy that have the highest or lowest value tried.

    The learning rate is compared with that of all policies, other parameters with those of the same
    family. A parameter that was not varied has no edge, and neither has one whose bound was tried,
    nor one that is no number, such as a shape or a percentage.

    Parameters
    ----------
    policies
        In text form, best first; those without a formula are passed over.
    epochs
        The length of the runs, where known: what does not fit into it is not suggested.

    Examples
    --------
    >>> find_edges(["fixed:lr=0.1", "fixed:lr=0.01"])
    (Edge(parameter='lr', value=0.1, side='highest', policy='fixed:lr=1.0'),)
    """
    best, *others = map(policy_or_none, policies)
    if best is None:
        return ()
    tried = [policy for policy in others if policy is not None]
    length = epochs if isinstance(epochs, int) else None
    edges = (_edge(best, name, _values(tried, best, name), length) for name in best.parameters())
    return tuple(edge for edge in edges if edge is not None)


def is_learning_rate(policy: str, parameter: str) -> bool:
    """Whether a parameter of a policy is the rate that the policy scales with.

    >>> is_learning_rate("warmup:epochs=5+one_cycle", "one_cycle.max_lr")
    True
    """
    parsed = policy_or_none(policy)
    return parsed is not None and parsed.rate_parameter == parameter


def _values(policies: Iterable[Policy], best: Policy, name: str) -> set[float]:
    """The values of a parameter of the best policy that the policies have."""
    if name == best.rate_parameter:
        return {policy.learning_rate for policy in policies if policy.rate_parameter}
    of_family = [policy.parameters() for policy in policies if policy.family == best.family]
    values = [parameters[name] for parameters in of_family if name in parameters]
    return {value for value in values if _is_number(value)}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _edge(best: Policy, name: str, tried: set[float], epochs: int | None) -> Edge | None:
    value = best.parameters()[name]
    if not _is_number(value):
        return None
    others = sorted(tried - {value})
    if not others or others[0] < value < others[-1]:
        return None
    side, neighbor = ("highest", others[-1]) if value > others[-1] else ("lowest", others[0])
    beyond = _beyond(value, neighbor)
    try:
        policy = best.with_parameter(name, round(beyond) if isinstance(value, int) else beyond)
        if epochs is not None:
            policy.require_fit(epochs)
    except UsageError:
        return None  # such as a factor above 1
    return None if policy == best else Edge(name, value, side, str(policy))


def _beyond(value: float, neighbor: float) -> float:
    """Continue from a neighbor through a value by the same factor, in three digits.

    >>> _beyond(0.1, 0.01), _beyond(10, 5), _beyond(3e-4, 1e-3), _beyond(1.0, 1e-6), _beyond(2, 0)
    (1.0, 20.0, 9e-05, 10.0, 20.0)
    """
    ratio = value / neighbor if neighbor else MAX_STEP
    factor = min(max(ratio, 1 / MAX_STEP), MAX_STEP)
    return float(f"{value * factor:.3g}")


def still_improves(
    curves: NDArray[np.float64], margin: float, *, higher_is_better: bool
) -> bool | None:
    """Return whether a metric still improved by more than the margin in the last tenth of epochs.

    Compared are the means of the last tenth of the epochs and of the tenth before; None with fewer
    than two epochs, or where a value is missing.

    Parameters
    ----------
    curves
        (runs, epochs): the metric of one policy.
    margin
        In units of the metric.

    Examples
    --------
    >>> still_improves(np.array([[0.5, 0.6, 0.7]]), 0.005, higher_is_better=True)
    True
    """
    epochs = curves.shape[1]
    span = max(1, epochs // 10)
    if epochs < 2 or np.isnan(curves[:, -2 * span :]).any():
        return None
    change = curves[:, -span:].mean() - curves[:, -2 * span : -span].mean()
    return bool((change if higher_is_better else -change) > margin)
