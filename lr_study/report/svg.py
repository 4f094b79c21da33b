"""A matplotlib figure as SVG: inside a page with its colours, or as a file; values on hover."""

import io
import re
import threading
from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from lr_study.report.escaping import escape_html, require_name
from lr_study.report.figures import hover_paths
from lr_study.report.figures.hover import RADIUS, Point
from lr_study.report.figures.style import COLOURS
from lr_study.support import UsageError, atomic_write

_DOTS_PER_INCH = 200

_drawing = threading.Lock()
"""Held while settings of matplotlib differ: they are global, and two threads would mix them up."""


def inline_svg(figure: Figure, name: str, description: str) -> str:
    """Return an ``<svg>`` element.

    Black becomes the colour of the page's text and blue its ``--accent``, so that one drawing
    serves on white and on black; the background is left out. Ids begin with ``name``, for a page
    holds several figures. The description is for screen readers. Values show on hover.

    Raises
    ------
    ValueError
        If ``name`` is not a letter, followed by ASCII letters, digits, ``_`` and ``-``.
    """
    require_name(name)
    file = io.StringIO()
    # Text stays text: it can be read aloud and found, and takes a tenth of the room.
    with _drawing, mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)  # the texts once more
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = svg.replace("#000000", "currentColor")
    svg = svg.replace(COLOURS[0].lower(), f"var(--accent, {COLOURS[0]})")
    svg = svg.replace("*{", f"#{name}-figure_1 *{{")  # else it would style the whole page
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'xlink:href="#', f'href="#{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    svg = _with_hovers(svg, figure)
    text = escape_html(description)
    return re.sub(
        r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>",
        rf'<svg xmlns="http://www.w3.org/2000/svg" \1 role="img" aria-label="{_literal(text)}" '
        rf'fill="currentColor"><title>{_literal(text)}</title>',
        svg,
        count=1,
    )


SUFFIXES = (".svg", ".png")


def check_figure_file(name: str, file: Path) -> None:
    """Refuse, before anything is computed, a file that no figure could be written to.

    Raises
    ------
    UsageError
        If it ends in neither ``.svg`` nor ``.png``, or there is no such folder.
    """
    if file.suffix not in SUFFIXES:
        raise UsageError(f"{name}={file} is not allowed: it ends in {' or '.join(SUFFIXES)}")
    if not file.parent.is_dir():
        raise UsageError(f"{name}={file} is not allowed: there is no folder {file.parent}")


def save_figure(figure: Figure, file: Path) -> None:
    """Write a figure by the suffix of its file, ``.svg`` or ``.png``; aside, then renamed."""
    with atomic_write(file) as aside:
        if file.suffix == ".png":
            figure.savefig(aside, format="png", dpi=_DOTS_PER_INCH)
        else:
            aside.write_text(svg_file(figure), encoding="utf-8")


def svg_file(figure: Figure) -> str:
    """Return a whole SVG document, which shows values on hover as `inline_svg` does."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return _with_hovers(file.getvalue(), figure)


def _with_hovers(svg: str, figure: Figure) -> str:
    """Add what answers to a pointer, above all that is drawn: lines and places, with titles."""
    lines, places = [], []
    for path, text in hover_paths(figure):
        if len(path) == 1:
            places.append((path[0], text))
        else:
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in path)
            lines.append(f'<polyline points="{corners}">{_title([text])}</polyline>')
    circles = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS:g}">{_title(texts)}</circle>'
        for (x, y), texts in _together(places)
    ]
    along = f'fill="none" stroke-width="{2 * RADIUS:g}" pointer-events="stroke"'
    before, end, after = svg.rpartition("</svg>")
    return (
        f"{before}<g {along}>{''.join(lines)}</g>"
        f'<g fill="none" pointer-events="fill">{"".join(circles)}</g>{end}{after}'
    )


def _together(places: Iterable[tuple[Point, str]]) -> Iterable[tuple[Point, list[str]]]:
    """Join the texts of places so near that a pointer would only ever find the last of them."""
    groups: list[tuple[Point, list[str]]] = []
    for (x, y), text in places:
        for (other_x, other_y), texts in groups:
            if abs(x - other_x) < RADIUS and abs(y - other_y) < RADIUS:
                texts.append(text)
                break
        else:
            groups.append(((x, y), [text]))
    return groups


def _title(texts: Iterable[str]) -> str:
    lines = "&#10;".join(escape_html(text) for text in texts)
    return f"<title>{lines}</title>"


def _literal(text: str) -> str:
    """A text as `re.sub` leaves it."""
    return text.replace("\\", r"\\")
