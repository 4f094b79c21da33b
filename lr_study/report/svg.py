"""A matplotlib figure as SVG that stands inside a page: its colours, its names, its description."""

import io
import re
import threading

import matplotlib as mpl
from matplotlib.figure import Figure

from lr_study.report.escaping import escape_html, require_name

_drawing = threading.Lock()
"""Held while settings of matplotlib differ: they are global, and two threads would mix them up."""


def inline_svg(figure: Figure, name: str, description: str) -> str:
    """Return an ``<svg>`` element.

    Black becomes the colour of the page's text, so that one drawing serves on white and on black;
    the background is left out. Ids begin with ``name``, for a page holds several figures. The
    description is for screen readers.

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
    svg = svg.replace("*{", f"#{name}-figure_1 *{{")  # else it would style the whole page
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'xlink:href="#', f'href="#{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    text = escape_html(description)
    return re.sub(
        r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>",
        rf'<svg xmlns="http://www.w3.org/2000/svg" \1 role="img" aria-label="{_literal(text)}" '
        rf'fill="currentColor"><title>{_literal(text)}</title>',
        svg,
        count=1,
    )


def _literal(text: str) -> str:
    """A text as `re.sub` leaves it."""
    return text.replace("\\", r"\\")
