"""What would decide a pair: worked values, by each part of the variance."""

import numpy as np
import pytest
from scipy import stats
from scores_on_images import guesses

from lr_study.comparison.decidability import (
    PairParts,
    needed_half_width,
    parts_of,
    required_image_factor,
    required_repetitions,
)
from lr_study.comparison.image_variance import pair_variances

NORMAL = 1e6


def parts(
    difference: float,
    lasting: float = 0.0,
    interaction: float = 0.0,
    seed: float = 0.0,
    one_image: float = 0.0,
    freedom: float = NORMAL,
    repetitions: int = 2,
) -> PairParts:
    image = lasting + interaction
    return PairParts(difference, image, lasting, interaction, seed, one_image, freedom, repetitions)


@pytest.mark.parametrize(
    ("difference", "needed"),
    [(0.0, 0.005), (0.002, 0.003), (-0.002, 0.003), (0.005, 0.0), (0.006, 0.006), (-0.03, 0.03)],
)
def test_an_interval_is_narrow_enough_within_the_margin_or_off_0(
    difference: float, needed: float
) -> None:
    assert needed_half_width(difference, 0.005) == pytest.approx(needed)


@pytest.mark.parametrize(
    ("pair", "repetitions"),
    [
        # 2 √V ≤ 0.0101, so V ≤ 2.55e-5.
        (parts(0.0101, interaction=1e-4), 8),  # 2e-4/R
        (parts(0.0101, seed=1e-4), 8),
        (parts(0.0101, interaction=5e-5, seed=5e-5), 8),
        (parts(0.0101, lasting=1e-5, interaction=1e-4), 13),
        (parts(0.0101, interaction=1e-4, repetitions=3), 12),
        (parts(-0.0101, interaction=1e-4), 8),
        (parts(0.0101, lasting=1e-5, one_image=1e-5, interaction=1e-5), 4),
        (parts(0.0101, lasting=1e-4), None),
        (parts(0.0101, one_image=1e-4), None),
        (parts(0.005, interaction=1e-4), None),
        (parts(0.0101, interaction=2.549e-3), 200),  # 5.098e-3/200 = 2.549e-5
        (parts(0.0101, interaction=2.552e-3), None),
        (parts(0.0101, lasting=1e-6, repetitions=1), 1),
    ],
)
def test_repetitions_average_away_what_does_not_last(
    pair: PairParts, repetitions: int | None
) -> None:
    assert required_repetitions(pair, 2.0, 0.005) == repetitions


def test_one_repetition_does_not_show_what_more_would_do() -> None:
    one = PairParts(0.01, 1e-4, np.nan, np.nan, 0.0, 0.0, NORMAL, 1)
    assert required_repetitions(one, 2.0, 0.005) is None
    assert required_image_factor(one, 2.0, 0.005) == pytest.approx(4, rel=1e-4)


@pytest.mark.parametrize(
    ("pair", "factor"),
    [
        (parts(0.01, lasting=1e-4), 4),
        (parts(0.01, lasting=5e-5, interaction=5e-5), 4),
        (parts(0.01, lasting=1e-4, seed=1.5e-5), 10),
        (parts(0.01, one_image=2.25e-4), 3),
        (parts(0.01, lasting=1e-6), 1),
        (parts(0.01, seed=3e-5), np.inf),
        (parts(0.005, lasting=1e-4), np.inf),
        (parts(0.01, lasting=0.249), 9960),
        (parts(0.01, lasting=0.251), np.inf),
        (parts(0.01), 1),
        (parts(0.0, lasting=1e-4), 16),
    ],
)
def test_images_average_away_all_but_the_seed_part(pair: PairParts, factor: float) -> None:
    assert required_image_factor(pair, 2.0, 0.005) == pytest.approx(factor, rel=1e-4)


def test_few_degrees_of_freedom_ask_for_more() -> None:
    few = parts(0.01, lasting=1e-4, freedom=5.0)
    expected = (stats.t.isf(stats.norm.sf(2.0), 5) / 2.0) ** 2 * 4
    assert required_image_factor(few, 2.0, 0.005) == pytest.approx(expected, rel=1e-4)
    one_part = parts(0.0101, interaction=1e-4, freedom=5.0)
    assert required_repetitions(one_part, 2.0, 0.005) == int(np.ceil(expected * 2 / 1.0201))


def test_parts_are_those_of_the_pair() -> None:
    variances = pair_variances(guesses([0.9, 0.7, 0.5]))
    found = parts_of(variances, 2, 0)
    assert found.difference == variances.difference[2, 0] < 0
    assert found.image == variances.image_part[2, 0]
    assert found.lasting + found.interaction == pytest.approx(found.image)
    assert found.seed == variances.seed_part[2, 0]
    assert found.one_image == variances.one_image
    assert found.freedom == variances.freedom[2, 0]
    assert found.repetitions == 2
