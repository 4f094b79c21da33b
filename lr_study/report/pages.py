"""A comparison as one page that stands alone, in HTML or Markdown, in English or Russian."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

import lr_study
from lr_study.comparison import (
    TO_TARGET,
    Comparison,
    Difference,
    FamilyContrast,
    Interval,
    ProtocolRanking,
    Row,
    advise,
    margin_text,
    translate,
)
from lr_study.report import english, russian
from lr_study.report.commands import NO_ORIGIN, Commands, Origin
from lr_study.report.escaping import (
    escape_html,
    escape_markdown,
    markdown_code,
    markdown_row,
    require_name,
)
from lr_study.report.figures import study_figures

LANGUAGES: dict[str, ModuleType] = {"en": english, "ru": russian}

STUDY_ORDER = ("fixed", "exp_decay", "step_decay")
"""The families in the order in which the original study took them."""


Figures = Mapping[str, Mapping[str, str]]
"""By the id of a protocol and the name of a figure: an ``<svg>`` element, or what to link to."""


def draw(
    comparison: Comparison,
    runs: pd.DataFrame,
    language: str,
    save: Callable[[Figure, str, str], str],
) -> Figures:
    """Draw every figure of a report.

    Parameters
    ----------
    runs
        Those that were compared, from `lr_study.load_runs`.
    save
        Given a figure, a name that no other has, and its description; returns what stands for
        it in the report.
    """
    text = LANGUAGES[language]
    return {
        ranking.id: {
            name: save(figure, require_name(f"p{ranking.id}-{name}"), _caption(text, ranking, name))
            for name, figure in study_figures(comparison, ranking, runs, text.FIGURES).items()
        }
        for ranking in comparison.protocols
    }


def html_report(
    comparison: Comparison, figures: Figures, language: str = "en", origin: Origin = NO_ORIGIN
) -> str:
    """Return one self-contained page: no request leaves it, and figures are part of it.

    Parameters
    ----------
    figures
        From `draw`, kept by `lr_study.report.svg.inline_svg`.
    language
        ``en``, or ``ru`` in the order of the original study: each family and the best of it, the
        best of each compared, then the ranking of all.
    origin
        Where the runs came from, for the commands.
    """
    return _render("page.html.j2", comparison, figures, language, origin)


def markdown_report(
    comparison: Comparison, figures: Figures, language: str = "en", origin: Origin = NO_ORIGIN
) -> str:
    """Return the same in Markdown; ``figures`` are links."""
    return _render("page.md.j2", comparison, figures, language, origin)


def _render(
    template: str, comparison: Comparison, figures: Figures, language: str, origin: Origin
) -> str:
    text = LANGUAGES[language]
    environment = Environment(
        loader=PackageLoader("lr_study", "report"),
        autoescape=True,
        finalize=escape_html if template.endswith(".html.j2") else escape_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": lambda *arguments: Markup(_number(*arguments)),  # noqa: S704
        "interval": lambda *arguments: Markup(_interval(*arguments)),  # noqa: S704
        "translated": lambda message: translate(message, text.MESSAGES),
    }
    environment.globals |= {"line": markdown_row, "rule": _rule, "code": markdown_code}
    excluded: dict[str, list[str]] = {}
    for run in comparison.excluded:
        excluded.setdefault(run.reason, []).append(run.run_id)
    return environment.get_template(template).render(
        comparison=comparison,
        column=f"{comparison.at}_{comparison.metric}",
        protocols=[
            _Part(comparison, ranking, text, figures[ranking.id], origin)
            for ranking in comparison.protocols
        ],
        excluded=excluded,
        language=language,
        order=text.ORDER,
        caption=partial(_caption, text),
        version=lr_study.__version__,
        texts=text.TEXTS,
    )


def _caption(text: ModuleType, ranking: ProtocolRanking, name: str) -> str:
    texts: Mapping[str, str] = text.TEXTS
    return texts[f"figure {name}"].format(n=len(ranking.rows), best=ranking.rows[0].policy)


@dataclass(frozen=True)
class _Part:
    """The part of a page about one protocol, in one language."""

    comparison: Comparison
    ranking: ProtocolRanking
    text: ModuleType
    figures: Mapping[str, str]
    origin: Origin

    @property
    def advice(self) -> Sequence[str]:
        return advise(
            self.ranking, self.comparison.metric, self.comparison.baseline, self.text.ADVICE
        ).split("\n")

    def families(self) -> Iterator[tuple[str, list[Row], str]]:
        """The heading, the policies and the sentence of each family, in the study's order."""
        texts = self.text.TEXTS
        by_family: dict[str, list[Row]] = {}
        for row in self.ranking.rows:
            by_family.setdefault(row.family, []).append(row)
        known = [family for family in STUDY_ORDER if family in by_family]
        for family in [*known, *(name for name in by_family if name not in known)]:
            rows = by_family[family]
            best = rows[0]
            sentence = texts["best of"].format(
                tried=len(rows),
                policy=best.policy,
                metric=texts[f"{self.comparison.at}_{self.comparison.metric}"],
                estimate=_number(best.estimate),
                loss=_number(best.metrics["final_val_loss"]),
                epoch=_number(best.metrics["convergence_epoch"], ".1f"),
            )
            yield texts.get(family, texts["other"].format(family=family)), rows, sentence

    def contrast_cells(self, contrast: FamilyContrast) -> Iterator[Markup]:
        """One policy against another: accuracy in points, loss, epochs to convergence."""
        differences = contrast.differences
        for name, scale, form, higher_is_better in (
            ("val_accuracy", 100, "+.2f", True),
            ("val_loss", 1, "+.4f", False),
            ("convergence_epoch", 1, "+.1f", False),
        ):
            cell = self._contrast(differences[name], scale, form, higher_is_better=higher_is_better)
            yield Markup(cell)  # noqa: S704 numbers and texts of ours

    def _contrast(
        self, difference: Difference, scale: float, form: str, *, higher_is_better: bool
    ) -> str:
        if difference.mean is None:
            return "–"
        texts = self.text.TEXTS
        shown = format(scale * difference.mean, form)
        if difference.interval is None or difference.p_value is None:
            return f"{shown} ({texts['not significant']})"
        low, high = (format(scale * end, form) for end in difference.interval)
        verdict = "not significant"
        if difference.interval[0] > 0 or difference.interval[1] < 0:
            verdict = "better" if (difference.mean > 0) == higher_is_better else "worse"
        return f"{shown} [{low}, {high}]: {texts[verdict]}"

    @property
    def methods(self) -> Iterator[str]:
        """The statistical methods behind the numbers."""
        texts, rows = self.text.TEXTS, self.ranking.rows

        def translated(message: str | None) -> str:
            return translate(message or "", self.text.MESSAGES)

        if rows[0].interval_method:
            yield texts["of intervals"].format(method=translated(rows[0].interval_method))
        for name, test in self.ranking.tested().items():
            yield texts[f"of {name}"].format(
                method=translated(test.method),
                correction=translated(test.correction),
                margin=margin_text(self.ranking, self.comparison.metric, self.text.ADVICE),
            )

    @property
    def target(self) -> str:
        texts: Mapping[str, str] = self.text.TEXTS
        if self.ranking.target is None:
            return texts["target baseline"]
        return texts["target given"].format(target=self.ranking.target)

    def label(self, name: str) -> str:
        """The name of a metric; the target is the baseline's accuracy unless one was given."""
        texts: Mapping[str, str] = self.text.TEXTS
        if name == TO_TARGET and self.ranking.target is not None:
            return texts["epochs to given target"].format(target=self.ranking.target)
        return texts[name]

    @property
    def commands(self) -> Commands:
        """The lines to type."""
        return Commands(self.comparison, self.ranking, self.origin)


def _rule(columns: int) -> Markup:
    return Markup(f"|{' --- |' * columns}")  # noqa: S704


def _number(value: float | None, form: str = ".4f") -> str:
    return "–" if value is None else format(value, form)


def _interval(value: Difference | Interval | None, form: str = ".4f") -> str:
    """An interval, or a difference with its own; a dash where there is none."""
    if isinstance(value, Difference):
        if value.mean is None or value.interval is None:
            return _number(value.mean, form)
        return f"{_number(value.mean, form)} {_interval(value.interval, form)}"
    return "–" if value is None else f"[{format(value[0], form)}, {format(value[1], form)}]"
