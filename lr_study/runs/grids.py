"""Grids: the policies that a study trains, built in or from a YAML file.

A file lists families with values of their parameters (every combination is a policy), single
policies, and options of the study. The parameters of a composition are named after its parts::

    families:
      fixed: {lr: [0.1, 0.01]}
      step_decay: {initial_lr: [0.1, 0.01], drop: 0.5, epochs_drop: [3, 5, 10]}
      warmup+cosine: {warmup.epochs: [3, 5%], cosine.initial_lr: [0.1, 0.01]}
    policies:
      - exp_decay:initial_lr=0.001,k=0.1
    options:
      epochs: 50
      seeds: 5
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from lr_study.policies import Policy, parse, part_names, require_family
from lr_study.runs.built_in_grids import BUILT_IN
from lr_study.runs.plan import StudySpec
from lr_study.runs.settings import ModelSettings, Settings
from lr_study.support import LineError, UsageError, pairs, read_yaml, text_of

MAX_POLICIES = 10_000
MAX_SEEDS = 10_000

DEFAULT_SEEDS = "10"

_BOOLEANS = {"true": True, "false": False}
_TYPES: dict[str, type] = {
    **{f.name: type(f.default) for f in fields(Settings)},
    "race": bool,
    "until_regret": float,
}
_OF_STUDY = ("seeds", "race", "until_regret")
"""Options in a file that are no settings."""


@dataclass(frozen=True)
class Grid:
    """The policies of a study, each once, and the options in its file.

    Attributes
    ----------
    policies
        In the order of the file.
    options
        Values of `Settings` by name.
    seeds
        The text that `parse_seeds` takes, or None.
    race, until_regret
        See `StudySpec`.
    """

    policies: tuple[Policy, ...]
    options: dict[str, Any] = field(default_factory=dict)
    seeds: str | None = None
    race: bool = False
    until_regret: float | None = None

    def completed(
        self, settings: Settings | ModelSettings, keep: Collection[str] = ()
    ) -> Settings | ModelSettings:
        """Return the settings with the options of the file; those named in ``keep`` stay.

        Raises
        ------
        UsageError
            If the settings are of a model of one's own, and do not have one of the options.
        """
        options = {name: value for name, value in self.options.items() if name not in keep}
        known = {field.name for field in fields(settings)}
        for name, value in options.items():
            if name not in known:
                raise UsageError(
                    f"the option {name}={value} of the grid is one of images: leave it out for a "
                    "workload of one's own"
                )
        return replace(settings, **options)


def load_grid(name: str | None, policies: Iterable[str | Policy] = ()) -> Grid:
    """Return a grid by name or from a file, with additional policies.

    Parameters
    ----------
    name
        ``seed``, ``modern``, a YAML file, or None for no grid.
    policies
        Additional policies, or their texts.

    Raises
    ------
    UsageError
        If there is no such grid, its file is not valid (the message names the line), or an own
        function cannot be imported.

    Examples
    --------
    >>> load_grid(None, ["fixed:lr=0.1", "exp_decay"]).policies
    (Fixed(lr=0.1), ExpDecay(initial_lr=0.01, k=0.3))
    """
    given = (parse(policy) if isinstance(policy, str) else policy for policy in policies)
    extra = [policy.loaded() for policy in given]
    if name is None:
        grid = Grid(())
    elif name in BUILT_IN:
        grid = Grid(BUILT_IN[name])
    elif Path(name).is_file():
        grid = read_yaml(Path(name), _grid)
    else:
        raise UsageError(
            f"grid={name} is not allowed: grid is {', '.join(BUILT_IN)} or an existing YAML file"
        )
    return replace(grid, policies=tuple(dict.fromkeys([*grid.policies, *extra])))


def requested_study(
    grid: str | None,
    policies: Collection[str | Policy],
    settings: Settings | ModelSettings,
    *,
    seeds: str | Iterable[int] | None,
    rerun: str,
    typed: Collection[str],
    race: bool = False,
    until_regret: float | None = None,
) -> StudySpec:
    """Return the study that a command, or a call, requests.

    A grid's file goes before defaults, and what was typed before the file.

    Parameters
    ----------
    grid
        A name or a file; ``seed`` if neither it nor policies are given.
    seeds
        What `parse_seeds` takes, or the seeds; None for those of the grid, or `DEFAULT_SEEDS`.
    typed
        The names of the settings that were given.
    race, until_regret
        See `StudySpec`; False and None for those of the grid.

    Raises
    ------
    UsageError
        If a value is not allowed.

    Examples
    --------
    >>> study = requested_study(None, ["fixed"], Settings(), seeds=[3], rerun="missing", typed=())
    >>> study.policies, study.seeds
    ((Fixed(lr=0.001),), (3,))
    """
    loaded = load_grid(grid or (None if policies else "seed"), policies)
    completed = loaded.completed(settings, keep=typed)
    given = loaded.seeds or DEFAULT_SEEDS if seeds is None else seeds
    numbers = parse_seeds(given) if isinstance(given, str) else tuple(given)
    return StudySpec(
        completed,
        loaded.policies,
        numbers,
        rerun,
        race or loaded.race,
        loaded.until_regret if until_regret is None else until_regret,
    )


def parse_points(text: str) -> float | None:
    """Return the points of accuracy that a text gives, or None if it is empty.

    Raises
    ------
    UsageError
        If the text is no number.

    Examples
    --------
    >>> parse_points("0.5"), parse_points("")
    (0.5, None)
    """
    try:
        return float(text) if text else None
    except ValueError:
        raise UsageError(
            f"until_regret={text} is not allowed: until_regret is points of accuracy, such as 0.5"
        ) from None


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that a text gives: a count, such as ``3``, or a list, such as ``0,3,7``.

    A count ``n`` is the seeds from 0 to n - 1. A list of one seed ends with a comma.

    Raises
    ------
    UsageError
        If the text is neither a whole number >= 1 nor a list of distinct whole numbers >= 0.

    Examples
    --------
    >>> parse_seeds("3"), parse_seeds("0,3,7"), parse_seeds("5,")
    ((0, 1, 2), (0, 3, 7), (5,))
    """
    parts = [part.strip() for part in text.split(",")]
    is_list = len(parts) > 1
    if is_list and parts[-1] == "":
        parts.pop()
    if all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        numbers = tuple(int(part) for part in parts)
        if is_list and len(set(numbers)) == len(numbers):
            return numbers
        if not is_list and 1 <= numbers[0] <= MAX_SEEDS:
            return tuple(range(numbers[0]))
    raise UsageError(
        f"seeds={text} is not allowed: seeds is a count from 1 to {MAX_SEEDS}, such as 10 for "
        "0 to 9, or a list of distinct seeds, such as 0,3,7"
    )


