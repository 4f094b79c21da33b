"""EfficientNet-B0 as Keras ships it (Tan and Le 2019, arXiv:1905.11946)."""

import sys
from pathlib import Path

from lr_study.features.keras_weights import load_keras_weights
from lr_study.support import LrStudyError, atomic_write, cache_dir, keras, prints_on_stderr

IMAGENET_FILE = "efficientnetb0_notop.h5"


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
    load_keras_weights(model, file, "efficientnet-b0")


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
