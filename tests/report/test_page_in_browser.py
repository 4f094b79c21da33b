"""Reports as a browser shows them: what is in sight, what sorts, and what works without scripts."""

import math
import re
from pathlib import Path

import pytest
from compared_runs import with_curves
from page_checks import covered_axes, cut_off, overlapping_texts, smallest_text
from records import make_record

from lr_study.comparison.experiment import compare
from lr_study.report.files import write_report
from lr_study.report.pages import LANGUAGES
from lr_study.runs import SEED_GRID

HOSTILE = "<script>document.title='caught'</script>"

EPOCHS = 12

FAMILIES = {"fixed": 4, "exp_decay": 7, "step_decay": 7}
"""The policies of each family in the built-in grid."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports in every language on 18 policies that end within two points; one diverged."""
    records = []
    for i, policy in enumerate(SEED_GRID):
        for seed in range(3):
            end = 0.93 + i / 1000 + (seed * (i % 3 + 1)) / 700
            curve = tuple(end - 0.4 * math.exp(-epoch / 2) for epoch in range(EPOCHS))
            losses = tuple(1.5 * math.exp(-epoch / 4) + 0.2 + i / 500 for epoch in range(EPOCHS))
            record = make_record(
                str(policy),
                seed,
                accuracies=curve,
                losses=losses,
                diverges_at=9 if i == 0 else None,
            )
            records.append(record)
    runs = with_curves(*records)
    comparison = compare(runs, experiment=HOSTILE)
    folder = tmp_path_factory.mktemp("reports")
    for language in LANGUAGES:
        write_report(folder / f"{language}.html", comparison, runs, language)
    by_loss = compare(runs, experiment=HOSTILE, metric="val_loss", at="best")
    write_report(folder / "loss.html", by_loss, runs, "ru")
    return folder


@pytest.fixture
def tab(browser, folder: Path):
    opened = browser.new_page(viewport={"width": 1200, "height": 800})
    opened.goto((folder / "en.html").as_uri())
    yield opened
    opened.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_what_matters_is_in_sight(
    browser, folder: Path, language: str, scheme: str, width: int
) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    messages, requests = [], []
    tab.on("console", lambda message: messages.append(message.text))
    tab.on("pageerror", lambda error: messages.append(str(error)))
    tab.on("request", lambda request: requests.append(request.url))
    address = (folder / f"{language}.html").as_uri()
    tab.goto(address)
    assert messages == []
    assert [url for url in requests if not url.startswith("data:")] == [address]
    assert tab.title() != "caught"

    # The verdict and the estimate of each policy, without scrolling to the side ...
    assert_estimates_are_in_sight(tab, width)
    # ... and those of the best without scrolling at all.
    rows = tab.locator("table").first.locator("tbody tr")
    best = rows.first.bounding_box()
    assert best["y"] + best["height"] <= 800
    cells = rows.first.locator("td").all_inner_texts()
    assert cells[1] == LANGUAGES[language].TEXTS["best"]
    assert re.fullmatch(r"9\d\.\d+ ± \d\.\d+", cells[3])

    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert cut_off(tab) == []
    assert overlapping_texts(tab) == []
    assert covered_axes(tab) == []
    assert smallest_text(tab) > 8.5

    inks = tab.evaluate(
        "['color', 'backgroundColor'].map(name => getComputedStyle(document.body)[name])"
    )
    dark = [sum(map(int, re.findall(r"\d+", ink)[:3])) < 3 * 128 for ink in inks]
    assert dark == ([False, True] if scheme == "dark" else [True, False])
    # Text of a figure has the page's colour, whichever that is.
    label = "getComputedStyle(document.querySelector('figure svg text')).fill"
    assert tab.evaluate(label) == inks[0]
    tab.close()


def assert_estimates_are_in_sight(tab, width: int) -> None:
    rows = tab.locator("table").first.locator("tbody tr")
    assert rows.count() == len(SEED_GRID)
    for number in (2, 4):
        for cell in rows.locator(f"td:nth-child({number})").all():
            box = cell.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


def test_losses_and_their_verdicts_are_in_sight_too(browser, folder: Path) -> None:
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto((folder / "loss.html").as_uri())
    assert_estimates_are_in_sight(tab, 390)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert overlapping_texts(tab) == []
    tab.close()


def column(tab, number: int) -> list[str]:
    rows = tab.locator("table").first.locator("tbody tr:visible")
    return rows.locator(f"td:nth-child({number})").all_inner_texts()


