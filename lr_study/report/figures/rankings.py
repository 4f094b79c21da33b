"""Policies below one another: their means, their differences, their ranks by several views."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from lr_study.comparison import Interval, ProtocolRanking
from lr_study.report.figures.hover import add_hover
from lr_study.report.figures.style import (
    COLOURS,
    ENGLISH,
    FAINT,
    SHAPES,
    SMALL,
    Catalog,
    few_ticks,
    label,
    legend_below,
    name_of,
)
from lr_study.report.units import Unit, column_name

MAX_SEED_HOVERS = 600
"""Small dots that answer to a pointer; of more, only the means do, or the page would be heavy."""


MAX_COLOURED = 5
"""Policies that have a colour among the ranks; in a dark page the next colour is the first's."""


@dataclass(frozen=True)
class Dots:
    """One policy: a mean with its interval, a value under each seed, and its verdict.

    ``seeds`` are those of ``values``; empty where they are not known.
    """

    policy: str
    mean: float | None
    interval: Interval | None
    values: tuple[float, ...]
    verdict: str
    seeds: tuple[int, ...] = ()


def ranking_dots(ranking: ProtocolRanking, runs: pd.DataFrame, column: str) -> list[Dots]:
    """Return the policies with their scores, best first; ``runs`` are those of the ranking."""
    scores = _scores(ranking, runs, column)
    return [
        _dots(
            row.policy,
            # Of fewer seeds than the others, the mean of a stopped policy compares with none.
            row.estimate if row.stopped_after is None else None,
            row.interval,
            scores[row.policy],
            row.verdict,
            seeds=row.seeds,
        )
        for row in ranking.rows
    ]


def difference_dots(ranking: ProtocolRanking, runs: pd.DataFrame, column: str) -> list[Dots]:
    """Return each policy's differences from the best under the same seeds."""
    scores = _scores(ranking, runs, column)
    best = scores[ranking.rows[0].policy]
    dots = []
    for row in ranking.rows[1:]:
        found = row.vs_best
        mean, interval = (None, None) if found is None else (found.mean, found.interval)
        differences = scores[row.policy] - best if row.seeds else pd.Series(dtype=float)
        dots.append(_dots(row.policy, mean, interval, differences, row.verdict, seeds=row.seeds))
    return dots


def _dots(
    policy: str,
    mean: float | None,
    interval: Interval | None,
    values: pd.Series,
    verdict: str,
    *,
    seeds: Sequence[int],
) -> Dots:
    values = values.dropna()
    known = tuple(int(seed) for seed in values.index) if seeds else ()
    return Dots(policy, mean, interval, tuple(values), verdict, known)


def _scores(ranking: ProtocolRanking, runs: pd.DataFrame, column: str) -> dict[str, pd.Series]:
    """The scores of each policy by seed."""
    seeds = list(ranking.rows[0].seeds)
    return {
        str(policy): part.set_index("seed")[column].astype(float).reindex(seeds)
        if seeds
        else part[column].astype(float)
        for policy, part in runs.groupby("policy")
    }


def draw_dots(
    axes: Axes, dots: Sequence[Dots], quantity: str, unit: Unit, texts: Catalog = ENGLISH
) -> Axes:
    """Draw policies below one another: dots are seeds, a bar the interval, a shape the verdict."""
    answer = sum(len(dot.values) for dot in dots) <= MAX_SEED_HOVERS
    for height, dot in enumerate(dots):
        below = [height + 0.28] * len(dot.values)
        axes.plot(dot.values, below, ".", color=FAINT, markersize=4, zorder=1)
        if answer:
            for seed, value in zip(dot.seeds, dot.values, strict=False):
                text = f"{dot.policy}, seed {seed}: {unit.exact(value)}"
                add_hover(axes, [(value, height + 0.28)], text)
        if dot.interval is not None:
            axes.plot(dot.interval, [height] * 2, "-", color=COLOURS[0], linewidth=1.5, zorder=2)
        if dot.mean is not None:
            _mark(axes, dot.mean, height, dot.verdict)
            ends = dot.interval or (dot.mean, dot.mean)
            text = (
                f"{dot.policy}: {unit.exact(dot.mean, dot.interval)}, "
                f"{texts.get(dot.verdict, dot.verdict)}"
            )
            add_hover(axes, [(ends[0], height), (dot.mean, height), (ends[1], height)], text)
    axes.set_yticks(range(len(dots)), [name_of(dot.policy) for dot in dots], fontsize=SMALL)
    axes.set_ylim(len(dots) - 0.5, -0.5)
    label(axes, quantity, grid="x")
    few_ticks(axes.xaxis, percent=unit.percent)
    return axes


