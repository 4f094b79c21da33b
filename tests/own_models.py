"""Models of one's own for the tests: small ones on scikit-learn's digits."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from lr_study.runs import ModelSettings
from lr_study.studies.own_workload import Workload

EXAMPLES = 60


def digits(examples: int = EXAMPLES) -> tuple[np.ndarray, np.ndarray]:
    """Real images of 8 × 8 pixels, (examples, 8, 8, 1), and their classes."""
    images, labels = load_digits(return_X_y=True)
    return (images[:examples].reshape(-1, 8, 8, 1) / 16).astype(np.float32), labels[:examples]


def small_net(units: int = 10, optimizer: Any = None, **compiled: Any) -> Any:
    """A network with dropout, so that it draws random numbers while it trains."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    if compiled.pop("compile", True):
        usual = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
        model.compile(optimizer=optimizer or "sgd", **usual | compiled)
    return model


def workload(build: Callable[[], Any] = small_net, **changes: Any) -> Workload:
    """A workload of the net on the digits."""
    usual = {"train": digits(), "epochs": 2, "batch_size": 16, "name": "own"}
    return Workload(build, **usual | changes)


def build(**changes: Any) -> Callable[[], Any]:
    return partial(small_net, **changes)


def settings_of(given: Workload, **changes: Any) -> ModelSettings:
    return ModelSettings(epochs=given.epochs, batch_size=given.batch_size, **changes)


def fragile_net() -> Any:
    """A network that cannot be trained at high rates."""
    import keras

    class Fragile(keras.Sequential):
        def fit(self, *arguments: Any, **options: Any) -> Any:
            if float(self.optimizer.learning_rate) > 0.4:
                raise ArithmeticError("too high a rate")
            return super().fit(*arguments, **options)

    model = Fragile(small_net().layers)
    model.compile("sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
