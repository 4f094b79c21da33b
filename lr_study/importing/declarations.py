"""What a person declares of the runs that are imported: ``--set`` and the mapping file.

A mapping file gives a run's policy, or that and fields of its protocol::

    lr_0.1: fixed:lr=0.1
    step_decay0.1:
      policy: step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5
      shuffle: buffer 8
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import yaml

from lr_study.policies import parse
from lr_study.runs import UNKNOWN, Protocol
from lr_study.support import LineError, UsageError, pairs, read_yaml, text_of

Value = int | float | str

# How many epochs there are, the files tell.
FIELDS: dict[str, type] = {
    known.name: known.type  # type: ignore[misc]
    for known in fields(Protocol)
    if known.name != "epochs"
}

_AT_LEAST_ONE = ("image_size", "classes", "train_size", "val_size", "batch_size")
_MAX_LENGTH = 200


@dataclass(frozen=True)
class Declared:
    """What is declared of one run; ``policy`` is in its one text form, or None."""

    policy: str | None = None
    protocol: Mapping[str, Value] = field(default_factory=dict)


def field_value(name: str, text: str) -> Value:
    """Return the value of a protocol field, of the type that our own runs give it.

    Raises
    ------
    UsageError
        If there is no such field, or the value is not allowed.

    >>> field_value("batch_size", "16"), field_value("data", "oregon")
    (16, 'oregon')
    """
    if name not in FIELDS:
        why = ": the files tell how many there are" if name == "epochs" else ""
        raise UsageError(f"{name}={text} is not allowed{why}: the fields are {', '.join(FIELDS)}")
    if text == UNKNOWN:
        return text
    kind = FIELDS[name]
    if kind is str:
        if not text.strip() or not text.isprintable() or len(text) > _MAX_LENGTH:
            raise UsageError(
                f"{name}={text[:50]!a} is not allowed: {name} is a text of at most "
                f"{_MAX_LENGTH} characters on one line"
            )
        return text
    low = 1 if name in _AT_LEAST_ONE else 0
    what = f"a whole number >= {low}" if kind is int else "0 <= a number < 1"
    try:
        value: int | float = int(text) if kind is int else float(text)
        allowed = value >= low if kind is int else 0 <= value < 1
    except ValueError:
        allowed = False
    if not allowed:
        raise UsageError(f"{name}={text[:50]} is not allowed: {name} is {what}, or {UNKNOWN}")
    return value


def parse_fields(texts: Iterable[str]) -> dict[str, Value]:
    """Return the protocol fields that ``field=value`` texts give, as those of ``--set``.

    Raises
    ------
    UsageError
        If a text is not of that form, or a field is unknown, given twice or has a value that is
        not allowed.

    >>> parse_fields(["batch_size=16", "shuffle=buffer 8"])
    {'batch_size': 16, 'shuffle': 'buffer 8'}
    """
    given: dict[str, Value] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"set={text} is not allowed: write field=value, as batch_size=16")
        if name in given:
            raise UsageError(f"set={text} is not allowed: {name} is given twice, give it once")
        given[name] = field_value(name, value)
    return given


def read_mapping(file: Path) -> dict[str, Declared]:
    """Return what a mapping file declares, by the name of the run.

    Raises
    ------
    UsageError
        If the file cannot be used. The line names it and where it is at fault.
    """
    return read_yaml(file, _mapping)


def _mapping(root: yaml.Node | None) -> dict[str, Declared]:
    return {name: _entry(name, line, node) for name, line, node in pairs(root, "a mapping")}


def _entry(name: str, line: int, node: yaml.Node) -> Declared:
    if isinstance(node, yaml.ScalarNode):
        return Declared(policy=_policy(text_of(node), line))
    policy = None
    protocol: dict[str, Value] = {}
    for key, at, value in pairs(node, name):
        if key == "policy":
            policy = _policy(text_of(value), at)
            continue
        if "=" in key:
            raise LineError(
                at, f"{key!r} is not a field: between braces, put quotes around a policy"
            )
        try:
            protocol[key] = field_value(key, text_of(value))
        except UsageError as error:
            raise LineError(at, str(error)) from None
    return Declared(policy, protocol)


def _policy(text: str, line: int) -> str:
    try:
        return str(parse(text))
    except UsageError as error:
        raise LineError(line, str(error)) from None
