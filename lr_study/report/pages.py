"""A comparison as one page that stands alone, in HTML or Markdown, in English or Russian."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from types import ModuleType

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure

import lr_study
from lr_study.comparison import Comparison, ProtocolRanking, translate
from lr_study.policies import short_name
from lr_study.report import english, russian
from lr_study.report.commands import NO_ORIGIN, Origin
from lr_study.report.escaping import (
    breakable_html,
    escape_html,
    escape_markdown,
    markdown_code,
    require_name,
)
from lr_study.report.figures import study_figures
from lr_study.report.page_parts import CURVE_FIGURES, PagePart, texts_about

LANGUAGES: dict[str, ModuleType] = {"en": english, "ru": russian}

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

    Its script sorts and filters tables; without it everything can be read too.

    Parameters
    ----------
    figures
        From `draw`, kept by `lr_study.report.svg.inline_svg`.
    language
        ``en`` or ``ru``.
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
    environment.filters["translated"] = lambda message: translate(message, text.MESSAGES)
    environment.filters["breakable"] = breakable_html
    script, style = (_resource(f"page.{suffix}") for suffix in ("js", "css"))
    environment.globals |= {
        "code": markdown_code,
        "script": script,
        "style": style,
        "policy": _security_policy(script),
        "CURVE_FIGURES": CURVE_FIGURES,
    }
    excluded: dict[str, list[str]] = {}
    for run in comparison.excluded:
        excluded.setdefault(run.reason, []).append(run.run_id)
    return environment.get_template(template).render(
        comparison=comparison,
        protocols=[
            PagePart(comparison, ranking, text, figures[ranking.id], origin)
            for ranking in comparison.protocols
        ],
        excluded=excluded,
        language=language,
        caption=partial(_caption, text),
        version=lr_study.__version__,
        texts=text.TEXTS,
    )


def _caption(text: ModuleType, ranking: ProtocolRanking, name: str) -> str:
    return texts_about(text, ranking)[f"figure {name}"].format(
        n=len(ranking.rows), best=short_name(ranking.rows[0].policy)
    )


def _resource(name: str) -> str:
    return resources.files("lr_study.report").joinpath(name).read_text(encoding="utf-8")


def _security_policy(script: str) -> str:
    """Return what a browser is told to allow: the script of the page itself, and no request.

    Whatever else would run is refused even if it got into the page.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
