"""Texts of unknown origin made harmless in HTML, SVG, Markdown, figures and on a terminal.

Whatever a store holds (names, params, tags, protocols) was written by anybody who may log to it. It
is content: never an identifier, a file name or markup.
"""

import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

_NAME = re.compile(r"[A-Za-z][\w-]*", re.ASCII)

# Control characters, which terminals obey; what changes the direction of text, and so shows another
# than there is; and what no UTF-8 file can hold.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

_MARKDOWN = re.compile(
    r"[\\`*\[\]<>&|~$]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word, an underscore is not emphasis
    r"|(?<=\w):(?=//)|(?<=www)\.|(?<=\w)@"  # addresses that would become links
    r"|^[#=]|^[+-](?=[\s+-]|$)"  # headings and lists
)
_NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


def visible(text: str, keep: str = "") -> str:
    """Return a text with a space for each character that is not to be shown.

    These are control characters (but for those in ``keep``), changes of the direction of text, and
    halves of surrogate pairs.
    """
    return _CONTROLS.sub(lambda match: match[0] if match[0] in keep else " ", text)


def require_name(name: str) -> str:
    """Return the name of a figure, which becomes part of ids and of file names.

    Raises
    ------
    ValueError
        If it is not a letter, followed by ASCII letters, digits, ``_`` and ``-``.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a figure")
    return name


def escape_html(value: Any) -> Markup:
    """Return a value as HTML or SVG text, or as the value of an attribute."""
    return value if isinstance(value, Markup) else escape(visible(str(value)))


def breakable_html(value: Any) -> Markup:
    """Return a text as HTML in which a narrow page breaks policies after commas, not in words.

    >>> print(breakable_html("exp_decay:initial_lr=0.01,k=0.3, <b>"))
    exp_decay:initial_lr=0.01,<wbr>k=0.3, &lt;b&gt;
    """
    return Markup(re.sub(r",(?=\S)", ",<wbr>", escape_html(value)))  # noqa: S704


def escape_markdown(value: Any) -> Markup:
    r"""Return a value as Markdown that shows it as it is, in one line.

    A `Markup` is Markdown already and stays as it is.

    >>> print(escape_markdown("[a](https://b.c) <script> exp_decay:initial_lr=0.01"))
    \[a\](https\://b.c) \<script\> exp_decay:initial_lr=0.01
    """
    if isinstance(value, Markup):
        return value
    text = _MARKDOWN.sub(lambda match: "\\" + match[0], visible(str(value)).strip())
    return Markup(_NUMBERED.sub(r"\1\\\2", text))  # noqa: S704


def markdown_row(cells: Iterable[Any]) -> Markup:
    """Return a row of a table in Markdown."""
    return Markup(f"| {' | '.join(map(escape_markdown, cells))} |")  # noqa: S704


def markdown_code(text: str) -> Markup:
    """Return lines of a shell in a fence that nothing in them closes."""
    text = visible(text, keep="\n")
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Markup(f"{fence}sh\n{text}\n{fence}")  # noqa: S704
