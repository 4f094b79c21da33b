"""What training one run at a time costs beyond the same model in a tuned Keras ``fit``.

    python benchmarks/live.py [head|blocks|cnn ...]

trains EfficientNet-Lite0 (the head alone, and with its last two blocks) on generated images, and a
small CNN on 6,000 generated images of 28 x 28 pixels: as a study does, with results of each image
and a checkpoint, and in Keras ``fit`` on a ``tf.data`` pipeline (cache, shuffle, prefetch, several
steps per execution). Both take turns, epoch by epoch, in one process, with validation, so that what
else runs on the machine slows both. The first epoch of each, in which it is traced, is left out.
The exit code is 1 if an epoch of ours takes more than 1 / 0.95 of the other's.
"""

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

GOAL = 0.95
EPOCHS = {"head": 6, "blocks": 6, "cnn": 14}
IMAGES, SIZE, CLASSES = 240, 96, 10
DIGITS = 6000


class Turns:
    """Lets two threads run epochs one after the other; keeps how long each epoch took."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {"ours": [], "keras": []}
        self._changed = threading.Condition()
        self._turn = "ours"
        self._started = time.perf_counter()

    def begin(self, name: str) -> None:
        """Wait for the first turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._turn == name)
            self._started = time.perf_counter()

    def end_epoch(self, name: str) -> None:
        """Let the other one run, and wait until it has."""
        self.seconds[name].append(time.perf_counter() - self._started)
        self.leave(name)
        self.begin(name)

    def leave(self, name: str) -> None:
        """Let the other one run."""
        with self._changed:
            self._turn = "keras" if name == "ours" else "ours"
            self._changed.notify_all()


def pipeline(inputs: np.ndarray, labels: np.ndarray, batch_size: int, *, shuffle: bool) -> Any:
    """Return the batches as a tuned pipeline gives them."""
    from lr_study.support.runtime import tf

    data = tf.data.Dataset.from_tensor_slices((inputs, labels)).cache()
    if shuffle:
        data = data.shuffle(len(labels))
    data = data.batch(batch_size).map(lambda x, y: (tf.cast(x, tf.float32), y))
    return data.prefetch(tf.data.AUTOTUNE)


def images(train: str, turns: Turns, epochs: int) -> dict[str, Callable[[], None]]:
    """Return both ways to train Lite0 on images."""
    from lr_study.features import build_backbone, resolve_weights, set_trained
    from lr_study.policies import parse
    from lr_study.runs import RunSpec, Settings
    from lr_study.support.runtime import keras
    from lr_study.training import LabeledImages, train_live
    from lr_study.training.history import initial_head
    from lr_study.training.image_model import with_head

    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (IMAGES, SIZE, SIZE, 3), dtype=np.uint8)
    labels = draw.integers(0, CLASSES, IMAGES, dtype=np.int32)
    rows = np.arange(IMAGES)
    train_rows, validation = rows[: IMAGES * 4 // 5], rows[IMAGES * 4 // 5 :]
    weights = resolve_weights("efficientnet-lite0", "imagenet")
    settings = Settings(engine="live", train=train, image_size=SIZE, epochs=epochs, batch_size=32)

    def ours() -> None:
        examples = LabeledImages(
            lambda i, size: pixels[i], labels, CLASSES, train_rows, validation, rows[:0]
        )
        spec = RunSpec(parse("fixed:lr=0.001"), 0, settings)
        train_live(examples, spec, weights, on_epoch=lambda _: turns.end_epoch("ours"))

    def plain() -> None:
        backbone = build_backbone("efficientnet-lite0", weights, SIZE)
        set_trained(backbone, train)
        model = with_head(backbone, initial_head(0, 1280, CLASSES))
        model.compile(
            keras.optimizers.Adam(0.001),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
            steps_per_execution=2,
        )
        fit(model, pixels, labels, train_rows, validation, settings.batch_size, epochs, turns)

    return {"ours": ours, "keras": plain}


def cnn(turns: Turns, epochs: int) -> dict[str, Callable[[], None]]:
    """Return both ways to train a CNN of one's own."""
    import lr_study
    from lr_study.policies import parse
    from lr_study.runs import RunSpec, Settings
    from lr_study.studies.model_workload import prepare_model
    from lr_study.studies.subjects import model_settings
    from lr_study.support.runtime import keras
    from lr_study.training import Checkpoint

    draw = np.random.default_rng(0)
    inputs = draw.random((DIGITS, 28, 28, 1), dtype=np.float32)
    labels = draw.integers(0, CLASSES, DIGITS)

    def build_model() -> Any:
        layers = keras.layers
        return keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(16, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(32, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.5),
                layers.Dense(CLASSES, activation="softmax"),
            ]
        )

    workload = lr_study.Workload(
        build_model,
        train=(inputs, labels),
        epochs=epochs,
        batch_size=128,
        name="cnn",
        optimizer=keras.optimizers.Adam(),
        loss="sparse_categorical_crossentropy",
    )
    settings = model_settings(workload, Settings())
    prepared = prepare_model(workload, settings)

    def ours() -> None:
        (_,) = prepared.trainer(0).train(
            [RunSpec(parse("fixed:lr=0.001"), 0, settings)],
            checkpoint=Checkpoint(),
            on_epoch=lambda _: turns.end_epoch("ours"),
        )

    def plain() -> None:
        model = build_model()
        model.compile(
            keras.optimizers.Adam(0.001),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
            steps_per_execution=16,
        )
        parts = prepared.folds.split(0)
        fit(model, inputs, labels, parts.train, parts.validation, 128, epochs, turns)

    return {"ours": ours, "keras": plain}


def fit(
    model: Any,
    inputs: np.ndarray,
    labels: np.ndarray,
    train: np.ndarray,
    validation: np.ndarray,
    batch_size: int,
    epochs: int,
    turns: Turns,
) -> None:
    """Train in Keras ``fit``, and take turns."""
    from lr_study.support.runtime import keras

    end = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: turns.end_epoch("keras"))
    turns.begin("keras")
    model.fit(
        pipeline(inputs[train], labels[train], batch_size, shuffle=True),
        validation_data=pipeline(inputs[validation], labels[validation], batch_size, shuffle=False),
        epochs=epochs,
        callbacks=[end],
        verbose=0,
    )


def measure(name: str) -> float:
    """Train both; return the ratio of Keras's epoch to ours, the median of all turns."""
    turns, epochs = Turns(), EPOCHS[name]
    if name == "cnn":
        both = cnn(turns, epochs)
    else:
        both = images("head" if name == "head" else "2", turns, epochs)

    def run(who: str, train: Callable[[], None]) -> None:
        try:
            train()
        finally:
            turns.leave(who)

    threads = [threading.Thread(target=run, args=item) for item in both.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ours, plain = (turns.seconds[who][1:] for who in ("ours", "keras"))
    ratio = statistics.median(k / o for o, k in zip(ours, plain, strict=True))
    print(
        f"{name}: ours {statistics.median(ours):.3f} s an epoch, Keras "
        f"{statistics.median(plain):.3f} s, ratio {ratio:.2f}",
        flush=True,
    )
    return ratio


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=list(EPOCHS), help=", ".join(EPOCHS))
    from lr_study.support.runtime import use_available_cpus

    use_available_cpus()
    return int(min(map(measure, parser.parse_args().names)) < GOAL)


if __name__ == "__main__":
    sys.exit(main())
