"""Sizes, colours, shapes and texts that all figures share.

Figures are as wide as a telephone shows text at its size; a wider page has two beside each other.
No global style is set and no window opened. Colours are Okabe and Ito's, which people with any
colour vision tell apart; lines differ in dashes too, and verdicts in shape alone.
"""

import textwrap
from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lr_study.policies import short_name
from lr_study.report.escaping import visible

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F")
DASHES = ("-", "--", ":", "-.")

SHAPES = {"best": "*", "tied": "o", "undecided": "D", "worse": "x", "clearly worse": "X"}
"""A verdict's marker."""

FAINT = "0.55"
"""Of dots and lines that stand behind others: legible on white and on black."""

Catalog = Mapping[str, str]
"""Translations of the texts in a figure; a text without one stays in English."""

ENGLISH: Catalog = {}


WIDTH = 5.0
"""Of a figure, in inches: 360 points, about the pixels that a telephone has for it."""

SMALL = 9.0
"""The size of names in legends and at ticks: no text of a figure is smaller."""

MAX_NAME = 26
"""Characters of a policy's name in a figure; the text on hover has it whole."""


def plain(text: str) -> str:
    """Return a text that is drawn as it is: between dollars it would be taken for a formula."""
    return visible(text).replace("$", r"\$")


def name_of(policy: str, length: int = MAX_NAME) -> str:
    """Return the short name of a policy as it is drawn; one above a length loses its middle.

    >>> name_of("exp_decay:k=0.1"), name_of("unnamed: warm restarts with cosine 0.01")
    ('exp 0.01 k=0.1', 'unnamed: warm… cosine 0.01')
    """
    name = visible(short_name(policy)).strip()
    if len(name) > length:
        half = length // 2
        name = f"{name[:half]}…{name[-half + 1 :]}"
    return plain(name)


def new_figure(height: float) -> Figure:
    """Return an empty figure of a height in inches whose parts find their own room."""
    return Figure(figsize=(WIDTH, height), layout="constrained")


def label(axes: Axes, x: str, y: str | None = None, *, grid: str = "both") -> None:
    """Name the axes, a long name in several lines, and draw a faint grid."""
    axes.set_xlabel(textwrap.fill(x, 34))
    if y is not None:
        axes.set_ylabel(textwrap.fill(y, 28))
    axes.grid(visible=True, axis=grid, alpha=0.3)  # type: ignore[arg-type]
    axes.spines[["top", "right"]].set_visible(False)


def few_ticks(axis: Axis, *, percent: bool = False) -> None:
    """Give an axis so few ticks that no two labels meet; ``percent`` shows shares in hundredths."""
    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    if percent:
        axis.set_major_formatter(lambda value, _position: f"{round(100 * value, 6) + 0:g}")


def legend_below(figure: Figure, handles: Sequence[Artist], columns: int) -> None:
    """Draw a legend below all Axes, where it hides nothing."""
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize=SMALL,
        columnspacing=1.2,
    )
