"""Whoever may log to an experiment writes texts, and nothing else, into its reports."""

import json
import os
import re
import shutil
import sqlite3
from pathlib import Path
from xml.etree import ElementTree

import pytest
from forked import lr_study
from mlflow import MlflowClient
from page_checks import covered_axes, overlapping_texts
from records import log_record, make_record

from lr_study.report.escaping import escape_html, escape_markdown, markdown_code, visible
from lr_study.report.svg import inline_svg
from lr_study.runs import canonical_json, short_hash

SCRIPT = "<script>document.title='caught'</script>"
HOSTILE = (
    f'x"/>{SCRIPT}<img src=x onerror="document.title=\'caught\'"><g id="'
    "\n\n# [link](javascript:document.title='caught') ```\n"
    f"```\n{SCRIPT}\n[b]: http://example.com ![i](http://example.com/i.png) <http://example.com>"
    "\x1b[31m\u202e $x$ ]]> --> & &lt; {{ 7 * 7 }} | /../../../escaped"
)
PATH = "/../../../escaped/p"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Path:
    """A store with hostile texts wherever MLflow takes a text; all its runs are ranked."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(empty_database, folder)
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    experiment = client.create_experiment(HOSTILE.replace("/", "∕").replace("\x1b", ""))
    client.set_experiment_tag(experiment, "mlflow.note.content", HOSTILE)
    fields = {**json.loads(make_record().protocol.to_json()), "data": HOSTILE, HOSTILE: HOSTILE}
    fields["surrogate"] = "\ud800"
    for number, policy in enumerate((f"a{HOSTILE}:{HOSTILE}", "fixed:lr=0.001", HOSTILE)):
        for seed in range(2):
            record = make_record(
                seed=seed, accuracies=(0.4, 0.6, 0.7, 0.5 + number / 10 + seed / 50)
            )
            run = client.create_run(experiment, run_name=HOSTILE)
            tags = {"mlflow.note.content": HOSTILE, "mlflow.user": HOSTILE, "x": HOSTILE}
            log_record(client, run.info.run_id, record, tags)
            plant(client, run.info.run_id, policy, fields, seed)
            client.set_terminated(run.info.run_id)
    broken = client.create_run(experiment)
    log_record(client, broken.info.run_id, make_record())
    client.set_tag(broken.info.run_id, "lr_study.curves", json.dumps({HOSTILE: HOSTILE}))
    client.set_terminated(broken.info.run_id)
    return folder


def plant(
    client: MlflowClient, run_id: str, policy: str, fields: dict[str, object], seed: int
) -> None:
    """Give a run another policy and protocol, as one who writes runs by hand would."""
    file = str(client.tracking_uri).removeprefix("sqlite:///")
    with sqlite3.connect(file) as database:
        database.execute(
            "UPDATE params SET value = ? WHERE key = 'policy' AND run_uuid = ?", (policy, run_id)
        )
    protocol = canonical_json(fields)
    cell = {"policy": policy, "protocol": short_hash(protocol), "seed": seed}
    for name, value in {
        "policy": policy,
        "protocol": protocol,
        "protocol_id": PATH + HOSTILE,
        "cell": short_hash(canonical_json(cell)),
        "options": json.dumps({"data": HOSTILE, "weights": HOSTILE, HOSTILE: HOSTILE}),
        "version": HOSTILE,
        "device": HOSTILE,
    }.items():
        client.set_tag(run_id, f"lr_study.{name}", value)
    client.log_metric(run_id, "x /script", 1.0)
    client.log_param(run_id, "hostile", HOSTILE)


def run(store: Path, *arguments: str, cwd: Path) -> str:
    client = MlflowClient(f"sqlite:///{store}/mlflow.db")
    (name,) = (e.name for e in client.search_experiments() if e.name != "Default")
    environment = {**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{store}/mlflow.db"}
    done = lr_study(*arguments, "--experiment", name, cwd=cwd, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_script_runs_and_no_element_is_theirs(
    browser, store: Path, tmp_path: Path, language: str
) -> None:
    run(store, "report", "--output", "report.html", "--lang", language, cwd=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<script") == 1  # ours
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    requests: list[str] = []
    messages: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: messages.append(message.text))
    tab.on("pageerror", lambda error: messages.append(str(error)))
    tab.on("dialog", lambda dialog: messages.append(dialog.message))
    tab.goto((tmp_path / "report.html").as_uri())
    assert messages == []
    assert [url for url in requests if not url.startswith(("data:", "file:"))] == []
    assert tab.evaluate("document.title") != "caught"
    assert tab.evaluate("document.querySelectorAll('img, a, iframe, object').length") == 0
    handlers = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    assert not [name for name in tab.evaluate(handlers) if name.startswith("on")]
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert ids
    assert all(re.fullmatch(r"p[0-9a-f]{12}-[\w.-]+", name) for name in ids)
    assert tab.evaluate("document.querySelectorAll('svg').length") == 7
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert overlapping_texts(tab) == []
    assert covered_axes(tab) == []
    assert SCRIPT in tab.inner_text("body")  # shown, as text
    tab.close()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_markdown_holds_no_markup_of_theirs(
    browser, store: Path, tmp_path: Path, language: str
) -> None:
    folder = tmp_path / "a" / "b" / "c" / "d"
    folder.mkdir(parents=True)
    run(store, "report", "--output", "report.md", "--lang", language, cwd=folder)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    drawn = [path for path in files if path.suffix == ".svg"]
    assert {path.parent for path in drawn} == {folder / "report_figures"}
    assert [path for path in files if path not in drawn] == [folder / "report.md"]
    for path in drawn:
        assert re.fullmatch(r"p[0-9a-f]{12}-\w+\.svg", path.name)
        tags = {e.tag.rpartition("}")[2] for e in ElementTree.parse(path).iter()}  # noqa: S314
        assert tags.isdisjoint({"script", "image", "a", "foreignObject"})

    text = (folder / "report.md").read_text(encoding="utf-8")
    outside = re.sub(r"^(`{3,})sh\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", outside)
    assert not re.findall(r"[<>`]|://", bare)
    links = re.findall(r"\[[^\]]*\]\(([^)]*)\)", bare)
    assert [link for link in links if not link.startswith("report_figures/p")] == []
    headings = [line for line in outside.splitlines() if re.match("#+ ", line)]
    assert not [line for line in headings if line.startswith("# ")][1:]
    assert not re.findall(r"^\s*\[", bare, flags=re.MULTILINE)


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_no_name_controls_a_terminal(store: Path, tmp_path: Path, form: str) -> None:
    shown = run(store, "compare", "--format", form, cwd=tmp_path)
    assert not re.findall("[\x00-\x09\x0b-\x1f\x7f\u202e]", shown)
    assert "document.title" in shown


def test_json_is_text_of_theirs_and_shape_of_ours(store: Path, tmp_path: Path) -> None:
    found = json.loads(run(store, "compare", "--format", "json", cwd=tmp_path))
    (ranking,) = found["protocols"]
    assert re.fullmatch("[0-9a-f]{12}", ranking["id"])
    assert ranking["runs"] == 6
    assert len(found["excluded"]) == 1


@pytest.mark.parametrize("name", ['x"><script>', "../x", "", "p1 a", "é"])
def test_a_name_of_a_figure_that_is_not_ours_is_refused(name: str) -> None:
    from matplotlib.figure import Figure

    with pytest.raises(ValueError, match="cannot be the name of a figure"):
        inline_svg(Figure(), name, "description")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("exp_decay:initial_lr=0.01,k=0.3", "exp_decay:initial_lr=0.01,k=0.3"),
        ("-0.0123", "-0.0123"),
        ("1. one", r"1\. one"),
        ("- a\n- b", r"\- a - b"),
        ("# a", r"\# a"),
        ("_a_ __b__", r"\_a\_ \_\_b\_\_"),
        ("a|b", r"a\|b"),
        ("a\\[b](c)", r"a\\\[b\](c)"),
        ("&lt;", r"\&lt;"),
        ("www.a.b https://c d@e.f", r"www\.a.b https\://c d\@e.f"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


def test_nothing_closes_a_fence() -> None:
    assert markdown_code("a\n```\nb") == "````sh\na\n```\nb\n````"


def test_what_cannot_be_written_is_shown_as_a_space() -> None:
    assert visible("a\x00b\ud800c\u202ed\n") == "a b c d "
    assert str(escape_html("<\x1b\ud800>")) == "&lt;  &gt;"
