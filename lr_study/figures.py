"""Figures: first the data as a value, then a function that draws it on Axes it is given.

No global style is set and no window opened. Colours are Okabe and Ito's, which people with any
colour vision tell apart; lines differ in dashes too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lr_study.policies import FAMILIES
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


def policies_figure(epochs: int) -> Figure:
    """Return the rates of every family with its default parameters."""
    lines = tuple(
        Line(str(cls()), tuple(range(1, epochs + 1)), tuple(cls()(e) for e in range(epochs)))
        for cls in FAMILIES.values()
    )
    figure = Figure(figsize=(7, 4), layout="constrained")
    draw_lines(figure.add_subplot(), lines, "learning_rate")
    return figure
