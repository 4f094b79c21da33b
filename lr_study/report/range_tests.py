"""A range test and its check as text: a table, JSON, and the grid to train next."""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from lr_study.comparison import RULE_LABELS, RangeTest, SuggestionCheck
from lr_study.policies import Policy
from lr_study.report.tables import MIN_WIDTH, PLAIN, Column, Display, fit, table_of
from lr_study.runs import RangeSpec, Settings, seeds_text
from lr_study.support import LrStudyError

RANGE_FORMATS = ("table", "json", "yaml")


@dataclass(frozen=True)
class RangeReport:
    """A finished range test, and what it was asked to do.

    ``check`` says whether the suggestions are good; None if that was not asked for.
    """

    spec: RangeSpec
    test: RangeTest
    check: SuggestionCheck | None = None

    @property
    def policies(self) -> tuple[Policy, ...]:
        """What to train next."""
        return self.test.policies(self.spec.policy)


def range_table(report: RangeReport, display: Display = PLAIN) -> str:
    """Return the suggestions as a table, with what to know before taking one."""
    suggestions = report.test.suggestions
    columns = [
        Column("suggestion", [RULE_LABELS[s.rule] for s in suggestions], left=True),
        Column("rate", [_rate(s.rate) for s in suggestions]),
        Column("lowest", [_rate(s.found[0] if s.found else None) for s in suggestions]),
        Column("highest", [_rate(s.found[-1] if s.found else None) for s in suggestions]),
        Column("factor", [fit(s.spread, ".1f", 8) for s in suggestions]),
        Column("seeds", [f"{len(s.found)} of {len(s.by_seed)}" for s in suggestions]),
    ]
    parts = [table_of(columns, display).strip("\n")]
    parts += [_folded(f"note: {note}") for note in report.test.notes()]
    return "\n\n".join(parts)


def check_table(report: RangeReport, display: Display = PLAIN) -> str:
    """Return how the full runs at each suggestion rank, and the answer in words."""
    check = report.check
    assert check is not None
    checked = check.suggestions
    around = [sorted(c.neighbours) for c in checked]
    columns = [
        Column("full runs at", [RULE_LABELS[c.rule] for c in checked], left=True),
        Column("rate", [_rate(c.rate) for c in checked]),
        Column("verdict", [c.verdict for c in checked], left=True),
        Column("rank", [f"{c.rank} of {len(check.ranking.rows)}" for c in checked]),
        Column("Δ best, points", [_points(c.vs_best.mean if c.vs_best else None) for c in checked]),
        Column("at ÷3", [c.neighbours[a[0]] for c, a in zip(checked, around, strict=True)]),
        Column("at ×3", [c.neighbours[a[-1]] for c, a in zip(checked, around, strict=True)]),
    ]
    answer = "\n".join(map(_folded, check_lines(report, check)))
    return table_of(columns, display).strip("\n") + "\n\n" + answer


def check_lines(report: RangeReport, check: SuggestionCheck) -> Iterator[str]:
    """Yield the answer in words: which suggestions were in the top group, and where the best is."""
    rows, epochs = check.ranking.rows, report.spec.settings.epochs
    top = [f"{RULE_LABELS[c.rule]} ({c.verdict})" for c in check.suggestions if c.in_top_group]
    rest = [f"{RULE_LABELS[c.rule]} ({c.verdict})" for c in check.suggestions if not c.in_top_group]
    yield (
        f"Of {len(rows)} policies, trained for {epochs} epochs under {len(rows[0].seeds)} seeds, "
        f"{len(check.top_group)} may be the best, {rows[0].policy} first."
    )
    yield f"In the top group: {', '.join(top) or 'no suggestion'}."
    if rest:
        yield f"Not in it: {', '.join(rest)}."
    if any(c.verdict == "undecided" for c in check.suggestions):
        yield "Undecided is lack of evidence: the advice of the ranking says what would decide."
    if check.at_edge:
        yield (
            f"The best rate is the {check.at_edge} that was trained: a better one may lie beyond."
        )


