"""Tables for a network: numbers are standardised and categories encoded; and the network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from lr_study.support import keras

Columns = Mapping[str, NDArray[Any]]
"""``numbers``, (rows, columns), and ``categories``, their codes from 0, (rows, columns)."""


@dataclass(frozen=True)
class TableEncoder:
    """Learns from the rows of a training set how columns become inputs of a network.

    Attributes
    ----------
    categories
        How many categories each column of them has in the whole table, so that the network has the
        same inputs whichever rows it trains on.

    Examples
    --------
    >>> rows = {"numbers": np.array([[1.0], [3.0]]), "categories": np.array([[0], [0]])}
    >>> encode = TableEncoder((2,))(rows)
    >>> encode({"numbers": np.array([[5.0]]), "categories": np.array([[1]])}).tolist()
    [[3.0, 0.0, 0.0]]
    """

    categories: tuple[int, ...]

    def __call__(self, train: Columns) -> Callable[[Columns], NDArray[np.float32]]:
        """Return the encoding of any rows: mean 0 and variance 1 of the training set, and one-hot.

        A category that the training set does not have is encoded as none.
        """
        scaler = StandardScaler() if train["numbers"].shape[1] else None
        if scaler is not None:
            scaler.fit(train["numbers"])
        one_hot = None
        if self.categories:
            known = [np.arange(count) for count in self.categories]
            one_hot = OneHotEncoder(categories=known, sparse_output=False)
            has_trained = one_hot.fit_transform(train["categories"]).any(axis=0)

        def encode(rows: Columns) -> NDArray[np.float32]:
            parts = []
            if scaler is not None:
                parts.append(scaler.transform(rows["numbers"]))
            if one_hot is not None:
                parts.append(one_hot.transform(rows["categories"]) * has_trained)
            return np.hstack(parts).astype(np.float32)

        return encode


@keras.saving.register_keras_serializable("lr_study")
class ErrorInUnits(keras.metrics.MeanAbsoluteError):  # type: ignore[misc]
    """The mean absolute error of a standardised target, in the unit that the target had.

    >>> error = ErrorInUnits(unit=10.0)
    >>> error.update_state([[0.0], [1.0]], [[0.5], [1.0]])
    >>> float(error.result())
    2.5
    """

    def __init__(self, unit: float, name: str = "mae", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.unit = unit

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Add the errors of a batch."""
        true, predicted = (keras.ops.convert_to_tensor(values) for values in (y_true, y_pred))
        return super().update_state(true * self.unit, predicted * self.unit, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return what builds an equal metric."""
        return {**super().get_config(), "unit": self.unit}


def table_network(
    inputs: int,
    hidden: Sequence[int],
    *,
    optimizer: str,
    classes: int | None = None,
    unit: float = 1.0,
) -> Any:
    """Return a new compiled network of dense layers with ReLU.

    Parameters
    ----------
    inputs
        Columns of what `TableEncoder` returns.
    hidden
        Units of each hidden layer.
    optimizer
        Its name.
    classes
        Classes to tell apart; None for a regression.
    unit
        Of a regression, what 1 of the standardised target is.
    """
    metric: Any
    layers = [keras.layers.Dense(units, activation="relu") for units in hidden]
    if classes is None:
        last = keras.layers.Dense(1)
        loss, metric = "mean_squared_error", ErrorInUnits(unit)
    else:
        last = keras.layers.Dense(classes, activation="softmax")
        loss, metric = "sparse_categorical_crossentropy", "accuracy"
    model = keras.Sequential([keras.Input((inputs,)), *layers, last])
    model.compile(optimizer=optimizer, loss=loss, metrics=[metric])
    return model
