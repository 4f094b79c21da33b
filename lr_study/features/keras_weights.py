"""Weights files of networks of ``keras.applications``."""

from pathlib import Path

import numpy as np

from lr_study.support import LrStudyError, keras, one_line

# Per channel, red to blue, of images from 0 to 1.
_IMAGENET_STDDEV = (0.229, 0.224, 0.225)


def load_keras_weights(model: keras.Model, file: Path, backbone: str) -> None:
    """Load a weights file (``.h5``, ``.weights.h5``, ``.keras``) into a network without its top.

    Raises
    ------
    LrStudyError
        If the file cannot be read or does not fit the backbone.
    """
    try:
        model.load_weights(file)
    except Exception as error:  # Keras and h5py raise errors of many types
        raise LrStudyError(f"{file}: not weights of {backbone}: {one_line(error)}") from error
    _use_published_deviations(model)


def _use_published_deviations(model: keras.Model) -> None:
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
