"""Tables on a terminal: as wide as it is, in colour where it shows colours."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lr_study.report.escaping import visible

MIN_WIDTH = 80

_COLOR = re.compile(r"\x1b\[[\d;]*m")
_TRAILING = re.compile(rf"(?:\s|{_COLOR.pattern})+$")


@dataclass(frozen=True)
class Display:
    """Where a table is shown.

    Attributes
    ----------
    width
        Columns of the terminal; tables are at least 80 wide.
    color
        Whether the terminal shows colours.
    full_names
        Whether policies are named in full, even where lines then wrap.
    """

    width: int = MIN_WIDTH
    color: bool = False
    full_names: bool = False


_NO_STYLES: Mapping[str, str] = MappingProxyType({})

PLAIN = Display()
"""A terminal of 80 columns without colours, as files and pipes have."""


@dataclass(frozen=True)
class Column:
    """A column of a table, with its heading.

    Numbers are aligned to the right, texts to the ``left``. ``wraps`` lets long cells take several
    lines where the table is too wide.
    """

    heading: str
    cells: Sequence[str]
    left: bool = False
    wraps: bool = False


def width_of(columns: Sequence[Column]) -> int:
    """Return how wide a table of these columns is, if nothing wraps."""
    return Console(width=100_000).measure(_table(columns)).maximum


def table_of(
    columns: Sequence[Column], display: Display = PLAIN, styles: Mapping[str, str] = _NO_STYLES
) -> str:
    """Return a table as text.

    Parameters
    ----------
    styles
        The colour of a cell by its text.
    """
    file = io.StringIO()
    console = Console(
        file=file,
        width=max(MIN_WIDTH, display.width),
        color_system="standard" if display.color else None,
        force_terminal=display.color,
        highlight=False,
        markup=False,  # a name of somebody's policy may hold brackets
        emoji=False,
    )
    console.print(_table(columns, styles))
    lines = file.getvalue().rstrip().split("\n")
    return "\n".join(_TRAILING.sub(_without_spaces, line) for line in lines)


def _table(columns: Sequence[Column], styles: Mapping[str, str] = _NO_STYLES) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    for column in columns:
        table.add_column(
            visible(column.heading, keep="\n"),
            justify="left" if column.left else "right",
            no_wrap=not column.wraps,
            overflow="fold",  # a path is one word
        )
    for row in zip(*(column.cells for column in columns), strict=True):
        shown = [visible(cell, keep="\n") for cell in row]
        table.add_row(*(Text(cell, styles.get(cell, "")) for cell in shown))
    return table


def _without_spaces(match: re.Match[str]) -> str:
    return "".join(_COLOR.findall(match[0]))


def fit(value: float | None, form: str, width: int) -> str:
    """Format a number in at most ``width`` characters, at least 5; a dash if there is none.

    A number that the format makes too long, or 0 although it is not, has as many significant digits
    as fit; one too small for that is shown as 0.

    >>> fit(0.98765, ".4f", 6), fit(-1234.5678, "+.2f", 7), fit(154, ".2g", 5), fit(9e99, ".1f", 5)
    ('0.9877', '-1234.6', '154', '9e99')
    """
    if value is None:
        return "-"
    text = format(value, form)
    if len(text) <= width and "e" not in text and (value == 0 or float(text) != 0):
        return text
    sign = "+" if form.startswith("+") else ""
    for digits in range(width, 0, -1):
        text = re.sub(r"e([+-]?)0*", _exponent, format(value, f"{sign}.{digits}g"))
        if len(text) <= width:
            return text
    return format(0.0, form)


def _exponent(match: re.Match[str]) -> str:
    return "e-" if match[1] == "-" else "e"
