"""Variances of pairs: worked values, a slow double loop, unbiasedness, and what keeps them up."""

import math

import numpy as np
import pytest
from hypothesis import given
from scipy import stats
from scores_on_images import any_scores, divide, guesses

from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.image_variance import (
    LEAST_FREEDOM,
    MOST_FREEDOM,
    UNSEEN_FREEDOM,
    PairVariances,
    fold_variance,
    image_freedom,
    image_moments,
    moderated,
    one_image,
    pair_variances,
    satterthwaite,
    seed_part,
    within_fold_variance,
)


def slowly(scores: ImageScores, i: int, j: int) -> dict[str, float]:
    """The same for one pair, by loops, before moderation and truncation."""
    repetitions, images, folds = scores.repetitions, scores.images, scores.folds
    d = [
        [scores.values[i, r, e] - scores.values[j, r, e] for e in range(images)]
        for r in range(repetitions)
    ]
    by_image = [sum(d[r][e] for r in range(repetitions)) / repetitions for e in range(images)]
    mean = sum(by_image) / images
    second = sum((x - mean) ** 2 for x in by_image)
    fourth = sum((x - mean) ** 4 for x in by_image)
    between, within, freedom = 0.0, 0.0, 0
    for r in range(repetitions):
        fold_means = []
        for f in range(folds):
            members = [e for e in range(images) if scores.fold[r, e] == f]
            fold_means.append(sum(d[r][e] for e in members) / len(members))
            labels = [0 if scores.classes is None else scores.classes[e] for e in members]
            squares = 0.0
            for label in set(labels):
                own = [d[r][e] for e, its in zip(members, labels, strict=True) if its == label]
                squares += sum((x - sum(own) / len(own)) ** 2 for x in own)
            left = len(members) - len(set(labels))
            freedom += left
            within += squares / max(left, 1) / len(members) / (folds * repetitions)
        centre = sum(fold_means) / folds
        between += sum((x - centre) ** 2 for x in fold_means) / (folds - 1) / repetitions
    inside = sum(
        (d[r][e] - by_image[e]) ** 2 for r in range(repetitions) for e in range(images)
    ) / (images * max(repetitions - 1, 1))
    interaction = (inside - max(between - within, 0)) / (images * repetitions)
    image = second / images / (images - 1)
    return {
        "difference": mean,
        "image": image,
        "kurtosis": images * fourth / second**2 if second > 1e-20 else math.nan,
        "between": between,
        "within": within,
        "freedom": freedom,
        "interaction": min(max(interaction, 0), image),
    }


@given(any_scores(right_or_wrong=False))
def test_it_agrees_with_a_double_loop(scores: ImageScores) -> None:
    found = pair_variances(scores)
    between = fold_variance(scores.seed_means)
    within, freedom = within_fold_variance(scores)
    for i in range(scores.policies):
        for j in range(scores.policies):
            expected = slowly(scores, i, j)
            assert found.difference[i, j] == pytest.approx(expected["difference"], abs=1e-12)
            assert found.image_part[i, j] == pytest.approx(expected["image"], abs=1e-12)
            assert between[i, j] == pytest.approx(expected["between"], abs=1e-12)
            assert within[i, j] == pytest.approx(expected["within"], abs=1e-12)
            assert freedom == expected["freedom"]
            if scores.repetitions > 1:
                assert found.interaction_part[i, j] == pytest.approx(
                    expected["interaction"], abs=1e-12
                )
                assert found.lasting_part[i, j] == pytest.approx(
                    expected["image"] - expected["interaction"], abs=1e-12
                )
            if i != j:
                assert image_moments(scores.image_means)[1][i, j] == pytest.approx(
                    expected["kurtosis"]
                )


def test_within_class_where_folds_are_dealt_by_class() -> None:
    rng = np.random.default_rng(0)
    classes = np.arange(40) // 10
    fold = np.stack([rng.permutation(np.arange(40) % 5) for _ in range(2)])
    fold[:, 3] = fold[:, 4]  # one fold may lack an image of a class
    values = rng.normal(size=(2, 2, 40)) + classes * np.array([1.0, 3.0])[:, None, None]
    scores = ImageScores(values, fold, 5, 0.0, classes)
    within, freedom = within_fold_variance(scores)
    expected = slowly(scores, 0, 1)
    assert within[0, 1] == pytest.approx(expected["within"])
    assert freedom == expected["freedom"] < 40 * 2 - 10
    # What classes differ in is in every fold alike, and is not part of it.
    assert within[0, 1] < within_fold_variance(ImageScores(values, fold, 5, 0.0))[0][0, 1] / 2


def test_folds_of_one_image_have_no_variance_within() -> None:
    scores = ImageScores([[[1, 0, 1]], [[0, 0, 0]]], [[0, 1, 2]], 3)
    within, freedom = within_fold_variance(scores)
    assert within.tolist() == [[0, 0], [0, 0]]
    assert freedom == 0
    assert np.isfinite(pair_variances(scores).freedom).all()


