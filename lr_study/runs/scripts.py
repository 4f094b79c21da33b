"""Runs of a script of one's own: their settings, and a protocol that its user declares."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from lr_study.runs.protocol import Protocol, canonical_json

GIVEN = "given"
"""The resampling of runs that all validate on the same given examples."""


@dataclass(frozen=True)
class ScriptSettings:
    """What a run of a script has besides its policy and seed: what its protocol says."""

    epochs: int
    batch_size: int
    resampling: str = GIVEN
    folds: int = 0
    stratify: bool = False

    @classmethod
    def of(cls, protocol: Protocol) -> "ScriptSettings":
        """Return the settings of a protocol."""
        return cls(
            protocol.epochs,
            protocol.batch_size,
            protocol.resampling,
            protocol.folds,
            protocol.stratified,
        )

    def options(self) -> dict[str, object]:
        """Return nothing: no command trains it again."""
        return {}


@dataclass(frozen=True, kw_only=True)
class DeclaredProtocol(Protocol):
    """What runs share whose protocol a user declares: the common fields, and any others.

    It equals one of another class that has the same fields.

    Attributes
    ----------
    others
        Further fields by name: texts, numbers, true or false.

    Examples
    --------
    >>> size = dict(classes=2, train_size=60, val_size=20, test_size=0, batch_size=8, epochs=3)
    >>> what = dict(data="mine", fingerprint="v1", precision="float32", optimizer="sgd")
    >>> declared = DeclaredProtocol(**size, **what, shuffle="full", others={"model": "cnn"})
    >>> json.loads(declared.to_json())["model"], declared.params()["model"]
    ('cnn', 'cnn')
    """

    others: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def to_json(self) -> str:
        """Return the fields as canonical JSON."""
        common = json.loads(super().to_json())
        common.pop("others", None)
        return canonical_json({**common, **self.others})

    def params(self) -> dict[str, object]:
        """Return what MLflow's pages show of a protocol."""
        return {**super().params(), **self.others}


COMMON_FIELDS = tuple(field.name for field in fields(Protocol))
"""The names of the fields that every protocol has."""
