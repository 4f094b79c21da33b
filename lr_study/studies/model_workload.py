"""A Keras model of one's own as a workload: what its runs share, and how they are trained."""

import importlib
import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lr_study.data import (
    Arrays,
    Folds,
    array_fingerprint,
    named_arrays,
    number_of_rows,
    rows_of,
)
from lr_study.policies import importable_from_here
from lr_study.runs import PROTOCOL_VERSION, ModelProtocol, ModelSettings, canonical_json, short_hash
from lr_study.support import UsageError, make_state_folder, one_line, text, whole_number
from lr_study.training import WEIGHTS_FILE, Trainer, read_weights

if TYPE_CHECKING:  # they import TensorFlow
    from lr_study.support import keras
    from lr_study.training import ArrayExamples


@dataclass(frozen=True, eq=False)
class Workload:
    """A Keras model that classifies, and the examples that it is trained and tested on.

    `lr_study.study` trains it at every policy under every seed. The seed decides the fold that
    validates, the initial weights, the order of batches, and what layers draw while they train.

    Parameters
    ----------
    build_model
        Takes nothing and returns a new Keras model each time: compiled, but for its learning rate,
        which the policy sets; or not compiled, with ``optimizer`` and ``loss`` given here.
    train
        Inputs and targets: arrays whose first axis is examples; several inputs as a list or a dict
        of arrays. Targets are classes from 0, or one-hot.
    test
        The same of a test set, which no policy is chosen by; None for none.
    epochs, batch_size
        Passes over the training set, and examples per batch.
    name
        What runs and rankings call it.
    optimizer, loss
        What the model is compiled with, if ``build_model`` does not compile it.
    metric
        The name that the model's accuracy has among its metrics.

    Raises
    ------
    UsageError
        If a value is not allowed.

    Examples
    --------
    >>> def build():
    ...     import keras
    ...
    ...     return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    >>> x, y = np.zeros((30, 4), np.float32), np.arange(30) % 3
    >>> loss = "sparse_categorical_crossentropy"
    >>> Workload(build, train=(x, y), optimizer="sgd", loss=loss, epochs=2, name="irises").epochs
    2
    """

    build_model: Callable[[], Any]
    train: tuple[Arrays, ArrayLike]
    test: tuple[Arrays, ArrayLike] | None = None
    epochs: int = 10
    batch_size: int = 32
    name: str = "model"
    optimizer: Any = None
    loss: Any = None
    metric: str = "accuracy"

    def __post_init__(self) -> None:
        if not callable(self.build_model):
            raise UsageError(
                f"build_model={self.build_model!r} is not allowed: it is a function without "
                "arguments that returns a new Keras model"
            )
        for name, low in (("epochs", 1), ("batch_size", 1)):
            object.__setattr__(self, name, whole_number(name, getattr(self, name), low))
        for name in ("name", "metric"):
            if not text(name, getattr(self, name)):
                raise UsageError(f"{name} is empty: give a text")
        for name in ("train", "test"):
            pair = getattr(self, name)
            if not (name == "test" and pair is None):
                self._check(name, pair)

    def _check(self, name: str, pair: Any) -> None:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise UsageError(f"{name} is not allowed: it is a tuple of inputs and targets, (x, y)")
        inputs, targets = pair
        examples = number_of_rows(inputs, f"{name} inputs")
        of_targets = number_of_rows(targets, f"{name} targets")
        if examples != of_targets:
            raise UsageError(f"{name} has {examples} inputs, but {of_targets} targets")


def import_workload(path: str) -> Workload:
    """Return the workload ``module:attribute``; a function without arguments is called for it.

    Raises
    ------
    UsageError
        If there is none.
    """
    module, _, attribute = path.partition(":")
    try:
        with importable_from_here():
            found: Any = importlib.import_module(module)
        for name in attribute.split("."):
            found = getattr(found, name)
        made = found() if callable(found) and not isinstance(found, Workload) else found
    except Exception as error:  # what a module of theirs raises when it is imported
        raise UsageError(
            f"workload={path} cannot be imported ({one_line(error)}): it is MODULE:ATTRIBUTE, with "
            f"the module in the current folder or on PYTHONPATH{_kept_traceback()}"
        ) from error
    if not isinstance(made, Workload):
        raise UsageError(f"workload={path} is a {type(made).__name__}, not an lr_study.Workload")
    return made


