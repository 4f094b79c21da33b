"""Draws of all pairs: the statistics of a pair, and maxima over pairs, against loops."""

from itertools import combinations

import numpy as np
import pytest

from lr_study.comparison.pair_draws import PairDraws, upper_quantile


@pytest.fixture(scope="module")
def draws() -> PairDraws:
    rng = np.random.default_rng(0)
    scale, root = (np.abs(rng.normal(size=(4, 4))) for _ in range(2))
    scale, root = scale + scale.T, root + root.T
    root[0, 3] = root[3, 0] = 0.0
    return PairDraws(rng.normal(size=(4, 50)), rng.normal(size=(4, 50)), scale, root)


def pair(draws: PairDraws, i: int, j: int) -> np.ndarray:
    if draws.root[i, j] == 0:
        return np.zeros(50)
    seed = draws.seed_scale[i, j] * (draws.seed[i] - draws.seed[j])
    return (draws.image[i] - draws.image[j] + seed) / draws.root[i, j]


def test_the_statistics_of_a_policy_and_others(draws: PairDraws) -> None:
    found = draws.statistics(2, [3, 0])
    assert found == pytest.approx(np.stack([pair(draws, 2, 3), pair(draws, 2, 0)]))
    assert draws.statistics(0, [3]).tolist() == [[0.0] * 50]
    assert draws.policies == 4


def test_without_a_seed_part_the_seeds_have_no_say(draws: PairDraws) -> None:
    alone = PairDraws(draws.image, None, None, draws.root)
    assert alone.statistics(0, [1])[0] == pytest.approx(
        (draws.image[0] - draws.image[1]) / draws.root[0, 1]
    )


def test_maxima_over_what_is_left_of_an_order(draws: PairDraws) -> None:
    order = [2, 0, 3, 1]
    found = draws.nested_maxima(order)
    assert found.shape == (3, 50)
    for s in range(3):
        expected = np.max([np.abs(pair(draws, i, j)) for i, j in combinations(order[s:], 2)], 0)
        assert found[s] == pytest.approx(expected)
    assert draws.nested_maxima([1]).shape == (0, 50)
    assert draws.nested_maxima([]).shape == (0, 50)


def test_maxima_over_the_pairs_of_one_policy(draws: PairDraws) -> None:
    others = [0, 2, 3]
    expected = np.array([pair(draws, j, 1) for j in others])
    both = np.concatenate([(-expected).max(axis=0), expected.max(axis=0)])
    assert draws.largest_over(1) == pytest.approx(both)
    assert draws.largest_against(1) == pytest.approx(np.abs(expected).max(axis=0))


@pytest.mark.parametrize(
    ("level", "critical"), [(0.05, 95), (0.01, 99), (0.1, 90), (0.059, 95), (0.0099, np.inf)]
)
def test_what_exceeds_the_quantile_has_a_p_value_below_the_level(
    level: float, critical: float
) -> None:
    maxima = np.random.default_rng(0).permutation(np.arange(1, 100))
    assert upper_quantile(maxima, level) == critical
    if np.isfinite(critical):
        above, at = ((1 + (maxima >= x).sum()) / 100 for x in (critical + 0.5, critical))
        assert above <= level < at
