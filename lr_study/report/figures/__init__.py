"""Figures: first the data as a value, then a function that draws it on Axes it is given."""

import pandas as pd
from matplotlib.figure import Figure

from lr_study.comparison import Comparison, ProtocolRanking
from lr_study.report.figures.curves import curve_figures, study_curves
from lr_study.report.figures.hover import hover_paths
from lr_study.report.figures.range_tests import range_test_figure
from lr_study.report.figures.rankings import (
    difference_dots,
    draw_differences,
    draw_dots,
    draw_ranks,
    ranking_dots,
    verdict_legend,
    view_ranks,
)
from lr_study.report.figures.schedules import policies_figure, rates_figure
from lr_study.report.figures.style import ENGLISH, Catalog, new_figure
from lr_study.report.units import column_name, unit_of

__all__ = [
    "curve_figures",
    "hover_paths",
    "policies_figure",
    "range_test_figure",
    "rates_figure",
    "study_figures",
]


def study_figures(
    comparison: Comparison, ranking: ProtocolRanking, runs: pd.DataFrame, texts: Catalog = ENGLISH
) -> dict[str, Figure]:
    """Return the figures of one protocol by name, each as wide as a telephone.

    They are ``ranking``, ``differences`` and ``views``, and the curves ``accuracy``,
    ``accuracy_zoom``, ``loss`` and ``learning_rate``. ``runs`` are those that were compared.
    Without curves, or with one policy, what would show nothing is left out.
    """
    runs = comparison.ranked(runs)
    runs = runs[runs["protocol_id"] == ranking.id]
    column = f"{comparison.at}_{comparison.metric}"
    unit = unit_of(comparison.metric)
    quantity = column_name(column, texts)
    height = 1.5 + 0.3 * len(ranking.rows)
    figures = {"ranking": new_figure(height)}
    dots = ranking_dots(ranking, runs, column)
    in_unit = f"{quantity}, %" if unit.percent else quantity
    draw_dots(figures["ranking"].add_subplot(), dots, in_unit, unit, texts)
    verdict_legend(figures["ranking"], dots, texts)
    if len(ranking.rows) > 1:
        figures["differences"] = new_figure(height)
        differences = difference_dots(ranking, runs, column)
        below = texts.get("versus best", "Δ vs best, same seeds")
        if unit.percent:
            below += f", {texts.get('points', 'points')}"
        draw_differences(
            figures["differences"].add_subplot(),
            differences,
            ranking.margin,
            f"{quantity}: {below}",
            unit,
            texts,
        )
        verdict_legend(figures["differences"], differences, texts)
        figures["views"] = new_figure(height)
        draw_ranks(figures["views"].add_subplot(), view_ranks(ranking), texts)
    if "curves" in runs:
        figures |= study_curves(ranking, runs, comparison.baseline, texts)
    return figures
