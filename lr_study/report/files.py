"""Reports as files, written aside and renamed into place."""

from pathlib import Path
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from lr_study.comparison import Comparison
from lr_study.report.commands import NO_ORIGIN, Origin
from lr_study.report.escaping import require_name
from lr_study.report.pages import LANGUAGES, draw, html_report, markdown_report
from lr_study.report.svg import inline_svg, svg_file
from lr_study.support import UsageError, atomic_write, require_one_of


def check_report(output: Path, language: str) -> None:
    """Refuse, before anything is read, a report that could not be written.

    Raises
    ------
    UsageError
        If the language or the ending is not known, or there is no such folder.
    """
    require_one_of("lang", language, LANGUAGES)
    if output.suffix not in (".html", ".md"):
        raise UsageError(f"output={output} is not allowed: it ends in .html or .md")
    if not output.parent.is_dir():
        raise UsageError(f"output={output} is not allowed: there is no folder {output.parent}")


def write_report(
    output: Path,
    comparison: Comparison,
    runs: pd.DataFrame,
    language: str,
    origin: Origin = NO_ORIGIN,
) -> None:
    """Write a report by its suffix: ``.html`` as one file, ``.md`` with figures beside it.

    The figures of ``report.md`` lie in the folder ``report_figures``.

    Raises
    ------
    UsageError
        As `check_report` does.
    """
    check_report(output, language)
    if output.suffix == ".html":
        text = html_report(
            comparison, draw(comparison, runs, language, inline_svg), language, origin
        )
    else:
        folder = output.with_name(f"{output.stem}_figures")

        def save(figure: Figure, name: str, description: str) -> str:
            with atomic_write(folder / f"{require_name(name)}.svg") as file:
                file.write_text(svg_file(figure), encoding="utf-8")
            return Markup(f"{quote(folder.name)}/{name}.svg")  # noqa: S704

        text = markdown_report(comparison, draw(comparison, runs, language, save), language, origin)
    with atomic_write(output) as file:
        file.write_text(text, encoding="utf-8")
