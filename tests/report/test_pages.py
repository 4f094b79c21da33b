"""Reports: whole, in both languages, of themselves alone, and saying no more than is known."""

import os
import re
import shutil
import string
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from compared_runs import with_curves
from forked import lr_study
from records import frame, make_record

from lr_study.comparison import advice
from lr_study.comparison.experiment import compare
from lr_study.policies import FAMILIES
from lr_study.report import english, russian
from lr_study.report.commands import Commands
from lr_study.report.files import write_report
from lr_study.report.pages import LANGUAGES, draw, html_report
from lr_study.report.svg import inline_svg
from lr_study.runs import ACCURACY, SEED_GRID
from lr_study.support.errors import UsageError

HOSTILE = "<script>document.title='caught'</script>"


def made(policies=SEED_GRID, seeds=(0, 1, 2), experiment="oregon"):
    """A comparison of made-up runs: later policies are better, seeds differ a little."""
    records = [
        make_record(
            str(policy),
            seed,
            accuracies=(0.4, 0.6, 0.70 + i / 200 + seed / 100),
            losses=(1.5, 1.0, 0.9 - i / 200 + seed / 1000),
        )
        for i, policy in enumerate(policies)
        for seed in seeds
    ]
    runs = with_curves(*records)
    return compare(runs, experiment=experiment), runs


def html(comparison, runs, language: str = "en") -> str:
    return html_report(comparison, draw(comparison, runs, language, inline_svg), language)


def bare(comparison, language: str = "en") -> str:
    """The page without its figures, which take most of the time."""
    return html_report(comparison, {ranking.id: {} for ranking in comparison.protocols}, language)


