"""A comparison as text: tables for people, JSON, CSV and Markdown for programs."""

import csv
import io
import json
import textwrap
from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup
from rich import box
from rich.table import Table

from lr_study.comparison import (
    RANKED_METRICS,
    TO_TARGET,
    Comparison,
    Difference,
    FamilyRow,
    Interval,
    ProtocolRanking,
    Row,
    margin_text,
)
from lr_study.report.commands import NO_ORIGIN, Commands, Origin
from lr_study.report.escaping import markdown_row, visible
from lr_study.report.tables import fit, text_of

BY = ("policy", "family")


def ranking_table(comparison: Comparison, by: str = "policy", origin: Origin = NO_ORIGIN) -> str:
    """Return the rankings as tables with the advice below, 80 columns wide.

    Parameters
    ----------
    origin
        Where the runs came from, for the command below the advice.
    """
    parts = []
    for ranking in comparison.protocols:
        parts.append(_headline(comparison, ranking))
        if by == "family":
            parts.append(text_of(_family_table(comparison, ranking)))
        else:
            parts.append(text_of(_policy_table(comparison, ranking)))
            parts.append(text_of(_metric_ranks_table(ranking)))
            parts += map(_folded, (_legend(ranking), *_method_lines(comparison, ranking)))
        parts += [_folded(f"note: {note}") for note in ranking.notes]
        parts += ["", *map(_folded, ranking.advice.split("\n"))]
        command = Commands(comparison, ranking, origin).next()
        parts += [command, ""] if command else [""]
    if not comparison.protocols:
        parts.append(f"experiment {comparison.experiment}: no run that can be ranked")
    parts += [_folded(f"warning: {warning}") for warning in comparison.warnings]
    parts += map(_folded, _excluded_lines(comparison))
    return visible("\n".join(parts), keep="\n")


