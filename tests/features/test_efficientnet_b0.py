"""EfficientNet-B0: downloading and loading its weights."""

import hashlib
import sys

import numpy as np
import pytest

from lr_study.features import build_backbone, efficientnet_b0, resolve_weights
from lr_study.support.errors import LrStudyError
from lr_study.support.runtime import keras


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The file that stands for the weights published by Keras; an empty cache."""
    module = sys.modules[keras.applications.EfficientNetB0.__module__]
    source = tmp_path / "published"
    source.mkdir()
    monkeypatch.setattr(module, "BASE_WEIGHTS_PATH", f"{source.as_uri()}/")
    md5 = hashlib.md5(b"weights", usedforsecurity=False).hexdigest()
    monkeypatch.setitem(module.WEIGHTS_HASHES, "b0", ("", md5))
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "cache"))
    return source / efficientnet_b0.IMAGENET_FILE


@pytest.mark.parametrize("content", [None, b"half of the wei"])
def test_a_failed_download_leaves_nothing_and_names_the_alternatives(content, published, tmp_path):
    if content is not None:
        published.write_bytes(content)
    alternatives = "use weights=FILE with efficientnetb0_notop.h5 .* or backbone=efficientnet-lite0"
    with pytest.raises(LrStudyError, match=alternatives) as caught:
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
def test_b0_normalises_with_the_published_file_as_keras_does(b0, images, tmp_path, monkeypatch):
    # Like the published file, this one has standard deviations in the place of variances.
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
    expected = keras_own(images).numpy()
    efficientnet_b0.load(model, file)
    np.testing.assert_allclose(
        model(images).numpy(), expected, rtol=0, atol=1e-5 * abs(expected).max()
    )


@saves_weights
def test_b0_does_not_change_a_true_variance(b0, images, tmp_path):
    file = tmp_path / "b0.weights.h5"
    b0.save_weights(file)
    again = build_backbone("efficientnet-b0", resolve_weights("efficientnet-b0", str(file)), 64)
    np.testing.assert_array_equal(again(images).numpy(), b0(images).numpy())


@pytest.fixture(scope="module")
def empty_b0():
    return efficientnet_b0.build(32)


@pytest.mark.parametrize("name", ["text.h5", "text.weights.h5", "text.pth"])
def test_b0_rejects_a_file_without_weights(name, empty_b0, tmp_path):
    file = tmp_path / name
    file.write_text("no weights", encoding="utf-8")
    with pytest.raises(LrStudyError, match="not weights of efficientnet-b0") as caught:
        efficientnet_b0.load(empty_b0, file)
    assert "\n" not in str(caught.value)


@saves_weights
@pytest.mark.parametrize("suffix", [".h5", ".weights.h5"])
def test_b0_rejects_weights_of_another_network(suffix, empty_b0, lite0, tmp_path):
    file = tmp_path / f"lite0{suffix}"
    (lite0.save if suffix == ".h5" else lite0.save_weights)(file)
    with pytest.raises(LrStudyError, match="not weights of efficientnet-b0") as caught:
        efficientnet_b0.load(empty_b0, file)
    assert "\n" not in str(caught.value)
