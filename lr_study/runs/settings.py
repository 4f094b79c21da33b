"""What a run does besides its policy: settings checked on construction, and one run's spec."""

from dataclasses import dataclass

from lr_study.policies import Policy
from lr_study.support import UsageError, require_one_of

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