def range_description(report: RangeReport) -> str:
    """Return the suggestions, and the answer of the check, in Markdown for the run's page."""
    lines = [
        f"- {RULE_LABELS[s.rule]}: **{_rate(s.rate)}**, by seed {_rate(s.found[0])} to "
        f"{_rate(s.found[-1])}"
        for s in report.test.suggestions
        if s.rate is not None
    ]
    if report.check is not None:
        lines += ["", *check_lines(report, report.check)]
    return "\n".join(["Suggested learning rates:", "", *(lines or ["none"])])


def range_json(report: RangeReport) -> str:
    """Return a range test and its check as JSON; missing values are null."""
    settings, curves = report.spec.settings, report.test.curves
    names = ("data", "image_size", "optimizer", "batch_size")
    value: dict[str, Any] = {
        **{name: getattr(settings, name) for name in names},
        "backbone": settings.resolved_backbone(),
        **asdict(report.spec.rate_range),
        "steps": len(curves[0].rates),
        "seeds": list(report.spec.seeds),
        "policy": str(report.spec.policy),
        "suggestions": [
            {
                "rule": suggestion.rule,
                "rate": suggestion.rate,
                "lowest": suggestion.found[0] if suggestion.found else None,
                "highest": suggestion.found[-1] if suggestion.found else None,
                "spread": suggestion.spread,
                "by_seed": list(suggestion.by_seed),
            }
            for suggestion in report.test.suggestions
        ],
        "diverged_at": [c.rates[c.end] if c.diverged else None for c in curves],
        "notes": list(report.test.notes()),
        "policies": [str(policy) for policy in report.policies],
        "check": report.check and _check_value(report, report.check),
    }
    return json.dumps(value, indent=1)


def _check_value(report: RangeReport, check: SuggestionCheck) -> dict[str, Any]:
    return {
        "epochs": report.spec.settings.epochs,
        "seeds": list(check.ranking.rows[0].seeds),
        "suggestions": [
            {
                "rule": checked.rule,
                "rate": checked.rate,
                "policy": checked.policy,
                "rank": checked.rank,
                "verdict": checked.verdict,
                "in_top_group": checked.in_top_group,
                "vs_best": checked.vs_best and asdict(checked.vs_best),
                "neighbours": [
                    {"rate": rate, "verdict": verdict}
                    for rate, verdict in sorted(checked.neighbours.items())
                ],
            }
            for checked in check.suggestions
        ],
        "top_group": list(check.top_group),
        "best_rate": check.best_rate,
        "at_edge": check.at_edge,
        "advice": check.ranking.advice,
        "rows": [asdict(row) for row in check.ranking.rows],
    }


def next_grid(report: RangeReport) -> str:
    """Return the grid to train next, as `lr-study study --grid` reads it.

    Its policies are at each suggestion, a third and three times of it; its options are those of the
    range test that differ from their defaults.

    Raises
    ------
    LrStudyError
        If no rate is suggested.
    """
    if not report.policies:
        raise LrStudyError(f"no rate is suggested, so there is no grid: {report.test.notes()[0]}")
    lines = [
        f"# {RULE_LABELS[s.rule]}: {_rate(s.rate)}, by seed {_rate(s.found[0])} to "
        f"{_rate(s.found[-1])}"
        for s in report.test.suggestions
        if s.rate is not None
    ]
    lines += ["policies:", *(f"  - {policy}" for policy in report.policies)]
    values: dict[str, object] = {
        field.name: getattr(report.spec.settings, field.name)
        for field in fields(Settings)
        if getattr(report.spec.settings, field.name) != field.default
    }
    values["seeds"] = seeds_text(report.spec.seeds)
    lines += ["options:", *(f"  {name}: {json.dumps(value)}" for name, value in values.items())]
    return "\n".join(lines)


def _folded(line: str) -> str:
    return textwrap.fill(line, MIN_WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _rate(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.2g}"


def _points(difference: float | None) -> str:
    # Equal means may differ in their last bit.
    return "-" if difference is None else fit(round(100 * difference, 6), "+.2f", 7)