@pytest.mark.parametrize("repetitions", [1, 2])
def test_the_parts_are_unbiased_where_images_and_seeds_are_random(repetitions: int) -> None:
    """With d = a (image) + b (seed) + c (both): many studies, each versus zeros."""
    rng = np.random.default_rng(repetitions)
    studies, images, folds, sizes = 60, 400, 4, {"a": 1.0, "b": 0.3, "c": 2.0}
    n = folds * repetitions
    lasting, interaction = sizes["a"] ** 2 / images, sizes["c"] ** 2 / images / repetitions
    found: dict[str, list[np.ndarray]] = {"D": [], "V": [], "a": [], "c": []}
    for _ in range(30):
        fold = divide(images, folds, repetitions, rng)
        b = rng.normal(0, sizes["b"], (studies, repetitions, folds))
        values = (
            rng.normal(0, sizes["a"], (studies, 1, images))
            + np.stack([b[:, r, fold[r]] for r in range(repetitions)], axis=1)
            + rng.normal(0, sizes["c"], (studies, repetitions, images))
        )
        scores = ImageScores(np.concatenate([np.zeros_like(values[:1]), values]), fold, folds, 0)
        pairs = pair_variances(scores)
        excess = fold_variance(scores.seed_means) - within_fold_variance(scores)[0]
        found["D"].append(pairs.difference[1:, 0])
        found["V"].append((pairs.image_part + excess / n)[1:, 0])
        found["a"].append(pairs.lasting_part[1:, 0])
        found["c"].append(pairs.interaction_part[1:, 0])
    d, v, a, c = (np.concatenate(found[name]) for name in "DVac")
    truth = lasting + interaction + sizes["b"] ** 2 / n
    error = v.std() / math.sqrt(len(v))
    # The fold means' own spread adds to the image part (K - 1)/K σ_b²/(N R), which is little.
    assert v.mean() == pytest.approx(truth, abs=3 * error + sizes["b"] ** 2 / images)
    assert 3 * error < 0.1 * truth
    assert d.var() == pytest.approx(truth, rel=4 * math.sqrt(2 / len(d)))
    if repetitions > 1:
        assert a.mean() == pytest.approx(lasting, rel=0.1)
        assert c.mean() == pytest.approx(interaction, rel=0.05)
    else:
        assert np.isnan(a).all()
        assert np.isnan(c).all()


def test_parts_add_up() -> None:
    found = pair_variances(guesses([0.9, 0.7, 0.5], repetitions=3))
    assert np.allclose(found.lasting_part + found.interaction_part, found.image_part)
    total = found.image_part + found.seed_part + 1 / 200**2
    assert np.array_equal(found.variance, total)
    assert np.allclose(found.seed_share, found.seed_part / total)
    assert (found.images, found.seeds, found.repetitions) == (200, 15, 3)
    same = pair_variances(ImageScores(np.ones((2, 1, 4)), [[0, 0, 1, 1]], 2, resolution=0))
    assert same.seed_share.tolist() == [[0, 0], [0, 0]]


def test_the_uncentred_part_is_the_mean_square_of_differences() -> None:
    scores = guesses([0.9, 0.7])
    d = scores.image_means[0] - scores.image_means[1]
    assert pair_variances(scores).uncentred_part[0, 1] == pytest.approx((d**2).sum() / 200**2)


def test_between_is_raised_towards_the_usual_ratio_and_never_lowered() -> None:
    # Ratios 1/2, 2 and 9; the median is 2. Raised: (4·2·2 + 8·1)/12 = 2.
    between = np.array([[0, 1, 6], [1, 0, 9], [6, 9, 0.0]])
    within = np.array([[0, 2, 3], [2, 0, 1], [3, 1, 0.0]])
    raised, freedom = moderated(between, within, 8.0)
    assert raised[0, 1] == raised[1, 0] == 2.0
    assert raised[0, 2] == 6.0
    assert raised[1, 2] == 9.0
    assert [freedom[0, 1], freedom[0, 2], freedom[1, 2]] == [12.0, 8.0, 8.0]


def test_two_policies_have_no_other_pair_to_learn_from() -> None:
    for ratio in np.random.default_rng(0).uniform(0.1, 3, 50):
        between = np.array([[0, ratio], [ratio, 0]])
        raised, freedom = moderated(between, np.full((2, 2), 0.7), 4.0)
        assert raised[0, 1] == ratio
        assert freedom[0, 1] == 4.0


def test_pairs_without_variance_within_do_not_say_what_is_usual() -> None:
    between, within = np.ones((3, 3)), np.zeros((3, 3))
    assert moderated(between, within, 4.0)[0].tolist() == between.tolist()
    within[0, 1] = within[1, 0] = 0.5
    # The one ratio is 2: only where W is above 0 does it ask for anything.
    assert moderated(between, within, 4.0)[0].tolist() == between.tolist()
    within[0, 2] = within[2, 0] = 4.0
    assert moderated(between, within, 4.0)[0][0, 2] == pytest.approx((4 * 1.125 * 4 + 4) / 8)


