"""Whether the model of a workload and its examples fit together, before anything is trained."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lr_study.runs import LOSS
from lr_study.studies.own_workload import Workload
from lr_study.studies.user_code import in_one_line
from lr_study.support import UsageError


def compiled_model(workload: Workload) -> Any:
    """Build the model, and compile it if that is left to us."""
    from lr_study.support import keras

    with in_one_line(f"build_model of {workload.name} failed"):
        model = workload.build_model()
    if not isinstance(model, keras.Model):
        raise UsageError(f"build_model returned a {type(model).__name__}, not a Keras model")
    given = {"optimizer": workload.optimizer, "loss": workload.loss}
    if getattr(model, "compiled", False):
        doubled = [name for name, value in given.items() if value is not None]
        if doubled:
            raise UsageError(
                f"{doubled[0]} is given, but build_model returns a compiled model: leave one out"
            )
    else:
        missing = [name for name, value in given.items() if value is None]
        if missing:
            raise UsageError(
                f"build_model returns a model that is not compiled: give {' and '.join(missing)} "
                f"to the workload, or compile it with metrics=['{workload.metric}']"
            )
        optimizer = workload.optimizer
        if isinstance(optimizer, keras.optimizers.Optimizer):  # each model needs its own
            optimizer = type(optimizer).from_config(optimizer.get_config())
        metrics = [] if workload.ranked_by == LOSS else [workload.metric]
        model.compile(optimizer=optimizer, loss=workload.loss, metrics=metrics)
    if getattr(model.optimizer, "gradient_accumulation_steps", None):
        raise UsageError("gradient_accumulation_steps is not supported by studies: leave it out")
    return model


def require_new(workload: Workload, model: Any) -> None:
    """Refuse a ``build_model`` that returns one model again and again."""
    if compiled_model(workload) is model:
        raise UsageError("build_model returned the same model twice: return a new one each time")


def try_model(workload: Workload, model: Any, rows: NDArray[np.int64]) -> int:
    """Try the model on some training examples: one that does not fit them is known at once.

    Return the number of classes; 0 if the targets are none.
    """
    from lr_study.training import rows_of

    targets = rows_of(workload.train[1], rows)
    inputs = workload.fitted(rows)(rows_of(workload.train[0], rows))
    classes = _classes(workload, model, inputs) if workload.classifies else 0
    with in_one_line(f"the model of {workload.name} does not fit its examples"):
        values = model.test_on_batch(inputs, targets, return_dict=True)
    if workload.metric not in values:
        raise UsageError(
            f"metric={workload.metric} is not allowed: the metrics of the model are "
            f"{', '.join(sorted(values))}; compile it with metrics=['{workload.metric}']"
        )
    return classes


def _classes(workload: Workload, model: Any, inputs: Any) -> int:
    """The number of classes of a model with one output, among which are all targets."""
    with in_one_line(f"the model of {workload.name} does not fit its examples"):
        outputs = model.predict_on_batch(inputs)
    shape = getattr(outputs, "shape", None)
    if shape is None or len(shape) != 2:
        raise UsageError(
            f"the model of {workload.name} does not have one output of shape (examples, classes)"
        )
    classes = max(int(shape[1]), 2)
    for name, pair in (("train", workload.train), ("test", workload.test)):
        highest = -1 if pair is None else int(labels_of(pair[1], name).max())
        if highest >= classes:
            raise UsageError(
                f"the targets of {name} have a class {highest}, but the model has {classes} "
                "classes, from 0"
            )
    return classes


def labels_of(targets: ArrayLike, name: str) -> NDArray[np.int32]:
    """Return the class of each example: (examples,).

    Raises
    ------
    UsageError
        If targets are no classes.

    >>> labels_of([[0, 1], [1, 0]], "train").tolist(), labels_of([2.0, 0.0], "train").tolist()
    ([1, 0], [2, 0])
    """
    values = np.asarray(targets)
    if values.ndim == 2 and values.shape[1] > 1:
        are_classes = bool(
            ((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all()
        )
        labels = values.argmax(axis=1)
    else:
        values = values.reshape(len(values), -1)
        is_number = values.dtype.kind in "iufb" and values.shape[1] == 1
        labels = values[:, 0].astype(np.int64) if is_number else np.zeros(len(values), np.int64)
        are_classes = is_number and bool((labels == values[:, 0]).all() and labels.min() >= 0)
    if not are_classes or labels.max() > np.iinfo(np.uint16).max:
        raise UsageError(
            f"the targets of {name} are not classes: they are whole numbers from 0 to 65535, or "
            "rows with a single 1; a regression is ranked by another metric, such as metric='mae'"
        )
    return np.asarray(labels, np.int32)
