"""Draws of all differences under no difference, for several looks at the same growing study.

An image has one sign over all looks, because it is the same image that validates again in every
repetition; the seeds of each repetition are new. So the looks are correlated as in the study.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.image_scores import Floats, ImageScores

DRAWS = 20_000
"""Draws of the signs; smaller probabilities than these show are bounded, see `union_bound`."""

_SEED = 20_161
"""Any number, always the same: the same runs give the same decisions, on each machine."""

_SIGNS_IN_MEMORY = 16_000_000


@dataclass(frozen=True)
class JointDraws:
    """Draws for one study, the same at every look and whatever looks follow.

    Attributes
    ----------
    policies, images
        Of the study, stopped policies among them.
    draws
        How many.

    Examples
    --------
    >>> joint = JointDraws(policies=2, images=3, draws=4)
    >>> joint.of_images(np.eye(2, 3)).shape, joint.of_seeds(2).shape
    ((2, 4), (2, 4))
    """

    policies: int
    images: int
    draws: int = DRAWS
    _seeds: list[Floats] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, scores: ImageScores, draws: int = DRAWS) -> "JointDraws":
        """Return the draws for the scores of a study."""
        return cls(scores.policies, scores.images, draws)

    def of_images(self, image_means: Floats) -> NDArray[np.float32]:
        """Return the mean over images of sign times value, (policies, draws).

        Parameters
        ----------
        image_means
            (policies, images): means over repetitions, of any number of policies.
        """
        # Only differences count: without their common part values need fewer digits.
        values = (image_means - image_means.mean(axis=0)).astype(np.float32) / self.images
        parts = []
        step = max(1, min(self.draws, _SIGNS_IN_MEMORY // self.images))
        for start in range(0, self.draws, step):
            count = min(step, self.draws - start)
            rng = np.random.default_rng([_SEED, 0, start])
            bits = np.frombuffer(rng.bytes(-(-self.images * count // 8)), np.uint8)
            signs = np.unpackbits(bits, count=self.images * count).reshape(self.images, count)
            parts.append(values @ (signs.astype(np.float32) * 2 - 1))
        return np.concatenate(parts, axis=1)

    def of_seeds(self, repetitions: int) -> Floats:
        """Return the mean of the seeds' normal parts, scaled to variance 1, (policies, draws).

        The sum of earlier repetitions is in that of later ones.
        """
        while len(self._seeds) < repetitions:
            rng = np.random.default_rng([_SEED, 1, len(self._seeds)])
            new = rng.standard_normal((self.policies, self.draws))
            self._seeds.append(self._seeds[-1] + new if self._seeds else new)
        return np.asarray(self._seeds[repetitions - 1] / np.sqrt(repetitions), np.float64)


def largest_difference(
    images: NDArray[np.float32], seeds: Floats, seed_part: Floats, root: Floats
) -> Floats:
    """Return the largest standardised difference of any pair in each draw, (draws,).

    Parameters
    ----------
    images, seeds
        (policies, draws), from `JointDraws`.
    seed_part
        (policies, policies): what seeds add to the variance of a difference.
    root
        (policies, policies): the standard error of a difference without any true difference.
    """
    largest = np.zeros(images.shape[1])
    for i in range(len(images) - 1):
        rest = slice(i + 1, None)
        drawn = images[i] - images[rest]
        drawn = drawn + np.sqrt(seed_part[i, rest] / 2)[:, None] * (seeds[i] - seeds[rest])
        drawn /= root[i, rest][:, None]
        np.maximum(largest, np.abs(drawn).max(axis=0), out=largest)
    return largest


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