def test_the_seed_part_is_what_fold_means_differ_more_than_images_explain() -> None:
    assert seed_part(np.array([3.0, 1.0, 1.0]), np.array([1.0, 1.0, 2.0]), 4).tolist() == [
        0.5,
        0,
        0,
    ]
    # What rounding leaves is no seed part.
    assert seed_part(np.array([1.0]), np.array([1.0 - 1e-15]), 4).tolist() == [0]


@pytest.mark.parametrize("differ", [1, 2, 5, 20])
def test_image_freedom_is_about_twice_the_images_that_differ(differ: int) -> None:
    values = np.zeros((2, 1000))
    values[0, :differ] = 1
    kurtosis = image_moments(values)[1]
    assert kurtosis[0, 1] == pytest.approx(stats.kurtosis(values[0], fisher=False))
    assert image_freedom(kurtosis, 1000)[0, 1] == pytest.approx(2 * differ, rel=0.1)


def test_image_freedom_of_what_is_known_for_sure_is_bounded() -> None:
    # A kurtosis of 1: half of the images in favour of each.
    assert image_freedom(np.array([1.0, 1.0 - 1e-15]), 100).tolist() == [MOST_FREEDOM] * 2
    assert image_freedom(np.array([np.nan]), 100).tolist() == [UNSEEN_FREEDOM]


def test_freedom_of_a_sum_of_variances() -> None:
    # Welch: 1/3 with 2 and 1/5 with 4 degrees of freedom.
    variance = np.array([1 / 3 + 1 / 5])
    assert satterthwaite(variance, np.array([1 / 9 / 2 + 1 / 25 / 4]))[0] == pytest.approx(
        (8 / 15) ** 2 / (1 / 18 + 1 / 100)
    )
    assert satterthwaite(np.array([1.0]), np.array([100.0])).tolist() == [LEAST_FREEDOM]
    assert satterthwaite(np.array([1.0]), np.array([1e-9])).tolist() == [MOST_FREEDOM]
    assert satterthwaite(np.array([1.0]), np.array([0.0])).tolist() == [UNSEEN_FREEDOM]


def test_few_folds_that_differ_leave_few_degrees_of_freedom() -> None:
    found = fold_effect([1, 1, 1, 0, 0])
    # B = 0.3 with 4 degrees of freedom, W = 0: nothing else is uncertain but the images.
    assert found.seed_part[0, 1] == pytest.approx(0.06)
    assert found.seed_uncertainty[0, 1] == pytest.approx(0.06**2 / 4)
    assert 4 < found.freedom[0, 1] < 5


def fold_effect(wrong: list[int]) -> PairVariances:
    """Two policies, of which one is wrong on whole folds."""
    fold = np.arange(500) % 5
    values = np.ones((2, 1, 500))
    values[1, 0] = 1 - np.asarray(wrong)[fold]
    return pair_variances(ImageScores(values, fold[None], 5))


def test_seeds_uncertain_only_where_there_is_a_seed_part() -> None:
    found = pair_variances(guesses([0.8, 0.8, 0.8, 0.8], images=100, seed=3))
    none = found.seed_part == 0
    assert none[np.triu_indices(4, 1)].any()
    assert not found.seed_uncertainty[none].any()
    assert (found.seed_uncertainty[~none] > 0).all()


def test_one_image_is_added_to_right_and_wrong_and_not_to_losses() -> None:
    assert one_image(100, 1.0) == 1e-4
    same = np.ones((2, 1, 100))
    fold = [np.arange(100) % 5]
    assert pair_variances(ImageScores(same, fold, 5)).variance[0, 1] == 1e-4
    assert pair_variances(ImageScores(same, fold, 5, resolution=0)).variance[0, 1] == 0


@given(any_scores())
def test_order_of_policies_and_images_and_names_of_folds_do_not_matter(scores: ImageScores) -> None:
    rng = np.random.default_rng(0)
    found = pair_variances(scores)
    order = rng.permutation(scores.policies)
    images = rng.permutation(scores.images)
    names = rng.permutation(scores.folds)
    other = pair_variances(
        ImageScores(scores.values[order][:, :, images], names[scores.fold[:, images]], scores.folds)
    )
    for name in ("difference", "image_part", "seed_part", "variance", "freedom", "lasting_part"):
        before, after = getattr(found, name), getattr(other, name)
        assert after == pytest.approx(before[np.ix_(order, order)], nan_ok=True, abs=1e-9)


@given(any_scores())
def test_a_policy_and_itself_do_not_differ(scores: ImageScores) -> None:
    twice = pair_variances(scores.select([0, 1, 0]))
    assert twice.difference[0, 2] == twice.image_part[0, 2] == 0
    assert twice.difference[0, 1] == -twice.difference[1, 0]
    assert np.array_equal(twice.variance, twice.variance.T)


@given(any_scores(right_or_wrong=False))
def test_variances_of_losses_scale_with_their_square(scores: ImageScores) -> None:
    found = pair_variances(scores)
    scaled = pair_variances(ImageScores(8 * scores.values, scores.fold, scores.folds, 0.0))
    assert np.array_equal(scaled.difference, 8 * found.difference)
    assert scaled.variance == pytest.approx(64 * found.variance)
    assert scaled.freedom == pytest.approx(found.freedom)
