"""What a reader sees who points at a part of a figure."""

from collections.abc import Iterable, Iterator, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Point = tuple[float, float]

RADIUS = 3.0
"""Of the circle around a point that answers, in points of the page."""

MAX_SPOTS = 60
"""Points of one curve that answer: the epochs of a long one would make the page heavy."""


class Hover(Artist):
    """A text for whoever points at a place, or at a line through places, of some Axes.

    It draws nothing: `lr_study.report.svg` writes it into the SVG as a ``<title>``, which browsers
    show, and which needs no script.
    """

    def __init__(self, points: Sequence[Point], text: str) -> None:
        super().__init__()
        self.points = points
        self.text = text
        self.set_in_layout(False)


def add_hover(axes: Axes, points: Iterable[Point], text: str) -> None:
    """Give the places of Axes, in units of its data, a text; several places are a line."""
    axes.add_artist(Hover(tuple(points), text))


def hover_paths(figure: Figure) -> Iterator[tuple[list[Point], str]]:
    """Yield the places that answer, in points from the top left corner, each with its text.

    The figure has to be drawn already, because drawing is what lays it out. Places outside the
    Axes are left out; a line that leaves them is yielded in pieces.
    """
    height = figure.get_figheight() * 72
    scale = 72 / figure.dpi
    hovers = [(axes, hover) for axes in figure.axes for hover in axes.findobj(Hover)]
    for axes, hover in hovers:
        inside: list[Point] = []
        for place in hover.points:
            x, y = axes.transData.transform(place)
            if axes.bbox.padded(1).contains(x, y):
                inside.append((x * scale, height - y * scale))
            elif inside:
                yield inside, hover.text
                inside = []
        if inside:
            yield inside, hover.text
