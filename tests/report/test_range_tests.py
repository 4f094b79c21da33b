"""A range test as figure, table, JSON and grid: the data as values, then what is shown."""

import json
import math
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pytest
from compared_runs import ranked, with_curves
from matplotlib.figure import Figure
from records import make_record

from lr_study.comparison import LossCurve, RangeTest, check_suggestions
from lr_study.policies import parse
from lr_study.report import (
    RangeReport,
    check_table,
    next_grid,
    range_description,
    range_json,
    range_table,
    range_test_figure,
)
from lr_study.report.figures.range_tests import (
    LossLine,
    RateMark,
    draw_range_test,
    loss_lines,
    rate_marks,
)
from lr_study.runs import RangeSpec, RateRange, Settings
from lr_study.runs.grids import load_grid
from lr_study.support import LrStudyError, UsageError

RANGE = RateRange(1e-8, 1e2 / 10**0.1)
RATES = RANGE.rates(100)
FLAT = (1.0,) * 100


def losses(fall_at: int) -> tuple[float, ...]:
    """Flat, a fall by half at one step, slowly down for 26, lost."""
    slow = [4.0 - 0.01 * i for i in range(26)]
    return (*[8.0] * fall_at, *slow, *[math.nan] * (74 - fall_at))


def report_of(*curves, **settings) -> RangeReport:
    spec = RangeSpec(Settings(**settings), RANGE, parse("fixed"), tuple(range(len(curves))))
    test = RangeTest(tuple(LossCurve(i, RATES, c, 0.0) for i, c in enumerate(curves)))
    return RangeReport(spec, test)


@pytest.fixture(scope="module")
def report() -> RangeReport:
    return report_of(losses(59), losses(49), image_size=64, data='my "images"')


def checked(report: RangeReport) -> RangeReport:
    """The same, where the highest rate is best and minimum/10 is as good but for noise."""
    policies = report.policies
    high = policies[-1].learning_rate
    minimum = report.test.suggestions[2].rate
    runs = with_curves(
        *(
            make_record(str(policy), seed, accuracies=(0.1, score), losses=(1, 0.5))
            for policy in policies
            for seed in range(3)
            for score in [
                {high: 0.9, minimum: 0.89 + 0.015 * (seed == 0)}.get(policy.learning_rate, 0.5)
            ]
        )
    )
    check = check_suggestions(report.test, report.spec.policy, ranked(runs))
    return replace(report, check=check)


def test_the_figure_is_data_first(report: RangeReport) -> None:
    first, second = loss_lines(report.test)
    assert first == LossLine(0, RATES[:85], tuple(losses(59)[:85]))
    assert second.rates == RATES[:75]
    valley, steep, tenth = rate_marks(report.test)
    assert steep == RateMark("steepest", 0.002, RATES[48], RATES[58])
    assert steep.text == "steepest 0.002 (0.00063 to 0.0063)"
    assert tenth.label == "minimum/10"
    assert RateMark("valley", 0.01, 0.01, 0.01).text == "valley 0.01"
    before = dict(mpl.rcParams)
    axes = draw_range_test(Figure().add_subplot(), [first, second], [valley, steep, tenth])
    assert dict(mpl.rcParams) == before
    assert axes.get_xscale() == "log"
    assert [line.get_label() for line in axes.lines[2:]] == [valley.text, steep.text, tenth.text]
    assert list(axes.lines[0].get_ydata()) == list(first.losses)
    (legend,) = range_test_figure(report.test).legends
    assert [t.get_text() for t in legend.get_texts()] == [valley.text, steep.text, tenth.text]


def test_a_curve_without_suggestions_is_drawn_too() -> None:
    lost = report_of((math.nan,) * 100, FLAT)
    assert [len(line.rates) for line in loss_lines(lost.test)] == [0, 100]
    assert rate_marks(lost.test) == []
    figure = range_test_figure(lost.test)
    assert len(figure.axes[0].lines) == 2


def test_the_table_has_each_rule_with_its_spread(report: RangeReport) -> None:
    rows = [line.split() for line in range_table(report).splitlines()[2:5]]
    assert rows[1] == ["steepest", "0.002", "0.00063", "0.0063", "10.0", "2", "of", "2"]
    assert [row[0] for row in rows] == ["valley", "steepest", "minimum/10"]
    assert "note: steepest differs between seeds by a factor of 10," in range_table(report)
    half = " ".join(range_table(report_of(losses(59), FLAT)).split())
    assert "1 of 2" in half
    assert "note: valley suggests no rate under 1 of 2 seeds" in half


def test_the_grid_is_read_by_a_study_as_it_was_meant(report: RangeReport, tmp_path: Path) -> None:
    file = tmp_path / "grid.yaml"
    file.write_text(next_grid(report) + "\n", encoding="utf-8")
    grid = load_grid(str(file))
    assert grid.policies == report.policies
    assert grid.completed(Settings()) == report.spec.settings
    assert grid.seeds == "2"
    with pytest.raises(LrStudyError, match="no rate is suggested, so there is no grid"):
        next_grid(report_of(FLAT))


def test_json_holds_everything_that_the_table_shows(report: RangeReport) -> None:
    value = json.loads(range_json(checked(report)))
    steep = value["suggestions"][1]
    assert (steep["rule"], steep["rate"]) == ("steepest", 0.002)
    assert steep["by_seed"] == [RATES[58], RATES[48]]
    assert (steep["lowest"], steep["highest"]) == (RATES[48], RATES[58])
    assert value["diverged_at"] == [RATES[85], RATES[75]]
    assert (value["start_lr"], value["steps"], value["seeds"]) == (1e-8, 100, [0, 1])
    assert value["policies"] == [str(policy) for policy in report.policies]
    check = value["check"]
    assert {s["rule"]: s["in_top_group"] for s in check["suggestions"]}["steepest"] is False
    assert check["best_rate"] == report.policies[-1].learning_rate
    assert check["at_edge"] == "highest"
    assert check["suggestions"][1]["neighbours"][0]["verdict"] == "worse"
    assert json.loads(range_json(report))["check"] is None


def test_the_answer_says_which_suggestions_were_in_the_top_group(report: RangeReport) -> None:
    answer = " ".join(check_table(checked(report)).split())
    assert f"Of {len(report.policies)} policies, trained for 50 epochs under 3 seeds" in answer
    assert "In the top group: minimum/10 (undecided)." in answer
    assert "Not in it: valley (worse), steepest (worse)." in answer
    assert "Undecided is lack of evidence" in answer
    assert "The best rate is the highest that was trained" in answer
    described = range_description(checked(report))
    assert "- steepest: **0.002**, by seed 0.00063 to 0.0063" in described
    assert "In the top group: minimum/10 (undecided)." in described


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"settings": Settings(engine="live")}, "engine=live is not allowed: a range test"),
        ({"policy": parse("python:math:fmod")}, "has no learning rate that can be set"),
        (
            {"policy": parse("warmup:epochs=50+cosine")},
            "does not fit into epochs=50",
        ),
        ({"policy": parse("cyclic:base_lr=1,max_lr=2")}, "base_lr"),
    ],
)
def test_a_policy_that_cannot_be_checked_is_refused_before_training(change, says: str) -> None:
    spec = {
        "settings": Settings(),
        "rate_range": RateRange(),
        "policy": parse("one_cycle"),
        "seeds": (0,),
    }
    RangeSpec(**spec)
    with pytest.raises(UsageError) as error:
        RangeSpec(**(spec | change))
    assert says in str(error.value)
