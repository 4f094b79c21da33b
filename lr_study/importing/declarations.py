"""Declarations of imported runs: ``field=value`` texts, and the mapping file.

A mapping file gives the policy of a run, or its policy and fields of its protocol::

    lr_0.1: fixed:lr=0.1
    step_decay0.1:
      policy: step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5
      shuffle: buffer 8
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

import yaml

from lr_study.policies import parse
from lr_study.runs import UNKNOWN, ImageProtocol
from lr_study.support import LineError, UsageError, pairs, read_yaml, text_of

Value = int | float | str

# The number of epochs is read from the event files.
FIELDS: dict[str, type] = {
    known.name: known.type  # type: ignore[misc]
    for known in fields(ImageProtocol)
    if known.name != "epochs" and known.default is MISSING
}

_AT_LEAST_ONE = ("image_size", "classes", "train_size", "val_size", "batch_size")
_MAX_LENGTH = 200


@dataclass(frozen=True)
class Declared:
    """The declarations of a run; ``policy`` is a policy in text form, or None."""

    policy: str | None = None
    protocol: Mapping[str, Value] = field(default_factory=dict)


def field_value(name: str, text: str) -> Value:
    """Return the value of a protocol field, of the same type as in runs of lr-study.

    Raises
    ------
    UsageError
        If there is no such field, or the value is not allowed.

    Examples
    --------
    >>> field_value("batch_size", "16"), field_value("data", "oregon")
    (16, 'oregon')
    """
    if name == "epochs":
        raise UsageError(f"{name}={text} is not allowed: epochs are counted in the event files")
    if name not in FIELDS:
        raise UsageError(f"{name}={text} is not allowed: the fields are {', '.join(FIELDS)}")
    if text == UNKNOWN:
        return text
    type_ = FIELDS[name]
    if type_ is str:
        if not text.strip() or not text.isprintable() or len(text) > _MAX_LENGTH:
            raise UsageError(
                f"{name}={text[:50]!a} is not allowed: {name} is one line of at most "
                f"{_MAX_LENGTH} characters"
            )
        return text
    minimum = 1 if name in _AT_LEAST_ONE else 0
    allowed = f"a whole number >= {minimum}" if type_ is int else "a number, 0 <= number < 1"
    try:
        value: int | float = int(text) if type_ is int else float(text)
        is_allowed = value >= minimum if type_ is int else 0 <= value < 1
    except ValueError:
        is_allowed = False
    if not is_allowed:
        raise UsageError(f"{name}={text[:50]} is not allowed: {name} is {allowed}, or {UNKNOWN}")
    return value


def parse_fields(texts: Iterable[str]) -> dict[str, Value]:
    """Return the protocol fields in texts of the form ``field=value``.

    Raises
    ------
    UsageError
        If a text has another form, or a field is unknown, given twice, or has a value that is not
        allowed.

    Examples
    --------
    >>> parse_fields(["batch_size=16", "shuffle=buffer 8"])
    {'batch_size': 16, 'shuffle': 'buffer 8'}
    """
    declared: dict[str, Value] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"set={text} is not allowed: write field=value, such as batch_size=16")
        if name in declared:
            raise UsageError(f"set={text} is not allowed: {name} is given twice, give it once")
        declared[name] = field_value(name, value)
    return declared


def read_mapping(file: Path) -> dict[str, Declared]:
    """Return the declarations in a mapping file, by the name of the run.

    Raises
    ------
    UsageError
        If the file is not valid. The message names it and the line.
    """
    return read_yaml(file, _mapping)


def _mapping(root: yaml.Node | None) -> dict[str, Declared]:
    return {name: _entry(name, line, node) for name, line, node in pairs(root, "a mapping")}


def _entry(name: str, line: int, node: yaml.Node) -> Declared:
    if isinstance(node, yaml.ScalarNode):
        return Declared(policy=_policy(text_of(node), line))
    policy = None
    protocol: dict[str, Value] = {}
    for key, key_line, value in pairs(node, name):
        if key == "policy":
            policy = _policy(text_of(value), key_line)
            continue
        if "=" in key:
            raise LineError(
                key_line, f"{key!r} is not a field: between braces, put quotes around a policy"
            )
        try:
            protocol[key] = field_value(key, text_of(value))
        except UsageError as error:
            raise LineError(key_line, str(error)) from None
    return Declared(policy, protocol)


def _policy(text: str, line: int) -> str:
    try:
        return str(parse(text))
    except UsageError as error:
        raise LineError(line, str(error)) from None
