"""EfficientNet-B0 as Keras ships it (Tan and Le 2019, arXiv:1905.11946)."""

import sys
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

from lr_study.support import LrStudyError, atomic_write, cache_dir, keras

IMAGENET_FILE = "efficientnetb0_notop.h5"
# Per channel, red to blue, of pictures from 0 to 1.
_IMAGENET_STDDEV = (0.229, 0.224, 0.225)


def build(image_size: int) -> keras.Model:
    """Build ``keras.applications.EfficientNetB0`` up to its pooled features.

    Pictures (batch, image_size, image_size, 3), float32 from 0 to 255, become features
    (batch, 1280). Keras's own random initial values stand until weights are loaded.
    """
    return keras.applications.EfficientNetB0(
        include_top=False, weights=None, input_shape=(image_size, image_size, 3), pooling="avg"
    )


def load(model: keras.Model, file: Path) -> None:
    """Load a file of weights (``.h5``, ``.weights.h5``, ``.keras``) into what ``build`` gave.

    Raises
    ------
    LrStudyError
        If the file cannot be read or does not fit.
    """
    try:
        model.load_weights(file)
    # Keras and h5py raise what comes, over many lines; its first says what is wrong.
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise LrStudyError(f"{file}: not weights of efficientnet-b0: {reason}") from error
    _divide_by_whole_deviation(model)


def _divide_by_whole_deviation(model: keras.Model) -> None:
    """Normalise pictures as ``weights="imagenet"`` does, though the weights come from a file.

    The published file keeps the standard deviations of ImageNet where Keras's Normalization
    expects variances, so that layer divides by their square roots. Keras makes up for it with one
    more layer, but only under ``weights="imagenet"`` (tensorflow/tensorflow issue 49930). True
    variances give the same without a layer. Files that keep anything else are left as they are.
    """
    layer = next(layer for layer in model.layers if isinstance(layer, keras.layers.Normalization))
    mean, variance, count = layer.get_weights()
    if np.allclose(variance, _IMAGENET_STDDEV, atol=1e-4):
        layer.set_weights([mean, np.square(variance), count])
        layer.finalize_state()


def imagenet_file() -> Path:
    """Find the ImageNet weights that Keras publishes, downloading them (16 MB) the first time.

    Raises
    ------
    LrStudyError
        If they cannot be downloaded or arrive damaged; nothing of them stays on the disk.
    """
    file = cache_dir() / "weights" / IMAGENET_FILE
    if file.is_file():
        return file
    published = sys.modules[keras.applications.EfficientNetB0.__module__]
    try:
        # Keras reports progress on standard output, which is for results.
        with atomic_write(file) as aside, redirect_stdout(sys.stderr):
            keras.utils.get_file(
                aside.name,
                origin=published.BASE_WEIGHTS_PATH + IMAGENET_FILE,
                file_hash=published.WEIGHTS_HASHES["b0"][1],
                cache_dir=str(aside.parent),
                cache_subdir=".",
            )
    # Keras wraps failures of the network in a bare Exception.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise LrStudyError(
            f"ImageNet weights of efficientnet-b0 cannot be downloaded ({reason}): add --weights "
            f"FILE with {IMAGENET_FILE} fetched elsewhere, or --backbone efficientnet-lite0, "
            "which needs no download"
        ) from error
    return file
