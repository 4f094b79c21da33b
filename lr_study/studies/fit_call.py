"""What Keras's ``fit`` was called with, which it does not tell a callback."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lr_study.studies.model_checks import labels_of
from lr_study.support import UsageError
from lr_study.training import array_fingerprint, as_arrays, number_of_rows

if TYPE_CHECKING:  # it imports TensorFlow
    from lr_study.support import keras


@dataclass(frozen=True, eq=False)
class FitCall:
    """A call of ``fit`` that trains a model from its first update, with a given validation set.

    Attributes
    ----------
    epochs, batches, batch_size, train_size
        The length of the run, and of an epoch: one pass over the training set.
    inputs, labels
        The validation set: arrays, and the class of each example.
    shuffle
        How the training set is shuffled, if that is known.
    weights
        Of classes, as text; empty if they weigh the same.
    fingerprint
        Of the data: the hash of its arrays, or what its user declared.
    """

    epochs: int
    batches: int
    batch_size: int
    train_size: int
    inputs: Any
    labels: NDArray[np.int32]
    shuffle: str
    weights: str
    fingerprint: str


def arguments_of_fit(model: Any) -> Mapping[str, Any]:
    """Return the parameters of the ``fit`` that is running, by name: they are local to its frame.

    Among them, ``callbacks`` is Keras's list of callbacks, which lives as long as the call.

    Raises
    ------
    UsageError
        If none is running.
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            return frame.f_locals
        frame = frame.f_back
    raise UsageError("PolicyCallback is called by model.fit(callbacks=[...]) alone")


def read_fit_call(
    callback: "keras.callbacks.Callback",
    given: Mapping[str, Any],
    data: Any,
    *,
    validation: Any = None,
    batch_size: int | None = None,
) -> FitCall:
    """Return the call of ``fit`` that is calling a callback.

    Parameters
    ----------
    callback
        Its model and params are those that ``fit`` set.
    given
        The `arguments_of_fit`.
    data
        The examples as (x, y), or a text that names them.
    validation
        The validation set as (x, y), where ``fit`` has it in another form.
    batch_size
        Examples per batch, where ``fit`` is given batches.

    Raises
    ------
    UsageError
        If nothing comparable can be trained so.
    """
    _require_start(callback.model, given)
    inputs, targets = _pair(
        given["validation_data"] if validation is None else validation,
        "validation_data of fit cannot be read: give PolicyCallback validation=(x, y), arrays of "
        "the same examples",
    )
    labels = labels_of(targets, "validation")
    if number_of_rows(inputs, "validation") != len(labels):
        raise UsageError("the validation set does not have as many inputs as targets")
    is_array, batches = given["y"] is not None, callback.params["steps"]
    size = (given["batch_size"] or 32) if is_array else batch_size
    if size is None:
        raise UsageError(
            "fit is given batches, and does not tell of how many examples: give PolicyCallback "
            "batch_size="
        )
    if batches is None:
        raise UsageError("fit does not know how many batches an epoch has: give steps_per_epoch=")
    if is_array:
        train_size = len(given["y"])
    else:
        train_size = batches * size if isinstance(data, str) else len(data[1])
    if batches != -(-train_size // size):
        raise UsageError(
            f"an epoch of fit has {batches} batches, but {train_size} examples are "
            f"{-(-train_size // size)} batches of {size}: an epoch is one pass over the training "
            "set"
        )
    arrays = [("validation.inputs", inputs), ("validation.labels", labels)]
    if given["sample_weight"] is not None:
        arrays.append(("sample_weight", np.asarray(given["sample_weight"])))
    return FitCall(
        epochs=callback.params["epochs"],
        batches=batches,
        batch_size=size,
        train_size=train_size,
        inputs=inputs,
        labels=labels,
        shuffle={True: "full", False: "none"}.get(given["shuffle"], "batch")
        if is_array
        else "unknown",
        weights="" if given["class_weight"] is None else str(dict(given["class_weight"])),
        fingerprint=fingerprint_of(data, arrays),
    )


def fingerprint_of(data: Any, more: list[tuple[str, Any]]) -> str:
    """Return the hash of examples and further arrays, or the text that their user declared.

    >>> fingerprint_of("cifar10, version 3", [])
    'declared: cifar10, version 3'
    """
    if isinstance(data, str):
        return f"declared: {data}"
    inputs, targets = _pair(
        data, "data is not allowed: it is (x, y), two arrays of examples, or a text that names them"
    )
    return array_fingerprint([("inputs", inputs), ("targets", targets), *more])


def _require_start(model: Any, given: Mapping[str, Any]) -> None:
    """Refuse to go on with a model that was trained: its run would be no run of its policy."""
    from lr_study.support import keras

    if given["initial_epoch"]:
        raise UsageError(
            f"initial_epoch={given['initial_epoch']} is not allowed: a run begins with epoch 0"
        )
    updates = int(keras.ops.convert_to_numpy(model.optimizer.iterations))
    if updates:
        raise UsageError(
            f"the optimizer has made {updates} updates before this fit: build a new model for "
            "each run, or compile it again if it shall start from trained weights"
        )


def _pair(given: Any, refused: str) -> tuple[Any, NDArray[Any]]:
    if not isinstance(given, (tuple, list)) or len(given) not in (2, 3):
        raise UsageError(refused)
    return as_arrays(given[0]), np.asarray(given[1])