@dataclass(frozen=True, eq=False)
class ModelWorkload:
    """A `Workload` whose model was built once, to know what its runs share."""

    given: Workload
    settings: ModelSettings
    protocol: ModelProtocol
    labels: NDArray[np.int64]
    together: NDArray[np.int64]
    config: str
    model_file: str = WEIGHTS_FILE

    @property
    def left_out(self) -> Mapping[str, str]:
        """Nothing: examples are used as they are given."""
        return {}

    @property
    def data_files(self) -> Mapping[str, bytes]:
        """The model's summary and the numbers of examples of each class."""
        counts = np.bincount(self.labels, minlength=self.protocol.classes).tolist()
        classes = {str(label): count for label, count in enumerate(counts)}
        return {
            "classes.json": (json.dumps(classes, indent=1) + "\n").encode(),
            "model.txt": self.config.encode(),
        }

    @cached_property
    def folds(self) -> Folds:
        """How the examples are divided."""
        return _folds(self.labels, self.together, self.settings)

    def new_model(self) -> "keras.Model":
        """Return a new compiled model."""
        return _compiled(self.given)

    def examples(self, seed: int) -> "ArrayExamples":
        """Return the examples, divided under a seed."""
        from lr_study.training import ArrayExamples

        parts = self.folds.split(seed)
        inputs, targets = self.given.train
        test = None
        if self.given.test is not None:
            test = (*_as_arrays(self.given.test), labels_of(self.given.test[1], "test"))
        return ArrayExamples(
            *_as_arrays((inputs, targets)),
            labels=self.labels,
            train=parts.train,
            validation=parts.validation,
            unused=parts.unused,
            groups=self.together,
            test=test,
        )

    def trainer(self, seed: int) -> Trainer:
        """Return a trainer of one run at a time."""
        from lr_study.training import ModelTrainer

        return ModelTrainer(self.new_model, self.examples(seed), self.protocol)

    def build_model(self, content: bytes) -> "keras.Model":
        """Return the model with the weights of a run."""
        model = self.new_model()
        model.set_weights(read_weights(content))
        return model


def prepare_model(workload: Workload, settings: ModelSettings) -> ModelWorkload:
    """Build the model once, try it on a batch, and return the workload with its protocol.

    Raises
    ------
    UsageError
        If the model cannot be built or does not fit the examples, in one line; the traceback of
        what the model's code raised is kept in a file that the line names.
    """
    from lr_study.support import keras
    from lr_study.training import seeded
    from lr_study.training.model_description import (
        loss_text,
        model_digest,
        optimizer_text,
        weights_digest,
    )

    labels = labels_of(workload.train[1], "train")
    together = _copies(workload.train[0], labels)
    with seeded(0):
        model = _compiled(workload)
        if _compiled(workload) is model:
            raise UsageError(
                "build_model returned the same model twice: return a new one each time"
            )
        frozen = weights_digest(model.non_trainable_weights)
        classes = _tried(workload, model, labels[: settings.batch_size])
    folds = _folds(labels, together, settings)
    parts = folds.split(0)
    summary: list[str] = []
    model.summary(print_fn=lambda line, line_break=True: summary.append(line))
    test = workload.test
    protocol = ModelProtocol(
        data=workload.name,
        fingerprint=_fingerprint(workload.train),
        classes=classes,
        train_size=len(parts.train),
        val_size=folds.smallest(),
        test_size=0 if test is None else number_of_rows(test[0], "test"),
        precision=keras.config.dtype_policy().name,
        optimizer=optimizer_text(model.optimizer),
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        shuffle="full",
        resampling="folds",
        folds=settings.folds,
        stratified=settings.stratify,
        groups=_digest_of(together),
        protocol_version=PROTOCOL_VERSION,
        workload=workload.name,
        model=model_digest(model),
        frozen_weights=frozen,
        trained_parameters=_count(model.trainable_weights),
        frozen_parameters=_count(model.non_trainable_weights),
        loss=loss_text(model.loss),
        metric=workload.metric,
        keras=f"{keras.backend.backend()} {keras.__version__}",
        test_fingerprint="" if test is None else _fingerprint(test),
    )
    return ModelWorkload(workload, settings, protocol, labels, together, "\n".join(summary) + "\n")


