"""What choosing one policy can cost: Hsu's bound against whichever is truly best.

Each policy in turn is taken for the best one. Compared with the other policies alone, one-sided, it
is refuted, or its possible lead over the chosen one is bounded. The truly best policy is among
them, and with probability 1 - level it is neither refuted nor above its bound: the largest of the
bounds holds [1]_ [2]_. So it needs no verdict on any pair, and is small where many policies are
nearly as good as the best.

References
----------
.. [1] J. C. Hsu. Simultaneous confidence intervals for all distances from the "best". Annals of
   Statistics 9 (1981).
.. [2] J. C. Hsu. Constrained simultaneous confidence intervals for multiple comparisons with the
   best. Annals of Statistics 12 (1984).
"""

import numpy as np

from lr_study.comparison.image_scores import Floats
from lr_study.comparison.image_variance import PairVariances
from lr_study.comparison.max_t import floored, half_widths
from lr_study.comparison.pair_draws import PairDraws, upper_quantile


def rival_quantiles(draws: PairDraws, level: float) -> Floats:
    """Return the critical value of each policy's comparisons with all others, one-sided.

    >>> draws = PairDraws(np.zeros((2, 99)), None, None, np.ones((2, 2)))
    >>> rival_quantiles(draws, 0.05).round(3).tolist()
    [1.645, 1.645]
    """
    return np.array(
        [
            floored(upper_quantile(draws.largest_over(i), level), level, sides=1)
            for i in range(draws.policies)
        ]
    )


def regret_bound(
    chosen: int,
    lead: Floats,
    better: Floats,
    variances: PairVariances,
    quantiles: Floats,
) -> float:
    """Return the most that policy ``chosen`` is below the best one; at least 0.

    Parameters
    ----------
    lead
        (policies, policies): differences, above 0 where the first is better.
    better
        Their statistics, of `normal_statistics`, with the same sign.
    variances
        Of the differences.
    quantiles
        Of `rival_quantiles`.

    Examples
    --------
    >>> from lr_study.comparison.image_scores import ImageScores
    >>> from lr_study.comparison.image_variance import pair_variances
    >>> from lr_study.comparison.sign_flips import normal_statistics
    >>> right = np.ones((2, 1, 100))
    >>> right[1, 0, :24] = 0
    >>> found = pair_variances(ImageScores(right, [[0, 1] * 50], 2))
    >>> better = normal_statistics(found)
    >>> critical = np.full(2, 1.645)
    >>> [round(regret_bound(i, found.difference, better, found, critical), 3) for i in (0, 1)]
    [0.0, 0.313]
    """
    candidates = (better.max(axis=0) <= quantiles) & (np.arange(len(lead)) != chosen)
    bounds = [
        lead[i, chosen]
        + half_widths(quantiles[i], variances.variance[i, chosen], variances.freedom[i, chosen])
        for i in np.flatnonzero(candidates)
    ]
    return max([0.0, *map(float, bounds)])
