"""The examples in docstrings run, and give what they show."""

import doctest
import importlib
from pathlib import Path

import pytest

import lr_study

ROOT = Path(lr_study.__path__[0])
# Not features: its example would start TensorFlow before the tests that fix its thread counts.
PACKAGES = (
    "cli",
    "comparison",
    "data",
    "importing",
    "policies",
    "report",
    "runs",
    "studies",
    "support",
    "tracking",
    "training",
)
FILES = [
    file.relative_to(ROOT)
    for package in PACKAGES
    for file in sorted((ROOT / package).glob("*.py"))
    if ">>>" in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_examples_give_what_they_show(file: Path) -> None:
    name = ".".join(("lr_study", *file.with_suffix("").parts))
    module = importlib.import_module(name.removesuffix(".__init__"))
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 0
    assert result.failed == 0
