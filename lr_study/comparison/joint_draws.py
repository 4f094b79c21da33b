"""Draws of all differences under no difference, for several looks at the same growing study.

An image has one sign over all looks, because it is the same image that validates again in every
repetition; the seeds of each repetition are new. So the looks are correlated as in the study.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.image_scores import Floats, ImageScores, Integers
from lr_study.comparison.image_variance import PairVariances
from lr_study.comparison.pair_draws import PairDraws
from lr_study.comparison.sign_flips import flip_root, flipped_means

DRAWS = 20_000
"""Draws of the signs; smaller probabilities than these show are bounded, see `union_bound`."""

_SEED = 20_161
"""Any number, always the same: the same runs give the same decisions, on each machine."""


@dataclass(frozen=True)
class JointDraws:
    """Draws for one study, the same at every look and whatever looks follow.

    Attributes
    ----------
    policies
        Of the study, stopped ones among them.
    draws
        How many.
    """

    policies: int
    draws: int = DRAWS
    _seeds: list[Floats] = field(default_factory=list, repr=False)

    def at(self, scores: ImageScores, variances: PairVariances, left: Integers) -> PairDraws:
        """Return the draws of the pairs of the policies that are ``left``, at a look.

        Parameters
        ----------
        scores, variances
            Of these policies, in the repetitions up to the look.
        """
        image_means = scores.image_means
        # What all policies share of an image is in no difference, and only costs digits.
        shared = image_means - image_means.mean(axis=0)
        return PairDraws(
            image=flipped_means(shared, np.random.default_rng([_SEED, 0]), self.draws),
            seed=self._of_seeds(scores.repetitions)[left],
            seed_scale=np.sqrt(variances.seed_part / 2),
            root=flip_root(variances),
        )

    def _of_seeds(self, repetitions: int) -> Floats:
        """The mean of the seeds' normal parts, scaled to variance 1, (policies, draws).

        The sum of earlier repetitions is in that of later ones.
        """
        while len(self._seeds) < repetitions:
            rng = np.random.default_rng([_SEED, 1, len(self._seeds)])
            new = rng.standard_normal((self.policies, self.draws))
            self._seeds.append(self._seeds[-1] + new if self._seeds else new)
        return np.asarray(self._seeds[repetitions - 1] / np.sqrt(repetitions), np.float64)


def critical_value(largest: Floats, crossed: NDArray[np.bool_], level: float) -> float:
    """Return the value that the largest difference crosses so that ``level`` holds over looks.

    Draws that ``crossed`` at earlier looks count. Infinite if the draws are too few to tell.

    >>> critical_value(np.arange(100.0), np.zeros(100, bool), 0.05)
    95.0
    """
    # As in a p-value (1 + exceeding) / (1 + draws): the study itself is one of the draws.
    room = int(np.floor(level * (len(largest) + 1))) - 1 - int(crossed.sum())
    if room < 0:
        return float("inf")
    falling = np.sort(largest[~crossed])[::-1]
    return float(falling[room]) if room < len(falling) else 0.0


def union_bound(pairs: int, level: float) -> float:
    """Return a value that any of so many differences crosses with probability ``level`` at most.

    By Hoeffding's inequality for sums of signs, P(|T| > c) <= 2 exp(-c^2 / 2), which normal parts
    satisfy too, and a union over pairs. Far out it takes the place of draws.

    >>> round(union_bound(1, 0.05), 2)
    2.72
    """
    return float(np.sqrt(2 * np.log(2 * pairs / level))) if level > 0 else float("inf")
