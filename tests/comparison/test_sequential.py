"""Decisions after each whole repetition: who trains no further, and whether the study ends."""

from dataclasses import replace

import numpy as np
import pytest

from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.image_variance import pair_variances
from lr_study.comparison.joint_draws import JointDraws
from lr_study.comparison.sequential import decide, information_share, spent_until
from lr_study.support import UsageError

FOLDS = 5


def study_of(
    strengths: tuple[float, ...],
    repetitions: int,
    rng: np.random.Generator,
    *,
    images: int = 200,
    of_seeds: float = 0.0,
    interaction: float = 1.0,
) -> ImageScores:
    """Policies of these strengths: right where strength, image and noise together are above 0."""
    policies = len(strengths)
    ease = rng.normal(1, 1, images)
    fold = np.stack([rng.permutation(images) % FOLDS for _ in range(repetitions)])
    seeds = of_seeds * rng.standard_normal((policies, repetitions, FOLDS))
    noise = interaction * rng.standard_normal((policies, repetitions, images))
    level = np.asarray(strengths)[:, None, None] + ease + noise
    level += np.stack([seeds[:, r, row] for r, row in enumerate(fold)], axis=1)
    return ImageScores((level > 0).astype(float), fold, FOLDS)


def raced(scores: ImageScores, planned: int | None = None, **options):
    planned = planned or scores.repetitions
    everything = [scores.repetitions] * scores.policies
    return decide(scores, everything, planned, race=True, draws=2_000, **options)


def test_a_policy_far_behind_is_dropped_at_once_and_equal_policies_remain():
    scores = study_of((0, 0, 0, -4), 4, np.random.default_rng(0), images=400)
    assert raced(scores).stopped == {3: 1}
    assert [analysis.remaining for analysis in raced(scores).analyses] == [(0, 1, 2)] * 4


@pytest.mark.parametrize("seed", range(5))
def test_a_decision_does_not_depend_on_what_comes_after_it(seed):
    strengths = (0, 0, -0.2, -0.4, -0.8, -2)
    scores = study_of(strengths, 4, np.random.default_rng(seed), of_seeds=0.1)
    whole = raced(scores)
    assert len({analysis.remaining for analysis in whole.analyses}) > 1, "nothing was decided"
    for repetitions in range(1, 5):
        assert raced(scores.first(repetitions), 4).analyses == whole.analyses[:repetitions]

    # The results that a policy has after it was dropped do not count.
    has = np.array([whole.stopped.get(i, 4) for i in range(len(strengths))])
    values = scores.values.copy()
    for i, repetitions in enumerate(has):
        values[i, repetitions:] = 1 - values[i, repetitions:]
    assert decide(replace(scores, values=values), has, 4, race=True, draws=2_000) == whole


def test_an_analysis_waits_until_every_remaining_policy_has_the_repetition():
    scores = study_of((0, 0, -4), 2, np.random.default_rng(0), images=400)
    found = decide(scores, [2, 1, 1], 3, race=True, draws=2_000)
    assert [analysis.repetitions for analysis in found.analyses] == [1]
    assert found.stopped == {2: 1}
    assert not decide(scores, [2, 2, 0], 3, race=True, draws=2_000).analyses


def test_without_a_race_nobody_is_stopped():
    scores = study_of((0, 0, -4), 2, np.random.default_rng(0), images=400)
    found = decide(scores, [2, 2, 2], 3, race=False, draws=2_000)
    assert found.stopped == {}
    assert [analysis.remaining for analysis in found.analyses] == [(0, 1, 2)] * 2


def test_a_policy_dropped_by_the_last_analysis_was_not_stopped():
    scores = study_of((0, 0, -4), 2, np.random.default_rng(0), images=400)
    assert raced(scores.first(1), 1).analyses[0].dropped == (2,)
    assert raced(scores.first(1), 1).stopped == {}


def test_losses_are_better_where_they_are_lower():
    scores = study_of((0, 0, -4), 2, np.random.default_rng(0), images=400)
    losses = replace(scores, values=1 - scores.values)
    assert raced(losses, higher_is_better=False).stopped == raced(scores).stopped


