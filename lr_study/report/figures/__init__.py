"""Figures: first the data as a value, then a function that draws it on Axes it is given."""

import pandas as pd
from matplotlib.figure import Figure

from lr_study.comparison import Comparison, ProtocolRanking
from lr_study.report.figures.curves import curve_figures, policies_figure, study_curves
from lr_study.report.figures.rankings import (
    difference_dots,
    draw_differences,
    draw_dots,
    draw_ranks,
    ranking_dots,
    view_ranks,
)
from lr_study.report.figures.style import ENGLISH, Catalog, new_figure

__all__ = ["curve_figures", "policies_figure", "study_figures"]


def study_figures(
    comparison: Comparison, ranking: ProtocolRanking, runs: pd.DataFrame, texts: Catalog = ENGLISH
) -> dict[str, Figure]:
    """Return the figures of one protocol: ``ranking``, ``differences``, ``views``, ``curves``.

    ``runs`` are those that were compared. Without curves, or with one policy, what would show
    nothing is left out.
    """
    runs = comparison.ranked(runs)
    runs = runs[runs["protocol_id"] == ranking.id]
    column = f"{comparison.at}_{comparison.metric}"
    quantity = texts.get(column, column.replace("_", " "))
    height = 1.5 + 0.3 * len(ranking.rows)
    figures = {"ranking": new_figure(8, height)}
    dots = ranking_dots(ranking, runs, column)
    draw_dots(figures["ranking"].add_subplot(), dots, quantity, texts)
    if len(ranking.rows) > 1:
        figures["differences"] = new_figure(8, height)
        below = texts.get("versus best", "Δ vs best, same seeds")
        draw_differences(
            figures["differences"].add_subplot(),
            difference_dots(ranking, runs, column),
            ranking.margin,
            f"{quantity}, {below}",
            texts,
        )
        figures["views"] = new_figure(9, height)
        draw_ranks(figures["views"].add_subplot(), view_ranks(ranking), texts)
    if "curves" in runs:
        figures["curves"] = study_curves(ranking, runs, comparison.baseline, texts)
    return figures
