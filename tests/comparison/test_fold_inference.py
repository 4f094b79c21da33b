"""The front door: verdicts, properties of any scores, and each guard taken out once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scores_on_images import any_scores, divide, guesses

from lr_study.comparison import confidence_set, image_variance, max_t, sign_flips
from lr_study.comparison.confidence_set import set_p_values
from lr_study.comparison.fold_inference import FoldInference, infer, run_deviation
from lr_study.comparison.image_scores import ImageScores
from lr_study.support import UsageError


def inferred(scores: ImageScores, **settings_given: object) -> FoldInference:
    given_all = {"margin": 0.005, "draws": 2000, **settings_given}
    return infer(scores, np.random.default_rng(0), **given_all)


def wrong_on(*images: np.ndarray | slice, size: int = 500) -> ImageScores:
    """Policies that are wrong on these images; of five folds, image e is in e mod 5."""
    right = np.ones((len(images), 1, size))
    for policy, its in enumerate(images):
        right[policy, 0, its] = 0
    return ImageScores(right, [np.arange(size) % 5], 5)


VERDICTS = {"best", "tied", "undecided", "worse", "clearly worse"}
NONE = np.array([], int)
IMAGES = np.arange(500)


def by_fold(*folds: int) -> np.ndarray:
    return IMAGES[np.isin(IMAGES % 5, folds)]


def random_half(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(500)[:200]


# What the guard is against, where to take it out, and the verdict on policy 1 with and without it.
GUARDS = {
    # One training in five went wrong.
    "seed part": (
        wrong_on(NONE, by_fold(0)),
        (image_variance, "seed_part", lambda between, within, seeds: np.zeros_like(between)),
        ("undecided", "clearly worse"),
    ),
    # Three of five did: T = 2.4, of 4 degrees of freedom.
    "its degrees of freedom": (
        wrong_on(NONE, by_fold(0, 1, 2)),
        (image_variance, "seed_uncertainty", lambda between, *rest: np.zeros_like(between)),
        ("undecided", "clearly worse"),
    ),
    # Policy 1 was equally bad under all seeds, which is luck where other pairs depend on the seed.
    "moderation": (
        wrong_on(
            NONE,
            slice(0, 25),
            np.union1d(by_fold(0), by_fold(1)[:50]),
            np.union1d(by_fold(3), by_fold(4)[:50]),
        ),
        (
            image_variance,
            "moderated",
            lambda between, within, freedom: (between, np.full_like(between, freedom)),
        ),
        ("undecided", "clearly worse"),
    ),
    # Five images that differ: p = 1/16, and by a normal distribution 0.026.
    "sign flips": (
        wrong_on(NONE, slice(0, 5)),
        (sign_flips, "image_signs", lambda rng, *shape: rng.standard_normal(shape)),
        ("undecided", "worse"),
    ),
    # No image differs.
    "floor of the quantile": (
        wrong_on(NONE, NONE, size=200),
        (max_t, "floored", lambda quantile, level, sides=2: quantile),
        ("undecided", "tied"),
    ),
    # Seven images: p = 1/64 alone; the other policies are far off and leave first.
    "step-down": (
        wrong_on(NONE, slice(0, 7), *map(random_half, range(6))),
        (
            confidence_set,
            "set_p_values",
            lambda better, maxima, order: set_p_values(
                better, np.repeat(maxima[:1], len(order), axis=0), order
            ),
        ),
        ("worse", "undecided"),
    ),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_each_guard_is_needed(guard: str, monkeypatch) -> None:
    scores, place, (kept, taken_out) = GUARDS[guard]
    assert inferred(scores).verdicts()[1] == kept
    monkeypatch.setattr(*place)
    assert inferred(scores).verdicts()[1] == taken_out


def test_verdicts_in_words() -> None:
    scores = wrong_on(NONE, slice(0, 1), slice(0, 4), slice(0, 12), random_half(0))
    found = inferred(scores, margin=0.015)
    assert found.verdicts() == ["best", "tied", "undecided", "worse", "clearly worse"]
    assert found.in_set.tolist() == [True, True, True, False, False]
    assert found.beyond_margin.tolist() == [False, False, False, False, True]
    # Within the margin for certain: it may be out of the set, but is as good for all purposes.
    wide = inferred(scores, margin=0.1)
    assert wide.verdicts() == ["best", "tied", "tied", "tied", "clearly worse"]
    assert wide.in_set.tolist() == found.in_set.tolist()


def test_beyond_the_margin_is_the_interval_beyond_it() -> None:
    scores = wrong_on(NONE, slice(0, 40))
    found = inferred(scores)
    low = 40 / 500 - found.margin_of_error[0, 1]
    assert found.verdicts()[1] == "clearly worse"
    assert inferred(scores, margin=low - 1e-6).verdicts()[1] == "clearly worse"
    assert inferred(scores, margin=low + 1e-6).verdicts()[1] == "worse"


def test_the_level_is_that_of_tests_and_intervals() -> None:
    scores = wrong_on(NONE, slice(0, 8))  # p = 1/128
    strict, usual = inferred(scores, level=0.001), inferred(scores, level=0.05)
    assert (strict.verdicts()[1], usual.verdicts()[1]) == ("undecided", "worse")
    assert np.array_equal(strict.p_value, usual.p_value)
    assert strict.critical > 3.2 > 2.0 > usual.critical
    assert strict.regret_of(1) > usual.regret_of(1)


def test_of_equal_policies_the_preferred_one_is_best() -> None:
    scores = wrong_on(slice(0, 3), slice(3, 6), slice(0, 9))
    assert inferred(scores).best == 0
    assert inferred(scores, prefer=1).best == 1
    assert inferred(scores, prefer=2).best == 0
    assert inferred(scores, prefer=1).set_p_value[:2].tolist() == [1, 1]


def test_one_policy_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="give at least 2"):
        inferred(wrong_on(NONE))


def test_the_same_generator_gives_the_same_result() -> None:
    scores = guesses([0.8, 0.75, 0.7])
    first, again = inferred(scores), inferred(scores)
    assert np.array_equal(first.p_value, again.p_value)
    assert np.array_equal(first.margin_of_error, again.margin_of_error)
    assert first.regret_bound == again.regret_bound
    assert len(inferred(scores, draws=99).flips.image[0]) == 99


def test_by_default_a_p_value_is_of_ten_thousand_draws() -> None:
    found = infer(wrong_on(NONE, random_half(0)), np.random.default_rng(0), margin=0.005)
    assert found.p_value[0, 1] == 1 / 10_001
    assert found.level == 0.05


def test_differences_from_a_policy_chosen_by_its_result() -> None:
    scores = guesses([0.9, 0.8, 0.7])
    found = inferred(scores)
    versus = found.versus(0)
    assert versus.mean == pytest.approx(scores.means - scores.means[0])
    assert np.array_equal(versus.p_value, found.p_value[:, 0])
    assert np.array_equal(versus.margin_of_error, found.margin_of_error[:, 0])
    assert (versus.reference, versus.seeds, versus.comparisons) == (0, 10, 3)
    assert versus.std_diff == pytest.approx(
        np.std(
            scores.seed_means.reshape(3, -1) - scores.seed_means[0].reshape(1, -1), axis=1, ddof=1
        )
    )


def test_a_baseline_named_beforehand_has_fewer_comparisons() -> None:
    found = inferred(guesses([0.8, 0.79, 0.78, 0.77, 0.76, 0.75]))
    named, chosen = found.versus_baseline(2), found.versus(2)
    assert (named.comparisons, chosen.comparisons) == (5, 15)
    assert np.array_equal(named.mean, chosen.mean)
    others = np.arange(6) != 2
    assert (named.margin_of_error[others] < chosen.margin_of_error[others]).all()
    assert (named.p_value[others] <= chosen.p_value[others]).all()
    assert named.p_value[others].sum() < chosen.p_value[others].sum()
    assert (named.p_value[2], named.margin_of_error[2], named.reference) == (1, 0, 2)


def test_deviation_over_seeds() -> None:
    means = np.array([[0.1, 0.2, 0.6], [0.0, 0.0, 0.0]])
    assert run_deviation(means)[0, 1] == pytest.approx(np.std(means[0], ddof=1))


def test_all_statistics_of_equals() -> None:
    found = inferred(wrong_on(slice(0, 9), slice(0, 9), slice(0, 9)))
    assert (found.p_value == 1).all()
    assert (found.set_p_value == 1).all()
    assert found.regret_bound > 0


@settings(max_examples=40)
@given(any_scores())
def test_what_holds_for_any_right_and_wrong(scores: ImageScores) -> None:
    found = inferred(scores, draws=100)
    apart = ~np.eye(scores.policies, dtype=bool)
    assert found.best == scores.means.argmax()
    assert found.in_set[found.best]
    assert found.set_p_value[found.best] == 1
    assert (found.margin_of_error[apart] > 0).all()
    assert not found.margin_of_error[~apart].any()
    assert (found.p_value[~apart] == 1).all()
    assert ((found.p_value > 0) & (found.p_value <= 1)).all()
    assert found.regret_bound >= 0
    assert set(found.verdicts()) <= VERDICTS
    assert found.verdicts().count("best") == 1


@settings(max_examples=25)
@given(any_scores(), st.integers(0, 99))
def test_names_of_folds_and_order_of_policies_do_not_matter(scores: ImageScores, seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = inferred(scores, draws=200)
    named = inferred(
        ImageScores(scores.values, rng.permutation(scores.folds)[scores.fold], scores.folds),
        draws=200,
    )
    assert named.p_value == pytest.approx(found.p_value)
    assert named.margin_of_error == pytest.approx(found.margin_of_error)
    assert named.regret_bound == pytest.approx(found.regret_bound)
    order = rng.permutation(scores.policies)
    other = inferred(scores.select(order), draws=200)
    # Normal numbers fall to other policies: equal but for the error of simulation.
    same = found.p_value[np.ix_(order, order)]
    assert other.p_value == pytest.approx(same, abs=6 * 0.5 / np.sqrt(200))
    assert other.variances.freedom == pytest.approx(found.variances.freedom[np.ix_(order, order)])


@settings(max_examples=25)
@given(any_scores(right_or_wrong=False))
def test_losses_scale_and_mirror(scores: ImageScores) -> None:
    found = inferred(scores, draws=100, higher_is_better=True)
    larger = ImageScores(4 * scores.values, scores.fold, scores.folds, resolution=0)
    scaled = inferred(larger, draws=100, margin=0.02)
    assert scaled.p_value == pytest.approx(found.p_value)
    assert scaled.margin_of_error == pytest.approx(4 * found.margin_of_error)
    assert scaled.verdicts() == found.verdicts()
    assert scaled.regret_bound == pytest.approx(4 * found.regret_bound)
    losses = ImageScores(-scores.values, scores.fold, scores.folds, resolution=0)
    mirrored = inferred(losses, draws=100, higher_is_better=False)
    assert mirrored.best == found.best
    # The seed parts have other normal numbers: equal but for the error of simulation.
    assert mirrored.p_value == pytest.approx(found.p_value, abs=6 * 0.5 / 10)
    assert mirrored.set_p_value == pytest.approx(found.set_p_value, abs=6 * 0.5 / 10)
    assert np.array_equal(mirrored.lead, found.lead)
    assert np.array_equal(mirrored.variances.difference, -found.variances.difference)


def test_equal_policies_are_rarely_called_worse() -> None:
    """Six policies of equal skill, whose results depend on the seed; 5 % of 200 studies may err."""
    rng = np.random.default_rng(0)
    studies, wrong, covered = 200, 0, 0
    for _ in range(studies):
        fold = divide(150, 5, 1, rng)
        chance = np.clip(0.8 + rng.normal(0, 0.05, (6, 5)), 0, 1)[:, fold[0]]
        right = (rng.random((6, 150)) < chance).astype(float)
        found = infer(ImageScores(right[:, None], fold, 5), rng, margin=0.005, draws=400)
        wrong += not found.in_set.all()
        covered += bool((np.abs(found.variances.difference) <= found.margin_of_error).all())
    slack = 2 * np.sqrt(0.05 * 0.95 / studies)
    assert wrong / studies <= 0.05 + slack
    assert covered / studies >= 0.95 - slack
