"""How much faster many heads train together than one after the other in Keras.

    python benchmarks/heads.py

trains softmax layers on 8,944 x 1,280 features of 20 classes in batches of 16, as the original
study did, and prints seconds per epoch. Each contestant runs in a process of its own, in turns,
several times; the medians count. Building and compiling are left out, and so is validation. Keras
has all cores and is tuned as far as we know how; the ratio is of 18 epochs of its fastest form to
one of ours with 18 heads. The exit code is 1 if that is less than 10.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

ROWS, FEATURES, CLASSES, BATCH_SIZE = 8944, 1280, 20, 16
EPOCHS = 8
HEADS = 18
GOAL = 10


def features(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return rows about one centre per class, and their classes: hard, but not hopeless."""
    labels = rng.integers(0, CLASSES, ROWS, dtype=np.int32)
    centres = rng.normal(scale=0.1, size=(CLASSES, FEATURES))
    return (centres[labels] + rng.normal(size=(ROWS, FEATURES))).astype(np.float32), labels


def in_keras(
    rng: np.random.Generator, *, steps: int = 1, jit: bool = False, data: str = "arrays"
) -> float:
    """Fit one layer; return the seconds of an epoch."""
    from lr_study.support.runtime import keras, tf

    x, y = features(rng)
    model = keras.Sequential(
        [keras.Input((FEATURES,)), keras.layers.Dense(CLASSES, activation="softmax")]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=steps,
        jit_compile=jit,
    )
    ends: list[float] = []
    options = {
        "epochs": EPOCHS,
        "verbose": 0,
        "callbacks": [
            keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: ends.append(time.perf_counter()))
        ],
    }
    if data == "arrays":
        model.fit(x, y, batch_size=BATCH_SIZE, **options)
    else:  # the same batches in each epoch: nothing is left to do but to hand them over
        batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH_SIZE)
        model.fit(batches.cache().prefetch(tf.data.AUTOTUNE), **options)
    return median_step(ends)


def together(rng: np.random.Generator, *, heads: int, policy: str = "fixed") -> float:
    """Train that many heads with `train_heads`; return the seconds of an epoch of all of them."""
    from lr_study.policies import parse
    from lr_study.runs import RunSpec, Settings
    from lr_study.training.batched import Examples, train_heads

    x, y = features(rng)
    rows = np.arange(ROWS)
    examples = Examples(x, y, CLASSES, train=rows, validation=rows[:1], test=rows[:0])
    settings = Settings(epochs=EPOCHS, batch_size=BATCH_SIZE)
    done = 0
    ends: list[float] = []

    def on_epoch(event: object) -> None:
        nonlocal done
        done += 1
        if done >= heads * (len(ends) + 1):
            ends.append(time.perf_counter())

    train_heads(examples, [RunSpec(parse(policy), 0, settings)] * heads, on_epoch=on_epoch)
    return median_step(ends)


def median_step(ends: list[float]) -> float:
    """The usual time from one epoch's end to the next; the first epoch, with compiling, is out."""
    return statistics.median(after - before for before, after in pairwise(ends))


KERAS = {
    "Keras, as usually written": partial(in_keras),
    "Keras, 64 steps a call": partial(in_keras, steps=64),
    "Keras, 64 steps a call, jit": partial(in_keras, steps=64, jit=True),
    "Keras, 64 steps a call, tf.data": partial(in_keras, steps=64, data="tf.data"),
    "Keras, 64 steps a call, tf.data, jit": partial(in_keras, steps=64, jit=True, data="tf.data"),
}
OURS = {
    "train_heads, 1 head": partial(together, heads=1),
    f"train_heads, {HEADS} heads": partial(together, heads=HEADS),
    f"train_heads, {HEADS} heads, rates by step": partial(
        together, heads=HEADS, policy="warmup:epochs=1+cosine:initial_lr=0.001"
    ),
}
CONTESTANTS: dict[str, Callable[[np.random.Generator], float]] = KERAS | OURS


def in_own_process(name: str) -> float:
    command = [sys.executable, __file__, "--only", name]
    return float(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=CONTESTANTS, help="run one, and print its seconds")
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.only:
        print(CONTESTANTS[chosen.only](np.random.default_rng(0)))
        return 0
    seconds: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    for _ in range(chosen.repeats):
        for name, runs in seconds.items():
            runs.append(in_own_process(name))
    median = {name: statistics.median(runs) for name, runs in seconds.items()}
    print(f"{'seconds per epoch':40}  median  of")
    for name, runs in seconds.items():
        print(f"{name:40}  {median[name]:6.3f}  {', '.join(f'{run:.3f}' for run in sorted(runs))}")
    best = min(KERAS, key=lambda name: median[name])
    ratio = HEADS * median[best] / median[f"train_heads, {HEADS} heads"]
    print(
        f"\n{HEADS} epochs of '{best}' to one of {HEADS} heads together: {ratio:.1f} (goal {GOAL})"
    )
    return 0 if ratio >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
