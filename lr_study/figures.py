"""Figures: first the data as a value, then a function that draws it on Axes it is given.

No global style is set and no window opened. Colours are Okabe and Ito's, which people with any
colour vision tell apart; lines differ in dashes too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lr_study.policies import FAMILIES
from lr_study.results import Comparison, ProtocolRanking
from lr_study.runs import EpochRecord

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", ":", "-.")


@dataclass(frozen=True)
class Line:
    """One curve: its name in the legend, and a value per epoch, None where there is none."""

    label: str
    epochs: tuple[int, ...]
    values: tuple[float | None, ...]


def curve_lines(epochs: Sequence[EpochRecord]) -> dict[str, tuple[Line, ...]]:
    """Return the curves of a run by the quantity they show."""

    def line(label: str, name: str) -> Line:
        values = tuple(getattr(epoch, name) for epoch in epochs)
        return Line(label, tuple(epoch.epoch for epoch in epochs), values)

    return {
        "accuracy": (line("training", "accuracy"), line("validation", "val_accuracy")),
        "loss": (line("training", "loss"), line("validation", "val_loss")),
        "learning_rate": (line("learning rate", "learning_rate"),),
    }


def draw_lines(axes: Axes, lines: Sequence[Line], quantity: str) -> Axes:
    """Draw curves over epochs; a rate has a logarithmic axis."""
    for line, colour, style in zip(lines, COLOURS, cycle(DASHES), strict=False):
        values = [float("nan") if value is None else value for value in line.values]
        marker = "." if len(values) == 1 else ""
        axes.plot(line.epochs, values, style, color=colour, label=line.label, marker=marker)
    axes.set_xlabel("epoch")
    axes.set_ylabel(quantity.replace("_", " "))
    if quantity == "learning_rate" and all(value for line in lines for value in line.values):
        axes.set_yscale("log")
    axes.grid(visible=True, alpha=0.3)
    if len(lines) > 1:
        axes.legend(frameon=False)
    return axes


def curve_figures(epochs: Sequence[EpochRecord]) -> dict[str, Figure]:
    """Return a figure per quantity: accuracy, loss and learning rate over epochs."""
    figures = {}
    for quantity, lines in curve_lines(epochs).items():
        figure = Figure(figsize=(6, 4), layout="constrained")
        draw_lines(figure.add_subplot(), lines, quantity)
        figures[quantity] = figure
    return figures


@dataclass(frozen=True)
class Dots:
    """One policy of a ranking: its mean, and the value under each seed."""

    policy: str
    mean: float | None
    values: tuple[float, ...]


def ranking_dots(ranking: ProtocolRanking, runs: pd.DataFrame, column: str) -> tuple[Dots, ...]:
    """Return what `draw_ranking` shows, best first."""
    by_policy = dict(iter(runs[runs["excluded"].isna()].groupby("policy")))
    return tuple(
        Dots(
            row.policy,
            row.estimate,
            tuple(by_policy[row.policy].set_index("seed")[column].loc[list(row.seeds)].dropna()),
        )
        for row in ranking.rows
    )


def draw_ranking(axes: Axes, dots: Sequence[Dots], quantity: str) -> Axes:
    """Draw policies below one another: a dot a seed, a diamond for the mean."""
    for height, dot in enumerate(dots):
        axes.plot(dot.values, [height] * len(dot.values), ".", color="0.6")
        if dot.mean is not None:
            axes.plot(dot.mean, height, "D", color=COLOURS[0])
    axes.set_yticks(range(len(dots)), [dot.policy for dot in dots])
    axes.invert_yaxis()
    axes.set_xlabel(quantity.replace("_", " "))
    axes.grid(visible=True, axis="x", alpha=0.3)
    return axes


def mean_curves(ranking: ProtocolRanking, runs: pd.DataFrame, name: str) -> tuple[Line, ...]:
    """Return a curve per policy, best first: the mean over seeds, where all have a value."""
    by_policy = dict(iter(runs[runs["excluded"].isna()].groupby("policy")))
    lines = []
    for row in ranking.rows:
        part = by_policy[row.policy]
        curves = [curves[name] for curves in part[part["seed"].isin(row.seeds)]["curves"]]
        values = tuple(
            None if None in at_epoch else sum(at_epoch) / len(at_epoch)
            for at_epoch in zip(*curves, strict=True)
        )
        lines.append(Line(row.policy, tuple(range(1, len(values) + 1)), values))
    return tuple(lines)


def study_figures(comparison: Comparison, runs: pd.DataFrame) -> dict[str, Figure]:
    """Return the figures of a study: the ranking, and validation curves of its best policies."""
    (ranking, *_) = comparison.protocols
    column = f"{comparison.at}_{comparison.metric}"
    height = 1 + 0.25 * len(ranking.rows)
    figure = Figure(figsize=(8, height), layout="constrained")
    draw_ranking(figure.add_subplot(), ranking_dots(ranking, runs, column), column)
    figures = {"ranking": figure}
    for quantity, name in (("accuracy", "val_accuracy"), ("loss", "val_loss")):
        figure = Figure(figsize=(8, 5), layout="constrained")
        best = mean_curves(ranking, runs, name)[: len(COLOURS)]
        draw_lines(figure.add_subplot(), best, f"validation {quantity}, mean over seeds")
        figures[quantity] = figure
    return figures


def policies_figure(epochs: int) -> Figure:
    """Return the rates of every family with its default parameters."""
    lines = tuple(
        Line(str(cls()), tuple(range(1, epochs + 1)), tuple(cls()(e) for e in range(epochs)))
        for cls in FAMILIES.values()
    )
    figure = Figure(figsize=(7, 4), layout="constrained")
    draw_lines(figure.add_subplot(), lines, "learning_rate")
    return figure
