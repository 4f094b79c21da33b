"""Figures: the data as values, and that drawing shows them and sets nothing global."""

from concurrent.futures import ThreadPoolExecutor

import matplotlib as mpl
import pandas as pd
import pytest
from compared_runs import with_curves
from matplotlib.figure import Figure
from records import frame, make_record

from lr_study.comparison.experiment import compare
from lr_study.policies import FAMILIES
from lr_study.report.figures import curve_figures, policies_figure, study_figures
from lr_study.report.figures.curves import (
    MAX_FAMILIES,
    Line,
    curve_lines,
    displayed_policies,
    mean_line,
    study_lines,
    zoom_range,
)
from lr_study.report.figures.hover import Hover
from lr_study.report.figures.rankings import (
    Dots,
    difference_dots,
    draw_differences,
    draw_dots,
    ranking_dots,
    verdict_legend,
    view_ranks,
)
from lr_study.report.figures.style import SHAPES, new_figure
from lr_study.report.svg import inline_svg
from lr_study.report.units import unit_of
from lr_study.runs import CURVES

ACCURACY = unit_of("val_accuracy")


def study():
    records = [
        make_record("fixed:lr=0.001", seed, accuracies=(0.5, 0.5 + seed / 4), losses=(1.0, 0.5))
        for seed in (0, 1)
    ]
    records.append(make_record("fixed:lr=0.1", 0, accuracies=(0.25, 1.0), losses=(1.0, 0.5)))
    records.append(
        make_record("fixed:lr=0.1", 1, accuracies=(0.75, 1.0), losses=(1.0, 0.5), diverges_at=2)
    )
    runs = frame(*records)
    runs["curves"] = [
        {name: [getattr(epoch, name) for epoch in record.epochs] for name in CURVES}
        for record in records
    ]
    return compare(runs), runs


def test_curves_of_a_run_are_its_records() -> None:
    record = make_record(diverges_at=3)
    lines = curve_lines(record.epochs)
    assert list(lines) == ["accuracy", "loss", "learning rate"]
    training, validation = lines["loss"]
    assert validation.label == "validation"
    assert validation.values == (1.0, 0.75, None, None)
    assert training.values == (1.5, 1.125, None, None)
    figures = curve_figures(record.epochs)
    assert {name: len(figure.axes[0].lines) for name, figure in figures.items()} == {
        "accuracy": 2,
        "loss": 2,
        "learning_rate": 1,
    }


def test_a_ranking_has_a_dot_per_seed_a_mean_and_a_shape_per_verdict() -> None:
    comparison, runs = study()
    (ranking,) = comparison.protocols
    dots = ranking_dots(ranking, runs, "final_val_accuracy")
    best, last = ranking.rows
    assert dots == [
        Dots("fixed:lr=0.001", 0.625, best.interval, (0.5, 0.75), "best", (0, 1)),
        Dots("fixed:lr=0.1", 1.0, last.interval, (1.0, 1.0), "undecided", (0, 1)),
    ]
    axes = draw_dots(Figure().add_subplot(), dots, "accuracy", ACCURACY)
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["fixed 0.001", "fixed 0.1"]
    texts = [hover.text for hover in axes.findobj(Hover)]
    assert "fixed:lr=0.001, seed 1: 75" in texts
    assert any(text.startswith("fixed:lr=0.001: 62.5 [") and "best" in text for text in texts)
    shapes = {line.get_marker() for line in axes.lines}
    assert {SHAPES["best"], SHAPES["undecided"]} <= shapes
    assert SHAPES["worse"] not in shapes
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_differences_are_from_the_best_under_the_same_seeds() -> None:
    comparison, runs = study()
    (ranking,) = comparison.protocols
    (dot,) = difference_dots(ranking, runs, "final_val_accuracy")
    assert (dot.policy, dot.mean, dot.values) == ("fixed:lr=0.1", 0.375, (0.5, 0.25))
    figure = new_figure(2)
    axes = draw_differences(figure.add_subplot(), [dot], 0.005, "difference", ACCURACY)
    verdict_legend(figure, [dot])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["undecided"]
    assert "fixed:lr=0.1, seed 0: +50" in [hover.text for hover in axes.findobj(Hover)]


def test_mean_curves_end_where_one_seed_has_no_value() -> None:
    comparison, runs = study()
    (ranking,) = comparison.protocols
    assert displayed_policies(ranking, "fixed:lr=0.1") == ["fixed:lr=0.001", "fixed:lr=0.1"]
    lines = study_lines(ranking, runs, "fixed:lr=0.1")
    base, other = lines["val_accuracy"]
    assert (base.label, base.values) == ("fixed:lr=0.001", (0.5, 0.625))
    assert base.high == pytest.approx((0.5, 0.625 + 0.125 * 2**0.5))
    assert other.values == (0.5, 1.0)
    assert lines["val_loss"][1].values == (1.0, None)
    assert lines["val_loss"][1].high == (1.0, None)


