"""Draws of all differences, were no policy better, for several analyses of one growing study.

An image has one sign in all analyses, because the same image validates again in every repetition;
the seeds of each repetition are new. So the analyses are correlated as in the study.
"""

from dataclasses import dataclass, field

import numpy as np

from lr_study.comparison.image_scores import Floats, ImageScores, Integers
from lr_study.comparison.image_variance import PairVariances
from lr_study.comparison.pair_draws import PairDraws
from lr_study.comparison.sign_flips import flip_draws, flipped_means

DRAWS = 20_000
"""Draws of the signs; smaller probabilities than these show are bounded, see `union_bound`."""

_SEED = 20_161
"""Any number, always the same: the same runs give the same decisions, on each machine."""


@dataclass(frozen=True)
class JointDraws:
    """Draws for one study: the same in every analysis, whatever analyses follow.

    Attributes
    ----------
    policies
        Number of policies of the study, with those that were dropped.
    draws
        How many.
    """

    policies: int
    draws: int = DRAWS
    _seeds: list[Floats] = field(default_factory=list, repr=False)

    def at(self, scores: ImageScores, variances: PairVariances, remaining: Integers) -> PairDraws:
        """Return the draws of all pairs of the ``remaining`` policies for one analysis.

        Parameters
        ----------
        scores, variances
            Of these policies, in the repetitions up to the analysis.
        """
        values = scores.unit_sums(scores.image_means)
        # What all policies share of an image cancels in differences, and only costs precision.
        own = values - values.mean(axis=0)
        means = flipped_means(own, np.random.default_rng([_SEED, 0]), self.draws)
        return flip_draws(
            means * (variances.units / variances.images),
            self._of_seeds(scores.repetitions)[remaining],
            variances,
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


def union_bound(pairs: int, level: float) -> float:
    """Return a value that any of so many differences crosses with probability ``level`` at most.

    By Hoeffding's inequality for sums of signs, P(|T| > c) <= 2 exp(-c^2 / 2), which normal parts
    satisfy too, and a union over pairs. Far out it takes the place of draws.

    >>> round(union_bound(1, 0.05), 2), round(union_bound(10, 0.05), 2)
    (2.72, 3.46)
    """
    return float(np.sqrt(2 * np.log(2 * pairs / level))) if level > 0 else float("inf")
