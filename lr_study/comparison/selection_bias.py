"""How good the winner is, corrected for having been chosen: BBC-CV.

A policy that was chosen as the best of many on some images looks better on them than on new ones.
So images are drawn with replacement, as many as there are; the policy that is best on those drawn
is judged on those that were not, and compared there with the policy that won on all. The average
shortfall over draws estimates the optimism of choosing and judging on the same images. Nothing is
trained again [1]_.

Judging the winner's replacement rather than its accuracy alone gives the same expectation, since
images left out are a random part of all, with a much smaller error of simulation.

References
----------
.. [1] I. Tsamardinos, E. Greasidou and G. Borboudakis. Bootstrapping the out-of-sample predictions
   for efficient and accurate cross-validation. Machine Learning 107 (2018).
"""

from dataclasses import dataclass

import numpy as np

from lr_study.comparison.image_scores import Floats, ImageScores

BOOTSTRAPS = 1000
"""Draws of images. The published method finds 100 enough; more cost little."""

CHUNK = 1_000_000
"""Counts that are held in memory at once."""


@dataclass(frozen=True)
class WinnerEstimate:
    """The value of the best policy, naive and corrected, in the unit of the values.

    Attributes
    ----------
    best
        Index of the policy that wins on all images.
    naive
        Its mean: chosen and judged on the same images.
    corrected
        Its mean, corrected for choosing.
    means
        (policies,): the naive means of all.
    """

    best: int
    naive: float
    corrected: float
    means: Floats

    def gain_over(self, baseline: int) -> float:
        """Return the corrected value less that of a policy named beforehand.

        >>> WinnerEstimate(1, 0.9, 0.88, np.array([0.85, 0.9])).gain_over(0)
        0.03
        """
        return float(np.round(self.corrected - self.means[baseline], 12))


def correct_for_choosing(
    scores: ImageScores,
    rng: np.random.Generator,
    *,
    higher_is_better: bool = True,
    bootstraps: int = BOOTSTRAPS,
) -> WinnerEstimate:
    """Estimate the value of the best policy without selection bias.

    Policies that are equally good on the images drawn count alike. Groups of similar images are
    drawn whole.

    Examples
    --------
    Four policies that guess: each is right on half of its images, whichever looks best.

    >>> right = np.random.default_rng(0).integers(0, 2, (4, 1, 200))
    >>> scores = ImageScores(right, [np.arange(200) % 5], 5)
    >>> found = correct_for_choosing(scores, np.random.default_rng(1))
    >>> found.naive, round(found.corrected, 3)
    (0.555, 0.518)
    """
    values, sizes = scores.unit_sums(scores.image_means), scores.unit_sizes
    goodness = values if higher_is_better else -values
    oriented = scores.means if higher_is_better else -scores.means
    best = int(oriented.argmax())
    lost = 0.0
    step = max(1, CHUNK // len(sizes))
    for start in range(0, bootstraps, step):
        counts = draw_counts(rng, min(step, bootstraps - start), len(sizes))
        lost += float(lost_out_of_bag(goodness, counts, best, sizes).sum())
    naive = float(scores.means[best])
    optimism = lost / bootstraps
    return WinnerEstimate(
        best=best,
        naive=naive,
        corrected=naive - optimism if higher_is_better else naive + optimism,
        means=scores.means,
    )


def draw_counts(rng: np.random.Generator, draws: int, images: int) -> Floats:
    """Return how often each image was drawn, (draws, images).

    >>> draw_counts(np.random.default_rng(0), 2, 5).sum(axis=1).tolist()
    [5.0, 5.0]
    """
    drawn = rng.integers(0, images, (draws, images)) + images * np.arange(draws)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=draws * images)
    return counts.reshape(draws, images).astype(np.float64)


def lost_out_of_bag(
    goodness: Floats, counts: Floats, best: int, sizes: Floats | None = None
) -> Floats:
    """Return what the policy chosen in each bag is worse than ``best`` out of it, (draws,).

    Parameters
    ----------
    goodness
        (policies, images): larger is better. Of groups of images, the sums.
    counts
        (draws, images): how often each image is in the bag. Where it is all images, nothing is left
        to judge on: 0.
    sizes
        (images,): the number of images of each group; by default 1.

    Examples
    --------
    The bag holds the first two images, on which the second policy is best.

    >>> goodness = np.array([[1.0, 0, 1, 1], [1, 1, 0, 0]])
    >>> lost_out_of_bag(goodness, np.array([[2.0, 2, 0, 0]]), 0).tolist()
    [1.0]
    """
    in_bag = counts @ goodness.T
    left_out = (counts == 0).astype(np.float64)
    size = (left_out if sizes is None else left_out * sizes).sum(axis=1, keepdims=True)
    judged = np.divide(left_out @ goodness.T, size, out=np.zeros_like(in_bag), where=size > 0)
    top = in_bag.max(axis=1, keepdims=True)
    chosen = (in_bag >= top - 1e-9 * (1 + np.abs(top))).astype(np.float64)
    value = (judged * chosen).sum(axis=1) / chosen.sum(axis=1)
    return np.asarray(judged[:, best] - value, np.float64)
