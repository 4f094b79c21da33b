"""Batch normalisation taken into the convolution before it: the same features, sooner."""

from typing import Any

import numpy as np

from lr_study.support import keras


def fold_batch_norms(model: keras.Model) -> keras.Model:
    """Return a model that gives what ``model`` gives outside training, without batch norms.

    Behind a convolution, ``gamma (x - mean) / sqrt(variance + epsilon) + beta`` is one more
    product with a constant and one more sum: the kernel can hold the first, a bias the second
    (Jacob et al. 2018, arXiv:1712.05877, section 3.2). Features agree to a few units of the last
    of 24 bits.

    >>> from lr_study.backbones import build_backbone, resolve_weights
    >>> weights = resolve_weights("efficientnet-lite0", "random")
    >>> folded = fold_batch_norms(build_backbone("efficientnet-lite0", weights, 32))
    >>> any(isinstance(x, keras.layers.BatchNormalization) for x in folded.layers)
    False
    """
    norms = {
        id(layer.input): layer
        for layer in model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    }

    def without_norm(layer: keras.Layer) -> keras.Layer:
        if isinstance(layer, keras.layers.BatchNormalization):
            return keras.layers.Identity(name=layer.name)
        bias = {"use_bias": True} if id(layer.output) in norms else {}
        return type(layer).from_config(layer.get_config() | bias)

    def call(layer: keras.Layer, *args: Any, **kwargs: Any) -> Any:
        # What a norm was called with (a mask, a mode) is nothing to what stands in its place.
        return layer(*args, **({} if isinstance(layer, keras.layers.Identity) else kwargs))

    folded = keras.models.clone_model(model, clone_function=without_norm, call_function=call)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization) or not layer.weights:
            continue
        weights = layer.get_weights()
        if id(layer.output) in norms:
            norm = norms[id(layer.output)]
            gamma, beta, mean, variance = norm.get_weights()
            scale = gamma / np.sqrt(variance + norm.epsilon)
            # A depthwise kernel has its channels last but one.
            depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
            weights = [weights[0] * (scale[:, None] if depthwise else scale), beta - mean * scale]
        copy = folded.get_layer(layer.name)
        copy.set_weights(weights)
        if isinstance(copy, keras.layers.Normalization):
            copy.finalize_state()
    folded.trainable = False
    return folded
