"""EfficientNet-B0 as Keras ships it (Tan and Le 2019, arXiv:1905.11946)."""

import sys
from pathlib import Path

import numpy as np

from lr_study.support import LrStudyError, atomic_write, cache_dir, keras, prints_on_stderr

IMAGENET_FILE = "efficientnetb0_notop.h5"
# Per channel, red to blue, of images from 0 to 1.
_IMAGENET_STDDEV = (0.229, 0.224, 0.225)


def build(image_size: int) -> keras.Model:
    """Build ``keras.applications.EfficientNetB0`` up to its pooled features.

    The model maps images (batch, image_size, image_size, 3), float32 from 0 to 255, to features
    (batch, 1280). Its weights are Keras's random initial values until others are loaded.
    """
    return keras.applications.EfficientNetB0(
        include_top=False, weights=None, input_shape=(image_size, image_size, 3), pooling="avg"
    )


def load(model: keras.Model, file: Path) -> None:
    """Load a weights file (``.h5``, ``.weights.h5``, ``.keras``) into a model from `build`.

    Raises
    ------
    LrStudyError
        If the file cannot be read or does not fit.
    """
    try:
        model.load_weights(file)
    # Keras and h5py raise errors of many types and many lines; the first line gives the reason.
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise LrStudyError(f"{file}: not weights of efficientnet-b0: {reason}") from error
    use_published_deviations(model)


def use_published_deviations(model: keras.Model) -> None:
    """Normalise images as ``weights="imagenet"`` does, although the weights come from a file.

    The published file stores the standard deviations of ImageNet where Keras's Normalization
    expects variances, so the layer divides by their square roots. Keras corrects this with an
    additional layer, but only under ``weights="imagenet"`` (tensorflow/tensorflow issue 49930).
    Storing the true variances gives the same result. Files with other values are not changed.
    """
    for layer in model.layers:
        if not isinstance(layer, keras.layers.Normalization) or not layer.weights:
            continue  # other networks have none, or one of constants
        mean, variance, count = layer.get_weights()
        if np.allclose(variance, _IMAGENET_STDDEV, atol=1e-4):
            layer.set_weights([mean, np.square(variance), count])
            layer.finalize_state()


def imagenet_file() -> Path:
    """Return the file with Keras's published ImageNet weights, downloaded (16 MB) once.

    Raises
    ------
    LrStudyError
        If the download fails or the file is damaged; nothing of it stays on disk.
    """
    file = cache_dir() / "weights" / IMAGENET_FILE
    if file.is_file():
        return file
    published = sys.modules[keras.applications.EfficientNetB0.__module__]
    try:
        # Keras reports progress on standard output, which is for results.
        with atomic_write(file) as aside, prints_on_stderr():
            keras.utils.get_file(
                aside.name,
                origin=published.BASE_WEIGHTS_PATH + IMAGENET_FILE,
                file_hash=published.WEIGHTS_HASHES["b0"][1],
                cache_dir=str(aside.parent),
                cache_subdir=".",
            )
    # Keras wraps network errors in a bare Exception.
    except Exception as error:
        reason = " ".join(str(error).split())
        raise LrStudyError(
            f"ImageNet weights of efficientnet-b0 cannot be downloaded ({reason}): use "
            f"weights=FILE with {IMAGENET_FILE} downloaded elsewhere, or "
            "backbone=efficientnet-lite0, which needs no download"
        ) from error
    return file
