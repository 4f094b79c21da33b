"""Networks of ``keras.applications`` as backbones, and the blocks of all backbones."""

import numpy as np
import pytest

from lr_study.features import blocks, build_backbone, resolve_weights
from lr_study.runs import BACKBONES
from lr_study.runs.settings import BLOCKS
from lr_study.support import LrStudyError, UsageError
from lr_study.support.runtime import keras, use_one_thread_per_op

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

SMALL = "keras:MobileNetV3Small"
IMAGES = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def small():
    return build_backbone(SMALL, resolve_weights(SMALL, "random"), 32)


def test_random_weights_are_the_same_every_time(small):
    features = small(IMAGES).numpy()
    assert features.shape == (2, 576)
    assert np.isfinite(features).all()
    assert not small.trainable_variables
    again = build_backbone(SMALL, resolve_weights(SMALL, "random"), 32)
    np.testing.assert_array_equal(again(IMAGES).numpy(), features)


# Keras reads variables through NumPy as it was before version 2, in what it saves.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_file_has_the_weights_of_the_network_and_images_are_prepared_for_it(tmp_path):
    """MobileNet takes -1 to 1, which is its module's ``preprocess_input``."""
    plain = keras.applications.MobileNet(
        include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg"
    )
    plain.save_weights(tmp_path / "plain.weights.h5")
    weights = resolve_weights("keras:MobileNet", str(tmp_path / "plain.weights.h5"))
    network = build_backbone("keras:MobileNet", weights, 32)
    np.testing.assert_allclose(
        network(IMAGES).numpy(), plain(IMAGES / 127.5 - 1).numpy(), rtol=1e-4, atol=1e-6
    )
    assert len(blocks(network)) == 27  # its layers have no blocks in their names: each convolution


def test_a_file_of_another_network_is_one_line(tmp_path):
    file = tmp_path / "other.weights.h5"
    file.write_bytes(b"no weights")
    with pytest.raises(LrStudyError, match="not weights of keras:MobileNetV3Small") as raised:
        build_backbone(SMALL, resolve_weights(SMALL, str(file)), 32)
    assert "\n" not in str(raised.value)


def test_an_unknown_network_is_answered_with_those_of_similar_names():
    with pytest.raises(UsageError, match=r"keras:MobilNetV2 is not allowed.* has MobileNetV2, "):
        resolve_weights("keras:MobilNetV2", "random")


@pytest.mark.parametrize("backbone", BACKBONES)
def test_backbones_have_as_many_blocks_as_settings_allow(backbone):
    network = build_backbone(backbone, resolve_weights(backbone, "random"), 32)
    found = blocks(network)
    assert len(found) == BLOCKS
    assert found[-1][-1] == network.layers[-1].name


def test_blocks_of_keras_are_named_by_their_layers(small):
    found = blocks(small)
    assert len(found) == 11
    assert all(block[0].startswith("expanded_conv") for block in found)
