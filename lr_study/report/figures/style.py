"""Colours, shapes and texts that all figures share.

No global style is set and no window opened. Colours are Okabe and Ito's, which people with any
colour vision tell apart; lines differ in dashes too, and verdicts in shape alone.
"""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lr_study.report.escaping import visible

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F")
DASHES = ("-", "--", ":", "-.")

SHAPES = {"best": "*", "tied": "o", "undecided": "D", "worse": "x"}
"""A verdict's marker."""

FAINT = "0.55"
"""Of dots and lines that stand behind others: legible on white and on black."""

Catalog = Mapping[str, str]
"""Translations of the texts in a figure; a text without one stays in English."""

ENGLISH: Catalog = {}


def plain(text: str) -> str:
    """Return a text that is drawn as it is: between dollars it would be taken for a formula."""
    return visible(text).replace("$", r"\$")


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches whose parts find their own room."""
    return Figure(figsize=(width, height), layout="constrained")


def label(axes: Axes, x: str, y: str | None = None, *, grid: str = "both") -> None:
    """Name the axes and draw a faint grid."""
    axes.set_xlabel(x)
    if y is not None:
        axes.set_ylabel(y)
    axes.grid(visible=True, axis=grid, alpha=0.3)  # type: ignore[arg-type]
    axes.spines[["top", "right"]].set_visible(False)
