"""Whatever the library raises on purpose can be caught as one error."""

import ast
import sys
from pathlib import Path

import pytest

import lr_study
from lr_study.support import prints_on_stderr


def test_every_error_that_a_caller_may_meet_is_an_lr_study_error() -> None:
    root = Path(lr_study.__file__).parent
    bases = {
        node.name: {ast.unparse(base) for base in node.bases}
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    }
    ours = {"LrStudyError"}
    while more := {name for name in bases if bases[name] & ours} - ours:
        ours |= more
    assert {name for name in bases if not name.startswith("_")} == ours
    assert {"ImageError", "LineError", "NotAnEventFileError", "UsageError"} <= ours


def test_prints_go_to_standard_error_and_back(capsys: pytest.CaptureFixture[str]) -> None:
    with prints_on_stderr():
        sys.stdout.write("of a library\n")
    sys.stdout.write("of ours\n")
    assert capsys.readouterr() == ("of ours\n", "of a library\n")
