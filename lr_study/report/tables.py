"""Policies, plans and runs as text."""

import io
import re
import shutil
from collections.abc import Iterator, Mapping

from rich import box
from rich.console import Console
from rich.table import Table

from lr_study.policies import FAMILIES
from lr_study.runs import Plan


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
    return text_of(table)


def result_lines(
    policy: str, metrics: Mapping[str, float], *, diverged: bool, run_id: str, experiment: str
) -> Iterator[str]:
    """Yield what a person wants to know of a finished run."""
    yield f"policy              {policy}"
    yield f"run                 {run_id} in experiment {experiment}"
    for name in ("final_val_accuracy", "best_val_accuracy", "final_val_loss"):
        if name in metrics:
            yield f"{name:<19} {metrics[name]:.4f}"
    yield f"convergence_epoch   {metrics['convergence_epoch']:.0f}"
    if "wall_clock_seconds" in metrics:
        yield f"wall_clock_seconds  {metrics['wall_clock_seconds']:.1f}"
    if diverged:
        yield "the loss became infinite or not a number: this policy diverged"


def left_out_lines(left_out: Mapping[str, str]) -> Iterator[str]:
    """Yield one line per image that was left out, after a line with their number."""
    if left_out:
        yield f"{len(left_out)} images cannot be used and are left out:"
        for path, reason in sorted(left_out.items()):
            yield f"  {ascii(path)[1:-1]}: {reason}"


def plan_line(plan: Plan) -> str:
    """Return in one line how many runs a study has, and how many are missing."""
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


def text_of(table: Table) -> str:
    """Return a table as text, 80 columns wide where the terminal is no wider."""
    width = max(80, shutil.get_terminal_size(fallback=(80, 24)).columns)
    # No markup: a name of somebody's policy may hold brackets.
    console = Console(
        width=min(width, 120), file=io.StringIO(), highlight=False, markup=False, emoji=False
    )
    console.print(table)
    file = console.file
    assert isinstance(file, io.StringIO)
    return "\n".join(line.rstrip() for line in file.getvalue().rstrip().split("\n"))
