"""Suggested rates against full runs: which are in the top group, and where the best rate is."""

import math
from dataclasses import replace

import pytest
from compared_runs import ranked, with_curves
from records import make_record

from lr_study.comparison import LossCurve, RangeTest, check_suggestions
from lr_study.policies import parse
from lr_study.runs import RateRange

RATES = RateRange(1e-8, 1e2 / 10**0.1).rates(100)


@pytest.fixture(scope="module")
def test() -> RangeTest:
    """Under both seeds: valley 0.063, steepest 0.0063, minimum/10 0.1."""
    losses = [8.0] * 59 + [4.0] + [4.0 - 0.01 * i for i in range(26)] + [100.0] * 15
    return RangeTest(tuple(LossCurve(seed, RATES, tuple(losses), 0.0) for seed in range(2)))


def ranking_of(test: RangeTest, accuracy_of, seeds=4, policy="fixed"):
    return ranked(
        with_curves(
            *(
                make_record(
                    str(p),
                    seed,
                    accuracies=(0.1, accuracy_of(p.learning_rate) + 0.001 * (seed % 2)),
                    losses=(1, 0.5),
                )
                for p in test.policies(parse(policy))
                for seed in range(seeds)
            )
        )
    )


def test_each_suggestion_has_the_verdict_of_its_full_runs(test: RangeTest) -> None:
    suggested = {suggestion.rule: suggestion.rate for suggestion in test.suggestions}
    steep = suggested["steepest"]
    ranking = ranking_of(test, lambda rate: 0.9 if rate in (steep, 3 * steep) else 0.5)
    check = check_suggestions(test, parse("fixed"), ranking)
    assert {checked.rule: checked.in_top_group for checked in check.suggestions} == {
        "valley": False,
        "steepest": True,
        "minimum_10": False,
    }
    by_rule = {checked.rule: checked for checked in check.suggestions}
    assert by_rule["steepest"].verdict == "best"
    assert by_rule["steepest"].rank == 1
    assert by_rule["valley"].verdict == "worse"
    assert by_rule["valley"].policy == f"fixed:lr={suggested['valley']}"
    assert by_rule["valley"].vs_best.mean == pytest.approx(-0.4)
    assert (check.best_rate, check.at_edge) == (steep, None)
    assert check.top_group[0] == f"fixed:lr={steep}"


def test_the_neighbours_of_a_suggestion_are_told(test: RangeTest) -> None:
    highest = max(p.learning_rate for p in test.policies(parse("fixed")))
    check = check_suggestions(
        test, parse("fixed"), ranking_of(test, lambda rate: 0.9 if rate == highest else 0.5)
    )
    last = check.suggestions[-1]
    assert (last.verdict, last.in_top_group) == ("worse", False)
    assert sorted(last.neighbours) == pytest.approx([last.rate / 3, last.rate * 3], rel=0.05)
    assert last.neighbours[highest] == "best"
    assert (check.best_rate, check.at_edge) == (highest, "highest")


@pytest.mark.parametrize(("sign", "edge"), [(-1, "lowest"), (1, "highest")])
def test_a_best_rate_at_an_end_of_those_tried_is_told(test: RangeTest, sign, edge) -> None:
    ranking = ranking_of(test, lambda rate: 0.5 + sign * 0.1 * math.log10(rate))
    assert check_suggestions(test, parse("fixed"), ranking).at_edge == edge


def test_with_one_seed_nothing_is_decided_and_everything_may_be_best(test: RangeTest) -> None:
    ranking = ranking_of(test, lambda rate: min(rate, 0.9), seeds=1)
    check = check_suggestions(test, parse("fixed"), ranking)
    assert all(checked.in_top_group for checked in check.suggestions)
    assert {checked.verdict for checked in check.suggestions} <= {"best", "undecided"}


def test_a_rule_without_a_suggestion_is_left_out(test: RangeTest) -> None:
    flat = RangeTest((LossCurve(0, RATES, (1.0,) * 100, 0.0),))
    assert flat.policies(parse("fixed")) == ()
    mixed = RangeTest((test.curves[0], flat.curves[0]))
    check = check_suggestions(mixed, parse("fixed"), ranking_of(mixed, lambda rate: 0.5))
    assert len(check.suggestions) == 3


def test_a_suggestion_that_is_clearly_worse_is_not_in_the_top_group(test: RangeTest) -> None:
    ranking = ranking_of(test, lambda rate: 0.5)
    rows = tuple(replace(row, verdict="clearly worse") for row in ranking.rows[1:])
    ranking = replace(ranking, rows=(ranking.rows[0], *rows))
    check = check_suggestions(test, parse("fixed"), ranking)
    assert check.top_group == (ranking.rows[0].policy,)
    assert {c.in_top_group for c in check.suggestions if c.rank > 1} <= {False}
    assert "clearly worse" in {c.verdict for c in check.suggestions}
