"""Models that classify images: a backbone, a softmax head, and what stands between in training."""

from typing import Any

from lr_study.features import Weights, build_backbone
from lr_study.support import LrStudyError, dtype_policy, keras
from lr_study.training.history import Head

_LARGEST_SHIFT = 0.125
"""Of the height and of the width: 4 pixels of 32, as is usual on CIFAR, and 28 of 224."""


def build_model(backbone: str, weights: Weights, image_size: int, head: Head) -> Any:
    """Return the model of a run: backbone, average pooling, Flatten, softmax.

    It maps images (batch, size, size, 3), RGB from 0 to 255, to probabilities (batch, classes).
    ``weights`` are those that the run started from; ``head`` has those that it trained.

    Raises
    ------
    LrStudyError
        If the weights do not fit the backbone.
    """
    with dtype_policy("float32"):
        built = build_backbone(backbone, weights, image_size)
        if len(head.kernel) != built.output_shape[-1]:
            raise LrStudyError(
                f"the softmax head takes {len(head.kernel)} features, and {backbone} gives "
                f"{built.output_shape[-1]}"
            )
        variables = built.weights
        for place, value in head.backbone.items():
            if place >= len(variables) or variables[place].shape != value.shape:
                raise LrStudyError(f"the trained weights are not those of {backbone}")
            variables[place].assign(value)
        return with_head(built, head)


def with_head(backbone: Any, head: Head, *, augment: str = "none", dropout: float = 0.0) -> Any:
    """Return a backbone with a softmax head on its features.

    ``augment`` and ``dropout`` are those of `Settings`; both do nothing at inference.
    """
    inputs = keras.Input(backbone.input_shape[1:], name="images")
    images = inputs
    for layer in _augmentation(augment):
        images = layer(images)
    features = keras.layers.Flatten()(backbone(images))
    if dropout:
        features = keras.layers.Dropout(dropout, name="dropout")(features)
    softmax = keras.layers.Dense(
        len(head.bias), activation="softmax", dtype="float32", name="softmax"
    )
    model = keras.Model(inputs, softmax(features), name="linear_probe")
    softmax.set_weights([head.kernel, head.bias])
    return model


def _augmentation(augment: str) -> list[Any]:
    if augment == "none":
        return []
    # A shifted image whose border is reflected is a crop of a padded one.
    return [
        keras.layers.RandomFlip("horizontal", dtype="float32", name="flip"),
        keras.layers.RandomTranslation(
            _LARGEST_SHIFT, _LARGEST_SHIFT, fill_mode="reflect", dtype="float32", name="crop"
        ),
    ]
