"""Arrangement of per-image results by repetition and image."""

from dataclasses import replace

import numpy as np
import pytest
from compared_runs import BASE, FAST
from fold_runs import runs_on_folds, stratified_runs

from lr_study.comparison.image_variance import within_fold_variance
from lr_study.comparison.paired_images import (
    class_of_each_image,
    has_image_results,
    image_scores,
    right_on_test,
)
from lr_study.comparison.paired_scores import PairedScores, pair_scores
from lr_study.runs import ImageResults
from lr_study.support import UsageError


def paired_runs(**options) -> PairedScores:
    paired, _ = pair_scores(runs_on_folds({BASE: 0.8, FAST: 0.6}, images=53, **options))
    return paired


def test_each_value_stands_where_its_image_and_repetition_are() -> None:
    paired = paired_runs(seeds=10)
    scores = image_scores(paired, "val_accuracy", 5)
    losses = image_scores(paired, "val_loss", 5)
    assert scores.values.shape == losses.values.shape == (2, 2, 53)
    assert (scores.resolution, losses.resolution) == (1.0, 0.0)
    for run in paired.runs.itertuples():
        policy, (repetition, fold) = paired.policies.index(run.policy), divmod(run.seed, 5)
        results = run.image_results
        found = scores.values[policy, repetition, results.validated]
        assert found.tolist() == results.right.astype(float).tolist()
        of_loss = losses.values[policy, repetition, results.validated]
        assert of_loss.tolist() == (-results.log_probability.astype(float)).tolist()
        assert set(scores.fold[repetition, results.validated]) == {fold}
    # Folds of 11 and 10 images: the mean is over images, not over runs.
    right = [r.right.sum() for r in paired.runs["image_results"]]
    assert scores.means.tolist() == [sum(right[:10]) / 106, sum(right[10:]) / 106]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda results: replace(results[0], images=54), "seed 0 validated different images"),
        (
            lambda results: replace(results[0], validated=results[1].validated, groups=None),
            "seed 0 validated different images",
        ),
    ],
)
def test_runs_of_a_seed_that_validated_other_images_are_not_compared(change, reason) -> None:
    paired = paired_runs(seeds=5)
    results = list(paired.runs["image_results"])
    results[5] = change(results[5:])
    paired = replace(paired, runs=paired.runs.assign(image_results=results))
    with pytest.raises(UsageError, match=reason):
        image_scores(paired, "val_accuracy", 5)


def test_folds_must_divide_all_images() -> None:
    runs = runs_on_folds({BASE: 0.8}, images=50, seeds=5)
    twice = list(runs["image_results"])
    twice[1] = twice[0]
    paired, _ = pair_scores(runs.assign(image_results=twice))
    with pytest.raises(UsageError, match="validated twice"):
        image_scores(paired, "val_accuracy", 5)
    fewer = list(runs["image_results"])
    kept = slice(1, None)
    fewer[2] = replace(
        fewer[2],
        validated=fewer[2].validated[kept],
        classes=fewer[2].classes[kept],
        groups=fewer[2].groups[kept],
        right=fewer[2].right[kept],
        log_probability=fewer[2].log_probability[kept],
    )
    paired, _ = pair_scores(runs.assign(image_results=fewer))
    with pytest.raises(UsageError, match="in no fold"):
        image_scores(paired, "val_accuracy", 5)


def test_only_stratified_folds_hand_on_the_classes() -> None:
    paired = paired_runs(seeds=10, stratified=True)
    assert image_scores(paired_runs(seeds=10), "val_accuracy", 5).classes is None
    scores = image_scores(paired, "val_accuracy", 5)
    for results in paired.runs["image_results"]:
        assert scores.classes[results.validated].tolist() == results.classes.tolist()
    others = list(paired.runs["image_results"])
    others[-1] = replace(others[-1], classes=others[-1].classes + 1)
    with pytest.raises(UsageError, match="different classes in two runs"):
        image_scores(_with(paired, others), "val_accuracy", 5)


def test_groups_of_similar_images_are_handed_on() -> None:
    paired = paired_runs(seeds=5)
    every = list(paired.runs["image_results"])
    one, other = every[0].validated[:2].tolist()
    for i, results in enumerate(every):
        if one in results.validated:
            groups = np.where(results.validated == other, one, results.validated)
            every[i] = replace(results, groups=groups)
    scores = image_scores(_with(paired, every), "val_accuracy", 5)
    expected = np.arange(scores.images)
    expected[other] = one
    assert scores.groups.tolist() == expected.tolist()
    every[0] = replace(every[0], groups=None)
    with pytest.raises(UsageError, match="different groups in two runs"):
        image_scores(_with(paired, every), "val_accuracy", 5)


def _with(paired: PairedScores, results: list[ImageResults]) -> PairedScores:
    return replace(paired, runs=paired.runs.assign(image_results=results))


def test_the_variance_within_class_is_less_where_policies_differ_by_class() -> None:
    paired, _ = pair_scores(stratified_runs({BASE: 0.8, FAST: 0.6}, seeds=10))
    scores = image_scores(paired, "val_accuracy", 5)
    within, _ = within_fold_variance(scores)
    pooled, _ = within_fold_variance(replace(scores, classes=None))
    assert 0 < within[0, 1] < 0.95 * pooled[0, 1]


def test_whether_runs_tell_which_images_they_had_right() -> None:
    paired = paired_runs(seeds=5, test_size=20)
    assert has_image_results(paired)
    results = list(paired.runs["image_results"])
    right = right_on_test(paired)
    assert right is not None
    assert right.shape == (2, 5, 20)
    assert right[1, 3].tolist() == results[8].test_right.astype(float).tolist()
    some = replace(paired, runs=paired.runs.assign(image_results=[None, *results[1:]]))
    assert not has_image_results(some)
    assert right_on_test(some) is None
    assert not has_image_results(replace(paired, runs=paired.runs.drop(columns="image_results")))
    shorter = replace(
        results[0],
        test_right=results[0].test_right[:-1],
        test_log_probability=results[0].test_log_probability[:-1],
    )
    other = replace(paired, runs=paired.runs.assign(image_results=[shorter, *results[1:]]))
    assert right_on_test(other) is None
    assert right_on_test(paired_runs(seeds=5)) is None


def test_one_comparison_is_as_precise_as_16_bits() -> None:
    paired = paired_runs(seeds=5)
    losses = image_scores(paired, "val_loss", 5)
    of_runs = [-r.log_probability.astype(float).mean() for r in paired.runs["image_results"]]
    assert losses.seed_means.ravel() == pytest.approx(of_runs)
    assert np.isfinite(losses.values).all()


def test_an_image_has_one_class_in_all_runs() -> None:
    one = ImageResults(4, [0, 1], [0, 1], [True, True], [-1, -1])
    other = ImageResults(4, [0, 2], [1, 1], [True, True], [-1, -1])
    assert class_of_each_image([one, replace(other, classes=[0, 1])], 4).tolist() == [0, 1, 1, -1]
    with pytest.raises(UsageError, match="an image has different classes in two runs"):
        class_of_each_image([one, other], 4)
