"""The result of a study as the description of its run, which MLflow shows on the run's page."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from lr_study.comparison import Comparison
from lr_study.report.commands import NO_ORIGIN, Commands, Origin
from lr_study.report.escaping import escape_markdown, markdown_code
from lr_study.report.ranking_formats import ranking_markdown

MAX_DESCRIPTION_LENGTH = 5000
"""Characters of a tag that every server of MLflow takes; newer ones take 8,000."""


def ranking_description(comparison: Comparison, origin: Origin = NO_ORIGIN) -> str:
    """Return the advice, the ranking and the commands that give it again, in Markdown.

    Of a ranking that is longer than `MAX_DESCRIPTION_LENGTH`, the last policies are left out, and
    the text says so.
    """
    if not comparison.protocols:
        return ranking_markdown(comparison)
    rows = len(comparison.protocols[0].rows)
    text = _description(comparison, origin, rows)
    while len(text) > MAX_DESCRIPTION_LENGTH and rows > 1:
        rows -= 1
        text = _description(comparison, origin, rows)
    return text[:MAX_DESCRIPTION_LENGTH]


def _description(comparison: Comparison, origin: Origin, rows: int) -> str:
    ranking = comparison.protocols[0]
    shown = replace(comparison, protocols=(replace(ranking, rows=ranking.rows[:rows]),))
    first, *others = map(escape_markdown, ranking.advice.splitlines())
    # MLflow folds all but the first lines.
    parts: list[str | Markup] = [first, ranking_markdown(shown)]
    left_out = len(ranking.rows) - rows
    if left_out:
        parts.append(f"{left_out} more in ranking.txt, among the artifacts.")
    parts += others
    commands: Sequence[str] = Commands(comparison, ranking, origin).reproduce()
    if commands and len(commands[0]) < MAX_DESCRIPTION_LENGTH // 4:
        parts.append(markdown_code("\n".join(commands)))
    return "\n\n".join(map(str, parts))
