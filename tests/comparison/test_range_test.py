"""A range test's curve: its smoothing, its end, and the rates that three rules read off it."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lr_study.comparison.range_test import (
    LossCurve,
    RangeTest,
    end_of_curve,
    smooth,
    steepest,
    suggest,
    tenth_of_minimum,
    valley,
)
from lr_study.policies import parse
from lr_study.runs import RateRange
from lr_study.support import UsageError

finite_losses = st.lists(st.floats(0.01, 100), min_size=1, max_size=60)


def curve_of(losses, smoothing=0.0, seed=0, rate_range=None) -> LossCurve:
    rates = (rate_range or RateRange()).rates(len(losses))
    return LossCurve(seed, rates, tuple(losses), smoothing)


def quadratic(curvature: float, noise: float = 0.0, seed: int = 0, smoothing: float = 0.0):
    """80 steps of gradient descent on a quadratic whose minimum moves from batch to batch.

    The best rate is 1 / curvature, and from 2 / curvature on it diverges.
    """
    rng = np.random.default_rng(seed)
    w, losses = 1.0, []
    for rate in RateRange().rates(80):
        distance = w - noise * rng.normal()
        losses.append(curvature * (distance**2 / 2 + 0.02))
        w -= rate * curvature * distance
    return curve_of(losses, smoothing, seed)


@given(finite_losses, st.floats(0, 0.99))
def test_an_average_is_the_weighted_mean_of_the_losses_so_far(losses, smoothing) -> None:
    weights = [smoothing**age for age in range(len(losses))][::-1]
    expected = np.dot(weights, losses) / sum(weights)
    assert smooth(losses, smoothing)[-1] == pytest.approx(expected)
    assert smooth(losses, 0.0) == pytest.approx(losses)


def test_a_curve_ends_where_its_smoothed_loss_diverges() -> None:
    assert end_of_curve(smooth([2.0, 1.0, 3.0, 3.9, 4.1, 0.5], 0.0)) == 4
    for lost in math.nan, math.inf:
        curve = curve_of([2.0, 1.0, lost, 0.5, 0.4], smoothing=0.9)
        assert (curve.end, curve.diverged) == (2, True)
    curve = curve_of([2.0, 1.0, 3.0])
    assert (curve.end, curve.diverged) == (3, False)


def test_three_rules_on_a_curve_by_hand() -> None:
    """100 steps, rates ten steps a decade; flat, down, a cliff, slowly down, up."""
    losses = [8.0] * 30 + [8.0 - 0.1 * i for i in range(30)] + [2.0 - 0.01 * i for i in range(30)]
    losses += [1.71 + 0.5 * i for i in range(1, 11)]
    curve = curve_of(losses, rate_range=RateRange(1e-8, 1e2 / 10**0.1))
    rate = dict(enumerate(curve.rates))
    assert curve.end == 100
    assert curve.span == range(10, 95)
    assert curve.suggestions() == {
        # The fall has 60 steps and ends at step 89, so it is taken to begin before step 30.
        "valley": rate[89 - 60 + 20 + 10],
        "steepest": rate[59],
        "minimum_10": rate[89] / 10,
    }


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_the_valley_is_fastais(values) -> None:
    losses = [float(value) for value in values]
    rates = [float(step) for step in range(1, len(losses) + 1)]
    lengths: list[int] = []  # of the longest fall that ends at each step, by all earlier ones
    for i, loss in enumerate(losses):
        lengths.append(1 + max((lengths[j] for j in range(i) if losses[j] > loss), default=0))
    longest = max(lengths)
    section = longest / 3
    step = lengths.index(longest) - longest + int(section) + int(section / 2)
    assert valley(rates, losses) == (rates[step] if longest >= 3 else None)


@given(finite_losses, st.sampled_from([0.25, 2.0, 1024.0]))
def test_suggestions_do_not_depend_on_the_unit_of_the_loss(losses, unit) -> None:
    scaled = [unit * loss for loss in losses]
    assert curve_of(scaled, 0.5).suggestions() == curve_of(losses, 0.5).suggestions()


@given(finite_losses)
def test_suggestions_move_with_the_rates(losses) -> None:
    curve = curve_of(losses, 0.5)
    moved = LossCurve(0, tuple(8 * rate for rate in curve.rates), curve.losses, 0.5)
    for rule, rate in curve.suggestions().items():
        assert moved.suggestions()[rule] == (None if rate is None else pytest.approx(8 * rate))


@pytest.mark.parametrize("curvature", [1.0, 30.0, 300.0])
def test_on_a_quadratic_suggestions_are_near_its_best_rate_and_below_divergence(
    curvature: float,
) -> None:
    test = RangeTest(tuple(quadratic(curvature, 0.1, seed, 0.98) for seed in range(10)))
    assert all(curve.diverged and not curve.still_falling for curve in test.curves)
    by_rule = {suggestion.rule: suggestion for suggestion in test.suggestions}
    for rule in "valley", "minimum_10":
        assert 1 / 30 < by_rule[rule].rate * curvature < 2, rule
        assert by_rule[rule].spread < 10, rule
    # Where batches differ, the steepest step is a matter of chance: its spread tells.
    assert by_rule["steepest"].spread > 1000
    (note,) = test.notes()
    assert note.startswith("steepest differs between seeds by a factor of ")


def test_without_noise_the_steepest_step_is_near_the_best_rate_and_the_valley_is_not() -> None:
    suggested = quadratic(curvature=1.0).suggestions()
    assert 1 / 30 < suggested["steepest"] < 2
    assert 1 / 30 < suggested["minimum_10"] < 2
    # The fall begins with the first step: its middle says more of the bounds than of the loss.
    assert suggested["valley"] < 1 / 300


def test_rates_that_are_all_too_low_are_told() -> None:
    curve = quadratic(curvature=0.01)
    assert curve.still_falling
    assert "still falls at the highest rate under 1 of 1 seeds" in RangeTest((curve,)).notes()[0]


def test_without_a_fall_there_is_no_suggestion() -> None:
    flat = [1.0] * 100
    rising = [1.0 + i / 100 for i in range(100)]
    immediately_lost = [1.0, *[math.nan] * 99]
    for losses in flat, rising, immediately_lost:
        assert set(curve_of(losses).suggestions().values()) == {None}
    assert valley([], []) is steepest([], []) is tenth_of_minimum([], []) is None
    (note, *_) = RangeTest((curve_of(flat), curve_of(rising))).notes()
    assert "valley suggests no rate under 2 of 2 seeds" in note


def test_a_suggestion_over_seeds_is_the_middle_one() -> None:
    three = suggest("valley", [0.004321, 0.001, 0.1])
    assert (three.rate, three.spread) == (0.0043, pytest.approx(100))
    assert suggest("valley", [0.001, None, 0.004]).rate == 0.002
    nothing = suggest("valley", [None, None])
    assert (nothing.rate, nothing.spread, nothing.around()) == (None, None, ())


def test_policies_to_train_are_around_each_suggestion() -> None:
    losses = [4.0] * 40 + [4.0 - 0.05 * i for i in range(50)] + [50.0] * 10
    test = RangeTest(tuple(curve_of(losses, seed=seed) for seed in (0, 1)))
    rates = {suggestion.rate for suggestion in test.suggestions}
    texts = [str(policy) for policy in test.policies(parse("fixed"))]
    assert all(f"fixed:lr={rate}" in texts for rate in rates)
    assert len(texts) == len(set(texts)) <= 9
    lowest = parse(texts[0]).learning_rate
    assert lowest == pytest.approx(min(rates) / 3, rel=0.05)
    assert [p.learning_rate for p in map(parse, texts)] == sorted(
        parse(text).learning_rate for text in texts
    )
    warmed = test.policies(parse("warmup:epochs=2+one_cycle:max_lr=1"))
    assert [p.learning_rate for p in warmed] == [parse(text).learning_rate for text in texts]
    with pytest.raises(UsageError, match="has no learning rate that can be set"):
        test.policies(parse("python:math:fmod"))


def test_rates_rise_by_equal_factors_from_the_first_to_the_last() -> None:
    rates = RateRange().rates(80)
    assert (rates[0], rates[-1], len(rates)) == (1e-7, 10.0, 80)
    factors = [after / before for before, after in pairwise(rates)]
    assert factors == pytest.approx([1e8 ** (1 / 79)] * 79)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"start_lr": 0}, "start_lr=0.0 is not allowed: start_lr is a number > 0"),
        ({"end_lr": math.inf}, "end_lr=inf is not allowed"),
        ({"end_lr": math.nan}, "end_lr=nan is not allowed"),
        ({"start_lr": 2.0}, "at least ten times start_lr"),
        ({"smoothing": 1}, "smoothing=1.0 is not allowed"),
        ({"range_epochs": 0}, "range_epochs is a whole number >= 1"),
    ],
)
def test_wrong_ranges_are_refused_with_what_is_allowed(values: dict, says: str) -> None:
    with pytest.raises(UsageError) as error:
        RateRange(**values)
    assert says in str(error.value)


def test_too_few_steps_are_refused_with_how_many_epochs_it_takes() -> None:
    with pytest.raises(UsageError, match=r"that makes 14 steps.*--range-epochs 3"):
        RateRange().steps(train_size=28, batch_size=4)
    assert RateRange(range_epochs=3).steps(train_size=28, batch_size=4) == 21


@pytest.mark.parametrize(("factor", "is_said"), [(8, False), (10, True)])
def test_a_rule_that_differs_between_seeds_beyond_its_neighbours_is_named(factor, is_said) -> None:
    """Around a rate stand a third and three times of it: together a factor of nine."""
    losses = [4.0] * 40 + [4.0 - 0.05 * i for i in range(30)] + [50.0] * 30
    low = RateRange()
    high = RateRange(low.start_lr * factor, low.end_lr * factor)
    curves = [curve_of(losses, seed=i, rate_range=r) for i, r in enumerate((low, high))]
    notes = RangeTest(tuple(curves)).notes()
    line = f"valley differs between seeds by a factor of {factor}, more than the rates around"
    assert any(note.startswith(line) for note in notes) is is_said
