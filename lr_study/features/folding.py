"""Fold batch normalisation into the preceding convolution: the same features, faster."""

from typing import Any

import numpy as np

from lr_study.support import keras


def fold_batch_norms(model: keras.Model) -> keras.Model:
    """Return a model without batch norms that is equivalent to ``model`` at inference.

    After a convolution, ``gamma (x - mean) / sqrt(variance + epsilon) + beta`` multiplies by one
    constant and adds another: the first is folded into the kernel, the second into a bias (Jacob
    et al. 2018, arXiv:1712.05877, section 3.2). Features agree to a few units in the last place of
    float32.

    >>> from lr_study.features import build_backbone, resolve_weights
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
        # Identity, which replaces a norm, does not take the arguments of a norm (mask, training).
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
            # In a depthwise kernel the channels are the second to last axis.
            depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
            weights = [weights[0] * (scale[:, None] if depthwise else scale), beta - mean * scale]
        copy = folded.get_layer(layer.name)
        copy.set_weights(weights)
        if isinstance(copy, keras.layers.Normalization):
            copy.finalize_state()
    folded.trainable = False
    return folded
