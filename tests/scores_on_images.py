"""Results of policies on images, for tests of the statistics on them."""

import numpy as np
from hypothesis import strategies as st

from lr_study.comparison.image_scores import ImageScores


def divide(images: int, folds: int, repetitions: int, rng: np.random.Generator) -> np.ndarray:
    """Random folds of nearly equal size, (repetitions, images)."""
    return np.stack([rng.permutation(np.arange(images) % folds) for _ in range(repetitions)])


def guesses(
    right: list[float], images: int = 200, repetitions: int = 2, folds: int = 5, seed: int = 0
) -> ImageScores:
    """Policies that are right with these probabilities, on images of unequal difficulty."""
    rng = np.random.default_rng(seed)
    fold = divide(images, folds, repetitions, rng)
    ease = rng.uniform(-0.15, 0.15, images)
    chance = np.clip(np.asarray(right)[:, None, None] + ease, 0, 1)
    draws = rng.random((len(right), repetitions, images))
    return ImageScores((draws < chance).astype(float), fold, folds)


@st.composite
def any_scores(draw: st.DrawFn, *, right_or_wrong: bool = True) -> ImageScores:
    """Few policies on few images, among them equal and nearly equal ones."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    policies, repetitions = draw(st.integers(2, 4)), draw(st.integers(1, 2))
    folds = draw(st.integers(2, 4))
    images = draw(st.integers(2 * folds, 20))
    chance = draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))
    values = (rng.random((policies, repetitions, images)) < chance).astype(float)
    if not right_or_wrong:
        values = values + rng.exponential(1.0, values.shape)
    return ImageScores(
        values, divide(images, folds, repetitions, rng), folds, resolution=float(right_or_wrong)
    )
