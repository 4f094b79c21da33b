"""Curves over epochs: of one run, of policies over seeds, of the rates alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lr_study.comparison import ProtocolRanking, first_of_each_family
from lr_study.policies import FAMILIES
from lr_study.report.figures.style import (
    COLOURS,
    DASHES,
    ENGLISH,
    Catalog,
    label,
    new_figure,
    plain,
)
from lr_study.runs import CURVES, EpochRecord

Values = tuple[float | None, ...]

QUANTITIES = {
    "accuracy": ("accuracy", "val_accuracy"),
    "loss": ("loss", "val_loss"),
    "learning rate": ("learning_rate",),
}
"""What a panel shows: the curves of training and validation, or one."""


@dataclass(frozen=True)
class Line:
    """One curve: its name in the legend, and a value per epoch from 1, None where there is none.

    ``low`` and ``high`` bound a band around it, where there is one.
    """

    label: str
    values: Values
    low: Values = ()
    high: Values = ()


def curve_lines(epochs: Sequence[EpochRecord], texts: Catalog = ENGLISH) -> dict[str, list[Line]]:
    """Return the curves of a run by the quantity they show."""

    def line(name: str) -> Line:
        side = "validation" if name.startswith("val_") else "training"
        text = side if name != "learning_rate" else "learning rate"
        return Line(texts.get(text, text), tuple(getattr(epoch, name) for epoch in epochs))

    return {quantity: [line(name) for name in names] for quantity, names in QUANTITIES.items()}


def mean_line(runs: pd.DataFrame, name: str, text: str) -> Line:
    """Return the mean curve of some runs, in a band of one standard deviation over them.

    Where one run has no value, there is neither: the mean of the others would flatter.
    """
    curves = np.array([row[name] for row in runs["curves"]], dtype=np.float64)
    mean = curves.mean(axis=0)
    spread = curves.std(axis=0, ddof=1) if len(curves) > 1 else np.full_like(mean, np.nan)
    return Line(text, _values(mean), _values(mean - spread), _values(mean + spread))


def _values(array: np.ndarray) -> Values:
    return tuple(None if np.isnan(value) else float(value) for value in array)


def displayed_policies(ranking: ProtocolRanking, baseline: str) -> list[str]:
    """Return the policies that curves are shown of: the first of each family, and the baseline."""
    first = [row.policy for row in first_of_each_family(ranking.rows).values()]
    known = [row.policy for row in ranking.rows if row.policy == baseline]
    return list(dict.fromkeys([*first, *known]))


def draw_lines(axes: Axes, lines: Sequence[Line], quantity: str, texts: Catalog = ENGLISH) -> Axes:
    """Draw curves over epochs, each in a colour and a dash of its own; a rate by its logarithm."""
    for line, colour, dash in zip(lines, cycle(COLOURS), cycle(DASHES), strict=False):
        epochs = np.arange(1, len(line.values) + 1)
        marker = "." if len(epochs) == 1 else ""
        values = _numbers(line.values)
        # A rate holds for a whole epoch.
        steps = "steps-mid" if quantity == "learning rate" else "default"
        (drawn,) = axes.plot(epochs, values, linestyle=dash, color=colour, label=plain(line.label))
        drawn.set(marker=marker, drawstyle=steps)
        if line.low:
            low, high = _numbers(line.low), _numbers(line.high)
            axes.fill_between(epochs, low, high, color=colour, alpha=0.2, linewidth=0)
    label(axes, texts.get("epoch", "epoch"), texts.get(quantity, quantity))
    if quantity == "learning rate" and all(value for line in lines for value in line.values):
        axes.set_yscale("log")
    if len(lines) > 1:
        axes.legend(frameon=False, fontsize="small")
    return axes


def _numbers(values: Values) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def curve_figures(epochs: Sequence[EpochRecord]) -> dict[str, Figure]:
    """Return a figure per quantity of one run: accuracy, loss and learning rate over epochs."""
    figures = {}
    for quantity, lines in curve_lines(epochs).items():
        figure = new_figure(6, 4)
        draw_lines(figure.add_subplot(), lines, quantity)
        figures[quantity.replace(" ", "_")] = figure
    return figures


def study_lines(
    ranking: ProtocolRanking, runs: pd.DataFrame, baseline: str
) -> dict[str, list[Line]]:
    """Return the mean curves of the displayed policies by quantity.

    ``runs`` are those of the ranking, with the column ``curves``; a curve that was not logged is
    left out.
    """
    by_policy = dict(iter(runs.groupby("policy")))
    return {
        name: [
            mean_line(by_policy[policy], name, policy)
            for policy in displayed_policies(ranking, baseline)
            if all(curves.get(name) for curves in by_policy[policy]["curves"])
        ]
        for name in CURVES
    }


def study_curves(
    ranking: ProtocolRanking, runs: pd.DataFrame, baseline: str, texts: Catalog = ENGLISH
) -> Figure:
    """Return one figure: validation beside training, accuracy over loss, and the rates."""
    lines = study_lines(ranking, runs, baseline)
    figure = new_figure(10, 9)
    grid = figure.add_gridspec(3, 2)
    for i, (quantity, names) in enumerate(QUANTITIES.items()):
        shared = None
        for j, name in enumerate(reversed(names)):
            place = grid[i, j] if len(names) > 1 else grid[i, :]
            axes = figure.add_subplot(place, sharey=shared)
            shared = axes
            draw_lines(axes, lines[name], quantity, texts)
            if len(names) > 1:
                side = "training" if name == names[0] else "validation"
                axes.set_title(texts.get(side, side), fontsize="medium")
            legend = axes.get_legend()
            if (i, j) != (0, 0) and legend is not None:
                legend.remove()
    return figure


def policies_figure(epochs: int) -> Figure:
    """Return the rates of every family with its default parameters."""
    lines = [Line(str(cls()), tuple(cls()(e) for e in range(epochs))) for cls in FAMILIES.values()]
    figure = new_figure(7, 4)
    draw_lines(figure.add_subplot(), lines, "learning rate")
    return figure
