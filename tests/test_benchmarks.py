"""Benchmarks are not run by tests, but what they measure must still be there."""

import ast
import importlib
import importlib.util
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_benchmarks_find_all_that_they_import_of_ours() -> None:
    wanted = {
        (str(node.module), alias.name)
        for script in BENCHMARKS.glob("*.py")
        for node in ast.walk(ast.parse(script.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("lr_study")
        for alias in node.names
    }
    assert ("lr_study.training.batched", "train_heads") in wanted
    assert [
        f"{module}.{name}" for module, name in sorted(wanted) if not is_there(module, name)
    ] == []


def is_there(module: str, name: str) -> bool:
    if hasattr(importlib.import_module(module), name):
        return True
    return importlib.util.find_spec(f"{module}.{name}") is not None
