"""A Keras model of one's own, as its user declares it."""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.policies import importable_from_here, source_digest
from lr_study.runs import ACCURACY, Metric, is_share
from lr_study.studies.user_code import in_one_line
from lr_study.support import UsageError, text, whole_number


@dataclass(frozen=True, eq=False)
class Workload:
    """A Keras model, and the examples that it is trained and tested on.

    `lr_study.study` trains it at every policy under every seed. The seed decides the fold that
    validates, the initial weights, the order of batches, and what layers draw while they train.

    Parameters
    ----------
    build_model
        Takes nothing and returns a new Keras model each time: compiled, but for its learning rate,
        which the policy sets; or not compiled, with ``optimizer`` and ``loss`` given here.
    train
        Inputs and targets: arrays whose first axis is examples; several inputs, or targets of
        several outputs, as a list or a dict of arrays. Of a classifier, targets are classes from 0,
        or one-hot.
    test
        The same of a test set, which no policy is chosen by; None for none.
    epochs, batch_size
        Passes over the training set, and examples per batch.
    name
        What runs and rankings call it.
    optimizer, loss
        What the model is compiled with, if ``build_model`` does not compile it.
    metric
        The metric of the model that policies are ranked by, with ``val_`` or without. The accuracy
        of a model with one output is that of a classifier, of which single examples are judged.
    higher_is_better
        Which values of it are better; None if its name tells, as ``mae`` and ``auc`` do.

    preprocessing
        Learns from the inputs of a training set, under each seed, and returns what turns inputs
        into those of the model, such as their standardisation; None for inputs as they are.

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
    >>> import numpy as np
    >>> x, y = np.zeros((30, 4), np.float32), np.arange(30) % 3
    >>> loss = "sparse_categorical_crossentropy"
    >>> Workload(build, train=(x, y), optimizer="sgd", loss=loss, epochs=2, name="irises").epochs
    2
    """

    build_model: Callable[[], Any]
    train: tuple[Any, Any]
    test: tuple[Any, Any] | None = None
    epochs: int = 10
    batch_size: int = 32
    name: str = "model"
    optimizer: Any = None
    loss: Any = None
    metric: str = "accuracy"
    higher_is_better: bool | None = None
    preprocessing: Callable[[Any], Callable[[Any], Any]] | None = None

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
                object.__setattr__(self, name, self._checked(name, pair))
        object.__setattr__(self, "metric", self.metric.removeprefix("val_"))
        if self.higher_is_better not in (None, True, False):
            raise UsageError(
                f"higher_is_better={self.higher_is_better!r} is not allowed: it is True or False"
            )
        _ = self.ranked_by, self.preprocessing_text  # they say what is missing

    @property
    def classifies(self) -> bool:
        """Whether it is ranked by the accuracy of its one output."""
        return (
            is_share(self.metric)
            and "top" not in self.metric
            and isinstance(self.train[1], np.ndarray)
        )

    @property
    def ranked_by(self) -> Metric:
        """The metric that policies are ranked by."""
        name = ACCURACY.name if self.classifies else self.metric
        return Metric.named(name, self.higher_is_better)

    @property
    def preprocessing_text(self) -> str:
        """What the protocol calls the preprocessing: a function by the digest of its source."""
        given = self.preprocessing
        if given is None:
            return ""
        if inspect.isfunction(given):
            return f"{given.__qualname__}@{source_digest(given)}"
        if callable(given) and is_dataclass(given) and not isinstance(given, type):
            return repr(given)
        raise UsageError(
            f"preprocessing={given!r} is not allowed: it is a function, or a dataclass that can be "
            "called, of the inputs of a training set"
        )

    def fitted(self, rows: NDArray[np.int64]) -> Callable[[Any], Any]:
        """Return what turns inputs into those of the model, learned from rows of the training set.

        Raises
        ------
        UsageError
            If the preprocessing fails, or what it returns; in one line.
        """
        from lr_study.training import as_arrays, number_of_rows, rows_of

        learn, failed = self.preprocessing, f"the preprocessing of {self.name} failed"
        if learn is None:
            return lambda inputs: inputs
        with in_one_line(failed):
            convert = learn(rows_of(self.train[0], rows))

        def converted(inputs: Any) -> Any:
            with in_one_line(failed):
                found = as_arrays(convert(inputs))
            before, after = number_of_rows(inputs, "inputs"), number_of_rows(found, "preprocessing")
            if before != after:
                raise UsageError(f"{failed}: of {before} examples it made {after}")
            return found

        return converted

    def _checked(self, name: str, pair: Any) -> tuple[Any, Any]:
        from lr_study.training import as_arrays, as_targets, number_of_rows

        if not isinstance(pair, tuple) or len(pair) != 2:
            raise UsageError(f"{name} is not allowed: it is a tuple of inputs and targets, (x, y)")
        inputs, targets = as_arrays(pair[0]), as_targets(pair[1])
        examples, of_targets = number_of_rows(inputs, name), number_of_rows(targets, name)
        if examples != of_targets:
            raise UsageError(f"{name} has {examples} inputs, but {of_targets} targets")
        return inputs, targets


def import_workload(path: str) -> Workload:
    """Return the workload ``module:attribute``; a function without arguments is called for it.

    Raises
    ------
    UsageError
        If there is none.
    """
    module, colon, attribute = path.partition(":")
    if not (module and colon and attribute):
        raise UsageError(
            f"workload={path} is not allowed: it is images, tabular, or MODULE:ATTRIBUTE of a "
            "Workload"
        )
    with in_one_line(f"workload={path} cannot be imported from here or PYTHONPATH"):
        with importable_from_here():
            found: Any = importlib.import_module(module)
        for name in attribute.split("."):
            found = getattr(found, name)
        made = found() if callable(found) and not isinstance(found, Workload) else found
    if not isinstance(made, Workload):
        raise UsageError(f"workload={path} is a {type(made).__name__}, not an lr_study.Workload")
    return made