def draw_differences(
    axes: Axes,
    dots: Sequence[Dots],
    margin: float,
    quantity: str,
    unit: Unit,
    texts: Catalog = ENGLISH,
) -> Axes:
    """Draw differences from the best: a line at none, a band of those that do not matter."""
    axes.axvspan(-margin, margin, color=FAINT, alpha=0.2, linewidth=0, zorder=0)
    axes.axvline(0, color=FAINT, linewidth=1, zorder=1)
    return draw_dots(axes, dots, quantity, unit.of_differences, texts)


def verdict_legend(figure: Figure, dots: Sequence[Dots], texts: Catalog = ENGLISH) -> None:
    """Name the shapes of the verdicts that are there, below the figure."""
    present = [verdict for verdict in SHAPES if any(dot.verdict == verdict for dot in dots)]
    handles = [_handle(verdict, texts.get(verdict, verdict)) for verdict in present]
    legend_below(figure, handles, len(present) or 1)


def _mark(axes: Axes, x: float, y: float, verdict: str) -> None:
    axes.plot(x, y, SHAPES[verdict], **_marker_style(verdict), zorder=3)


def _marker_style(verdict: str) -> dict[str, Any]:
    hollow = verdict == "undecided"
    return {
        "markersize": 12 if verdict == "best" else 7,
        "color": COLOURS[0],
        "markerfacecolor": "none" if hollow else COLOURS[0],
        "markeredgewidth": 2 if verdict == "worse" else 1,
    }


def _handle(verdict: str, text: str) -> Line2D:
    return Line2D(
        [], [], linestyle="none", marker=SHAPES[verdict], label=text, **_marker_style(verdict)
    )


@dataclass(frozen=True)
class Ranks:
    """The views by name, and a policy's rank by each, in that order, best policy first."""

    views: tuple[str, ...]
    ranks: dict[str, tuple[int, ...]]


def view_ranks(ranking: ProtocolRanking) -> Ranks:
    """Return the ranks of the policies by several metrics, without those that a race stopped."""
    views = tuple(ranking.rows[0].ranks)
    ranked = [row for row in ranking.rows if row.stopped_after is None]
    return Ranks(views, {row.policy: tuple(row.ranks[v] for v in views) for row in ranked})


def draw_ranks(axes: Axes, ranks: Ranks, texts: Catalog = ENGLISH) -> Axes:
    """Draw a line per policy from view to view; the first few in colour, the rest faint.

    Policies of equal rank share a point; their names stand below one another, each in a line of
    its own, since equal ranks leave as many lines free as they have names.
    """
    places = range(len(ranks.views))
    names = [column_name(view, texts, "short") for view in ranks.views]
    rank = texts.get("rank", "rank")
    taken: dict[int, int] = {}
    for i, (policy, values) in enumerate(ranks.ranks.items()):
        colour = COLOURS[i] if i < MAX_COLOURED else FAINT
        axes.plot(
            places, values, "o-", color=colour, markersize=4, zorder=2 if i < MAX_COLOURED else 1
        )
        last = values[-1]
        line = last + taken.get(last, 0)
        taken[last] = taken.get(last, 0) + 1
        axes.annotate(
            name_of(policy),
            (places[-1], line),
            (8, 0),
            textcoords="offset points",
            verticalalignment="center",
            fontsize=SMALL,
            annotation_clip=False,
        )
        shown = ", ".join(f"{n}: {rank} {v}" for n, v in zip(names, values, strict=True))
        add_hover(axes, list(zip(places, values, strict=True)), f"{policy}: {shown}")
    axes.set_xticks(places, [textwrap.fill(name, 10) for name in names], fontsize=SMALL)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(len(ranks.ranks) + 0.5, 0.5)
    label(axes, "", rank, grid="y")
    return axes
