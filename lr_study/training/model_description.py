"""What a Keras model, its loss and its optimizer are, in texts that equal ones have in common."""

import hashlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from lr_study.runs import canonical_json, short_hash
from lr_study.support import keras

_NOT_OF_THE_PROTOCOL = ("name", "learning_rate")
"""Of an optimizer: its rate is the policy's."""


def model_digest(model: Any) -> str:
    """Return the `short_hash` of a model's configuration, in which layers are named by their place.

    Keras names layers by a counter of the process, so that equal models have other names. A model
    without a configuration is known by its class, the source of that, and the shapes of its
    weights.

    >>> def build(units):
    ...     return keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)])
    >>> model_digest(build(2)) == model_digest(build(2)), model_digest(build(3)) == model_digest(
    ...     build(2)
    ... )
    (True, False)
    """
    try:
        config = model.get_config()
        is_complete = bool(config.get("layers"))
    except NotImplementedError:
        is_complete = False
    if is_complete:
        plain = keras.saving.serialize_keras_object(config)
        places = {name: f"layer {i}" for i, name in enumerate(dict.fromkeys(_names(plain)))}
        return short_hash(canonical_json(_renamed(plain, places)))
    kind = type(model)
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError):
        source = ""
    shapes = [[list(weight.shape), str(weight.dtype)] for weight in model.weights]
    return short_hash(canonical_json([kind.__module__, kind.__qualname__, source, shapes]))


def weights_digest(weights: list[Any]) -> str:
    """Return the `short_hash` of the values of weights; empty if there are none."""
    if not weights:
        return ""
    digest = hashlib.sha256()
    for weight in weights:
        values = np.asarray(weight)
        digest.update(f"{values.dtype.str} {values.shape}\n".encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()[:12]


def optimizer_text(optimizer: Any) -> str:
    """Return an optimizer with what differs from its defaults, but for its learning rate.

    >>> optimizer_text(keras.optimizers.SGD(0.1, momentum=0.9))
    'sgd(momentum=0.9)'
    >>> optimizer_text(keras.optimizers.Adam())
    'adam'
    """
    usual = type(optimizer)().get_config()
    return _text(type(optimizer).__name__.lower(), optimizer.get_config(), usual)


def loss_text(loss: Any) -> str:
    """Return a loss as a model was compiled with it.

    >>> loss_text(keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    'SparseCategoricalCrossentropy(from_logits=True)'
    >>> loss_text("binary_crossentropy")
    'binary_crossentropy'
    """
    if isinstance(loss, str):
        return loss
    if isinstance(loss, keras.losses.Loss):
        try:
            usual = type(loss)().get_config()
        except TypeError:  # it has an argument without a default
            usual = {}
        return _text(type(loss).__name__, loss.get_config(), usual)
    return f"{getattr(loss, '__module__', '')}.{getattr(loss, '__qualname__', type(loss).__name__)}"


def _text(name: str, config: Mapping[str, Any], usual: Mapping[str, Any]) -> str:
    changed = {
        key: value
        for key, value in sorted(config.items())
        if key not in _NOT_OF_THE_PROTOCOL and value != usual.get(key)
    }
    shown = ",".join(f"{key}={value}" for key, value in changed.items())
    return f"{name}({shown})" if shown else name


def _names(config: Any) -> Iterator[str]:
    """The names in a configuration, in their order."""
    if isinstance(config, Mapping):
        if isinstance(config.get("name"), str):
            yield config["name"]
        for part in config.values():
            yield from _names(part)
    elif isinstance(config, (list, tuple)):
        for part in config:
            yield from _names(part)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _renamed(part, names) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_renamed(part, names) for part in value]
    return names.get(value, value) if isinstance(value, str) else value
