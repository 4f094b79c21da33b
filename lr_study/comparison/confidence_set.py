"""The policies that may be best: the model confidence set, by step-down.

While the policies left are not all equally good by the test of the largest difference of any pair,
the one that is furthest below another leaves [1]_. Each step compares the policies left alone, so
its critical value is smaller than the one for all pairs. With probability 1 - level no policy that
is as good as the best leaves.

References
----------
.. [1] P. R. Hansen, A. Lunde and J. M. Nason. The model confidence set. Econometrica 79 (2011).
"""

from collections.abc import Sequence

import numpy as np

from lr_study.comparison.image_scores import Floats
from lr_study.comparison.sign_flips import p_values


def elimination_order(better: Floats) -> list[int]:
    """Return the policies in the order in which they would leave, the last one left at the end.

    ``better[i, j]`` is the statistic of policy i over policy j, above 0 where i is better.

    >>> elimination_order(np.array([[0, 3.0, 1.0], [-3.0, 0, -2.5], [-1.0, 2.5, 0]]))
    [1, 2, 0]
    """
    left = list(range(len(better)))
    order = []
    while len(left) > 1:
        worst = left[int(better[np.ix_(left, left)].max(axis=0).argmax())]
        order.append(worst)
        left.remove(worst)
    return order + left


def set_p_values(better: Floats, maxima: Floats, order: Sequence[int]) -> Floats:
    """Return the smallest level at which each policy leaves the set; 1 for the last one left.

    Parameters
    ----------
    better
        (policies, policies): statistics, above 0 where the first is better.
    maxima
        (policies - 1, draws): of `PairDraws.nested_maxima` for ``order``. Each step compares the
        policies that it has left, and no others.
    order
        Of `elimination_order`.

    Examples
    --------
    >>> better = np.array([[0, 3.0, 1.0], [-3.0, 0, -2.5], [-1.0, 2.5, 0]])
    >>> maxima = np.array([[4.0, 2.0, 1.0], [2.0, 1.0, 0.5]])
    >>> set_p_values(better, maxima, [1, 2, 0]).tolist()
    [1.0, 0.5, 0.75]
    """
    p_value = np.ones(len(better))
    reached = 0.0
    for step, policy in enumerate(order[:-1]):
        left = order[step:]
        largest = better[np.ix_(left, left)].max()
        # No policy leaves before those that are worse have left.
        reached = max(reached, float(p_values(largest, maxima[step])))
        p_value[policy] = reached
    return p_value