def test_a_click_on_a_heading_sorts(tab) -> None:
    ranked = column(tab, 3)
    head = tab.locator("table").first.locator("th")
    assert head.nth(0).get_attribute("aria-sort") == "ascending"
    head.nth(3).locator("button").click()
    assert head.nth(3).get_attribute("aria-sort") == "ascending"
    assert head.nth(0).get_attribute("aria-sort") is None
    estimates = [float(text.split(" ")[0]) for text in column(tab, 4)]
    assert estimates == sorted(estimates)
    assert estimates[0] < estimates[-1]
    head.nth(3).locator("button").click()
    assert head.nth(3).get_attribute("aria-sort") == "descending"
    assert [float(text.split(" ")[0]) for text in column(tab, 4)] == estimates[::-1]
    # By the number, not by its text; and verdicts in their own order, not the alphabet's.
    head.nth(0).locator("button").click()
    assert column(tab, 3) == ranked
    head.nth(1).locator("button").click()
    verdicts = list(dict.fromkeys(column(tab, 2)))
    order = ["best", "tied", "undecided", "worse", "clearly worse", "diverged"]
    assert verdicts == [verdict for verdict in order if verdict in verdicts]
    assert verdicts[-1] == "diverged"


def test_a_value_that_is_missing_is_last_in_both_directions(tab) -> None:
    button = tab.locator("table").first.locator("th").nth(6).locator("button")
    for _ in range(2):
        button.click()
        assert column(tab, 7)[-1] == "–"


def test_a_key_sorts(tab) -> None:
    head = tab.locator("table").first.locator("th").nth(2)
    head.locator("button").focus()
    tab.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    names = column(tab, 3)
    assert names[0].startswith("exp 0.001")
    tab.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "descending"
    assert column(tab, 3) == names[::-1]


def test_a_select_leaves_one_family(tab) -> None:
    select = tab.locator("select")
    assert set(select.locator("option").all_inner_texts()) == {"all", *FAMILIES}
    for family, count in FAMILIES.items():
        select.select_option(label=family)
        assert len(column(tab, 3)) == count
        assert {name.split(" ")[0] for name in column(tab, 3)} == {family.split("_")[0]}
        # The ranks by other metrics too; the table of each family stays whole.
        rows = tab.locator("tr[data-family]:visible")
        assert rows.count() == 2 * count
        everything = tab.locator("tbody tr:visible").count()
        assert everything > sum(FAMILIES.values()) + 2 * count
    select.select_option(label="all")
    assert len(column(tab, 3)) == len(SEED_GRID)


def test_pointing_at_a_figure_shows_its_values(tab) -> None:
    figure = tab.locator("figure").first
    names = figure.locator("polyline > title").all_text_contents()
    for policy in SEED_GRID[1:]:
        assert any(re.match(rf"{re.escape(str(policy))}: 9\d", name) for name in names), policy
    seeds = figure.locator("circle > title").all_text_contents()
    assert sum(text.count("seed 2: 9") for text in seeds) == len(SEED_GRID)
    readout = figure.locator(".readout")
    assert not readout.is_visible()
    for number in range(0, len(seeds), 7):  # none is hidden by another
        figure.locator("circle").nth(number).hover(timeout=2000)
        assert readout.is_visible()
        assert readout.text_content() == seeds[number]
    # An interval answers along its whole length, at its end too.
    figure.evaluate("figure => figure.scrollIntoView()")
    line = figure.locator("polyline").first
    box = line.bounding_box()
    tab.mouse.move(box["x"] + 1, box["y"])
    assert readout.text_content() == line.locator("title").text_content()
    tab.locator("h1").hover()
    assert not readout.is_visible()

    curves = tab.locator("figure", has=tab.locator("svg[aria-label*='Accuracy over']")).first
    texts = curves.locator("circle > title").all_text_contents()
    best = column(tab, 3)[0]
    exact = tab.locator("table").first.locator("tbody .name").first.get_attribute("title")
    assert exact != best
    of_best = [
        line for text in texts for line in text.split("\n") if line.startswith(f"{exact}, epoch ")
    ]
    # Of training and of validation, each epoch.
    assert len(of_best) == 2 * EPOCHS
    assert all(re.search(r", epoch \d+: \d\d(\.\d+)?$", text) for text in of_best)


def test_everything_can_be_read_without_scripts(browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    tab = context.new_page()
    tab.goto((folder / "en.html").as_uri())
    assert len(column(tab, 3)) == len(SEED_GRID)
    assert tab.locator("select:visible, button:visible, .readout").count() == 0
    assert tab.locator("figure svg:visible").count() == 7
    assert tab.locator("svg title").count() > len(SEED_GRID)
    text = tab.inner_text("body")
    for part in ("Ranking by final validation accuracy", "Curves", "How to reproduce", HOSTILE):
        assert part in text
    context.close()


def test_no_other_script_would_run(browser, folder: Path, tmp_path: Path) -> None:
    """Nothing unescaped is in a page; were it there, the page's security policy would refuse it."""
    page = (folder / "en.html").read_text(encoding="utf-8")
    planted = f"{HOSTILE}<img src=x onerror=\"document.title='caught'\">"
    assert page.count("<h1>") == 1
    (tmp_path / "planted.html").write_text(page.replace("<h1>", f"{planted}<h1>"), encoding="utf-8")
    tab = browser.new_page()
    tab.goto((tmp_path / "planted.html").as_uri())
    assert tab.locator("img").count() == 1
    assert tab.title() != "caught"
    assert tab.locator("th button").count() > 0  # ours runs
    tab.close()