def _grid(root: yaml.Node | None) -> Grid:
    policies: list[Policy] = []
    options: dict[str, Any] = {}
    for key, line, node in pairs(root, "a grid"):
        if key == "families":
            for family, at, values in pairs(node, "families"):
                policies += _combinations(family, at, values)
        elif key == "policies":
            policies += _single_policies(node)
        elif key == "options":
            options = _read_options(node)
        else:
            raise LineError(line, f"{key!r} is unknown: it is families, policies or options")
    if not policies:
        raise LineError(0, "there is no policy: add families or policies")
    own = {name: options.pop(name) for name in _OF_STUDY if name in options}
    return Grid(tuple(dict.fromkeys(policies)), options, **own)


def _read_options(node: yaml.Node) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, line, value in pairs(node, "options"):
        if name == "seeds":
            options[name] = text_of(value)
        elif name in _TYPES:
            options[name] = _option(name, value)
        else:
            allowed = ", ".join([*_TYPES, "seeds"])
            raise LineError(line, f"option {name!r} is unknown: it is one of {allowed}")
    return options


def _combinations(family: str, line: int, node: yaml.Node) -> Iterator[Policy]:
    """Every combination of the values of a family's parameters, or of those of a composition."""
    parts = family.split("+")
    try:
        for part in parts:
            require_family(part)
    except UsageError as error:
        raise LineError(line, str(error)) from None
    prefixes = part_names(parts)
    names, values = [], []
    for name, at, value in pairs(node, family):
        items = value.value if isinstance(value, yaml.SequenceNode) else [value]
        names.append(_part_and_parameter(name, prefixes, at))
        values.append([text_of(item) for item in items])
    count = math.prod(len(items) for items in values)
    if count > MAX_POLICIES:
        raise LineError(line, f"{count} policies exceed the limit of {MAX_POLICIES}")
    for combination in product(*values):
        given: list[list[str]] = [[] for _ in parts]
        for (i, name), text in zip(names, combination, strict=True):
            given[i].append(f"{name}={text}")
        texts = [
            f"{part}:{','.join(own)}" if own else part
            for part, own in zip(parts, given, strict=True)
        ]
        yield _parse_policy("+".join(texts), line)


def _part_and_parameter(name: str, prefixes: Sequence[str], line: int) -> tuple[int, str]:
    """Which part of a composition a name such as ``cosine.initial_lr`` is of, and the parameter."""
    if len(prefixes) == 1:
        return 0, name
    prefix, _, parameter = name.rpartition(".")
    if prefix not in prefixes:
        examples = ", ".join(f"{prefix}.PARAMETER" for prefix in prefixes)
        raise LineError(line, f"{name!r} is of no part of {'+'.join(prefixes)}: write {examples}")
    return prefixes.index(prefix), parameter


def _single_policies(node: yaml.Node) -> Iterator[Policy]:
    if not isinstance(node, yaml.SequenceNode):
        raise LineError(node.start_mark.line, "policies is a list, such as [fixed:lr=0.01]")
    for item in node.value:
        yield _parse_policy(text_of(item), item.start_mark.line)


def _parse_policy(text: str, line: int) -> Policy:
    try:
        return parse(text).loaded()
    except UsageError as error:
        raise LineError(line, str(error)) from None


def _option(name: str, node: yaml.Node) -> Any:
    type_, text = _TYPES[name], text_of(node)
    try:
        return _BOOLEANS[text.casefold()] if type_ is bool else type_(text)
    except (ValueError, KeyError):
        allowed = {int: "a whole number", float: "a number", bool: "true or false"}[type_]
        raise LineError(
            node.start_mark.line, f"{name}={text} is not allowed: {name} is {allowed}"
        ) from None
