"""The settings of a run besides its policy and seed, and the specification of one run."""

import os
from dataclasses import dataclass, fields
from typing import Any, Protocol

from lr_study.policies import Policy
from lr_study.support import (
    UsageError,
    real_number,
    require_one_of,
    require_split_fractions,
    require_test_fraction,
    text,
    utf8_text,
    whole_number,
)

ENGINES = ("cached", "live")
AUGMENTATIONS = ("none", "flip-crop")
DUPLICATES = ("keep", "drop")
RESAMPLINGS = ("folds", "splits")
TASKS = ("auto", "classification", "regression")
BACKBONES = ("efficientnet-b0", "efficientnet-lite0")
BLOCKS = 16
"""The blocks of each of ``BACKBONES``; networks of Keras have other numbers of them."""
KERAS_PREFIX = "keras:"
"""What precedes the name of a network of ``keras.applications``."""
MIN_IMAGE_SIZE = 32
"""Pixels along each side: a backbone halves them five times, and Keras's B0 accepts no less."""

# Elementwise updates only: softmax heads that are trained as one batched program stay independent.
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

_ALLOWED = {
    "duplicates": DUPLICATES,
    "engine": ("auto", *ENGINES),
    "augment": AUGMENTATIONS,
    "resampling": RESAMPLINGS,
    "optimizer": OPTIMIZERS,
    "task": TASKS,
}
_MINIMUM = {"image_size": MIN_IMAGE_SIZE, "epochs": 1, "batch_size": 1, "folds": 2}
# Options that are paths, with the values that are names instead.
_PATHS = {"data": ("sample", "oregon"), "test_data": (), "weights": ("imagenet", "random")}


class RunSettings(Protocol):
    """What every run needs besides its policy and seed, whatever it trains."""

    @property
    def epochs(self) -> int: ...

    @property
    def batch_size(self) -> int: ...

    @property
    def resampling(self) -> str: ...

    @property
    def folds(self) -> int: ...

    @property
    def stratify(self) -> bool: ...

    def options(self) -> dict[str, object]:
        """Return the options that differ from their default and that no protocol holds."""


