"""What a run is asked to do, what it must share with others to be compared, and what it gave."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from lr_study.errors import UsageError, require_one_of
from lr_study.policies import Policy

ENGINES = ("cached", "live")
BACKBONES = ("efficientnet-b0", "efficientnet-lite0")

# Only optimizers whose update is elementwise: heads that train together stay independent.
OPTIMIZERS = (
    "adam",
    "adamw",
    "nadam",
    "adamax",
    "rmsprop",
    "sgd",
    "adagrad",
    "adadelta",
    "lion",
)

RERUNS = ("missing", "failed", "all")

CONVERGENCE_TOLERANCE = 0.001

UNKNOWN = "unknown"
"""What an imported run has in the place of a protocol field or seed that nobody declared."""


@dataclass(frozen=True)
class Settings:
    """What a run does besides its policy and seed; checked on construction.

    Raises
    ------
    UsageError
        If a value is not allowed. The line names it and what is.
    """

    data: str = "sample"
    backbone: str = "auto"
    weights: str = "imagenet"
    image_size: int = 224
    engine: str = "cached"
    epochs: int = 50
    batch_size: int = 32
    optimizer: str = "adam"
    val_fraction: float = 0.15
    test_fraction: float = 0.15
    split_seed: int = 0
    min_class_size: int = 0

    def __post_init__(self) -> None:
        require_one_of("engine", self.engine, ENGINES)
        require_one_of("backbone", self.backbone, ("auto", *BACKBONES))
        require_one_of("optimizer", self.optimizer, OPTIMIZERS)
        _at_least("image_size", self.image_size, 32)
        _at_least("epochs", self.epochs, 1)
        _at_least("batch_size", self.batch_size, 1)
        _at_least("split_seed", self.split_seed, 0)
        _at_least("min_class_size", self.min_class_size, 0)
        if not 0 < self.val_fraction < 1:
            raise UsageError(f"val_fraction={self.val_fraction} is not allowed: 0 < fraction < 1")
        if not 0 <= self.test_fraction < 1:
            raise UsageError(
                f"test_fraction={self.test_fraction} is not allowed: 0 <= fraction < 1"
            )
        if self.val_fraction + self.test_fraction >= 1:
            raise UsageError(
                f"val_fraction={self.val_fraction} and test_fraction={self.test_fraction} "
                "leave nothing to train with: their sum is < 1"
            )

    def resolved_backbone(self) -> str:
        """Return the backbone that ``auto`` stands for: Lite0 needs no download, as the sample."""
        if self.backbone != "auto":
            return self.backbone
        return "efficientnet-lite0" if self.data == "sample" else "efficientnet-b0"


def _at_least(name: str, value: int, low: int) -> None:
    if value < low:
        raise UsageError(f"{name}={value} is not allowed: {name} is a whole number >= {low}")


@dataclass(frozen=True)
class RunSpec:
    """One run: a policy, a seed, and the settings."""

    policy: Policy
    seed: int
    settings: Settings

    def __post_init__(self) -> None:
        _at_least("seed", self.seed, 0)


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


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch gave; ``epoch`` counts from 1. A loss that is not finite is None."""

    epoch: int
    loss: float | None
    accuracy: float
    val_loss: float | None
    val_accuracy: float
    learning_rate: float


CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")


