"""docker/compose.yaml as Docker Compose reads it: variables filled in, by service."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "docker"
FILE = FOLDER / "compose.yaml"
REQUIRED = (
    "POSTGRES_PASSWORD",
    "MLFLOW_DB_PASSWORD",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
    "MLFLOW_ADMIN_USERNAME",
    "MLFLOW_ADMIN_PASSWORD",
    "MLFLOW_SECRET_KEY",
)
"""The variables without which nothing starts."""

_HEAD = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>\w+)(?P<operator>:-|:\?|))")


class MissingError(Exception):
    """A variable that must be set is not, or is empty."""


def filled_in(text: str, variables: Mapping[str, str]) -> str:
    """Fill in ``${NAME}``, ``${NAME:-default}`` and ``${NAME:?message}``; ``$$`` is a dollar.

    >>> filled_in("a=${A:-${B:-1}} $$5", {"B": "2"})
    'a=2 $5'
    >>> filled_in("${A:?say what}", {"A": ""})
    Traceback (most recent call last):
    compose.MissingError: required variable A is missing a value: say what
    """
    filled = ""
    while match := _HEAD.search(text):
        filled, text = filled + text[: match.start()], text[match.end() :]
        if match["escaped"]:
            filled += "$"
            continue
        end = _closing_brace(text)
        otherwise, text = text[:end], text[end + 1 :]
        value = variables.get(match["name"], "")
        if not value and match["operator"] == ":?":
            raise MissingError(f"required variable {match['name']} is missing a value: {otherwise}")
        filled += value or filled_in(otherwise, variables)
    return filled + text


def _closing_brace(text: str) -> int:
    """Where the brace ends that is open before the text."""
    depth = 1
    for i, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return i
    raise ValueError(f"a brace is not closed before {text!r}")


def read(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole file with its variables filled in."""

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: fill(part) for name, part in value.items()}
        if isinstance(value, list):
            return [fill(part) for part in value]
        return filled_in(value, variables) if isinstance(value, str) else value

    return fill(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def files_of(compose: Mapping[str, Any], service: str) -> dict[str, Path]:
    """The files that a service has by its ``configs``: path in the container -> file here."""
    return {
        entry["target"]: FOLDER / compose["configs"][entry["source"]]["file"]
        for entry in compose["services"][service].get("configs", [])
    }


def size_in_bytes(text: str) -> int:
    """Bytes of a size such as ``512m``."""
    return int(text[:-1]) * {"k": 2**10, "m": 2**20, "g": 2**30}[text[-1]]
