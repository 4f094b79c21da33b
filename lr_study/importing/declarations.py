"""Declarations of imported runs: ``field=value`` texts, and the declarations file.

A declarations file gives the policy of a run, or more about it, by its name or by a pattern::

    lr_0.1: fixed:lr=0.1
    step_decay0.1:
      policy: step_decay:initial_lr=0.1,drop=0.5,epochs_drop=5
      shuffle: buffer 8
    "*_s{seed}": {batch_size: 32}        # the number at this place is the seed
    "*":                                 # all runs
      policy: fixed:lr={learning_rate}   # with the value of a param
      seed: "{seed}"
      metrics: {val_accuracy: eval/accuracy}
      protocol_params: [batch_size, optimizer]
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from fnmatch import translate
from pathlib import Path

import yaml

from lr_study.importing.templates import has_params
from lr_study.policies import parse
from lr_study.runs import CURVES, UNKNOWN, ImageProtocol
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


BY_ORDER = "order"
"""The declaration that runs of one policy have seeds from 0 on, in the order of their names."""

_SEED_PLACE = "{seed}"
_MARK = "\ue000"  # for private use: no pattern has it, and it is not escaped


@dataclass(frozen=True)
class Declared:
    """What is declared of a run.

    Attributes
    ----------
    policy
        A policy in text form, in which params may stand in braces; None if it is not declared.
    protocol
        Fields of its protocol.
    seed
        A whole number, a param in braces, or ``order``; None if it is not declared.
    metrics
        The name of the scalar, column or metric of a curve, by the curve.
    protocol_params
        The params that belong to its protocol; None for those that do not differ among the runs.
    """

    policy: str | None = None
    protocol: Mapping[str, Value] = field(default_factory=dict)
    seed: str | None = None
    metrics: Mapping[str, str] = field(default_factory=dict)
    protocol_params: tuple[str, ...] | None = None

    def over(self, other: "Declared") -> "Declared":
        """Return what this declares, and of the rest what another does."""
        return Declared(
            self.policy or other.policy,
            {**other.protocol, **self.protocol},
            self.seed or other.seed,
            {**other.metrics, **self.metrics},
            other.protocol_params if self.protocol_params is None else self.protocol_params,
        )


def declared_for(mapping: Mapping[str, Declared], name: str) -> Declared:
    """Return what is declared of a run, by its whole name, the last part of it, or patterns.

    The whole name counts before its last part, and this before patterns; of these, the later.

    >>> mapping = {"*": Declared(seed="1"), "a/*": Declared(seed="2"), "*_s{seed}": Declared()}
    >>> [declared_for(mapping, name).seed for name in ("b", "a/b", "lr0.1_s7")]
    ['1', '2', '7']
    """
    short_name = name.rpartition("/")[2]
    declared = Declared()
    for key, value in mapping.items():
        if is_pattern(key):
            match = _compiled(key).fullmatch(name) or _compiled(key).fullmatch(short_name)
            if match:
                seed = match["seed"] if _SEED_PLACE in key else value.seed
                declared = replace(value, seed=seed).over(declared)
    for key in (short_name, name):
        if key in mapping:
            declared = mapping[key].over(declared)
    return declared


def is_pattern(name: str) -> bool:
    """Whether a name of a declarations file stands for several runs.

    >>> is_pattern("model_rand_*"), is_pattern("lr_0.1")
    (True, False)
    """
    return any(sign in name for sign in "*?[") or _SEED_PLACE in name


def _compiled(pattern: str) -> re.Pattern[str]:
    whole = translate(pattern.replace(_SEED_PLACE, _MARK))
    return re.compile(whole.replace(_MARK, r"(?P<seed>\d{1,9})", 1))


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
        raise UsageError(f"{name}={text} is not allowed: epochs are counted in the curves")
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
    declared = Declared()
    protocol: dict[str, Value] = {}
    for key, key_line, value in pairs(node, name):
        if key == "policy":
            declared = replace(declared, policy=_policy(text_of(value), key_line))
        elif key == "seed":
            declared = replace(declared, seed=_seed(text_of(value), key_line))
        elif key == "metrics":
            declared = replace(declared, metrics=_metrics(value))
        elif key == "protocol_params":
            declared = replace(declared, protocol_params=_names(value, key_line))
        elif "=" in key:
            raise LineError(
                key_line, f"{key!r} is not a field: between braces, put quotes around a policy"
            )
        else:
            try:
                protocol[key] = field_value(key, text_of(value))
            except UsageError as error:
                raise LineError(key_line, str(error)) from None
    return replace(declared, protocol=protocol)


def _policy(text: str, line: int) -> str:
    if has_params(text):
        return text
    try:
        return str(parse(text))
    except UsageError as error:
        raise LineError(line, str(error)) from None


def _seed(text: str, line: int) -> str:
    if text == BY_ORDER or has_params(text) or (text.isdecimal() and len(text) < 10):
        return text
    raise LineError(
        line,
        f"seed={text[:50]} is not allowed: a seed is a whole number >= 0, a param in braces "
        f"({{seed}}), or {BY_ORDER}",
    )


def _metrics(node: yaml.Node) -> dict[str, str]:
    metrics = {}
    for curve, line, value in pairs(node, "metrics"):
        metrics[_curve(curve, line)] = text_of(value)
    return metrics


def _curve(name: str, line: int) -> str:
    if name not in CURVES:
        raise LineError(line, f"{name[:50]!a} is not a curve: the curves are {', '.join(CURVES)}")
    return name


def _names(node: yaml.Node, line: int) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise LineError(line, "protocol_params is written as [name, name]")
    return tuple(text_of(item) for item in node.value)


def parse_names(option: str, texts: Iterable[str]) -> dict[str, str]:
    """Return the names of curves in texts of the form ``curve=name``, the values of an option.

    Raises
    ------
    UsageError
        If a text has another form, or there is no such curve.

    Examples
    --------
    >>> parse_names("tag", ["val_accuracy=eval/top-1"])
    {'val_accuracy': 'eval/top-1'}
    """
    names: dict[str, str] = {}
    for text in texts:
        curve, equals, name = text.partition("=")
        if not equals or not name or curve not in CURVES:
            raise UsageError(
                f"{option}={text[:100]} is not allowed: write curve=name, such as "
                f"val_accuracy=eval/accuracy; the curves are {', '.join(CURVES)}"
            )
        names[curve] = name
    return names