@dataclass(frozen=True)
class RunRecord:
    """A finished run: what it was, and what it gave.

    ``shared_among`` says among how many heads that trained in one program the wall-clock time
    was shared; ``feature_seconds`` is what the features cost once, and None for engine ``live``.
    """

    spec: RunSpec
    protocol: Protocol
    epochs: tuple[EpochRecord, ...]
    test_accuracy: float | None
    wall_clock_seconds: float
    shared_among: int = 1
    feature_seconds: float | None = None

    @property
    def cell(self) -> str:
        """The identity of the run's policy under its seed in its protocol."""
        return self.protocol.cell(self.spec.policy, self.spec.seed)

    @property
    def diverged(self) -> bool:
        """Whether a loss became infinite or not a number."""
        return has_diverged(self.epochs)

    def metrics(self) -> dict[str, float]:
        """Return the figures of the whole run by their names; what does not exist is left out."""
        tolerance = convergence_tolerance(self.protocol.val_size)
        figures: dict[str, float | None] = dict(summaries(self.epochs, tolerance))
        figures["wall_clock_seconds"] = self.wall_clock_seconds
        figures["seconds_per_epoch"] = self.wall_clock_seconds / len(self.epochs)
        figures["feature_seconds"] = self.feature_seconds
        figures["test_accuracy"] = self.test_accuracy
        return {name: value for name, value in figures.items() if value is not None}


def has_diverged(epochs: Sequence[EpochRecord]) -> bool:
    """Whether a loss of any epoch is missing."""
    return any(epoch.loss is None or epoch.val_loss is None for epoch in epochs)


def convergence_tolerance(val_size: int) -> float:
    """Return the tolerance of ``convergence_epoch``: 0.001, or one picture where that is more."""
    return max(CONVERGENCE_TOLERANCE, 1 / val_size)


def convergence_epoch(val_accuracy: Sequence[float], tolerance: float) -> int:
    """Return the first epoch, from 1, from which the accuracy stays near its final value.

    Near is within ``tolerance``, to the end; an accuracy that never settles converges at the last
    epoch. A rounding error of 1e-9 is forgiven, so that one picture of tolerance is one picture.

    >>> convergence_epoch([0.2, 0.7, 0.6, 0.7, 0.7], tolerance=0)
    4
    """
    final = val_accuracy[-1]
    settled = len(val_accuracy)
    while settled > 1 and abs(val_accuracy[settled - 2] - final) <= tolerance + 1e-9:
        settled -= 1
    return settled


def summaries(epochs: Sequence[EpochRecord], tolerance: float) -> dict[str, float]:
    """Return the figures of a curve: final, best, convergence, roughness, rise of the loss.

    ``val_accuracy_roughness`` is the mean absolute change from epoch to epoch, and
    ``val_loss_rise`` the final loss less the lowest. Of a run whose loss became infinite or not a
    number, the figures that need that loss are left out.

    >>> curve = [EpochRecord(1, 2.0, 0.3, 1.0, 0.5, 0.1), EpochRecord(2, 1.5, 0.5, 1.25, 0.75, 0.1)]
    >>> summaries(curve, tolerance=0)["val_loss_rise"]
    0.25
    """
    accuracy = [epoch.val_accuracy for epoch in epochs]
    best = max(accuracy)
    figures: dict[str, float] = {
        "final_val_accuracy": accuracy[-1],
        "best_val_accuracy": best,
        "best_epoch": epochs[accuracy.index(best)].epoch,
        "convergence_epoch": epochs[convergence_epoch(accuracy, tolerance) - 1].epoch,
        "val_accuracy_roughness": _mean_absolute_change(accuracy),
    }
    losses = [epoch.val_loss for epoch in epochs if epoch.val_loss is not None]
    if losses:
        figures["best_val_loss"] = min(losses)
    if not has_diverged(epochs):
        figures["final_val_loss"] = losses[-1]
        figures["val_loss_rise"] = losses[-1] - min(losses)
    return figures


def summaries_needed(*, diverged: bool) -> tuple[str, ...]:
    """Return the names of the figures that every finished run has."""
    always = (
        "final_val_accuracy",
        "best_val_accuracy",
        "best_epoch",
        "convergence_epoch",
        "val_accuracy_roughness",
    )
    return always if diverged else (*always, "final_val_loss", "best_val_loss", "val_loss_rise")


def _mean_absolute_change(values: Sequence[float]) -> float:
    if len(values) == 1:
        return 0.0
    changes = [abs(after - before) for before, after in pairwise(values)]
    return sum(changes) / len(changes)
