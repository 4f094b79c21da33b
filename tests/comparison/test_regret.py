"""Hsu's bound: a slow version, what it never does, and that it holds."""

import numpy as np
import pytest
from scipy import stats
from scores_on_images import divide, guesses

from lr_study.comparison.fold_inference import infer
from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.image_variance import pair_variances
from lr_study.comparison.pair_draws import PairDraws
from lr_study.comparison.regret import regret_bound, rival_quantiles
from lr_study.comparison.sign_flips import draw_flips, normal_statistics


def bounds_of(scores: ImageScores, level: float = 0.05) -> list[float]:
    found = infer(scores, np.random.default_rng(0), margin=0.005, level=level, draws=2000)
    return [found.regret_of(i) for i in range(scores.policies)]


@pytest.mark.parametrize("seed", range(4))
def test_it_agrees_with_loops_over_rivals(seed: int) -> None:
    scores = guesses([0.9, 0.88, 0.8, 0.6], images=150, seed=seed)
    variances = pair_variances(scores)
    better = normal_statistics(variances)
    draws = draw_flips(scores.image_means, variances, np.random.default_rng(0), 1000)
    quantiles = rival_quantiles(draws, 0.05)
    for chosen in range(4):
        expected = 0.0
        for rival in range(4):
            if rival == chosen:
                continue
            others = [j for j in range(4) if j != rival]
            drawn = np.array([draws.statistics(j, [rival])[0] for j in others])
            maxima = np.concatenate([drawn.max(axis=0), (-drawn).max(axis=0)])
            critical = max(np.sort(maxima)[-100], 1.6449)
            if max(better[j, rival] for j in others) > critical:
                continue
            t = stats.t.isf(stats.norm.sf(critical), variances.freedom[rival, chosen])
            lead = scores.means[rival] - scores.means[chosen]
            half = t * np.sqrt(variances.variance[rival, chosen])
            expected = max(expected, lead + half)
        found = regret_bound(chosen, variances.difference, better, variances, quantiles)
        assert found == pytest.approx(expected, rel=1e-4)


def test_it_is_0_where_every_rival_is_refuted_and_never_below() -> None:
    assert bounds_of(guesses([0.95, 0.3, 0.3]))[0] == 0
    assert min(bounds_of(guesses([0.9, 0.9, 0.9]))) > 0


def test_it_falls_when_the_lead_grows() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4, 2, 200))
    values[0] += 0.05
    fold = divide(200, 5, 2, rng)
    found = []
    for lead in (0.0, 0.05, 0.1, 0.15):
        values[0] += lead
        found.append(bounds_of(ImageScores(values, fold, 5, resolution=0))[0])
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1] + 0.1


def test_choosing_the_best_estimate_costs_least() -> None:
    scores = guesses([0.9, 0.85, 0.8], images=400)
    found = bounds_of(scores)
    assert int(np.argmin(found)) == int(scores.means.argmax())


def test_more_confidence_is_a_larger_bound() -> None:
    scores = guesses([0.9, 0.9, 0.9])
    at_5, at_1 = bounds_of(scores, 0.05), bounds_of(scores, 0.01)
    assert (np.array(at_1) > at_5).all()
    # 2,000 draws cannot tell 1 in 10,000: nothing is bounded.
    assert bounds_of(scores, 0.0001)[0] == np.inf


def test_policies_that_agree_on_all_images_are_still_bounded_by_some() -> None:
    scores = ImageScores(np.ones((2, 1, 1000)), [np.arange(1000) % 5], 5)
    # t with 4 degrees of freedom, one-sided 95 %: 2.13 images of 1,000.
    assert bounds_of(scores) == pytest.approx([0.00213, 0.00213], abs=1e-5)


def test_quantiles_are_of_one_policy_against_all_others() -> None:
    rng = np.random.default_rng(0)
    draws = PairDraws(rng.normal(size=(6, 20_000)), None, None, np.full((6, 6), 2**0.5))
    dunnett = 2.23  # one-sided, 5 comparisons with one control, many degrees of freedom
    assert rival_quantiles(draws, 0.05) == pytest.approx(np.full(6, dunnett), abs=0.06)


def test_it_holds_where_the_truth_is_known() -> None:
    """Policies whose chances of being right are drawn anew; 5 % of 150 studies may fail."""
    rng = np.random.default_rng(1)
    failed, studies = 0, 150
    for _ in range(studies):
        chance = rng.uniform(0.75, 0.8, 5)
        right = (rng.random((5, 1, 200)) < chance[:, None, None]).astype(float)
        found = infer(ImageScores(right, divide(200, 5, 1, rng), 5), rng, margin=0.005, draws=400)
        failed += chance.max() - chance[found.best] > found.regret_bound
    assert failed / studies <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / studies)