@dataclass(frozen=True)
class Settings:
    """Everything that a run needs besides its policy and seed; checked on construction.

    Attributes
    ----------
    data
        ``sample``, ``oregon``, or the path of a folder with one folder per class.
    test_data
        The path of a folder with the same classes: a given test set, so that none is split off
        ``data`` and ``test_fraction`` is not used. Empty for none.
    backbone
        One of ``BACKBONES``, ``keras:NAME`` for a network of ``keras.applications``, or ``auto``:
        see `resolved_backbone`.
    weights
        Of the backbone: ``imagenet``, ``random``, or the path of a weights file.
    image_size
        Pixels along each side that images are resized to.
    engine
        ``cached`` extracts features once; ``live`` passes images through the backbone every epoch;
        ``auto``: see `resolved_engine`.
    train
        What is trained: ``head``, the softmax head alone; ``all``, the backbone too; or how many
        of the backbone's last blocks with it.
    head_lr_factor
        What the policy's rate is multiplied by for the softmax head, where the backbone trains.
    train_norms
        Whether batch normalisations of trained blocks train too, or stay in inference mode.
    augment
        One of ``AUGMENTATIONS``: ``flip-crop`` mirrors and shifts images at random in training.
    dropout
        The share of the features that are set to 0 at random before the softmax head in training.
    epochs, batch_size
        Passes over the training set, and images per batch.
    optimizer
        One of ``OPTIMIZERS``.
    resampling
        One of ``RESAMPLINGS``: ``folds`` divides all images but the test set, and seed s validates
        on fold s mod ``folds`` of division s div ``folds``; ``splits`` draws a validation set
        under every seed.
    folds, stratify
        With ``folds``: how many, and whether each class is divided by itself.
    val_fraction
        With ``splits``: the fraction of each class in the validation set.
    test_fraction
        The fraction of each class in the test set.
    split_seed
        Seed of the test split.
    min_class_size
        Classes with fewer usable images are excluded.
    follow_links
        Whether links that lead out of the folder of images are followed.
    duplicates
        One of ``DUPLICATES``: ``drop`` leaves out images that are in several classes.

    Raises
    ------
    UsageError
        If a value is not allowed. The message names it and what is.

    Examples
    --------
    >>> Settings(epochs=10).resolved_backbone()
    'efficientnet-lite0'
    """

    data: str = "sample"
    test_data: str = ""
    backbone: str = "auto"
    weights: str = "imagenet"
    image_size: int = 224
    engine: str = "auto"
    train: str = "head"
    head_lr_factor: float = 1.0
    train_norms: bool = False
    augment: str = "none"
    dropout: float = 0.0
    epochs: int = 50
    batch_size: int = 32
    optimizer: str = "adam"
    resampling: str = "folds"
    folds: int = 5
    stratify: bool = False
    val_fraction: float = 0.15
    test_fraction: float = 0.15
    split_seed: int = 0
    min_class_size: int = 0
    follow_links: bool = False
    duplicates: str = "keep"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = _checked(field.name, type(field.default), getattr(self, field.name))
            object.__setattr__(self, field.name, value)
        _require_backbone(self.backbone)
        object.__setattr__(self, "train", _trained_part(self.train))
        self._require_fine_tuning()
        if self.resampling == "splits":
            require_split_fractions(self.val_fraction, self.test_fraction)
        else:
            require_test_fraction(self.test_fraction)
        self._require_what_has_an_effect()

    def _require_what_has_an_effect(self) -> None:
        other, names = (
            ("splits", ("val_fraction",))
            if self.resampling == "folds"
            else ("folds", ("folds", "stratify"))
        )
        for name in names:
            value = getattr(self, name)
            if value != getattr(type(self), name):
                raise UsageError(
                    f"{name}={value} is not allowed with resampling={self.resampling}: leave it "
                    f"out, or give --resampling {other} too"
                )

    def _require_fine_tuning(self) -> None:
        """Refuse what has no effect, or what no engine does."""
        if self.head_lr_factor <= 0:
            raise UsageError(
                f"head_lr_factor={self.head_lr_factor} is not allowed: head_lr_factor is more "
                "than 0, such as 10"
            )
        if not 0 <= self.dropout < 1:
            raise UsageError(
                f"dropout={self.dropout} is not allowed: dropout is at least 0 and less than 1"
            )
        is_number = self.train not in ("head", "all")
        if is_number and int(self.train) > BLOCKS and self.resolved_backbone() in BACKBONES:
            raise UsageError(
                f"train={self.train} is not allowed: {self.resolved_backbone()} has {BLOCKS} "
                f"blocks: give at most {BLOCKS}, or all"
            )
        for name in ("head_lr_factor", "train_norms"):
            if self.train == "head" and getattr(self, name) != getattr(type(self), name):
                raise UsageError(
                    f"{name}={getattr(self, name)} is not allowed with train=head, where only the "
                    "softmax head is trained: leave it out, or give --train all or a number of "
                    "blocks"
                )
        name = self._needs_live() or ""
        if self.engine == "cached" and name:
            raise UsageError(
                f"{name}={getattr(self, name)} is not allowed with engine=cached, which computes "
                "the features of an image once: leave --engine out, or give --engine live"
            )

    def _needs_live(self) -> str | None:
        """The first option by which the features of an image change from epoch to epoch."""
        names = ("train", "augment", "dropout")
        return next((n for n in names if getattr(self, n) != getattr(type(self), n)), None)

    def options(self) -> dict[str, object]:
        """Return the options that differ from their default and that no protocol holds.

        Paths are absolute, so that the options hold in any folder.
        """
        values = {name: getattr(self, name) for name in (*_PATHS, "follow_links")}
        return {
            name: _absolute(name, value)
            for name, value in values.items()
            if value != getattr(type(self), name)
        }

    def resolved_backbone(self) -> str:
        """Return the backbone that ``auto`` stands for.

        Lite0 for the sample, as neither needs a download; B0 for all other data.
        """
        if self.backbone != "auto":
            return self.backbone
        return "efficientnet-lite0" if self.data == "sample" else "efficientnet-b0"

    def resolved_engine(self) -> str:
        """Return the engine that ``auto`` stands for.

        ``live`` where more than the softmax head is trained, or with augmentation or dropout;
        else ``cached``, which is many times faster.

        >>> Settings().resolved_engine(), Settings(train="2").resolved_engine()
        ('cached', 'live')
        """
        if self.engine != "auto":
            return self.engine
        return "live" if self._needs_live() else "cached"


