"""The protocol: everything that must be equal for two runs to be comparable, and its hashes."""

import hashlib
import json
from dataclasses import asdict, dataclass

from lr_study.policies import Policy

UNKNOWN = "unknown"
"""What an imported run has in the place of a protocol field or seed that nobody declared."""


@dataclass(frozen=True)
class Protocol:
    """Everything that must be equal for two runs to be comparable."""

    backbone: str
    weights: str
    image_size: int
    data: str
    fingerprint: str
    classes: int
    train_size: int
    val_size: int
    test_size: int
    val_fraction: float
    test_fraction: float
    split_seed: int
    engine: str
    precision: str
    optimizer: str
    batch_size: int
    epochs: int
    shuffle: str

    def to_json(self) -> str:
        """Return the canonical text: keys sorted, no spaces."""
        return canonical_json(asdict(self))

    @property
    def id(self) -> str:
        """The first 12 hex digits of the SHA-256 of the canonical text."""
        return short_hash(self.to_json())

    def cell(self, policy: Policy, seed: int) -> str:
        """Return the identity of a policy under a seed in this protocol."""
        return short_hash(
            canonical_json({"policy": str(policy), "protocol": self.id, "seed": seed})
        )


def canonical_json(value: object) -> str:
    """Write JSON in one way: keys sorted, no spaces, ASCII only.

    >>> canonical_json({"b": 1, "a": [0.5]})
    '{"a":[0.5],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def short_hash(text: str) -> str:
    """Return the first 12 hex digits of the SHA-256 of ``text``."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
