"""EfficientNet-Lite0 in Keras, with the ImageNet weights of its PyTorch port.

Lite0 is EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946, table 1) without squeeze-and-excitation
and with ReLU6 instead of swish, so that it also runs on phones; its authors describe it in
``models/official/efficientnet/lite`` of the repository tensorflow/tpu. The inverted residual block
is that of MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from lr_study.features.torch_file import read_tensors
from lr_study.support import LrStudyError, keras


class _Stage(NamedTuple):
    """Blocks of one width: the first has the stride, the others keep the size and the width."""

    repeats: int
    kernel_size: int
    stride: int
    expand_ratio: int
    filters: int


_STEM_FILTERS = 32
_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)
_HEAD_FILTERS = 1280
_BATCH_NORM_EPSILON = 1e-3
_DROP_CONNECT_RATE = 0.2


def build(image_size: int) -> keras.Model:
    """Build the network up to its pooled features; all kernels are zero until they are loaded.

    The model maps images (batch, image_size, image_size, 3), float32 from 0 to 255, to features
    (batch, 1280) between 0 and 6. Padding is TensorFlow's ``same`` (with stride 2 and an even size,
    one more row below and one more column on the right), as in training. Drop-connect (Huang et
    al. 2016, arXiv:1603.09382), with a rate that rises linearly from block to block, drops whole
    residual branches when the model is called with ``training=True``.
    """
    inputs = keras.Input((image_size, image_size, 3), name="image")
    x = keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="rescale")(inputs)
    x = _convolve(x, "stem", _STEM_FILTERS, kernel_size=3, stride=2)
    blocks = sum(stage.repeats for stage in _STAGES)
    index = 0
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            if repeat:
                stage = stage._replace(stride=1)
            x = _block(x, f"block{index}", stage, _DROP_CONNECT_RATE * index / blocks)
            index += 1
    x = _convolve(x, "head", _HEAD_FILTERS)
    x = keras.layers.GlobalAveragePooling2D(name="features")(x)
    return keras.Model(inputs, x, name="efficientnet_lite0")


def _block(inputs: Any, name: str, stage: _Stage, drop_rate: float) -> Any:
    """Inverted residual block: expand, depthwise convolution, project; add the input if it fits."""
    width = inputs.shape[-1]
    x = inputs
    if stage.expand_ratio != 1:
        x = _convolve(x, f"{name}_expand", width * stage.expand_ratio)
    x = _convolve(x, f"{name}_depthwise", None, stage.kernel_size, stage.stride)
    x = _convolve(x, f"{name}_project", stage.filters, activate=False)
    if stage.stride != 1 or width != stage.filters:
        return x
    # One draw per image: the branch is kept and scaled up, or dropped as a whole.
    x = keras.layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=f"{name}_drop")(x)
    return keras.layers.Add(name=f"{name}_add")([x, inputs])


def _convolve(
    x: Any,
    name: str,
    filters: int | None,
    kernel_size: int = 1,
    stride: int = 1,
    activate: bool = True,
) -> Any:
    """Convolution (depthwise where ``filters`` is None), batch normalisation, ReLU6."""
    options = {"strides": stride, "padding": "same", "use_bias": False, "name": f"{name}_conv"}
    # Zeros, because Keras's random initialisers draw from Python's global generator.
    if filters is None:
        convolution = keras.layers.DepthwiseConv2D(
            kernel_size, depthwise_initializer="zeros", **options
        )
    else:
        convolution = keras.layers.Conv2D(
            filters, kernel_size, kernel_initializer="zeros", **options
        )
    x = convolution(x)
    x = keras.layers.BatchNormalization(epsilon=_BATCH_NORM_EPSILON, name=f"{name}_bn")(x)
    return keras.layers.ReLU(max_value=6, name=f"{name}_relu6")(x) if activate else x


# The layers' names in the PyTorch port, outside the blocks and within one.
_TORCH_LAYERS = {
    "stem_conv": "_conv_stem",
    "stem_bn": "_bn0",
    "head_conv": "_conv_head",
    "head_bn": "_bn1",
}
_TORCH_BLOCK_LAYERS = {
    "expand_conv": "_expand_conv",
    "expand_bn": "_bn0",
    "depthwise_conv": "_depthwise_conv",
    "depthwise_bn": "_bn1",
    "project_conv": "_project_conv",
    "project_bn": "_bn2",
}
_TORCH_VARIABLES = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def load(model: keras.Model, file: Path) -> None:
    """Load weights in the PyTorch port's layout into a model from `build`.

    Raises
    ------
    LrStudyError
        If the file cannot be read or does not fit; the message says where.
    """
    tensors = read_tensors(file)
    try:
        assign_torch_weights(model, tensors)
    except ValueError as error:
        raise LrStudyError(f"{file}: not weights of efficientnet-lite0: {error}") from error


def assign_torch_weights(model: keras.Model, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Assign the tensors of the PyTorch port to the weights of ``model``, each exactly once.

    Kernels are (out, in, height, width) in PyTorch and (height, width, in, out) in Keras; depthwise
    kernels change from (channels, 1, height, width) to (height, width, channels, 1). The classifier
    (``_fc``) and the batch counters, which Keras does not have, are ignored.

    Raises
    ------
    ValueError
        If a tensor is missing, unexpected or of another shape.
    """
    unused = dict(tensors)
    for layer in model.layers:
        for variable in layer.weights:
            name = f"{_torch_layer(layer.name)}.{_TORCH_VARIABLES[variable.name]}"
            if name not in unused:
                raise ValueError(f"tensor {name} is missing")
            value = unused.pop(name)
            if variable.name == "kernel" and value.ndim == 4:
                depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
                value = value.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
            if value.shape != tuple(variable.shape):
                raise ValueError(f"tensor {name} does not have the shape of {layer.name}")
            variable.assign(value)
    for name in unused:
        if not name.startswith("_fc.") and not name.endswith(".num_batches_tracked"):
            raise ValueError(f"tensor {name} is unexpected")


def _torch_layer(name: str) -> str:
    if name in _TORCH_LAYERS:
        return _TORCH_LAYERS[name]
    block, _, part = name.partition("_")
    return f"_blocks.{block.removeprefix('block')}.{_TORCH_BLOCK_LAYERS[part]}"
