"""Scores on images: what fits, parts of them, and means."""

import numpy as np
import pytest
from scores_on_images import guesses

from lr_study.comparison.image_scores import ImageScores
from lr_study.support import UsageError

GOOD = {"values": np.ones((2, 1, 4)), "fold": np.array([[0, 0, 1, 1]]), "folds": 2}


def test_it_counts_what_it_holds() -> None:
    scores = guesses([0.9, 0.8, 0.7], images=23, repetitions=2, folds=5)
    assert (scores.policies, scores.repetitions, scores.images, scores.seeds) == (3, 2, 23, 10)
    assert scores.resolution == 1.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"values": np.ones((2, 4))}, r"values of shape \(2, 4\) .* do not fit"),
        ({"fold": np.array([[0, 0, 1]])}, r"folds of shape \(1, 3\) do not fit"),
        ({"values": np.ones((2, 2, 4))}, "do not fit"),
        ({"values": np.ones((0, 1, 4))}, "0 policies"),
        ({"values": np.ones((2, 1, 1)), "fold": np.zeros((1, 1))}, "1 images"),
        ({"fold": np.zeros((1, 4)), "folds": 1}, "and 1 folds: at least 1, 1, 2 and 2"),
        ({"values": np.full((2, 1, 4), np.nan)}, "not finite"),
        ({"values": np.full((2, 1, 4), np.inf)}, "not finite"),
        ({"fold": np.array([[0, 0, 0, 0]])}, "each of the folds 0 to 1 needs an image"),
        ({"fold": np.array([[0, 0, 1, 2]])}, "each of the folds 0 to 1 needs an image"),
        ({"fold": np.array([[0, -1, 1, 1]])}, "each of the folds 0 to 1 needs an image"),
        ({"folds": 3}, "each of the folds 0 to 2 needs an image"),
        ({"classes": np.zeros(3)}, r"classes of shape \(3,\): one for each of the 4"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(change: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        ImageScores(**{**GOOD, **change})
    assert "\n" not in str(refused.value)


def test_the_smallest_that_fits() -> None:
    scores = ImageScores([[[1, 0]]], [[1, 0]], 2, classes=[3, 4])
    assert (scores.policies, scores.images, scores.seeds) == (1, 2, 2)
    assert scores.classes.tolist() == [3, 4]


def test_equally_many_right_give_equal_means_wherever_they_are() -> None:
    rng = np.random.default_rng(0)
    one = rng.permutation(np.arange(7 * 300) < 1234).reshape(7, 300)
    other = rng.permutation(np.arange(7 * 300) < 1234).reshape(7, 300)
    fold = np.tile(np.arange(300) % 5, (7, 1))
    first, second = ImageScores(np.stack([one, other]), fold, 5).means
    assert first == second == 1234 / 2100


def test_means_over_repetitions_and_over_folds() -> None:
    values = np.array([[[1, 0, 1, 1], [0, 0, 1, 1]], [[0, 0, 0, 0], [1, 1, 1, 1]]])
    scores = ImageScores(values, [[0, 0, 1, 1], [0, 1, 0, 1]], 2)
    assert scores.image_means.tolist() == [[0.5, 0.0, 1.0, 1.0], [0.5, 0.5, 0.5, 0.5]]
    assert scores.seed_means.tolist() == [[[0.5, 1.0], [0.5, 0.5]], [[0.0, 0.0], [1.0, 1.0]]]
    assert scores.means.tolist() == [5 / 8, 1 / 2]


def test_the_first_repetitions() -> None:
    scores = guesses([0.9, 0.8], repetitions=3)
    first = scores.first(2)
    assert np.array_equal(first.values, scores.values[:, :2])
    assert np.array_equal(first.fold, scores.fold[:2])
    assert scores.first(3).seeds == 15
    for wrong in (0, 4):
        with pytest.raises(UsageError, match=f"{wrong} repetitions: there are 1 to 3"):
            scores.first(wrong)


def test_some_of_the_policies_keep_all_else() -> None:
    scores = guesses([0.9, 0.8, 0.5])
    by_index, by_mask = scores.select([0, 2]), scores.select(np.array([True, False, True]))
    assert np.array_equal(by_index.values, scores.values[[0, 2]])
    assert np.array_equal(by_index.values, by_mask.values)
    assert np.array_equal(by_index.fold, scores.fold)
