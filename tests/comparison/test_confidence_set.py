"""The model confidence set: orders and p-values worked by hand, and by a slow step-down."""

import numpy as np
import pytest
from scores_on_images import guesses

from lr_study.comparison.confidence_set import elimination_order, set_p_values
from lr_study.comparison.image_variance import pair_variances
from lr_study.comparison.pair_draws import PairDraws, upper_quantile
from lr_study.comparison.sign_flips import draw_flips, normal_statistics


def leads(values: list[float]) -> np.ndarray:
    return np.subtract.outer(values, values)


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ([1.0], [0]),
        ([1.0, 3.0], [0, 1]),
        ([3.0, 1.0], [1, 0]),
        ([3.0, 1.0, 4.0, 2.0], [1, 3, 0, 2]),
    ],
)
def test_the_worst_leaves_first(values: list[float], order: list[int]) -> None:
    assert elimination_order(leads(values)) == order


def test_who_leaves_is_measured_against_those_left() -> None:
    # Policy 1 is far below policy 2 alone, which leaves first; policy 3 leaves next.
    better = np.zeros((4, 4))
    better[0, 2], better[2, 1], better[0, 3], better[0, 1] = 9, 5, 2, 1
    better -= better.T
    assert elimination_order(better) == [2, 3, 1, 0]


def test_p_values_never_fall_in_the_order_of_leaving() -> None:
    better = leads([4.0, 3.0, 0.0])
    maxima = np.array([[1.0, 2.0, 3.0, 3.5], [0.0, 0.5, 0.5, 0.7], [0.0, 0.0, 0.0, 0.0]])
    # Of the pairs left, 4 and then 1 are the largest: no draw reaches them.
    assert set_p_values(better, maxima, [2, 1, 0]).tolist() == [1.0, 1 / 5, 1 / 5]
    # The second step alone would have p = 1/5, but the first one has 3/5.
    maxima[0] = [1.0, 4.0, 5.0, 3.5]
    assert set_p_values(better, maxima, [2, 1, 0]).tolist() == [1.0, 3 / 5, 3 / 5]
    maxima[1] = [1.0, 1.0, 1.0, 0.5]
    assert set_p_values(better, maxima, [2, 1, 0]).tolist() == [1.0, 4 / 5, 3 / 5]


def slow_set(better: np.ndarray, draws: PairDraws, level: float) -> set[int]:
    """Step-down by critical values: leave while the largest statistic is above its quantile."""
    left = list(range(len(better)))
    while len(left) > 1:
        pairs = [abs(draws.statistics(i, [j])[0]) for i in left for j in left if i < j]
        critical = upper_quantile(np.max(pairs, axis=0), level)
        statistic = {j: max(better[i, j] for i in left) for j in left}
        worst = max(left, key=lambda j: (statistic[j], -j))
        if statistic[worst] <= critical:
            break
        left.remove(worst)
    return set(left)


@pytest.mark.parametrize("seed", range(8))
def test_it_is_step_down_by_critical_values(seed: int) -> None:
    scores = guesses([0.8, 0.78, 0.76, 0.7, 0.68, 0.5], images=300, seed=seed)
    variances = pair_variances(scores)
    better = normal_statistics(variances)
    draws = draw_flips(scores.image_means, variances, np.random.default_rng(seed), 400)
    order = elimination_order(better)
    p_value = set_p_values(better, draws.nested_maxima(order), order)
    for level in (0.01, 0.05, 0.2, 0.5):
        assert set(np.flatnonzero(p_value >= level)) == slow_set(better, draws, level)
    assert p_value[scores.means.argmax()] == 1
