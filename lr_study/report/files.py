"""Reports as files, written aside and renamed into place."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from lr_study.errors import UsageError, require_one_of
from lr_study.report import LANGUAGES, html_report, markdown_report
from lr_study.results import Comparison
from lr_study.storage import written_aside


def write_report(output: Path, comparison: Comparison, runs: pd.DataFrame, language: str) -> None:
    """Write a report as its ending says: ``.html`` as one file, ``.md`` with figures beside it.

    The figures of ``report.md`` lie in the folder ``report_figures``.

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
    if output.suffix == ".html":
        text = html_report(comparison, runs, language)
    else:
        folder = output.with_name(f"{output.stem}_figures")

        def keep(name: str, figure: Figure) -> str:
            folder.mkdir(exist_ok=True)
            with written_aside(folder / f"{name}.svg") as file:
                figure.savefig(file, format="svg", metadata={"Date": None})
            return f"{folder.name}/{name}.svg"

        text = markdown_report(comparison, runs, language, keep)
    with written_aside(output) as file:
        file.write_text(text, encoding="utf-8")
