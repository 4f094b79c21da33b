"""docker/ as others read it: the Compose specification's schema, and hadolint."""

import subprocess
from pathlib import Path

import compose
import pytest
from stack import SERVER_BIN

pytestmark = pytest.mark.server

DOCKERFILES = sorted(compose.FOLDER.glob("*Dockerfile"))


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, encoding="utf-8")


def against_the_schema(file: Path) -> subprocess.CompletedProcess[str]:
    schema = ["--builtin-schema", "vendor.compose-spec"]
    return run(SERVER_BIN / "check-jsonschema", *schema, file)


def test_the_compose_file_follows_the_specification() -> None:
    checked = against_the_schema(compose.FILE)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("right", "wrong"), [("read_only:", "readonly:"), ("mem_limit: 1g", "mem_limit: [1g]")]
)
def test_the_schema_finds_what_is_wrong(right: str, wrong: str, tmp_path: Path) -> None:
    text = compose.FILE.read_text(encoding="utf-8")
    assert right in text
    changed = tmp_path / "compose.yaml"
    changed.write_text(text.replace(right, wrong), encoding="utf-8")
    assert against_the_schema(changed).returncode == 1


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda file: file.name)
def test_hadolint_has_nothing_to_say(dockerfile: Path) -> None:
    checked = run(SERVER_BIN / "hadolint", dockerfile)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
