"""BBC-CV: agreement with the published procedure by loops, and its bias."""

import numpy as np
import pytest
from scores_on_images import divide, guesses

from lr_study.comparison import selection_bias
from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.selection_bias import (
    WinnerEstimate,
    correct_for_choosing,
    draw_counts,
    lost_out_of_bag,
)


def published(scores: ImageScores, rng: np.random.Generator, bootstraps: int) -> float:
    """Choose in bag, judge out of bag: the mean value of the chosen."""
    data = scores.image_means
    values = []
    for _ in range(bootstraps):
        drawn = rng.integers(0, scores.images, scores.images)
        left_out = np.setdiff1d(np.arange(scores.images), drawn)
        chosen = data[:, drawn].mean(axis=1).argmax()
        values.append(data[chosen, left_out].mean())
    return float(np.mean(values))


def test_it_agrees_with_the_published_procedure() -> None:
    scores = guesses([0.8, 0.8, 0.79, 0.79, 0.78], images=120, repetitions=1)
    expected = published(scores, np.random.default_rng(0), 6000)
    found = correct_for_choosing(scores, np.random.default_rng(1), bootstraps=6000)
    assert found.naive == scores.means.max()
    assert found.corrected == pytest.approx(expected, abs=0.003)
    assert found.naive - found.corrected > 0.01


def test_policies_of_equal_skill_win_by_selection_bias_alone() -> None:
    rng = np.random.default_rng(0)
    naive, corrected = [], []
    for _ in range(200):
        right = (rng.random((10, 1, 100)) < 0.7).astype(float)
        found = correct_for_choosing(
            ImageScores(right, divide(100, 5, 1, rng), 5), rng, bootstraps=60
        )
        naive.append(found.naive)
        corrected.append(found.corrected)
    error = np.std(corrected) / np.sqrt(200)
    assert np.mean(naive) > 0.7 + 10 * error
    assert np.mean(corrected) == pytest.approx(0.7, abs=4 * error)


def test_a_winner_beyond_doubt_is_not_corrected() -> None:
    found = correct_for_choosing(guesses([0.9, 0.2, 0.1]), np.random.default_rng(0))
    assert found.corrected == found.naive
    assert found.best == 0


def test_losses_are_the_mirror_image() -> None:
    scores = guesses([0.8, 0.8, 0.78])
    losses = ImageScores(-scores.values, scores.fold, scores.folds)
    found = correct_for_choosing(scores, np.random.default_rng(0))
    mirrored = correct_for_choosing(losses, np.random.default_rng(0), higher_is_better=False)
    assert mirrored.best == found.best
    assert mirrored.corrected == pytest.approx(-found.corrected)
    assert mirrored.corrected > mirrored.naive
    assert found.corrected < found.naive


def test_the_gain_is_corrected_in_the_same_way() -> None:
    found = WinnerEstimate(1, 0.9, 0.88, np.array([0.89, 0.9]))
    assert found.gain_over(0) == pytest.approx(-0.01)
    assert found.gain_over(1) == pytest.approx(-0.02)


def test_images_are_drawn_with_replacement() -> None:
    counts = draw_counts(np.random.default_rng(0), 2000, 50)
    assert counts.shape == (2000, 50)
    assert (counts.sum(axis=1) == 50).all()
    assert (counts == 0).mean() == pytest.approx((1 - 1 / 50) ** 50, abs=0.005)
    assert counts.mean(axis=0) == pytest.approx(np.ones(50), abs=0.15)


def test_draws_are_made_in_parts(monkeypatch) -> None:
    scores = guesses([0.8, 0.8, 0.79], images=100)
    at_once = correct_for_choosing(scores, np.random.default_rng(0), bootstraps=25)
    made = []

    def counted(rng: np.random.Generator, draws: int, images: int) -> np.ndarray:
        made.append(draws)
        return draw_counts(rng, draws, images)

    monkeypatch.setattr(selection_bias, "draw_counts", counted)
    monkeypatch.setattr(selection_bias, "CHUNK", 1000)
    in_parts = correct_for_choosing(scores, np.random.default_rng(0), bootstraps=25)
    assert in_parts.corrected == pytest.approx(at_once.corrected)
    assert made == [10, 10, 5]


def test_equals_in_the_bag_are_judged_together() -> None:
    goodness = np.array([[1.0, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1]])
    counts = np.array([[2.0, 2, 0, 0], [0, 0, 3, 1], [1, 1, 1, 1]])
    # First bag: policies 0 and 1, of 0 and 1/2 out of it; policy 1 has 1/2: lost is 1/4. Second:
    # policy 2, of 0, where policy 1 has 1. Third: nothing is left out.
    assert lost_out_of_bag(goodness, counts, 1).tolist() == [0.25, 1.0, 0.0]
