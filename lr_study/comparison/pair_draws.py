"""Draws of the standardised differences of all pairs of policies, were none better than another.

One number is drawn for each policy; a pair's draw is the difference of two. So pairs that share a
policy, or images, are as dependent as they are in the data, and memory grows with policies, not
with pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lr_study.comparison.image_scores import Floats


@dataclass(frozen=True)
class PairDraws:
    """Joint draws of the statistics of all pairs.

    Parameters
    ----------
    image
        (policies, draws): of the image part of each mean.
    seed
        (policies, draws): independent standard normal numbers; None where there is no seed part.
    seed_scale
        (policies, policies): what a difference of two of ``seed`` is multiplied by; None likewise.
    root
        (policies, policies): standard errors that a difference is divided by; where it is 0, so is
        the statistic.

    Examples
    --------
    >>> image = np.array([[3.0, 0.0], [1.0, 4.0], [1.0, 0.0]])
    >>> draws = PairDraws(image, None, None, root=np.full((3, 3), 2.0))
    >>> draws.statistics(0, [1, 2]).tolist()
    [[1.0, -2.0], [1.0, 0.0]]
    >>> draws.nested_maxima([1, 0, 2]).tolist()
    [[1.0, 2.0], [1.0, 0.0]]
    >>> draws.largest_over(1).tolist()
    [0.0, 2.0, 1.0, -2.0]
    """

    image: Floats
    seed: Floats | None
    seed_scale: Floats | None
    root: Floats

    @property
    def policies(self) -> int:
        """Number of policies."""
        return len(self.image)

    def statistics(self, i: int, others: Sequence[int]) -> Floats:
        """Return the draws of policy i less each of ``others``, (others, draws)."""
        found = self.image[i] - self.image[others]
        if self.seed is not None and self.seed_scale is not None:
            found += self.seed_scale[i, others][:, None] * (self.seed[i] - self.seed[others])
        root = self.root[i, others]
        with np.errstate(divide="ignore"):
            inverse = np.where(root > 0, 1 / root, 0.0)
        return np.asarray(found * inverse[:, None], np.float64)

    def nested_maxima(self, order: Sequence[int]) -> Floats:
        """Return the largest absolute draw over all pairs among ``order[s:]``, for each s.

        The result is (len(order) - 1, draws); the first row is over all pairs.
        """
        found = [
            np.abs(self.statistics(first, order[s + 1 :])).max(axis=0)
            for s, first in enumerate(order[:-1])
        ]
        rows = np.reshape(found, (len(found), self.image.shape[1]))
        return np.asarray(np.maximum.accumulate(rows[::-1])[::-1], np.float64)

    def largest_against(self, i: int) -> Floats:
        """Return the largest absolute draw over the pairs of policy i, (draws,)."""
        return np.asarray(np.abs(self.statistics(i, self._others(i))).max(axis=0), np.float64)

    def largest_over(self, i: int) -> Floats:
        """Return the largest draw of any other policy less policy i, (2 * draws,).

        Draws are symmetric about 0, so each one counts with both signs.
        """
        found = self.statistics(i, self._others(i))
        return np.concatenate([found.max(axis=0), -found.min(axis=0)])

    def _others(self, i: int) -> list[int]:
        return [j for j in range(self.policies) if j != i]


def upper_quantile(maxima: Floats, level: float) -> float:
    """Return the critical value at a level: what is above it has a p-value below ``level``.

    It is the value that a share ``level`` of draws and data together reaches; infinite where there
    are too few draws for the level.

    >>> upper_quantile(np.arange(1.0, 100.0), 0.05), upper_quantile(np.arange(9.0), 0.05)
    (95.0, inf)
    """
    reaching = int(np.floor(level * (len(maxima) + 1) * (1 + 1e-12)))
    if reaching == 0:
        return float("inf")
    return float(np.partition(maxima, len(maxima) - reaching)[len(maxima) - reaching])
