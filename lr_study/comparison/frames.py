"""A comparison as a pandas DataFrame, as text and as HTML: for notebooks and for CSV."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from html import escape
from typing import TYPE_CHECKING, Any

from lr_study.runs import model_of

if TYPE_CHECKING:
    import pandas as pd

    from lr_study.comparison.results import Comparison, ProtocolRanking

BY = ("policy", "family")
"""What a row of a table may stand for: a policy, or a family."""

_ENDS = ("low", "high")


def comparison_frame(comparison: "Comparison", by: str = "policy") -> "pd.DataFrame":
    """Return one row per protocol and policy, or family; see `Comparison.to_frame`."""
    import pandas as pd

    rows = [
        {"protocol": ranking.id, **dict(_flat(asdict(row)))}
        for ranking in comparison.protocols
        for row in (ranking.families if by == "family" else ranking.rows)
    ]
    names = list(dict.fromkeys(["protocol", *(name for row in rows for name in row)]))
    # The baseline has no difference from itself, where other rows have its mean and interval.
    columns = [name for name in names if not any(n.startswith(f"{name}.") for n in names)]
    frame = pd.DataFrame(rows, columns=columns, dtype=object).infer_objects()
    # Integers, which would be floats in a column where some are missing.
    whole = [name for name in columns if name == "stopped_after" or name.startswith("ranks.")]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of nested keys under their names, joined by a point.

    An interval is two values, ``.low`` and ``.high``.
    """
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif name == "interval":
            ends = (None, None) if value is None else value
            for end, bound in zip(_ENDS, ends, strict=True):
                yield f"{prefix}{name}.{end}", bound
        elif name == "seeds":
            yield f"{prefix}{name}", " ".join(map(str, value))
        else:
            yield f"{prefix}{name}", value


def comparison_text(comparison: "Comparison") -> str:
    """Return the rankings with their verdicts and the advice, as text of a few columns."""
    parts = [_heading(comparison)]
    for ranking in comparison.protocols:
        table = _short_frame(comparison, ranking).to_string(index=False)
        parts += [_title(ranking), table, ranking.advice]
    return "\n\n".join((*parts, *_remainder(comparison)))


def comparison_html(comparison: "Comparison") -> str:
    """Return the same as HTML, in which every text of a store is escaped."""
    parts = [f"<p>{escape(_heading(comparison))}</p>"]
    for ranking in comparison.protocols:
        table = _short_frame(comparison, ranking).to_html(index=False, border=0)
        advice = "<br>".join(map(escape, ranking.advice.splitlines()))
        parts += [f"<p><b>{escape(_title(ranking))}</b></p>", table, f"<p>{advice}</p>"]
    return "\n".join((*parts, *(f"<p>{escape(line)}</p>" for line in _remainder(comparison))))


def _heading(comparison: "Comparison") -> str:
    quantity = f"{comparison.at} {comparison.metric}"
    return f"{comparison.experiment}: {quantity}" if comparison.experiment else quantity


def _title(ranking: "ProtocolRanking") -> str:
    fields = ranking.fields
    known = (fields.get("data"), model_of(fields))
    return ", ".join([*map(str, filter(None, known)), f"{ranking.runs} runs"])


def _short_frame(comparison: "Comparison", ranking: "ProtocolRanking") -> "pd.DataFrame":
    import pandas as pd

    rows, form = [], comparison.by.form(row.estimate for row in ranking.rows)
    for row in ranking.rows:
        versus = row.vs_baseline[comparison.metric] if row.vs_baseline else None
        margin = None if row.interval is None else (row.interval[1] - row.interval[0]) / 2
        rows.append(
            {
                "rank": row.rank,
                "verdict": row.shown_verdict,
                "policy": row.policy,
                "estimate": _digits(row.estimate, form)
                if row.stopped_after is None
                else f"stopped after {row.stopped_after} seeds",
                "± 95 %": _digits(margin, form),
                "Δ vs baseline": _digits(versus.mean if versus else None, f"+{form}"),
                "p": _digits(versus.p_value if versus else None, ".2g"),
            }
        )
    return pd.DataFrame(rows)


def _digits(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _remainder(comparison: "Comparison") -> Iterable[str]:
    if not comparison.protocols:
        yield "no run that can be ranked"
    if comparison.excluded:
        yield f"{len(comparison.excluded)} runs are not ranked: see .excluded for the reasons"
    yield from (f"warning: {warning}" for warning in comparison.warnings)
