"""Reports on runs on folds as a browser shows them: longer words and longer advice fit too."""

from dataclasses import replace
from pathlib import Path

import pytest
from fold_runs import runs_on_folds
from page_checks import cut_off, overlapping_texts

from lr_study.comparison.experiment import compare
from lr_study.report.files import write_report
from lr_study.report.pages import LANGUAGES
from lr_study.runs import SEED_GRID


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports on 18 policies, of which some are clearly worse, and the last one was stopped."""
    shares = {str(policy): 0.93 - i * i / 1000 for i, policy in enumerate(SEED_GRID)}
    runs = runs_on_folds(shares, images=600, seeds=10)
    comparison = compare(runs, experiment="folds")
    (ranking,) = comparison.protocols
    *rows, last = ranking.rows
    assert {row.verdict for row in rows} >= {"best", "undecided", "clearly worse"}
    stopped = replace(last, stopped_after=5, interval=None)
    ranking = replace(ranking, rows=(*rows, stopped))
    folder = tmp_path_factory.mktemp("reports")
    for language in LANGUAGES:
        changed = replace(comparison, protocols=(ranking,))
        write_report(folder / f"{language}.html", changed, runs, language)
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [390, 1200])
def test_verdicts_and_estimates_are_in_sight(
    browser, folder: Path, language: str, width: int
) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 800})
    tab.goto((folder / f"{language}.html").as_uri())
    rows = tab.locator("table").first.locator("tbody tr")
    for number in (2, 4):
        for cell in rows.locator(f"td:nth-child({number})").all():
            box = cell.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
    first = rows.first.bounding_box()
    assert first["y"] + first["height"] <= 800
    texts = LANGUAGES[language].TEXTS
    assert texts["clearly worse"] in [
        " ".join(text.split()) for text in rows.locator("td:nth-child(2)").all_inner_texts()
    ]
    last = rows.last.locator("td:nth-child(4)").inner_text()
    assert " ".join(last.split()) == texts["stopped after"].format(seeds=5)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert cut_off(tab) == []
    assert overlapping_texts(tab) == []
    tab.close()
