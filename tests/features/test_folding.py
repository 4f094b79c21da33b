"""Folding batch norms: equivalent features without them."""

import numpy as np
import pytest

from lr_study.features import build_backbone, resolve_weights
from lr_study.features.folding import fold_batch_norms
from lr_study.support.runtime import keras


@pytest.fixture
def b0_with_random_norms():
    """The norms of a new B0 are at identity, and folding them would have no effect."""
    model = build_backbone("efficientnet-b0", resolve_weights("efficientnet-b0", "random"), 64)
    rng = np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([w * rng.uniform(0.8, 1.2, w.shape) for w in layer.get_weights()])
    return model


@pytest.mark.parametrize("name", ["lite0", "b0_with_random_norms"])
def test_folding_batch_norms_changes_no_feature(name, request, images):
    model = request.getfixturevalue(name)
    folded = fold_batch_norms(model)
    assert not any(isinstance(x, keras.layers.BatchNormalization) for x in folded.layers)
    expected = model.predict(images, verbose=0)
    found = folded.predict(images, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
