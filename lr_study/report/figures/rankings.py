"""Policies below one another: their means, their differences, their ranks by several views."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from lr_study.comparison import Interval, ProtocolRanking
from lr_study.report.figures.style import COLOURS, ENGLISH, FAINT, SHAPES, Catalog, label, plain


@dataclass(frozen=True)
class Dots:
    """One policy: a mean with its interval, a value under each seed, and its verdict."""

    policy: str
    mean: float | None
    interval: Interval | None
    values: tuple[float, ...]
    verdict: str


def ranking_dots(ranking: ProtocolRanking, runs: pd.DataFrame, column: str) -> list[Dots]:
    """Return the policies with their scores, best first; ``runs`` are those of the ranking."""
    scores = _scores(ranking, runs, column)
    values = {policy: tuple(series.dropna()) for policy, series in scores.items()}
    return [
        Dots(row.policy, row.estimate, row.interval, values[row.policy], row.verdict)
        for row in ranking.rows
    ]


def difference_dots(ranking: ProtocolRanking, runs: pd.DataFrame, column: str) -> list[Dots]:
    """Return each policy's differences from the best under the same seeds."""
    scores = _scores(ranking, runs, column)
    best = scores[ranking.rows[0].policy]
    dots = []
    for row in ranking.rows[1:]:
        found = row.vs_best
        differences = (scores[row.policy] - best).dropna() if row.seeds else pd.Series(dtype=float)
        dots.append(
            Dots(
                row.policy,
                None if found is None else found.mean,
                None if found is None else found.interval,
                tuple(differences),
                row.verdict,
            )
        )
    return dots


def _scores(ranking: ProtocolRanking, runs: pd.DataFrame, column: str) -> dict[str, pd.Series]:
    """The scores of each policy by seed."""
    seeds = list(ranking.rows[0].seeds)
    return {
        str(policy): part.set_index("seed")[column].astype(float).reindex(seeds)
        if seeds
        else part[column].astype(float)
        for policy, part in runs.groupby("policy")
    }


def draw_dots(axes: Axes, dots: Sequence[Dots], quantity: str, texts: Catalog = ENGLISH) -> Axes:
    """Draw policies below one another: dots are seeds, a bar the interval, a shape the verdict."""
    for height, dot in enumerate(dots):
        below = [height + 0.25] * len(dot.values)
        axes.plot(dot.values, below, ".", color=FAINT, markersize=4, zorder=1)
        if dot.interval is not None:
            axes.plot(dot.interval, [height] * 2, "-", color=COLOURS[0], linewidth=1.5, zorder=2)
        if dot.mean is not None:
            _mark(axes, dot.mean, height, dot.verdict)
    axes.set_yticks(range(len(dots)), [plain(dot.policy) for dot in dots])
    axes.set_ylim(len(dots) - 0.5, -0.5)
    label(axes, quantity, grid="x")
    present = [verdict for verdict in SHAPES if any(dot.verdict == verdict for dot in dots)]
    axes.legend(
        handles=[_handle(verdict, texts.get(verdict, verdict)) for verdict in present],
        loc="upper center",
        bbox_to_anchor=(0.5, -0.12 if len(dots) < 6 else -0.08),
        ncols=len(present) or 1,
        frameon=False,
    )
    return axes


def draw_differences(
    axes: Axes, dots: Sequence[Dots], margin: float, quantity: str, texts: Catalog = ENGLISH
) -> Axes:
    """Draw differences from the best: a line at none, a band of those that do not matter."""
    axes.axvspan(-margin, margin, color=FAINT, alpha=0.2, linewidth=0, zorder=0)
    axes.axvline(0, color=FAINT, linewidth=1, zorder=1)
    return draw_dots(axes, dots, quantity, texts)


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
    """Return the ranks of the policies under the several views."""
    views = tuple(ranking.rows[0].ranks)
    return Ranks(views, {row.policy: tuple(row.ranks[v] for v in views) for row in ranking.rows})


def draw_ranks(axes: Axes, ranks: Ranks, texts: Catalog = ENGLISH) -> Axes:
    """Draw a line per policy from view to view; the first few in colour, the rest faint."""
    places = range(len(ranks.views))
    for i, (policy, values) in enumerate(ranks.ranks.items()):
        colour = COLOURS[i] if i < len(COLOURS) - 1 else FAINT
        axes.plot(places, values, "o-", color=colour, markersize=4, zorder=2 if i < 6 else 1)
        axes.annotate(
            plain(policy),
            (places[-1], values[-1]),
            (8, -3 - 9 * sum(v[-1] == values[-1] for v in list(ranks.ranks.values())[:i])),
            textcoords="offset points",
            fontsize="small",
            color=colour,
        )
    axes.set_xticks(places, [texts.get(view, view.replace("_", " ")) for view in ranks.views])
    axes.invert_yaxis()
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    label(axes, "", texts.get("rank", "rank"), grid="y")
    return axes
