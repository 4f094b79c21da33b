"""Grids: which policies a study trains, built in or from a YAML file.

A file names families with values, of which all combinations are taken, single policies, and
options for the whole study::

    families:
      fixed: {lr: [0.1, 0.01]}
      step_decay: {initial_lr: [0.1, 0.01], drop: 0.5, epochs_drop: [3, 5, 10]}
    policies:
      - exp_decay:initial_lr=0.001,k=0.1
    options:
      epochs: 50
      seeds: 5
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from lr_study.policies import FAMILIES, ExpDecay, Fixed, Policy, StepDecay, parse
from lr_study.runs.settings import Settings
from lr_study.support import LineError, UsageError, pairs, read_yaml, text_of

MAX_POLICIES = 10_000

SEED_GRID: tuple[Policy, ...] = (
    *(Fixed(lr) for lr in (0.1, 0.01, 0.001, 0.0001)),
    *(ExpDecay(initial_lr, k) for initial_lr in (0.1, 0.01) for k in (0.1, 0.2, 0.3)),
    ExpDecay(0.001, 0.1),
    *(StepDecay(initial_lr, 0.5, n) for initial_lr in (0.1, 0.01) for n in (10, 5, 3)),
    StepDecay(0.001, 0.5, 5),
)
"""The settings of the study that this project grew from."""

BUILT_IN = {"seed": SEED_GRID}

_OPTIONS: dict[str, type] = {f.name: type(f.default) for f in fields(Settings)}


@dataclass(frozen=True)
class Grid:
    """The policies of a study, each once, and the options that its file gave."""

    policies: tuple[Policy, ...]
    options: dict[str, Any] = field(default_factory=dict)
    seeds: str | None = None

    def completed(self, settings: Settings) -> Settings:
        """Return the settings with the file's options where they are at their defaults."""
        default = Settings()
        return replace(
            settings,
            **{
                name: value
                for name, value in self.options.items()
                if getattr(settings, name) == getattr(default, name)
            },
        )


def load_grid(name: str | None, policies: Iterable[str] = ()) -> Grid:
    """Return the grid that ``name`` means, with further policies given as text.

    Parameters
    ----------
    name
        ``seed``, a YAML file, or None for the further policies alone.

    Raises
    ------
    UsageError
        If there is no such grid, or a line of the file cannot be used; the error names the line.
    """
    extra = [parse(text) for text in policies]
    if name is None:
        grid = Grid(())
    elif name in BUILT_IN:
        grid = Grid(BUILT_IN[name])
    elif Path(name).is_file():
        grid = read_yaml(Path(name), _grid)
    else:
        raise UsageError(
            f"grid={name} is not allowed: it is {' or '.join(BUILT_IN)}, or a YAML file that exists"
        )
    return Grid(tuple(dict.fromkeys([*grid.policies, *extra])), grid.options, grid.seeds)


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that a text means: ``3`` is 0, 1, 2, and ``0,3,7`` or ``5,`` is itself.

    >>> parse_seeds("3"), parse_seeds("0,3,7"), parse_seeds("5,")
    ((0, 1, 2), (0, 3, 7), (5,))

    Raises
    ------
    UsageError
        If it is neither a whole number >= 1 nor a list of different whole numbers >= 0.
    """
    parts = [part.strip() for part in text.split(",")]
    is_list = len(parts) > 1
    if is_list and parts[-1] == "":
        parts.pop()
    if all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        numbers = tuple(int(part) for part in parts)
        if is_list and len(set(numbers)) == len(numbers):
            return numbers
        if not is_list and 1 <= numbers[0] <= MAX_POLICIES:
            return tuple(range(numbers[0]))
    raise UsageError(
        f"seeds={text} is not allowed: write a number from 1 to {MAX_POLICIES}, such as 10 "
        "for 0 to 9, or a list of different ones, such as 0,3,7"
    )


def _grid(root: yaml.Node | None) -> Grid:
    policies: list[Policy] = []
    options: dict[str, Any] = {}
    seeds: str | None = None
    for key, line, node in pairs(root, "a grid"):
        if key == "families":
            for family, at, values in pairs(node, "families"):
                policies += _product(family, at, values)
        elif key == "policies":
            policies += _single(node)
        elif key == "options":
            for name, at, value in pairs(node, "options"):
                if name == "seeds":
                    seeds = text_of(value)
                elif name in _OPTIONS:
                    options[name] = _option(name, value)
                else:
                    allowed = ", ".join([*_OPTIONS, "seeds"])
                    raise LineError(at, f"option {name!r} is not known: it is one of {allowed}")
        else:
            raise LineError(line, f"{key!r} is not known: write families, policies or options")
    if not policies:
        raise LineError(0, "no policy: write families or policies")
    return Grid(tuple(dict.fromkeys(policies)), options, seeds)


def _product(family: str, line: int, node: yaml.Node) -> Iterator[Policy]:
    if family not in FAMILIES:
        raise LineError(line, f"family {family!r} is not known: it is one of {', '.join(FAMILIES)}")
    names, values = [], []
    for name, _, value in pairs(node, family):
        items = value.value if isinstance(value, yaml.SequenceNode) else [value]
        names.append(name)
        values.append([text_of(item) for item in items])
    count = math.prod(len(items) for items in values)
    if count > MAX_POLICIES:
        raise LineError(line, f"{count} policies are more than the {MAX_POLICIES} that are allowed")
    for combination in product(*values):
        written = ",".join(f"{n}={v}" for n, v in zip(names, combination, strict=True))
        yield _parsed(f"{family}:{written}" if written else family, line)


def _single(node: yaml.Node) -> Iterator[Policy]:
    if not isinstance(node, yaml.SequenceNode):
        raise LineError(node.start_mark.line, "policies is a list: write - fixed:lr=0.01")
    for item in node.value:
        yield _parsed(text_of(item), item.start_mark.line)


def _parsed(text: str, line: int) -> Policy:
    try:
        return parse(text)
    except UsageError as error:
        raise LineError(line, str(error)) from None


def _option(name: str, node: yaml.Node) -> Any:
    kind, text = _OPTIONS[name], text_of(node)
    try:
        return kind(text)
    except ValueError:
        what = {int: "a whole number", float: "a number"}[kind]
        raise LineError(
            node.start_mark.line, f"{name}={text} is not allowed: it is {what}"
        ) from None