def _folded(line: str) -> str:
    """Fold a long line, unless it holds a command, which has to be typed as one."""
    if "lr-study " in line:
        return line
    return textwrap.fill(
        line, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _headline(comparison: Comparison, ranking: ProtocolRanking) -> str:
    fields = ranking.fields
    return (
        f"{comparison.experiment}, protocol {ranking.id}: "
        f"{ranking.runs} run{'' if ranking.runs == 1 else 's'}\n"
        f"{fields.get('data')}, {fields.get('backbone')}, {fields.get('optimizer')}, "
        f"batch size {fields.get('batch_size')}, {fields.get('epochs')} epochs\n"
    )


def _table(columns: Sequence[str], policy_width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    for column in columns:
        if column == "policy":
            table.add_column(column, min_width=policy_width)
        else:
            left = column in ("family", "verdict")
            table.add_column(column, justify="left" if left else "right", no_wrap=True)
    return table


def _policy_table(comparison: Comparison, ranking: ProtocolRanking) -> Table:
    score = f"{comparison.at}\n{_short(comparison.metric)}"
    table = _table(
        ("#", "policy", score, "95 %\n±", "Δ vs\nbase", "p vs\nbase", "verdict\nvs best", "n"), 32
    )
    for row in ranking.rows:
        difference = None if row.vs_baseline is None else row.vs_baseline[comparison.metric]
        table.add_row(
            str(row.rank),
            wrapped(row.policy, 32),
            fit(row.estimate, ".4f", 7),
            fit(_half(row.interval), ".4f", 6),
            *_versus(difference, is_baseline=row.policy == comparison.baseline),
            "diverged" if row.diverged else row.verdict,
            str(row.runs),
        )
    return table


def _metric_ranks_table(ranking: ProtocolRanking) -> Table:
    goal = _goal(ranking)
    columns = (
        "policy",
        *("rank\nlast\nacc.", "rank\nbest\nacc.", "rank\n\nloss", f"rank\nto\n{goal}"),
        f"epochs\nto\n{goal}",
        "conv.\nepoch",
        "mean\nΔacc.",
        "loss\n- min",
        "s/\nepoch",
    )
    table = _table(columns, 28)
    for row in ranking.rows:
        table.add_row(
            wrapped(row.policy, 28),
            *(str(row.ranks.get(metric, "-")) for metric in RANKED_METRICS),
            _reached(row),
            fit(row.metrics["convergence_epoch"], ".1f", 5),
            fit(row.metrics["val_accuracy_roughness"], ".3f", 5),
            fit(row.metrics["val_loss_rise"], ".3f", 5),
            fit(row.metrics["seconds_per_epoch"], ".2g", 5),
        )
    return table


def _goal(ranking: ProtocolRanking) -> str:
    """The target accuracy in a heading: the baseline's, or one that the user gave."""
    return "base" if ranking.target is None else "acc."


def _legend(ranking: ProtocolRanking) -> str:
    """Explain the headings that 80 columns leave no room for."""
    target = "the baseline's final accuracy"
    if ranking.target is not None:
        target = f"accuracy {ranking.target:.4g}"
    return (
        f"to {_goal(ranking)}: epochs to {target}; mean Δacc.: epoch-to-epoch change of "
        "validation accuracy; loss - min: final minus lowest validation loss"
    )


def _reached(row: Row) -> str:
    """Epochs that a policy took to the target accuracy; a dash where there is no target."""
    if row.epochs_to_target is None:
        return "never" if TO_TARGET in row.ranks else "-"
    return fit(row.epochs_to_target, ".3g", 5)


def _method_lines(comparison: Comparison, ranking: ProtocolRanking) -> Iterator[str]:
    """Name the methods behind the numbers of the table, once each."""
    best = ranking.rows[0]
    if best.interval_method:
        yield f"±: {best.interval_method}"
    margin = margin_text(ranking, comparison.metric)
    names = {"baseline": "p vs base", "best": f"verdicts vs best (margin {margin})"}
    for name, test in ranking.tested().items():
        yield f"{names[name]}: {test.method}; {test.correction}"


def _family_table(comparison: Comparison, ranking: ProtocolRanking) -> Table:
    columns = (
        "family",
        "policy",
        "of",
        "val",
        "test\nacc.",
        "95 %\n±",
        "Δ vs\nbase",
        "p vs\nbase",
        "n",
    )
    table = _table(columns, 25)
    for family in ranking.families:
        table.add_row(
            family.family,
            wrapped(family.policy.partition(":")[2], 25),
            str(family.tried),
            fit(family.estimate, ".4f", 7),
            fit(family.test_accuracy, ".4f", 6),
            fit(_half(family.interval), ".4f", 6),
            *_versus(family.vs_baseline, is_baseline=family.policy == comparison.baseline),
            str(family.runs),
        )
    return table


def _versus(difference: Difference | None, *, is_baseline: bool) -> tuple[str, str]:
    if is_baseline:
        return "base", ""
    if difference is None:
        return "-", "-"
    p_value = difference.p_value
    tiny = p_value is not None and p_value < 0.001
    return fit(difference.mean, "+.4f", 7), "<.001" if tiny else fit(p_value, ".3f", 5)


def _half(interval: Interval | None) -> float | None:
    return None if interval is None else (interval[1] - interval[0]) / 2


def _excluded_lines(comparison: Comparison) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for excluded in comparison.excluded:
        reasons.setdefault(excluded.reason, []).append(excluded.run_id)
    for reason, run_ids in reasons.items():
        shown = ", ".join(run_ids[:3]) + (", ..." if len(run_ids) > 3 else "")
        yield f"not ranked: {len(run_ids)} of the runs ({shown}): {reason}"


def _short(metric: str) -> str:
    return metric.replace("val_accuracy", "val acc.").replace("val_loss", "val loss")


def wrapped(policy: str, width: int) -> str:
    """Break a long policy after its commas, so that no number is split."""
    if len(policy.partition(",")[0]) >= width:
        policy = policy.replace(":", ":\0", 1)
    lines = [""]
    for part in policy.replace(",", ",\0").split("\0"):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("  ")
        lines[-1] += part
    return "\n".join(lines)


def ranking_json(comparison: Comparison, by: str = "policy", origin: Origin = NO_ORIGIN) -> str:
    """Return the comparison as JSON, in the documented shape, policies and families alike."""
    return json.dumps(comparison.to_dict(), indent=1)


def ranking_csv(comparison: Comparison, by: str = "policy", origin: Origin = NO_ORIGIN) -> str:
    """Return one line per protocol and policy or family, with a header."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(_plain(comparison, by))
    return file.getvalue().rstrip("\n")


def ranking_markdown(comparison: Comparison, by: str = "policy", origin: Origin = NO_ORIGIN) -> str:
    """Return one table over all protocols, in Markdown."""
    head, *lines = _plain(comparison, by)
    rows: list[Sequence[str]] = [head, [Markup("---")] * len(head), *lines]
    return "\n".join(str(markdown_row(row)) for row in rows)


def _plain(comparison: Comparison, by: str) -> list[list[str]]:
    """The header and rows of a table with every number in full."""
    lines: list[dict[str, object]] = []
    for ranking in comparison.protocols:
        rows: Sequence[Row | FamilyRow] = ranking.families if by == "family" else ranking.rows
        lines += [{"protocol": ranking.id, **_values(row, comparison.metric)} for row in rows]
    head = list(lines[0]) if lines else ["protocol"]
    return [head, *([_cell(line[name]) for name in head] for line in lines)]


def _values(row: Row | FamilyRow, metric: str) -> dict[str, object]:
    low, high = row.interval or (None, None)
    if isinstance(row, FamilyRow):
        return {
            "family": row.family,
            "policy": row.policy,
            "tried": row.tried,
            "runs": row.runs,
            "estimate": row.estimate,
            "test_accuracy": row.test_accuracy,
            "interval_low": low,
            "interval_high": high,
            **_difference("vs_baseline", row.vs_baseline),
        }
    return {
        "rank": row.rank,
        "policy": row.policy,
        "runs": row.runs,
        "estimate": row.estimate,
        "interval_low": low,
        "interval_high": high,
        **_difference("vs_baseline", row.vs_baseline[metric] if row.vs_baseline else None),
        **_difference("vs_best", row.vs_best),
        "verdict": row.verdict,
        "diverged": row.diverged,
        **row.metrics,
        "epochs_to_target": row.epochs_to_target,
    }


def _difference(name: str, difference: Difference | None) -> dict[str, object]:
    low, high = (difference and difference.interval) or (None, None)
    return {
        name: difference and difference.mean,
        f"{name}_low": low,
        f"{name}_high": high,
        f"{name}_p_value": difference and difference.p_value,
    }


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else repr(value)


FORMATS: dict[str, Callable[[Comparison, str, Origin], str]] = {
    "table": ranking_table,
    "json": ranking_json,
    "csv": ranking_csv,
    "markdown": ranking_markdown,
}
