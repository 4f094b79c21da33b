"""YAML files written by people, read so that an error names its line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import yaml

from lr_study.support.errors import LrStudyError, UsageError

_T = TypeVar("_T")


MAX_DEPTH = 10
"""How deep lists and mappings may be nested."""


class LineError(LrStudyError):
    """An error on a line, counted from 0."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def read_yaml(file: Path, interpret: Callable[[yaml.Node | None], _T]) -> _T:
    """Parse a YAML file, and return the result of ``interpret`` on its root node.

    Raises
    ------
    UsageError
        If the file cannot be read, is not YAML, uses an alias, or ``interpret`` raises a
        `LineError`. The message names the file and, if possible, the line.
    """
    try:
        text = file.read_text(encoding="utf-8")
        _check_size(text)
        return interpret(yaml.compose(text, Loader=yaml.SafeLoader))
    except LineError as error:
        raise UsageError(f"{file}, line {error.line + 1}: {error.reason}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{file}, line {line}: not YAML: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UsageError(f"{file}: not a YAML file that can be read: {reason}") from None


def _check_size(text: str) -> None:
    """Reject aliases and deep nesting, event by event, before any node is built.

    An alias can expand to billions of values, or refer to itself; no file here needs one.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise LineError(line, "an alias (*name) is not allowed: write it out")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise LineError(line, f"more than {MAX_DEPTH} nested lists are not allowed")


def pairs(node: yaml.Node | None, what: str) -> Iterator[tuple[str, int, yaml.Node]]:
    """Yield the name, line and value of each entry of a mapping; names are unique.

    Raises
    ------
    LineError
        If the node is not a mapping, or a name is given twice. ``what`` describes it.
    """
    if not isinstance(node, yaml.MappingNode):
        line = 0 if node is None else node.start_mark.line
        raise LineError(line, f"{what} is written as name: value")
    seen = set()
    for key, value in node.value:
        name = text_of(key)
        if name in seen:
            raise LineError(key.start_mark.line, f"{name!r} is given twice: give it once")
        seen.add(name)
        yield name, key.start_mark.line, value


def text_of(node: yaml.Node) -> str:
    """Return a scalar as it was typed: ``0.10`` stays ``0.10``.

    Raises
    ------
    LineError
        If the node is a list or a mapping.
    """
    if not isinstance(node, yaml.ScalarNode):
        raise LineError(node.start_mark.line, "one value is expected here, not a list or a mapping")
    return str(node.value)
