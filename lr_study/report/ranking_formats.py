"""A comparison in every format: tables for people, JSON, CSV and Markdown."""

import json
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from lr_study.comparison import Comparison, Interval, ProtocolRanking
from lr_study.report.commands import NO_ORIGIN, Origin
from lr_study.report.escaping import escape_markdown, markdown_row
from lr_study.report.ranking_tables import difference_cells, half, ranking_table
from lr_study.report.tables import PLAIN, Display, fit
from lr_study.runs import metric_of

FORMATS = ("table", "json", "csv", "markdown")


def ranking_text(
    comparison: Comparison,
    output_format: str,
    by: str = "policy",
    *,
    origin: Origin = NO_ORIGIN,
    display: Display = PLAIN,
) -> str:
    """Return a comparison in one of ``FORMATS``; ``origin`` and ``display`` are for tables."""
    if output_format == "json":
        return ranking_json(comparison)
    if output_format == "csv":
        return ranking_csv(comparison, by)
    if output_format == "markdown":
        return ranking_markdown(comparison, by)
    return ranking_table(comparison, by, origin, display)


def ranking_json(comparison: Comparison) -> str:
    """Return the comparison as JSON, in the documented shape, policies and families alike."""
    return json.dumps(comparison.to_dict(), indent=1)


def ranking_csv(comparison: Comparison, by: str = "policy") -> str:
    """Return one line per protocol and policy or family: `Comparison.to_frame`, every digit."""
    text: str = comparison.to_frame(by).to_csv(index=False, lineterminator="\n")
    return text.rstrip("\n")


def ranking_markdown(comparison: Comparison, by: str = "policy") -> str:
    """Return a table per protocol in Markdown: six columns, four digits."""
    parts = []
    for ranking in comparison.protocols:
        if len(comparison.protocols) > 1:
            data = f"{ranking.fields.get('data')}, protocol {ranking.id}"
            parts.append(Markup("**{}**").format(escape_markdown(data)))
        head, *rows = _families(ranking) if by == "family" else _policies(comparison, ranking)
        lines: list[Sequence[str]] = [head, [Markup("---")] * len(head), *rows]
        parts.append(Markup("\n").join(map(markdown_row, lines)))
        if by == "policy" and ranking.scope:
            parts.append(escape_markdown(f"{ranking.scope}."))
    if not parts:
        parts.append(escape_markdown(f"{comparison.experiment}: no run that can be ranked"))
    return "\n\n".join(parts)


def _policies(comparison: Comparison, ranking: ProtocolRanking) -> Iterator[tuple[str, ...]]:
    score = f"{comparison.at} {comparison.metric} ± 95 %"
    form = comparison.by.form(row.estimate for row in ranking.rows)
    yield ("rank", "verdict", "policy", score, "Δ vs baseline", "p")
    for row in ranking.rows:
        difference = None if row.vs_baseline is None else row.vs_baseline[comparison.metric]
        yield (
            str(row.rank),
            row.shown_verdict,
            row.policy,
            _estimate(row.estimate, row.interval, form)
            if row.stopped_after is None
            else f"stopped after {row.stopped_after} seeds",
            *difference_cells(difference, is_baseline=row.policy == comparison.baseline, form=form),
        )


def _families(ranking: ProtocolRanking) -> Iterator[tuple[str, ...]]:
    own = metric_of(ranking.fields)
    form = own.form(row.test_estimate for row in ranking.families)
    yield ("family", "policy", "of", f"test {own.name} ± 95 %", "Δ vs baseline", "p")
    for row in ranking.families:
        yield (
            row.family,
            row.policy,
            str(row.tried),
            _estimate(row.test_estimate, row.interval, form),
            *difference_cells(row.vs_baseline, is_baseline=row.vs_baseline is None, form=form),
        )


def _estimate(value: float | None, interval: Interval | None, form: str) -> str:
    around = "" if interval is None else f" ± {fit(half(interval), form, 6)}"
    return fit(value, form, 7) + around
