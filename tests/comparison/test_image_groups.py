"""Similar images count as one that was sampled: what is there twice tells nothing more."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores_on_images import any_scores

from lr_study.comparison.fold_inference import infer
from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.image_variance import pair_variances, within_fold_variance
from lr_study.comparison.joint_draws import JointDraws
from lr_study.comparison.selection_bias import correct_for_choosing
from lr_study.support import UsageError


def repeated(scores: ImageScores, times: int, *, grouped: bool) -> ImageScores:
    """The same with so many copies of each image."""
    return replace(
        scores,
        values=np.repeat(scores.values, times, axis=2),
        fold=np.repeat(scores.fold, times, axis=1),
        groups=np.repeat(np.arange(scores.images), times) if grouped else None,
    )


def parts_of(scores: ImageScores) -> list[np.ndarray]:
    found = pair_variances(scores)
    return [
        found.difference, found.image_part, found.seed_part, found.image_freedom,
        found.seed_uncertainty, found.uncentred_part,
        *([found.lasting_part, found.interaction_part] if scores.repetitions > 1 else []),
        *within_fold_variance(scores),
    ]  # fmt: skip


@given(any_scores(right_or_wrong=False), st.integers(2, 3))
def test_copies_of_all_images_change_no_variance(scores: ImageScores, times: int) -> None:
    both = parts_of(scores), parts_of(repeated(scores, times, grouped=True))
    for one, other in zip(*both, strict=True):
        assert other == pytest.approx(one, abs=1e-12, nan_ok=True)


@pytest.fixture
def scores() -> ImageScores:
    """Four policies on 300 images; the last three are worse on 90 of them."""
    rng = np.random.default_rng(0)
    values = np.repeat(rng.random((1, 2, 300)) < 0.8, 4, axis=0).astype(float)
    values[1:, :, :90] = rng.random((3, 2, 90)) < 0.7
    fold = np.stack([rng.permutation(np.arange(300) % 5) for _ in range(2)])
    return ImageScores(values, fold, 5, resolution=0)


def test_copies_of_all_images_change_no_verdict_and_without_groups_they_do(
    scores: ImageScores,
) -> None:
    one, other, without = (
        infer(each, np.random.default_rng(0), margin=0.005)
        for each in (
            scores, repeated(scores, 4, grouped=True), repeated(scores, 4, grouped=False),
        )
    )  # fmt: skip
    assert other.p_value == pytest.approx(one.p_value)
    assert other.margin_of_error == pytest.approx(one.margin_of_error)
    assert other.verdicts() == one.verdicts() == ["best", "worse", "undecided", "undecided"]
    assert other.regret_bound == pytest.approx(one.regret_bound)
    # Counted as images, copies look like evidence.
    assert without.verdicts() == ["best", "worse", "worse", "worse"]
    assert (without.margin_of_error[0, 1:] < one.margin_of_error[0, 1:]).all()


def test_copies_of_all_images_change_no_correction_for_choosing(scores: ImageScores) -> None:
    one, other = (
        correct_for_choosing(each, np.random.default_rng(0))
        for each in (scores, repeated(scores, 4, grouped=True))
    )
    assert other.corrected == pytest.approx(one.corrected)


def test_copies_of_all_images_change_no_draws_of_a_race(scores: ImageScores) -> None:
    one, other = (
        JointDraws(4, draws=500).at(each, pair_variances(each), np.arange(4))
        for each in (scores, repeated(scores, 4, grouped=True))
    )
    assert other.statistics(0, [1, 2, 3]) == pytest.approx(one.statistics(0, [1, 2, 3]))


def test_a_group_has_the_sum_of_its_images() -> None:
    """By hand: units {0, 1}, {2}, {3} of N = 4; the differences are 1, 0, -1, 0 and D is 0."""
    scores = ImageScores(
        [[[1, 0, 0, 1]], [[0, 0, 1, 1]]], [[0, 0, 1, 1]], 2, resolution=0, groups=[5, 5, 1, 9]
    )
    found = pair_variances(scores)
    # The deviations of the units are 1, -1 and 0: their squares sum to 2.
    assert found.image_part[0, 1] == pytest.approx(2 / 16 * 3 / 2)
    assert found.uncentred_part[0, 1] == pytest.approx(2 / 16)
    assert (found.images, found.units) == (4, 3)
    # Fold 0 is one unit, which has no variance within; in fold 1 deviations are -1/2 and 1/2.
    within, freedom = within_fold_variance(scores)
    assert freedom == 1
    assert within[0, 1] == pytest.approx((0.5 * 2 / 4) / 2)


@pytest.mark.parametrize(
    ("groups", "says"),
    [([0, 1, 2], "groups of shape (3,)"), ([0, 1, 0, 2], "in two folds")],
)
def test_wrong_groups_are_refused(groups: list[int], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        ImageScores([[[1, 0, 1, 1]]], [[0, 0, 1, 1]], 2, groups=groups)
    assert says in str(refused.value)