def test_curves_are_those_of_the_first_families() -> None:
    records = [
        make_record(str(cls()), seed, accuracies=(0.5, 0.9 - rank / 100), losses=(1.0, 0.9))
        for rank, cls in enumerate(FAMILIES.values())
        for seed in (0, 1)
    ]
    runs = with_curves(*records)
    comparison = compare(runs, baseline="plateau")
    (ranking,) = comparison.protocols
    shown = displayed_policies(ranking, ranking.rows[-1].policy)
    assert shown == [
        *(row.policy for row in ranking.rows[:MAX_FAMILIES]),
        ranking.rows[-1].policy,
    ]
    figures = study_figures(comparison, ranking, runs)
    lines = figures["learning_rate"].axes[0].lines
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == len(lines)
    assert len(lines) == MAX_FAMILIES + 1


def test_one_run_has_a_curve_and_no_band() -> None:
    _, runs = study()
    line = mean_line(runs[:1], "val_accuracy", "one")
    assert (line.values, line.low, line.high) == ((0.5, 0.5), (None, None), (None, None))


def test_the_zoom_shows_where_curves_end() -> None:
    near = [Line("a", (0.2, 0.9, 0.94)), Line("b", (0.1, 0.92, 0.93))]
    low, high = zoom_range(near) or (0, 0)
    assert 0.92 < low < 0.93
    assert 0.94 < high < 0.95
    # One that ends far below does not count, and one without an end has none.
    assert zoom_range([*near, Line("c", (0.1, 0.2, 0.3)), Line("d", (0.1, None))]) == (low, high)
    # A curve that lies in a narrow range as a whole needs none.
    assert zoom_range([Line("a", (0.938, 0.939, 0.94))]) is None
    assert zoom_range([Line("a", (None,))]) is None


def test_ranks_by_the_several_views() -> None:
    comparison, _ = study()
    ranks = view_ranks(comparison.protocols[0])
    assert ranks.views == (
        "final_val_accuracy",
        "best_val_accuracy",
        "final_val_loss",
        "epochs_to_target",
    )
    # Who diverged is last in all.
    assert ranks.ranks == {"fixed:lr=0.001": (1, 1, 1, 1), "fixed:lr=0.1": (2, 2, 2, 2)}


def test_drawing_sets_nothing_global() -> None:
    before = dict(mpl.rcParams)
    comparison, runs = study()
    figures = study_figures(comparison, comparison.protocols[0], runs)
    curves = ["accuracy", "accuracy_zoom", "loss", "learning_rate"]
    assert list(figures) == ["ranking", "differences", "views", *curves]
    policies_figure(10)
    assert dict(mpl.rcParams) == before


def test_a_name_with_dollars_is_drawn_as_it_is() -> None:
    dots = [Dots("a$b$c", 1.0, None, (), "best")]
    axes = draw_dots(Figure().add_subplot(), dots, "x", ACCURACY)
    axes.figure.savefig("/dev/null", format="svg")
    assert axes.get_yticklabels()[0].get_text() == r"a\$b\$c"


def test_only_ranked_runs_are_drawn() -> None:
    _, runs = study()
    # Under one seed, an earlier run whose rate left its policy, and a later double of the good one.
    wrong, double = runs.iloc[[0]].copy(), runs.iloc[[0]].copy()
    wrong["run_id"], wrong["end_time"] = "wrong", -1
    wrong["curves"] = [{**runs["curves"].iloc[0], "learning_rate": [1.0, 1.0]}]
    double["run_id"], double["end_time"] = "double", 99
    for other in wrong, double:
        other["final_val_accuracy"] = 0.125
    all_runs = pd.concat([wrong, runs, double], ignore_index=True)
    comparison = compare(all_runs)
    assert {run.run_id for run in comparison.excluded} == {"wrong", "double"}
    axes = study_figures(comparison, comparison.protocols[0], all_runs)["ranking"].axes[0]
    assert 0.125 not in {x for line in axes.lines for x in line.get_xdata()}


def test_threads_that_draw_at_once_leave_settings_as_they_were() -> None:
    before = dict(mpl.rcParams)
    names = ["a", "b", "c"]

    def draw(name: str) -> str:
        figure = Figure(figsize=(1, 1))
        figure.add_subplot().plot([1, 2])
        return inline_svg(figure, name, "")

    alone = [draw(name) for name in names]
    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(draw, names * 5))
    assert together == alone * 5
    assert dict(mpl.rcParams) == before
