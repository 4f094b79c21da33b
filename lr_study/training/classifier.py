"""A trained model that takes images as they are: of any size, with or without transparency."""

from typing import Any

from lr_study.support import keras

_CHANNELS = 3


def with_preprocessing(model: Any, image_size: int) -> Any:
    """Return a Keras model that prepares images itself as they were prepared for training.

    It maps images (batch, height, width, 3 or 4), RGB or RGBA from 0 to 255, to what ``model``
    maps images (batch, image_size, image_size, 3) to. Transparent pixels are blended with white;
    width and height are scaled independently, with bilinear interpolation and antialiasing. It
    consists of Keras's own layers alone, and loads wherever Keras does.
    """
    ops = keras.ops
    images = keras.Input((None, None, None), name="images", dtype="float32")
    # Of an RGB image, the fourth channel is this opaque one; of RGBA, it is the image's own.
    with_alpha = ops.concatenate([images, ops.full_like(images[..., :1], 255.0)], axis=-1)
    opacity = with_alpha[..., _CHANNELS : _CHANNELS + 1] / 255.0
    on_white = images[..., :_CHANNELS] * opacity + 255.0 * (1.0 - opacity)
    resized = keras.layers.Resizing(image_size, image_size, antialias=True)(on_white)
    squares = ops.reshape(resized, (-1, image_size, image_size, _CHANNELS))
    return keras.Model(images, model(squares), name="image_classifier")