def labels_of(targets: ArrayLike, name: str) -> NDArray[np.int64]:
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
        is_one_hot = ((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all()
        labels = values.argmax(axis=1)
    else:
        values = values.reshape(len(values), -1)
        is_number = values.dtype.kind in "iufb" and values.shape[1] == 1
        labels = values[:, 0].astype(np.int64) if is_number else np.zeros(len(values), np.int64)
        is_one_hot = is_number and bool((labels == values[:, 0]).all() and labels.min() >= 0)
    if not is_one_hot or labels.max() > np.iinfo(np.uint16).max:
        raise UsageError(
            f"the targets of {name} are not classes: they are whole numbers from 0 to 65535, or "
            "rows with a single 1"
        )
    return np.asarray(labels, np.int64)


def _compiled(workload: Workload) -> Any:
    """Build the model, and compile it if that is left to us."""
    from lr_study.support import keras

    try:
        model = workload.build_model()
    except Exception as error:  # whatever code of theirs raises
        raise UsageError(
            f"build_model of {workload.name} failed ({one_line(error)}){_kept_traceback()}"
        ) from error
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
                "to the workload, or compile it with metrics=['accuracy']"
            )
        optimizer = workload.optimizer
        if isinstance(optimizer, keras.optimizers.Optimizer):  # each model needs its own
            optimizer = type(optimizer).from_config(optimizer.get_config())
        model.compile(optimizer=optimizer, loss=workload.loss, metrics=["accuracy"])
    if getattr(model.optimizer, "gradient_accumulation_steps", None):
        raise UsageError("gradient_accumulation_steps is not supported by studies: leave it out")
    return model


def _tried(workload: Workload, model: Any, labels: NDArray[np.int64]) -> int:
    """Evaluate a batch, so that a model that does not fit is known before anything is trained.

    Return the number of classes.
    """
    inputs, targets = _as_arrays(workload.train)
    rows = np.arange(len(labels))
    try:
        values = model.test_on_batch(rows_of(inputs, rows), targets[rows], return_dict=True)
        outputs = model.predict_on_batch(rows_of(inputs, rows))
    except Exception as error:
        raise UsageError(
            f"the model of {workload.name} does not fit its examples "
            f"({one_line(error)}){_kept_traceback()}"
        ) from error
    if workload.metric not in values:
        raise UsageError(
            f"metric={workload.metric} is not allowed: the metrics of the model are "
            f"{', '.join(sorted(values))}; compile it with metrics=['accuracy']"
        )
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
                f"the targets of {name} have a class {highest}, but the model has {classes}"
            )
    return classes


def _kept_traceback() -> str:
    """Keep the traceback of the exception that is handled; return where, for a message."""
    file = make_state_folder("errors") / "traceback.txt"
    file.write_text(traceback.format_exc(), encoding="utf-8")
    return f"; the traceback is in {file}"


def _as_arrays(pair: tuple[Arrays, ArrayLike]) -> tuple[Arrays, NDArray[Any]]:
    inputs, targets = pair
    names = list(named_arrays(inputs))
    return (names[0][1] if len(names) == 1 and not names[0][0] else inputs), np.asarray(targets)


def _fingerprint(pair: tuple[Arrays, ArrayLike]) -> str:
    return array_fingerprint([("inputs", pair[0]), ("targets", np.asarray(pair[1]))])


def _copies(inputs: Arrays, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each example the first one that is equal to it, with which it stays in one fold."""
    arrays = [np.ascontiguousarray(array) for _, array in named_arrays(inputs)]
    first: dict[tuple[object, ...], int] = {}
    groups = np.empty(len(labels), np.int64)
    for i, label in enumerate(labels.tolist()):
        content = (label, *(sha256(array[i].tobytes()).digest() for array in arrays))
        groups[i] = first.setdefault(content, i)
    return groups


def _folds(
    labels: NDArray[np.int64], together: NDArray[np.int64], settings: ModelSettings
) -> Folds:
    return Folds(labels.astype(np.int32), together, settings.folds, settings.stratify)


def _digest_of(together: NDArray[np.int64]) -> str:
    if len(np.unique(together)) == len(together):
        return ""
    return short_hash(canonical_json(together.tolist()))


def _count(weights: list[Any]) -> int:
    return int(sum(np.prod(weight.shape) for weight in weights))