def test_a_race_that_one_policy_won_ends():
    found = raced(study_of((0, -4, -4), 3, np.random.default_rng(0), images=400))
    assert (found.ended, len(found.analyses)) == (True, 1)
    assert found.analyses[0].regret_bound == 0


def test_a_study_ends_when_the_bound_is_small_enough_and_not_by_the_last_analysis():
    asked = []

    def bound(scores, level):
        asked.append((scores.policies, scores.repetitions, level))
        return 0.05 / scores.repetitions

    scores = study_of((0, 0, -4), 4, np.random.default_rng(0), images=400)
    everything = {"race": False, "bound": bound, "draws": 2_000}
    found = decide(scores, [4, 4, 4], 4, until_regret=0.02, **everything)
    assert (found.ended, len(found.analyses)) == (True, 3)
    assert [ask[:2] for ask in asked] == [(3, 1), (3, 2), (3, 3)]
    # Each analysis has its own level, smaller than 5 %: that is the sequential correction.
    assert asked[0][2] == 0.001
    assert all(0.001 < ask[2] < 0.04 for ask in asked[1:])
    found = decide(scores, [4, 4, 4], 4, until_regret=0.0125, **everything)
    assert (found.ended, len(found.analyses)) == (False, 4)


def test_the_bound_of_a_race_is_over_the_remaining_policies():
    asked = []

    def bound(scores, level):
        asked.append(scores.policies)
        return 1.0

    raced(study_of((0, 0, -4), 2, np.random.default_rng(0), images=400), bound=bound)
    assert asked == [2, 2]


@pytest.mark.parametrize(
    ("information", "spent"),
    # From tables of O'Brien and Fleming's boundary in the form of Lan and DeMets: two-sided z of
    # 3.92, 2.77 and 2.26 where a quarter, a half and three quarters are there.
    [(0, 0), (0.25, 8.9e-5), (0.5, 0.00557), (0.75, 0.02363), (1, 0.05)],
)
def test_errors_are_spent_late(information, spent):
    assert spent_until(information) == pytest.approx(spent, rel=0.01)


def test_information_of_repetitions_that_share_all_images_comes_at_once():
    lasting = study_of((0, -0.3), 2, np.random.default_rng(0), interaction=0, images=2_000)
    fleeting = study_of((0, -0.3), 2, np.random.default_rng(0), interaction=5, images=2_000)
    assert information_share(pair_variances(lasting), 4) > 0.8
    assert information_share(pair_variances(fleeting), 4) == pytest.approx(0.5, abs=0.05)
    # One repetition does not show what repetitions lower: they are assumed to lower everything.
    assert information_share(pair_variances(lasting.first(1)), 4) == 0.25


def test_an_image_has_one_sign_in_all_analyses_and_seeds_are_new():
    scores = study_of((0, -0.3), 2, np.random.default_rng(0), of_seeds=1)
    twice = replace(scores, values=scores.values[:, [0, 0]], fold=scores.fold[[0, 0]])
    joint, everyone = JointDraws(2, draws=4_000), np.arange(2)
    first, second = (
        joint.at(seen, pair_variances(seen), everyone) for seen in (twice.first(1), twice)
    )
    assert np.array_equal(first.image, second.image)
    correlation = np.corrcoef(first.seed[0], second.seed[0])[0, 1]
    assert correlation == pytest.approx(np.sqrt(1 / 2), abs=0.05)
    assert second.seed.std() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("of_seeds", [0.0, 0.5])
def test_of_equal_policies_few_studies_call_one_worse(of_seeds):
    """40 studies of 4 policies: 5 % are 2; more than 6 have a probability of 0.003."""
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(40):
        analyses = raced(study_of((0,) * 4, 3, rng, of_seeds=of_seeds)).analyses
        alarms += any(analysis.dropped for analysis in analyses)
    assert alarms <= 6


@pytest.mark.parametrize(
    ("available", "planned"), [([1], 2), ([1, 1, 1], 2), ([3, 1], 4), ([2, 2], 1)]
)
def test_scores_and_their_numbers_must_fit(available, planned):
    scores = study_of((0, 0), 2, np.random.default_rng(0))
    with pytest.raises(UsageError, match="give"):
        decide(scores, available, planned, race=True)