class Page(HTMLParser):
    """Collects what a page holds: tags with their attributes, and its text but for code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.in_code = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self.in_code |= tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self.in_code &= tag not in ("style", "script")

    def handle_data(self, data: str) -> None:
        self.text += "" if self.in_code else data


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def page(language: str) -> str:
    return html(*made(), language)


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("table", ["TEXTS", "FAMILIES", "ADVICE", "MESSAGES"])
def test_both_languages_have_the_same_texts(table: str) -> None:
    one, other = getattr(english, table), getattr(russian, table)
    assert set(one) == set(other)
    assert {key: fields(text) for key, text in one.items()} == {
        key: fields(text) for key, text in other.items()
    }


def test_a_page_needs_nothing_from_elsewhere(page: str) -> None:
    tags = Page(page).tags
    assert {"iframe", "img", "object"} & {tag for tag, _ in tags} == set()
    assert [attributes for tag, attributes in tags if tag == "script"] == [{}]
    addresses = [
        value
        for tag, attributes in tags
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href")
    ]
    assert [a for a in addresses if not a.startswith(("#", "data:"))] == []
    assert re.findall(r"url\((?!#)", page) == []
    assert re.findall(r"fetch|XMLHttpRequest|import\b|innerHTML|eval", page) == []
    assert len(page.encode()) < 2_000_000


def test_every_figure_says_what_it_shows(page: str) -> None:
    tags = Page(page).tags
    figures = [attributes for tag, attributes in tags if tag == "svg"]
    assert len(figures) == 7
    assert all(figure["role"] == "img" and figure["aria-label"] for figure in figures)
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_blank_is_filled(page: str) -> None:
    parsed = Page(page)
    for wrong in ("None", "nan", "{", "}"):
        assert wrong not in parsed.text, wrong
    exact = {attributes.get("title") for _, attributes in parsed.tags}
    for policy in SEED_GRID:
        assert policy.short_name in parsed.text
        assert str(policy) in exact


def test_the_ranking_comes_first_and_the_protocol_last(page: str, language: str) -> None:
    text = Page(page).text
    texts = LANGUAGES[language].TEXTS
    parts = [
        "sample, efficientnet-lite0",
        texts["advice"],
        texts["ranking"].partition("{")[0],
        texts["next steps"],
        texts["curves"],
        texts["families"],
        texts["gains"],
        texts["views"],
        texts["conditions"],
        f"{texts['protocol']}{made()[0].protocols[0].id}",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_heading_names_the_seeds() -> None:
    def heading(seeds: tuple[int, ...]) -> str:
        return re.findall("<h2>(.*?)</h2>", bare(made(["fixed", "exp_decay"], seeds)[0]))[0]

    assert heading((0, 1, 2)) == "sample, efficientnet-lite0, 3 seeds (0–2)"
    assert heading((4,)) == "sample, efficientnet-lite0, seed 4"
    assert heading((3, 5)) == "sample, efficientnet-lite0, 2 seeds (3, 5)"
    assert heading((0, 2, 4, 6, 8, 10, 12)).endswith("7 seeds (0, 2, 4, 6, …, 12)")


def test_protocols_of_one_page_are_told_apart() -> None:
    records = [
        make_record(policy, seed, image_size=size)
        for size in (64, 224)
        for policy in ("fixed:lr=0.1", "fixed:lr=0.01")
        for seed in (0, 1)
    ]
    runs = frame(*records)
    text = Page(bare(compare(runs, experiment="oregon"))).text
    assert "Unlike the other rankings of this page: image_size: 64." in text
    assert "Unlike the other rankings of this page: image_size: 224." in text
    assert "Unlike" not in Page(bare(made(["fixed"])[0])).text


def test_estimates_have_as_many_digits_as_their_intervals_say() -> None:
    comparison, runs = made()
    (ranking,) = comparison.protocols
    best = ranking.rows[0]
    half = 50 * (best.interval[1] - best.interval[0])
    assert f"{100 * best.estimate:.1f} ± {half:.1f}" in Page(bare(comparison)).text
    by_loss = compare(runs, experiment="oregon", metric="val_loss")
    (loss, *_) = by_loss.protocols[0].rows
    text = Page(bare(by_loss)).text
    half = (loss.interval[1] - loss.interval[0]) / 2
    assert 0.001 < half < 0.01
    assert f"{loss.estimate:.4f} ± {half:.4f}" in text
    assert "final loss ±" in text


def test_families_stand_in_the_order_of_the_original_study() -> None:
    text = Page(bare(made()[0], "ru")).text
    parts = [
        "Общий порядок",
        "Фиксированный темп обучения",
        "Экспоненциальное затухание",
        "Пошаговое затухание",
        "Сравнение лучших",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    # Nothing is left in English but names, and names of figures.
    assert re.findall(r"\b(?:the|of|is|and|with)\b", text) == []
    # Each decay over the best fixed rate, and the two over each other, in three figures each.
    gains = text[places[4] : text.index("На тестовой выборке")]
    assert gains.count("относительно fixed ") == 2
    assert gains.count("относительно") == 3
    assert len(re.findall(r"(лучше|хуже|значимой разницы нет)", gains)) == 9


def test_every_family_and_compositions_have_headings() -> None:
    assert {*FAMILIES, "warmup", "python", "keras"} == set(english.FAMILIES)
    policies = [
        "warmup:epochs=1+cosine:initial_lr=0.1",
        "fixed:lr=0.01,for=50%+linear",
        *(cls() for name, cls in FAMILIES.items() if name != "plateau"),
    ]
    comparison, _ = made(policies)
    text = Page(bare(comparison)).text
    for heading in ("Warmup, then cosine decay", "Fixed rates, then linear decay", "One cycle"):
        assert heading in text
    assert "Разогрев, затем косинусное затухание" in Page(bare(comparison, "ru")).text
    assert "Others" not in text


def test_a_family_of_a_store_is_shown_as_it_is() -> None:
    comparison, _ = made(["fixed", "exp_decay"])
    rows = [
        replace(row, family=name)
        for row, name in zip(
            *(comparison.protocols[0].rows, ("best of", "cosine+<b>")), strict=True
        )
    ]
    protocols = (replace(comparison.protocols[0], rows=tuple(rows)),)
    text = Page(bare(replace(comparison, protocols=protocols))).text
    assert "Others: best of" in text
    assert "Others: cosine+<b>" in text


def test_a_gain_is_called_one_only_where_the_interval_says_so() -> None:
    comparison, _ = made(seeds=(0,))
    text = Page(bare(comparison)).text
    assert "One run per policy" in text
    assert "better" not in text.replace("which policy is better", "")
    assert "no significant difference" in text


def test_a_given_target_is_not_called_the_baselines(language: str) -> None:
    _, runs = made()
    text = Page(bare(compare(runs, experiment="oregon", target=0.7), language)).text
    texts = LANGUAGES[language].TEXTS
    assert texts["epochs to given target"].format(target=0.7) in text
    assert texts["epochs_to_target"] not in text
    assert texts["target baseline"] not in text


def test_what_the_store_says_is_never_taken_for_a_page() -> None:
    comparison, runs = made(experiment=HOSTILE)
    page = html(comparison, runs)
    assert HOSTILE not in page
    assert page.count("<script") == 1


def test_the_commands_to_reproduce_are_whole() -> None:
    text = Page(bare(made(seeds=(0, 1, 2))[0])).text
    assert (
        "lr-study study --grid seed --seeds 3 --backbone efficientnet-lite0 --image-size 64 "
        "--epochs 3 --resampling splits --experiment oregon" in text
    )
    few = Page(bare(made(["fixed", "exp_decay"], seeds=(3, 5))[0])).text
    assert "--policy exp_decay:initial_lr=0.01,k=0.3 --policy fixed:lr=0.001 --seeds 3,5 " in few
    assert "lr-study compare --experiment oregon" in few


def test_the_commands_to_reproduce_name_a_given_test_set() -> None:
    comparison, _ = made(["fixed", "exp_decay"])
    (ranking,) = comparison.protocols
    given = {"test_fingerprint": "0", "test_fraction": 0.0, "duplicates": "drop", "copies": 3}
    ranking = replace(ranking, fields={**ranking.fields, **given})
    (command, _) = Commands(comparison, ranking).reproduce()
    assert "--test-data path/to/test" in command
    assert "--duplicates drop" in command
    assert "--test-fraction" not in command


def test_markdown_has_its_figures_beside_it(tmp_path: Path, language: str) -> None:
    write_report(tmp_path / "study.md", *made(), language)
    text = (tmp_path / "study.md").read_text(encoding="utf-8")
    links = re.findall(r"!\[[^]]+\]\(([^)]+)\)", text)
    assert len(links) == 7
    assert all((tmp_path / link).read_text(encoding="utf-8").startswith("<?xml") for link in links)
    tables = [line for line in text.splitlines() if line.startswith("| --- |")]
    assert len(tables) == 7
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.md", "study_figures"]


@pytest.mark.parametrize(
    ("output", "language", "message"),
    [
        ("report.pdf", "en", "it ends in .html or .md"),
        ("nowhere/report.html", "en", "there is no folder"),
        ("report.html", "fr", "lang is one of en, ru"),
    ],
)
def test_an_invalid_output_is_refused_in_one_line(
    tmp_path: Path, output: str, language: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        write_report(tmp_path / output, *made(["fixed"]), language)
    assert list(tmp_path.iterdir()) == []


def test_an_experiment_without_runs_has_a_page(tmp_path: Path) -> None:
    _, runs = made(["fixed"], seeds=(0,))
    runs["excluded"] = "status FAILED, not FINISHED"
    empty = compare(runs, experiment="oregon")
    for name in ("report.html", "report.md"):
        write_report(tmp_path / name, empty, runs, "en")
        assert "No run of this experiment can be ranked." in (tmp_path / name).read_text(
            encoding="utf-8"
        )


def test_advice_for_policies_that_all_diverged() -> None:
    runs = frame(make_record("fixed:lr=0.1", 0, diverges_at=2))
    (ranking,) = compare(runs).protocols
    assert (
        advice.advise(ranking, ACCURACY, "fixed:lr=0.001") == advice.ENGLISH_ADVICE["all diverged"]
    )


def test_the_command_writes_a_report(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path)
    environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db"}
    arguments = ["report", "--experiment", "none", "--output", "x.html"]
    answer = lr_study(*arguments, cwd=tmp_path, env=environment)
    assert answer.returncode == 2
    assert answer.stderr.startswith("error: there is no experiment 'none'")
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "--margin", "nan"], "margin=nan"),
        (["compare", "--baseline", "fixed:lr=0"], "lr=0"),
        (["report", "--output", "x.html", "--at", "middle"], "at=middle"),
        (["report", "--output", "x.html", "--lang", "fr"], "lang=fr"),
        (["report", "--output", "nowhere/x.html"], "there is no folder"),
    ],
)
def test_an_invalid_option_is_refused_before_the_store_is_read(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    answer = lr_study(*arguments, cwd=tmp_path)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert list(tmp_path.iterdir()) == []  # not even a database was made
