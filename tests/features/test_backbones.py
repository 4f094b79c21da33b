"""The backbones: their features, their random weights, and which weights are found."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from sample_images import crop

from lr_study.features import Weights, build_backbone, resolve_weights
from lr_study.runs import BACKBONES
from lr_study.support.errors import UsageError
from lr_study.support.runtime import keras

# Features


@pytest.mark.parametrize("name", ["lite0", "random_lite0", "b0"])
def test_features_are_finite_and_differ_between_images(name, request, images):
    model = request.getfixturevalue(name)
    features = model(images).numpy()
    assert features.shape == (len(images), 1280)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    for i, one in enumerate(features):
        for other in features[:i]:
            assert np.linalg.norm(one - other) > 0.05 * np.linalg.norm(one)


@pytest.mark.parametrize("name", ["lite0", "b0"])
def test_drop_connect_is_active_in_training_only(name, request):
    model = request.getfixturevalue(name)
    batch = np.repeat(crop(64)[None], 32, axis=0)
    inference = model(batch, training=False).numpy()
    np.testing.assert_array_equal(model(batch, training=False).numpy(), inference)
    first, second = (model(batch, training=True).numpy() for _ in range(2))
    assert not np.allclose(first, second, rtol=1e-3, atol=0)
    # Each image of the batch has its own draw.
    assert not np.allclose(first, first[:1], rtol=1e-3, atol=0)


@pytest.mark.parametrize("name", ["lite0", "b0"])
def test_a_backbone_is_frozen(name, request, images):
    model = request.getfixturevalue(name)
    assert model.trainable_weights == []
    before = [weight.numpy() for weight in model.weights]
    model(images, training=True)
    for weight, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), value)


# Random weights


@pytest.mark.parametrize("name", ["random_lite0", "b0"])
def test_random_weights_are_the_same_every_time(name, request):
    model = request.getfixturevalue(name)
    backbone = "efficientnet-b0" if name == "b0" else "efficientnet-lite0"
    keras.utils.set_random_seed(7)
    numpy_state = np.random.get_state()[1].copy()  # noqa: NPY002
    again = build_backbone(backbone, resolve_weights(backbone, "random"), 64)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002
    for weight, other in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(weight.numpy(), other.numpy())


@pytest.mark.parametrize("name", ["random_lite0", "b0"])
def test_random_kernels_are_he_normal_and_other_weights_are_neutral(name, request):
    model = request.getfixturevalue(name)
    start = {"gamma": 1, "beta": 0, "moving_mean": 0, "moving_variance": 1, "bias": 0}
    for layer in model.layers:
        for variable in layer.weights:
            values = variable.numpy()
            if variable.name != "kernel":
                assert (values == start.get(variable.name, values)).all()
                continue
            depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
            fan_in = np.prod(values.shape[:2] if depthwise else values.shape[:3])
            # Five standard errors of a standard deviation.
            tolerance = 5 / np.sqrt(2 * values.size)
            assert values.std() == pytest.approx(np.sqrt(2 / fan_in), rel=tolerance)


# Which weights are found


def test_the_digest_is_that_of_the_content_of_the_file(tmp_path):
    file = tmp_path / "weights.h5"
    digests = []
    for content in (b"one", b"two"):
        file.write_bytes(content)
        weights = resolve_weights("efficientnet-b0", str(file))
        assert weights == Weights(
            source=str(file), file=file, digest=hashlib.sha256(content).hexdigest()[:12]
        )
        digests.append(weights.digest)
    assert digests[0] != digests[1]


@pytest.mark.parametrize("backbone", BACKBONES)
def test_random_weights_need_no_file(backbone):
    assert resolve_weights(backbone, "random") == Weights("random", None, "random")


@pytest.mark.parametrize("weights", ["imagnet", "", "/no/such/file.h5"])
def test_weights_that_are_not_a_file_are_rejected_in_one_line(weights):
    with pytest.raises(UsageError, match="weights is imagenet, random, or the path") as caught:
        resolve_weights("efficientnet-b0", weights)
    assert str(caught.value).startswith(f"weights={weights!r} is not a file")
    assert "\n" not in str(caught.value)


def test_an_unknown_backbone_is_rejected():
    message = "backbone=resnet50 is not allowed: .* efficientnet-b0, efficientnet-lite0"
    with pytest.raises(UsageError, match=message):
        resolve_weights("resnet50", "random")
    with pytest.raises(UsageError, match=message):
        build_backbone("resnet50", Weights("random", None, "random"), 64)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_an_image_size_below_32_is_rejected(backbone):
    with pytest.raises(UsageError, match=r"image_size=31 is not allowed: .* >= 32"):
        build_backbone(backbone, Weights("random", None, "random"), 31)


def test_finding_the_weights_of_lite0_does_not_import_tensorflow():
    script = (
        "import sys, lr_study.features.backbones as b\n"
        "b.resolve_weights('efficientnet-lite0', 'imagenet')\n"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
