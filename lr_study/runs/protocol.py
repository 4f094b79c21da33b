"""The protocol: everything that must be equal for two runs to be comparable, and its hashes."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields

from lr_study.policies import Policy

PROTOCOL_VERSION = 2
"""Raised when the same seed starts to give other figures; see `Protocol`."""

UNKNOWN = "unknown"
"""The value of a protocol field or seed of an imported run that was not declared."""


@dataclass(frozen=True)
class Protocol:
    """Everything that must be equal for two runs to be comparable.

    Attributes
    ----------
    backbone, weights, image_size
        The backbone, the digest of its weights, and the image size in pixels.
    data, fingerprint
        The name of the data set, and the hash of its content.
    classes, train_size, val_size, test_size
        How many classes there are, and images in each set.
    val_fraction, test_fraction, split_seed
        How the data set was split.
    engine, precision
        ``cached`` or ``live``, and Keras's dtype policy.
    optimizer, batch_size, epochs
        How the softmax head was trained.
    shuffle
        How the training set was shuffled: ``full`` in every epoch, unless imported.
    test_fingerprint
        The hash of the content of a given test set; empty if the test set was split off.
    duplicates
        ``drop`` if images of several classes, or of the given test set too, were left out.
    copies
        How many images are copies of another of their class, with which they stay in one set.
    resampling, folds, stratified
        ``folds`` if the images were divided into that many folds, of which a run validates on one
        and trains on the others, each class by itself if stratified; empty, 0 and False of runs
        that split a validation set off. With folds, ``val_size`` is the number of images in the
        smallest, ``train_size`` that outside the largest, on which every run trains, and
        ``val_fraction`` is 0.
    groups
        The `short_hash` of which images look alike, and stay in one fold; empty if none do.
    protocol_version
        How the random numbers of a seed are drawn. 1, also that of imported runs: splits, initial
        weights and batch order by ``default_rng([seed, stream])``, drop-connect not by the seed.
        2: all of them by ``SeedSequence(seed, spawn_key=(stream,))``.

    Those from ``test_fingerprint`` on are part of the protocol only where they differ from their
    defaults: the protocols of runs without a given test set, copies and folds are those of versions
    that did not know them.
    """

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
    test_fingerprint: str = ""
    duplicates: str = ""
    copies: int = 0
    resampling: str = ""
    folds: int = 0
    stratified: bool = False
    groups: str = ""
    protocol_version: int = 1

    def to_json(self) -> str:
        """Return the fields as canonical JSON."""
        defaults = {field.name: field.default for field in fields(self)}
        values = asdict(self).items()
        return canonical_json({name: v for name, v in values if v != defaults[name]})

    @property
    def id(self) -> str:
        """The `short_hash` of the canonical JSON."""
        return short_hash(self.to_json())

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches in an epoch, of which the last may be smaller."""
        return -(-self.train_size // self.batch_size)

    def cell(self, policy: Policy, seed: int) -> str:
        """Return the identity of a run: the hash of policy, protocol and seed."""
        return short_hash(
            canonical_json({"policy": str(policy), "protocol": self.id, "seed": seed})
        )


def canonical_json(value: object) -> str:
    """Return the canonical JSON of a value: keys sorted, no spaces, ASCII only.

    >>> canonical_json({"b": 1, "a": [0.5]})
    '{"a":[0.5],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def short_hash(text: str) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