def image_settings(settings: RunSettings) -> Settings:
    """Return settings that are known to be those of images.

    Raises
    ------
    TypeError
        If they are not.
    """
    if not isinstance(settings, Settings):
        raise TypeError(f"{settings} are not the settings of a run on images")
    return settings


@dataclass(frozen=True)
class ModelSettings:
    """What a run of a Keras model of one's own needs besides its policy and seed.

    Attributes
    ----------
    workload
        Where the workload is imported from, as ``module:attribute``; empty if it was given as an
        object.
    epochs, batch_size
        Passes over the training set, and examples per batch.
    folds, stratify
        How many folds the examples are divided into, and whether each class by itself.

    Raises
    ------
    UsageError
        If a value is not allowed.
    """

    workload: str = ""
    epochs: int = 10
    batch_size: int = 32
    folds: int = 5
    stratify: bool = False
    resampling: str = "folds"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = _checked(field.name, type(field.default), getattr(self, field.name))
            object.__setattr__(self, field.name, value)
        if self.resampling != "folds":
            raise UsageError(
                f"resampling={self.resampling} is not allowed for a workload of one's own: its "
                "examples are divided into folds"
            )

    def options(self) -> dict[str, object]:
        """Return the options that no protocol holds: where the workload is imported from."""
        return {"workload": self.workload} if self.workload else {}


def _require_backbone(backbone: str) -> None:
    """Refuse what cannot be a backbone; whether Keras has a network is known when it is built."""
    if backbone.startswith(KERAS_PREFIX) and backbone.removeprefix(KERAS_PREFIX).isidentifier():
        return
    require_one_of("backbone", backbone, ("auto", *BACKBONES, f"{KERAS_PREFIX}NAME"))


def _trained_part(train: str) -> str:
    """Return what is trained in its one spelling, so that equal runs have equal protocols."""
    if train in ("head", "all"):
        return train
    if train.isascii() and train.isdigit() and 0 < int(train) < 1000:
        return str(int(train))
    raise UsageError(
        f"train={train} is not allowed: train is head, all, or how many of the backbone's last "
        "blocks are trained, such as 2"
    )


def _absolute(name: str, value: object) -> object:
    if not isinstance(value, str) or name not in _PATHS or value in _PATHS[name]:
        return value
    return utf8_text(os.path.abspath(os.path.expanduser(value)))  # noqa: PTH100, PTH111


def _checked(name: str, type_: type, value: Any) -> Any:
    """Return a value as the type of its field; numbers of other types, such as NumPy's, fit too."""
    if name in _ALLOWED:
        require_one_of(name, value, _ALLOWED[name])
        return value
    if type_ is bool:
        if not isinstance(value, bool):
            raise UsageError(f"{name}={value!r} is not allowed: {name} is True or False")
        return value
    if type_ is int:
        return whole_number(name, value, _MINIMUM.get(name, 0))
    return real_number(name, value) if type_ is float else text(name, value)


@dataclass(frozen=True)
class RunSpec:
    """One run to train: a policy, a seed and the settings.

    Raises
    ------
    UsageError
        If the seed is not a whole number >= 0, or the policy does not fit into the epochs.
    """

    policy: Policy
    seed: int
    settings: RunSettings

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", whole_number("seed", self.seed, 0))
        self.policy.require_fit(self.settings.epochs)
