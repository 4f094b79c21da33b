"""What a raced study decided, as its run in the store says it and a later ranking reads it."""

import base64
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_LONG = 4_000
_MAX_UNPACKED = 10_000_000


@dataclass(frozen=True)
class RaceRecord:
    """The decisions of a study that may end early, after its last interim analysis.

    Attributes
    ----------
    protocol_id
        The protocol of its runs.
    folds, planned
        Seeds in a repetition, and whole repetitions that were asked for.
    repetitions
        Whole repetitions that the last decision was made after.
    stopped
        The policies that train no further, each with the whole repetitions that it had when it
        left the set of those that may be best.
    level
        The level of the last analysis. Intervals and verdicts at it hold at 5 % over all analyses.
    until_regret, regret_bound
        The points asked for, and the bound on what choosing the leader loses, in points; None
        where not known.
    ended
        Whether the study ended before all repetitions.

    Examples
    --------
    >>> record = RaceRecord("a1", folds=5, planned=4, repetitions=2, level=0.01, stopped={"x": 1})
    >>> RaceRecord.from_text(record.to_text()) == record
    True
    """

    protocol_id: str
    folds: int
    planned: int
    repetitions: int
    level: float
    stopped: Mapping[str, int] = field(default_factory=dict)
    until_regret: float | None = None
    regret_bound: float | None = None
    ended: bool = False

    def to_text(self) -> str:
        """Return the record as canonical JSON; a long one as ``packed``, that in base64 of zlib."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        if len(text) <= _LONG:
            return text
        packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")
        return json.dumps({"packed": packed}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "RaceRecord":
        """Read a record; anybody may have written the text.

        Raises
        ------
        ValueError
            If it is not a record. The message names what is wrong.

        Examples
        --------
        >>> RaceRecord.from_text("{}")
        Traceback (most recent call last):
        ValueError: the record of a race is not an object with protocol_id, folds, ...
        """
        try:
            return cls._from_json(text)
        except RecursionError as error:
            raise ValueError("the record of a race is nested too deeply") from error

    @classmethod
    def _from_json(cls, text: str) -> "RaceRecord":
        values = json.loads(text)
        if isinstance(values, dict) and list(values) == ["packed"]:
            values = json.loads(_unpacked(values["packed"]))
        names = [known.name for known in fields(cls)]
        if not isinstance(values, dict) or sorted(values) != sorted(names):
            raise ValueError(f"the record of a race is not an object with {', '.join(names)}")
        for name, value in values.items():
            if not _is_allowed(name, value):
                raise ValueError(f"{name}={value!r} in the record of a race is not allowed")
        if values["repetitions"] > values["planned"]:
            raise ValueError("the record of a race has more repetitions than were planned")
        return cls(**values)


def races_of(runs: "pd.DataFrame") -> dict[str, RaceRecord]:
    """Return the decisions of the latest raced study of each protocol, by protocol.

    Parameters
    ----------
    runs
        From `lr_study.load_runs`, with the rows of studies.
    """
    if "race" not in runs:
        return {}
    studies = runs[runs["race"].notna()].sort_values(["start_time", "run_id"], kind="stable")
    return {record.protocol_id: record for record in studies["race"]}


def _unpacked(packed: Any) -> str:
    """Unpack base64 of zlib; no more memory is taken than a record needs."""
    if not isinstance(packed, str):
        raise ValueError("packed in the record of a race is not a text")
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(base64.b64decode(packed, validate=True), _MAX_UNPACKED)
    except zlib.error as error:
        raise ValueError(f"the record of a race is damaged ({error})") from error
    if not unpacker.eof:
        raise ValueError("the record of a race is damaged, or too long")
    return content.decode()


def _is_allowed(name: str, value: Any) -> bool:
    if name == "protocol_id":
        return isinstance(value, str)
    if name == "ended":
        return isinstance(value, bool)
    if name == "stopped":
        return isinstance(value, dict) and all(_is_count(count, 1) for count in value.values())
    if name in ("folds", "planned", "repetitions"):
        return _is_count(value, 2 if name == "folds" else 1)
    if name == "level":
        return _is_number(value) and 0 < value < 1
    return value is None or (_is_number(value) and value >= 0)


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
