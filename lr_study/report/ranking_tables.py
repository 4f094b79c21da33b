"""A comparison as tables for people, with the advice below."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lr_study.comparison import (
    TO_TARGET,
    Comparison,
    Difference,
    Interval,
    ProtocolRanking,
    Row,
    about_examples,
    is_of_images,
    margin_text,
    message,
    ranked_metrics,
)
from lr_study.policies import short_name
from lr_study.report.commands import NO_ORIGIN, Commands, Origin
from lr_study.report.escaping import visible
from lr_study.report.tables import PLAIN, Column, Display, fit, table_of, width_of
from lr_study.runs import ACCURACY, LOSS, Metric, metric_of, model_of

_COLORS: Mapping[str, str] = {
    "best": "bold green",
    "tied": "green",
    "undecided": "yellow",
    "worse": "red",
    "clearly worse": "red",
    "diverged": "bold red",
}


def ranking_table(
    comparison: Comparison,
    by: str = "policy",
    origin: Origin = NO_ORIGIN,
    display: Display = PLAIN,
) -> str:
    """Return the rankings as tables with the advice below.

    All figures stand in one table where the terminal is wide enough for it, else in two. Policies
    have their short names where the full ones would make a table too wide.

    Parameters
    ----------
    origin
        Where the runs came from, for the command below the advice.
    """
    parts = []
    for ranking in comparison.protocols:
        parts.append(_headline(comparison, ranking))
        if by == "family":
            parts += _shown([_family_columns(comparison, ranking)], display)
        else:
            tables = [_score_columns(comparison, ranking), _curve_columns(ranking)]
            parts += _shown(tables, display)
            parts += map(_folded, (_legend(ranking), *_method_lines(comparison, ranking)))
            if ranking.scope:
                parts.append(_folded(ranking.scope))
        parts += [_folded(f"note: {note}") for note in ranking.notes]
        parts += ["", *map(_folded, ranking.advice.split("\n"))]
        command = Commands(comparison, ranking, origin).next()
        parts += [visible(command), ""] if command else [""]
    if not comparison.protocols:
        parts.append(_folded(f"experiment {comparison.experiment}: no run that can be ranked"))
    parts += [_folded(f"warning: {warning}") for warning in comparison.warnings]
    parts += map(_folded, _excluded_lines(comparison))
    return "\n".join(parts)


def _shown(tables: Sequence[Sequence[Column]], display: Display) -> Iterator[str]:
    """Yield tables as text: side by side if they fit, and with full names if these do."""
    first, *others = tables
    together = [*first, *(column for columns in others for column in columns)]
    if width_of(together) <= display.width:
        yield table_of(together, display, _COLORS)
        return
    policy = next(column for column in first if column.heading == "policy")
    below = [first, *([policy, *columns] for columns in others)]
    excess = max(map(width_of, below)) - display.width
    narrow = policy if excess <= 0 else _narrowed(policy, excess, display.full_names)
    for columns in below:
        shown = [narrow if column is policy else column for column in columns]
        yield table_of(shown, display, _COLORS)
    if excess > 0 and not display.full_names:
        yield "policies have short names: --full-names shows them as they are typed"


def _narrowed(policies: Column, excess: int, full_names: bool) -> Column:
    """Return policies by their short names, or by full ones in several lines."""
    if not full_names:
        return replace(policies, cells=[short_name(policy) for policy in policies.cells])
    width = max(max(map(len, policies.cells)) - excess, 1)
    return replace(policies, cells=[wrapped(policy, width) for policy in policies.cells])


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


def _folded(line: str) -> str:
    """Fold a long line, unless it holds a command, which has to be typed as one."""
    line = visible(line)
    if "lr-study " in line:
        return line
    return textwrap.fill(
        line, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _headline(comparison: Comparison, ranking: ProtocolRanking) -> str:
    fields = ranking.fields
    lines = (
        f"{comparison.experiment}, protocol {ranking.id}: "
        f"{ranking.runs} run{'' if ranking.runs == 1 else 's'}",
        f"{fields.get('data')}, {model_of(fields)}, {fields.get('optimizer')}, "
        f"batch size {fields.get('batch_size')}, {fields.get('epochs')} epochs",
    )
    return "\n".join(map(visible, lines))


def _score_columns(comparison: Comparison, ranking: ProtocolRanking) -> list[Column]:
    """The columns on the metric that ranks: verdicts, estimates and differences."""
    rows = ranking.rows
    form = comparison.by.form(row.estimate for row in rows)
    versus = [
        difference_cells(
            None if row.vs_baseline is None else row.vs_baseline[comparison.metric],
            is_baseline=row.policy == comparison.baseline,
            form=form,
        )
        for row in rows
    ]
    return [
        Column("rank", [str(row.rank) for row in rows]),
        Column("verdict\nvs best", [r.shown_verdict for r in rows], left=True),
        Column("policy", [row.policy for row in rows], left=True, wraps=True),
        Column(
            f"{comparison.at}\n{_short(comparison.metric)}",
            [_estimate(row, form) for row in rows],
        ),
        Column("95 %\n±", [fit(half(row.interval), form, 6) for row in rows]),
        Column("Δ vs\nbase", [difference for difference, _ in versus]),
        Column("p vs\nbase", [p_value for _, p_value in versus]),
        Column("runs", [str(row.runs) for row in rows]),
    ]


def _estimate(row: Row, form: str) -> str:
    """The estimate; a stopped policy's would be of fewer seeds than the others beside it."""
    if row.stopped_after is not None:
        return f"stopped\nafter {row.stopped_after}"
    return fit(row.estimate, form, 7)


