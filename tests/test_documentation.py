"""The documentation: which blocks run, which do not and why, and that a failing one is noticed.

`make test-docs` runs the blocks, and `make docs` builds the pages.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import typer
from documentation_blocks import PAGES, ROOT, SYBIL, enter_folder, leave_folder, why_not_run
from sybil.example import SybilFailure

from lr_study.cli.app import app

# How many blocks of a page do not run, and why. Whoever marks another one adds it here.
NOT_RUN = {
    ("docker/README.md", "they need Docker's engine."): 8,
    ("docs/reference-study.md", "the event files are those of the other repository."): 1,
    ("docs/start.md", "it downloads 14,000 images from Kaggle."): 1,
}
_SHOWN = {"text", "yaml", "{toctree}", "{eval-rst}"}  # not run: nothing in them is a command


def test_the_blocks_that_do_not_run_are_known() -> None:
    found: Counter[tuple[str, str]] = Counter()
    for page in PAGES:
        document = SYBIL.parse(ROOT / page)
        for example in document:
            reason = why_not_run(document, example.start)
            if reason is not None:
                found[page, reason.partition(".")[0] + "."] += 1
    assert found == NOT_RUN


@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs_or_is_only_shown(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    fences = re.findall(r"^ *```(.*)$", text, re.MULTILINE)[::2]
    document = SYBIL.parse(ROOT / page)
    assert set(fences) <= {"sh", "python"} | _SHOWN
    assert len([fence for fence in fences if fence not in _SHOWN]) == len(document.regions)


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("```sh\nlr-study run nothing\n```", "exit code 2"),
        ("```sh\nfalse\ntrue\n```", "exit code 1"),
        ("```sh\nfalse | true\n```", "exit code 1"),
        ("```python\nassert 1 == 2\n```", "AssertionError"),
    ],
)
def test_a_block_that_fails_is_noticed(block: str, why: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{block}\n", encoding="utf-8")
    document = SYBIL.parse(page)
    enter_folder(document.namespace)
    try:
        (example,) = document
        with pytest.raises(SybilFailure, match=why):
            example.evaluate()
    finally:
        leave_folder(document.namespace)


def test_blocks_of_a_page_follow_one_another_and_leave_the_clone_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\nexport NAME=kept\nmkdir new && cd new\n```\n\n"
        "```python\nimport os, pathlib\nassert os.environ['NAME'] == 'kept'\n"
        "pathlib.Path('made').touch()\n```\n\n```sh\ntest -e ../new/made\n```\n\n"
        "*Not run by the tests: it ends everything.*\n\n```sh\nfalse\n```\n",
        encoding="utf-8",
    )
    document = SYBIL.parse(page)
    enter_folder(document.namespace)
    try:
        *run, marked = document
        for example in run:
            example.evaluate()
        with pytest.raises(pytest.skip.Exception, match="it ends everything"):
            marked.evaluate()
    finally:
        leave_folder(document.namespace)
    assert not (ROOT / "new").exists()
    assert (ROOT / "README.md").exists()


def test_the_page_of_commands_has_every_option(tmp_path: Path) -> None:
    """It is made by typer, of the application that people run."""
    made = tmp_path / "command-line.md"
    subprocess.run(
        [
            *(Path(sys.executable).with_name("typer"), "lr_study.cli.app", "utils", "docs"),
            *("--name", "lr-study", "--output", made),
        ],
        check=True,
        capture_output=True,
    )
    _, *sections = re.split(r"^#+ `(.*)`$", made.read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = dict(zip(sections[::2], sections[1::2], strict=True))
    missing = [
        f"{name} {option}"
        for name, command in commands("lr-study", typer.main.get_command(app))
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option not in told[name]
    ]
    assert missing == []
    assert len(told) > 10


def commands(name: str, command: object) -> list[tuple[str, object]]:
    """A command and those below it, by what is typed."""
    below = getattr(command, "commands", {})
    return [(name, command), *(c for sub in below for c in commands(f"{name} {sub}", below[sub]))]


def test_the_readme_is_one_screen_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 45
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []
