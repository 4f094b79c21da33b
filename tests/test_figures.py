"""Figures: the data as values, and that drawing shows them and sets nothing global."""

import matplotlib as mpl
from matplotlib.figure import Figure
from records import make_record
from test_comparison import frame

from lr_study.comparison import compare
from lr_study.figures import (
    curve_figures,
    curve_lines,
    draw_ranking,
    mean_curves,
    policies_figure,
    ranking_dots,
    study_figures,
)
from lr_study.runs import CURVES


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
    assert list(lines) == ["accuracy", "loss", "learning_rate"]
    training, validation = lines["loss"]
    assert validation.label == "validation"
    assert validation.epochs == (1, 2, 3, 4)
    assert validation.values == (1.0, 0.75, None, None)
    assert training.values == (1.5, 1.125, None, None)
    figures = curve_figures(record.epochs)
    assert [len(figure.axes[0].lines) for figure in figures.values()] == [2, 2, 1]


def test_a_ranking_has_a_dot_per_seed_and_a_mean() -> None:
    comparison, runs = study()
    (ranking,) = comparison.protocols
    dots = ranking_dots(ranking, runs, "final_val_accuracy")
    assert [(dot.policy, dot.mean, dot.values) for dot in dots] == [
        ("fixed:lr=0.001", 0.625, (0.5, 0.75)),
        ("fixed:lr=0.1", 1.0, (1.0, 1.0)),
    ]
    axes = draw_ranking(Figure().add_subplot(), dots, "final_val_accuracy")
    assert [label.get_text() for label in axes.get_yticklabels()] == [d.policy for d in dots]


def test_mean_curves_end_where_one_seed_has_no_value() -> None:
    comparison, runs = study()
    (ranking,) = comparison.protocols
    base, other = mean_curves(ranking, runs, "val_accuracy")
    assert (base.label, base.values) == ("fixed:lr=0.001", (0.5, 0.625))
    assert other.values == (0.5, 1.0)
    assert mean_curves(ranking, runs, "val_loss")[1].values == (1.0, None)


def test_drawing_sets_nothing_global() -> None:
    before = dict(mpl.rcParams)
    comparison, runs = study()
    study_figures(comparison, runs)
    assert policies_figure(10).axes[0].get_yscale() == "log"
    assert dict(mpl.rcParams) == before
