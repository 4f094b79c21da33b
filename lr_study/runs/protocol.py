"""The protocol: everything that must be equal for two runs to be comparable, and its hashes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.policies import Policy
from lr_study.runs.metric import Metric, metric_of

PROTOCOL_VERSION = 2
"""Raised when the same seed starts to give other figures; see `Protocol`."""

FINE_TUNING = ("train", "head_lr_factor", "train_norms", "augment", "dropout")
"""The settings of what is trained besides a softmax head on fixed images, and how."""

UNKNOWN = "unknown"
"""The value of a protocol field or seed of an imported run that was not declared."""


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """Everything that must be equal for two runs to be comparable, whatever they train.

    Attributes
    ----------
    data, fingerprint
        The name of the data set, and the hash of its content.
    classes, train_size, val_size, test_size
        How many classes there are, 0 if targets are none, and examples in each set.
    precision
        Keras's dtype policy.
    optimizer, batch_size, epochs
        How the model was trained.
    shuffle
        How the training set was shuffled: ``full`` in every epoch, unless imported.
    resampling, folds, stratified
        ``folds`` if the examples were divided into that many folds, of which a run validates on one
        and trains on the others, each class by itself if stratified; empty, 0 and False of runs
        that split a validation set off. ``given`` if the same given examples validate under every
        seed, which then decides no more than how the model is trained. With folds, ``val_size`` is
        the number of examples in the smallest, and ``train_size`` that outside the largest, on
        which every run trains.
    groups
        The `short_hash` of which examples look alike, and stay in one fold; empty if none do.
    protocol_version
        How the random numbers of a seed are drawn. 1, also that of imported runs: splits, initial
        weights and batch order by ``default_rng([seed, stream])``, drop-connect not by the seed.
        2: all of them by ``SeedSequence(seed, spawn_key=(stream,))``.

    Fields that have defaults are part of the protocol only where they differ from these: the
    protocols of runs without folds are those of versions that did not know them.
    """

    data: str
    fingerprint: str
    classes: int
    train_size: int
    val_size: int
    test_size: int
    precision: str
    optimizer: str
    batch_size: int
    epochs: int
    shuffle: str
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

    @property
    def ranked_by(self) -> Metric:
        """The metric that runs are ranked by."""
        return metric_of(vars(self))

    def cell(self, policy: Policy, seed: int) -> str:
        """Return the identity of a run: the hash of policy, protocol and seed."""
        return short_hash(
            canonical_json({"policy": str(policy), "protocol": self.id, "seed": seed})
        )

    def params(self) -> dict[str, object]:
        """Return what MLflow's pages show of a protocol, by the names of options."""
        return {
            "data": self.data,
            "optimizer": self.optimizer,
            "batch_size": self.batch_size,
            "epochs": self.epochs,
            "resampling": self.resampling or "splits",
            **({"folds": self.folds, "stratify": self.stratified} if self.resampling else {}),
        }


@dataclass(frozen=True, kw_only=True)
class ImageProtocol(Protocol):
    """What runs share that train a softmax head on a backbone, or both.

    Attributes
    ----------
    backbone, weights, image_size
        The backbone, the digest of its weights, and the image size in pixels.
    val_fraction, test_fraction, split_seed
        How the data set was split; with folds, ``val_fraction`` is 0.
    engine
        ``cached`` or ``live``.
    test_fingerprint
        The hash of the content of a given test set; empty if the test set was split off.
    duplicates
        ``drop`` if images of several classes, or of the given test set too, were left out.
    copies
        How many images are copies of another of their class, with which they stay in one set.
    train, head_lr_factor, train_norms, augment, dropout
        What is trained, and how, where that is more than a softmax head on fixed images: those of
        `Settings`.
    """

    backbone: str
    weights: str
    image_size: int
    val_fraction: float
    test_fraction: float
    split_seed: int
    engine: str
    test_fingerprint: str = ""
    duplicates: str = ""
    copies: int = 0
    train: str = "head"
    head_lr_factor: float = 1.0
    train_norms: bool = False
    augment: str = "none"
    dropout: float = 0.0

    def params(self) -> dict[str, object]:
        """Return what MLflow's pages show of a protocol, by the names of options."""
        return {
            **super().params(),
            "backbone": self.backbone,
            "image_size": self.image_size,
            "engine": self.engine,
            **({} if self.resampling else {"val_fraction": self.val_fraction}),
            "test_fraction": self.test_fraction,
            **self._fine_tuning(),
        }

    def _fine_tuning(self) -> dict[str, object]:
        """What is trained besides a softmax head on fixed images, and how."""
        values = {name: getattr(self, name) for name in FINE_TUNING}
        return {name: value for name, value in values.items() if value != getattr(type(self), name)}


@dataclass(frozen=True, kw_only=True)
class ModelProtocol(Protocol):
    """What runs share that train a Keras model of one's own.

    Attributes
    ----------
    workload
        The name of the workload.
    model
        The hash of the model's configuration, in which layers have the names of their places; or,
        of a model that has none, of its class and the shapes of its weights.
    frozen_weights
        The hash of the initial weights that are not trained; empty if there are none.
    trained_parameters, frozen_parameters
        How many numbers are trained, and are not.
    loss, metric
        As the model was compiled with them; the metric is the one that counts.
    direction
        Which values of it are better, ``higher`` or ``lower``; empty if it is the accuracy of a
        classifier.
    keras
        Keras's backend and version.
    test_fingerprint
        The hash of the content of the test set; empty without one.
    preprocessing
        What turns inputs into those of the model under each seed; empty if nothing does.
    """

    workload: str
    model: str
    frozen_weights: str
    trained_parameters: int
    frozen_parameters: int
    loss: str
    metric: str
    keras: str
    test_fingerprint: str = ""
    direction: str = ""
    preprocessing: str = ""

    def params(self) -> dict[str, object]:
        """Return what MLflow's pages show of a protocol, by the names of options."""
        shown = {**super().params(), "workload": self.workload, "loss": self.loss}
        return {**shown, "metric": self.metric} if self.direction else shown


def model_of(fields_of_protocol: Mapping[str, Any]) -> str | None:
    """Return what was trained, in a few words, from the fields of a stored protocol.

    >>> model_of({"backbone": "efficientnet-b0"}), model_of({"trained_parameters": 2970})
    ('efficientnet-b0', '2,970 parameters trained')
    """
    trained = fields_of_protocol.get("trained_parameters")
    if isinstance(trained, int):
        return f"{trained:,} parameters trained"
    backbone = fields_of_protocol.get("backbone")
    return None if backbone is None else str(backbone)


def canonical_json(value: object) -> str:
    """Return the canonical JSON of a value: keys sorted, no spaces, ASCII only.

    >>> canonical_json({"b": 1, "a": [0.5]})
    '{"a":[0.5],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest_of_groups(together: NDArray[np.int64]) -> str:
    """Return the hash of which examples stay together; empty if each may go anywhere.

    Parameters
    ----------
    together
        For each example the first one of its group.

    >>> digest_of_groups(np.array([0, 1])), digest_of_groups(np.array([0, 0])) != ""
    ('', True)
    """
    if len(np.unique(together)) == len(together):
        return ""
    return short_hash(canonical_json(together.tolist()))


def short_hash(text: str) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
