"""Curves over epochs: of one run, and of policies over seeds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lr_study.comparison import ProtocolRanking, first_of_each_family
from lr_study.report.figures.hover import MAX_SPOTS, add_hover
from lr_study.report.figures.style import (
    COLOURS,
    DASHES,
    ENGLISH,
    Catalog,
    few_ticks,
    label,
    legend_below,
    name_of,
    new_figure,
)
from lr_study.report.units import Unit
from lr_study.runs import ACCURACY, CURVES, LOSS, EpochRecord, Metric, is_share, metric_of

Values = tuple[float | None, ...]

MAX_FAMILIES = len(COLOURS)
"""Families whose curves are shown: more could not be told apart."""


def quantities(metric: Metric) -> dict[str, tuple[str, ...]]:
    """Return what panels show by name: the curves of training and validation, or one.

    >>> list(quantities(ACCURACY))
    ['accuracy', 'loss', 'learning rate']
    """
    return {
        metric.name: (metric.name, metric.val),
        LOSS.name: (LOSS.name, LOSS.val),
        "learning rate": ("learning_rate",),
    }


@dataclass(frozen=True)
class Line:
    """One curve: its name in the legend, and a value per epoch from 1, None where there is none.

    ``low`` and ``high`` bound a band around it, where there is one.
    """

    label: str
    values: Values
    low: Values = ()
    high: Values = ()


def curve_lines(
    epochs: Sequence[EpochRecord], metric: Metric = ACCURACY, texts: Catalog = ENGLISH
) -> dict[str, list[Line]]:
    """Return the curves of a run by the quantity they show; ``metric`` is what it is ranked by."""

    def line(name: str) -> Line:
        side = "validation" if name.startswith("val_") else "training"
        text = side if name != "learning_rate" else "learning rate"
        return Line(texts.get(text, text), tuple(epoch.values()[name] for epoch in epochs))

    shown = quantities(metric).items()
    return {quantity: [line(name) for name in names] for quantity, names in shown}


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
    """Return the policies that curves are shown of: the first of each family, and the baseline.

    Of more than ``MAX_FAMILIES``, those that rank first.
    """
    first = [row.policy for row in first_of_each_family(ranking.rows).values()][:MAX_FAMILIES]
    known = [row.policy for row in ranking.rows if row.policy == baseline]
    return list(dict.fromkeys([*first, *known]))


def draw_lines(
    axes: Axes,
    lines: Sequence[Line],
    quantity: str,
    texts: Catalog = ENGLISH,
    *,
    bands: bool = True,
) -> Axes:
    """Draw curves over epochs, each in a colour and a dash of its own; a rate by its logarithm."""
    percent = is_share(quantity)
    rate = quantity == "learning rate"
    for line, colour, dash in zip(lines, cycle(COLOURS), cycle(DASHES), strict=False):
        epochs = np.arange(1, len(line.values) + 1)
        marker = "." if len(epochs) == 1 else ""
        values = _numbers(line.values)
        (drawn,) = axes.plot(
            epochs, values, linestyle=dash, color=colour, label=name_of(line.label)
        )
        # A rate holds for a whole epoch.
        drawn.set(marker=marker, drawstyle="steps-mid" if rate else "default")
        if line.low and bands:
            low, high = _numbers(line.low), _numbers(line.high)
            axes.fill_between(epochs, low, high, color=colour, alpha=0.2, linewidth=0)
    epoch, name = texts.get("epoch", "epoch"), texts.get(quantity, quantity)
    label(axes, epoch, f"{name}, %" if percent else name)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    if rate and all(value for line in lines for value in line.values):
        axes.set_yscale("log")
    else:
        few_ticks(axes.yaxis, percent=percent)
    unit = Unit(percent=percent, decimals=1)
    for line in lines:
        for number, value in _spots(line.values):
            text = f"{line.label}, {epoch} {number}: {unit.exact(value)}"
            add_hover(axes, [(number, value)], text)
    return axes


def _spots(values: Values) -> Iterator[tuple[int, float]]:
    """The epochs of a curve that answer to a pointer, with their values, the last among them."""
    every = -(-len(values) // MAX_SPOTS)
    for i in range((len(values) - 1) % every, len(values), every):
        value = values[i]
        if value is not None:
            yield i + 1, value


def _numbers(values: Values) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def zoom_range(lines: Sequence[Line]) -> tuple[float, float] | None:
    """Return the range in which curves of accuracy end, or None where it is most of the whole.

    It reaches from the lowest last value to the highest of all values, with a margin. Curves that
    end more than five points below the best do not count: they would hide what the others do.
    """
    known = [[v for v in line.values if v is not None] for line in lines if None not in line.values]
    if not known:
        return None
    best = max(values[-1] for values in known)
    low = min(values[-1] for values in known if values[-1] >= best - 0.05)
    high = max(max(values) for values in known)
    pad = max(0.15 * (high - low), 0.0025)
    lowest = min(min(values) for values in known)
    if high - low + 2 * pad > (high - lowest) / 2:
        return None
    return low - pad, min(high + pad, 1.0)


def curve_figures(epochs: Sequence[EpochRecord], metric: Metric = ACCURACY) -> dict[str, Figure]:
    """Return a figure per quantity of one run: accuracy, loss and learning rate over epochs."""
    figures = {}
    for quantity, lines in curve_lines(epochs, metric).items():
        figure = new_figure(3.6)
        axes = draw_lines(figure.add_subplot(), lines, quantity)
        if len(lines) > 1:
            legend_below(figure, axes.lines, 2)
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
    metric = metric_of(ranking.fields)
    return {
        name: [
            mean_line(by_policy[policy], name, policy)
            for policy in displayed_policies(ranking, baseline)
            if all(curves.get(name) for curves in by_policy[policy]["curves"])
        ]
        for name in dict.fromkeys((*CURVES, metric.name, metric.val))
    }


def _legend_height(lines: Sequence[Line]) -> float:
    """What a legend of more than two lines in two columns adds to a figure, in inches."""
    return 0.18 * max(0, -(-len(lines) // 2) - 2)


def study_curves(
    ranking: ProtocolRanking, runs: pd.DataFrame, baseline: str, texts: Catalog = ENGLISH
) -> dict[str, Figure]:
    """Return a figure per quantity, validation above training, and one of the accuracy's end.

    The figure ``accuracy_zoom`` is left out where the whole range is as clear.
    """
    lines = study_lines(ranking, runs, baseline)
    metric = metric_of(ranking.fields)
    figures = {}
    for quantity, names in quantities(metric).items():
        figure = new_figure((2.9 if len(names) == 1 else 5.0) + _legend_height(lines[names[0]]))
        panels = figure.subplots(len(names), sharex=True, sharey=True, squeeze=False)[:, 0]
        for axes, name in zip(panels, reversed(names), strict=True):
            # Seeds differ in the rate of a plateau alone, by factors that no band would show.
            draw_lines(axes, lines[name], quantity, texts, bands=quantity != "learning rate")
            if len(names) > 1:
                side = "training" if name == names[0] else "validation"
                axes.set_title(texts.get(side, side), fontsize="medium")
                axes.label_outer()
        legend_below(figure, max((axes.lines for axes in panels), key=len), 2)
        is_other = quantity == metric.name and metric not in (ACCURACY, LOSS)
        figures["metric" if is_other else quantity.replace(" ", "_")] = figure
        closer = zoom_range(lines[names[-1]]) if quantity == "accuracy" else None
        if closer:
            height = 3.6 + _legend_height(lines[names[-1]])
            figures["accuracy_zoom"] = zoom = new_figure(height)
            axes = draw_lines(zoom.add_subplot(), lines[names[-1]], quantity, texts, bands=False)
            axes.set_ylim(closer)
            axes.set_title(texts.get("validation", "validation"), fontsize="medium")
            legend_below(zoom, axes.lines, 2)
    return figures
