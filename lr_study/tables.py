"""Results as text: tables for people, JSON and CSV for programs."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping

from rich import box
from rich.console import Console
from rich.table import Table

from lr_study.comparison import Comparison, ProtocolRanking, Row
from lr_study.plan import Plan
from lr_study.policies import FAMILIES
from lr_study.runs import RunRecord

_POLICY_WIDTH = 34


def policies_table() -> str:
    """Return the families, with parameters, defaults and what is allowed."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("family", "parameter", "default", "allowed"):
        table.add_column(column)
    for name, cls in FAMILIES.items():
        defaults = cls().parameters()
        for i, (parameter, default) in enumerate(defaults.items()):
            table.add_row("" if i else name, parameter, repr(default), cls.allowed(parameter))
        table.add_row("", f"rate = {cls.formula}", end_section=True)
    return _text(table)


def record_lines(record: RunRecord, run_id: str, experiment: str) -> Iterator[str]:
    """Yield what a person wants to know of a run that has just ended."""
    metrics = record.metrics()
    yield f"policy              {record.spec.policy}"
    yield f"run                 {run_id} in experiment {experiment}"
    for name in ("final_val_accuracy", "best_val_accuracy", "final_val_loss"):
        if name in metrics:
            yield f"{name:<19} {metrics[name]:.4f}"
    yield f"convergence_epoch   {metrics['convergence_epoch']:.0f}"
    yield f"wall_clock_seconds  {metrics['wall_clock_seconds']:.1f}"
    if record.diverged:
        yield "the loss became infinite or not a number: this policy diverged"


def left_out_lines(left_out: Mapping[str, str]) -> Iterator[str]:
    """Yield one line per picture that was left out, after a line with their number."""
    if left_out:
        yield f"{len(left_out)} pictures cannot be used and are left out:"
        for path, reason in sorted(left_out.items()):
            yield f"  {ascii(path)[1:-1]}: {reason}"


def plan_line(plan: Plan) -> str:
    """Say in one line how many runs a study has, and how many are missing."""
    rest = f"{len(plan.missing)} to run" if plan.missing else "nothing is missing"
    failed = f", {len(plan.failed)} failed (--rerun failed)" if plan.failed else ""
    return f"{len(plan.specs)} runs: {plan.finished} finished{failed}, {rest}"


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield what a study would do: how many runs are finished, and each that is missing."""
    yield plan_line(plan)
    for spec in plan.missing:
        yield f"  to run: {spec.policy} seed={spec.seed}"
    for spec in plan.failed:
        yield f"  failed: {spec.policy} seed={spec.seed} (run it again with --rerun failed)"


def ranking_table(comparison: Comparison) -> str:
    """Return the rankings as tables, 80 columns wide where the terminal is no wider."""
    parts = []
    for ranking in comparison.protocols:
        parts.append(_headline(comparison, ranking))
        parts.append(_text(_ranking_table(comparison, ranking)))
        if ranking.advice:
            parts.append(ranking.advice)
    if not comparison.protocols:
        parts.append(f"experiment {comparison.experiment}: no run that can be ranked")
    parts += [f"warning: {warning}" for warning in comparison.warnings]
    parts += _excluded_lines(comparison)
    return "\n".join(parts)


def _headline(comparison: Comparison, ranking: ProtocolRanking) -> str:
    fields = ranking.fields
    return (
        f"{comparison.experiment}, protocol {ranking.id}: "
        f"{ranking.runs} run{'' if ranking.runs == 1 else 's'}\n"
        f"{fields.get('data')}, {fields.get('backbone')}, {fields.get('optimizer')}, "
        f"batch size {fields.get('batch_size')}, {fields.get('epochs')} epochs\n"
    )


def _ranking_table(comparison: Comparison, ranking: ProtocolRanking) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0, 0, 1))
    table.add_column("#", justify="right")
    table.add_column("policy", min_width=_POLICY_WIDTH)
    heads = (f"{comparison.at}\n{_short(comparison.metric)}", "vs\nbase")
    for column in (*heads, "conv.\nepoch", "s/\nepoch", "n"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in ranking.rows:
        difference = None
        if row.vs_baseline is not None:
            difference = row.vs_baseline[comparison.metric].mean
        table.add_row(
            str(row.rank),
            _wrapped(row.policy) + (" diverged" if row.diverged else ""),
            _number(row.estimate, ".4f"),
            "base" if row.policy == comparison.baseline else _number(difference, "+.4f"),
            _number(row.metrics["convergence_epoch"], ".1f"),
            _number(row.metrics["seconds_per_epoch"], ".2g"),
            str(row.runs),
        )
    return table


def _excluded_lines(comparison: Comparison) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for excluded in comparison.excluded:
        reasons.setdefault(excluded.reason, []).append(excluded.run_id)
    for reason, run_ids in reasons.items():
        shown = ", ".join(run_ids[:3]) + (", ..." if len(run_ids) > 3 else "")
        yield f"not ranked: {len(run_ids)} of the runs ({shown}): {reason}"


def _short(metric: str) -> str:
    return metric.replace("val_accuracy", "val acc.").replace("val_loss", "val loss")


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _wrapped(policy: str) -> str:
    """Break a long policy after its commas, so that no number is torn."""
    lines = [""]
    for part in policy.replace(",", ",\0").split("\0"):
        if lines[-1] and len(lines[-1]) + len(part) > _POLICY_WIDTH:
            lines.append("  ")
        lines[-1] += part
    return "\n".join(lines)


def _text(table: Table) -> str:
    width = max(80, shutil.get_terminal_size(fallback=(80, 24)).columns)
    console = Console(width=min(width, 120), file=io.StringIO(), highlight=False)
    console.print(table)
    file = console.file
    assert isinstance(file, io.StringIO)
    return "\n".join(line.rstrip() for line in file.getvalue().rstrip().split("\n"))


def ranking_json(comparison: Comparison) -> str:
    """Return the comparison as JSON, in the shape that the documentation gives."""
    return json.dumps(comparison.to_dict(), indent=1)


def ranking_csv(comparison: Comparison) -> str:
    """Return one line per protocol and policy, with a header."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    head, lines = _plain(comparison)
    table.writerow(head)
    table.writerows(lines)
    return file.getvalue().rstrip("\n")


def ranking_markdown(comparison: Comparison) -> str:
    """Return one table over all protocols, in Markdown."""
    head, lines = _plain(comparison)
    rows = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in r] for r in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _plain(comparison: Comparison) -> tuple[list[str], list[list[str]]]:
    def line(ranking: ProtocolRanking, row: Row) -> list[str]:
        difference = None
        if row.vs_baseline is not None:
            difference = row.vs_baseline[comparison.metric].mean
        figures = [row.estimate, difference, *row.metrics.values()]
        return [
            ranking.id,
            str(row.rank),
            row.policy,
            str(row.runs),
            *("" if figure is None else repr(figure) for figure in figures),
        ]

    names = list(comparison.protocols[0].rows[0].metrics) if comparison.protocols else []
    head = ["protocol", "rank", "policy", "runs", "estimate", "vs_baseline", *names]
    return head, [line(ranking, row) for ranking in comparison.protocols for row in ranking.rows]


FORMATS: dict[str, Callable[[Comparison], str]] = {
    "table": ranking_table,
    "json": ranking_json,
    "csv": ranking_csv,
    "markdown": ranking_markdown,
}
