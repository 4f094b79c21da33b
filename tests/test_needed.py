"""No test of `.ci/run` is passed over for want of a program."""

import re
from pathlib import Path

import needed
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(params=[needed.chromium, needed.postgresql_programs])
def find(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Look for a program where there is none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(needed, "Path", lambda *parts: tmp_path.joinpath("none"))
    return request.param


def test_a_program_that_is_not_there_is_a_reason_to_skip(find, monkeypatch) -> None:
    monkeypatch.delenv(needed.REQUIRE_ALL, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"there is no .*: run bash scripts/\w+"):
        find()


def test_it_is_a_failure_where_all_are_required(find, monkeypatch) -> None:
    monkeypatch.setenv(needed.REQUIRE_ALL, "1")
    with pytest.raises(pytest.fail.Exception, match=r"there is no .*: run bash scripts/\w+"):
        find()


def test_ci_requires_all_and_runs_all() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert f"export {needed.REQUIRE_ALL}=1\n" in script
    lines = re.findall(r"^ *make ([\w -]+)", script, re.MULTILINE)
    targets = {target for line in lines for target in line.split()}
    computing = {"check", "build", "docs", "test", "test-pythons", "test-numeric"}
    assert computing | {"test-faults", "test-server"} <= targets