def _curve_columns(ranking: ProtocolRanking) -> list[Column]:
    """The columns on the other metrics: ranks by them, and what the curves look like."""
    rows, goal = ranking.rows, _goal(ranking)
    own = metric_of(ranking.fields)
    short = _short_name(own)

    def metrics(name: str, form: str) -> list[str]:
        return [fit(row.metrics[name], form, 5) for row in rows]

    headings = {
        LOSS.column("final"): "rank\n\nloss",
        own.column("final"): f"rank\nlast\n{short}",
        own.column("best"): f"rank\nbest\n{short}",
        TO_TARGET: f"rank\nto\n{goal}",
    }
    return [
        *(
            Column(headings[metric], [str(row.ranks.get(metric, "-")) for row in rows])
            for metric in ranked_metrics(own)
        ),
        Column(f"epochs\nto\n{goal}", [_reached(row) for row in rows]),
        Column("conv.\nepoch", metrics("convergence_epoch", ".1f")),
        Column(f"mean\nΔ{short}", metrics(f"{own.val}_roughness", ".3f")),
        Column("loss\n- min", metrics("val_loss_rise", ".3f")),
        Column("s/\nepoch", metrics("seconds_per_epoch", ".2g")),
    ]


def _family_columns(comparison: Comparison, ranking: ProtocolRanking) -> list[Column]:
    families, own = ranking.families, metric_of(ranking.fields)
    form = own.form(family.test_estimate for family in families)
    val_form = comparison.by.form(family.estimate for family in families)
    versus = [
        difference_cells(
            family.vs_baseline, is_baseline=family.policy == comparison.baseline, form=form
        )
        for family in families
    ]
    return [
        Column(
            "family",
            [family.family.replace("+", " + ") for family in families],
            left=True,
            wraps=True,
        ),
        Column("policy", [family.policy for family in families], left=True, wraps=True),
        Column("of", [str(family.tried) for family in families]),
        Column("val", [fit(family.estimate, val_form, 7) for family in families]),
        Column(
            f"test\n{_short_name(own)}", [fit(family.test_estimate, form, 6) for family in families]
        ),
        Column("95 %\n±", [fit(half(family.interval), form, 6) for family in families]),
        Column("Δ vs\nbase", [difference for difference, _ in versus]),
        Column("p vs\nbase", [p_value for _, p_value in versus]),
        Column("runs", [str(family.runs) for family in families]),
    ]


def _goal(ranking: ProtocolRanking) -> str:
    """The target in a heading: the baseline's, or one that the user gave."""
    return "base" if ranking.target is None else _short_name(metric_of(ranking.fields))


def _legend(ranking: ProtocolRanking) -> str:
    """Explain the headings that 80 columns leave no room for."""
    own = metric_of(ranking.fields)
    target = f"the baseline's final {own.name}"
    if ranking.target is not None:
        target = f"{own.name} {ranking.target:.4g}"
    return (
        f"to {_goal(ranking)}: epochs to {target}; mean Δ{_short_name(own)}: epoch-to-epoch change "
        f"of validation {own.name}; loss - min: final minus lowest validation loss"
    )


def _reached(row: Row) -> str:
    """Epochs that a policy took to the target accuracy; a dash where there is no target."""
    if row.epochs_to_target is None:
        return "never" if TO_TARGET in row.ranks else "-"
    return fit(row.epochs_to_target, ".3g", 5)


def _method_lines(comparison: Comparison, ranking: ProtocolRanking) -> Iterator[str]:
    """Name the methods behind the numbers of the table, once each."""
    rule = message(f"by {ranking.rule}")
    yield f"ranked by: {rule if is_of_images(ranking.fields) else about_examples(rule)}"
    best = ranking.rows[0]
    if best.interval_method:
        yield f"±: {best.interval_method}"
    margin = margin_text(ranking, comparison.by)
    names = {"baseline": "p vs base", "best": f"verdicts vs best (margin {margin})"}
    for name, test in ranking.tested().items():
        yield f"{names[name]}: {test.method}; {test.correction}"


def difference_cells(
    difference: Difference | None, *, is_baseline: bool, form: str
) -> tuple[str, str]:
    """Return a difference from the baseline and its p-value, as cells of a table."""
    if is_baseline:
        return "base", ""
    if difference is None:
        return "-", "-"
    p_value = difference.p_value
    tiny = p_value is not None and p_value < 0.001
    return fit(difference.mean, f"+{form}", 7), "<.001" if tiny else fit(p_value, ".3f", 5)


def half(interval: Interval | None) -> float | None:
    """Return half of the width of an interval, which stands after ±."""
    return None if interval is None else (interval[1] - interval[0]) / 2


def _excluded_lines(comparison: Comparison) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for excluded in comparison.excluded:
        reasons.setdefault(excluded.reason, []).append(excluded.run_id)
    for reason, run_ids in reasons.items():
        shown = ", ".join(run_ids[:3]) + (", ..." if len(run_ids) > 3 else "")
        yield f"not ranked: {len(run_ids)} of the runs ({shown}): {reason}"


def _short_name(metric: Metric) -> str:
    return "acc." if metric == ACCURACY else metric.name


def _short(metric: str) -> str:
    return metric.replace("val_accuracy", "val acc.").replace("val_loss", "val loss")
