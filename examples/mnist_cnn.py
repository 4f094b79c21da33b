"""A convolutional network on MNIST: in this folder,

    lr-study study --workload mnist_cnn:workload --grid modern --seeds 5

Keras downloads MNIST; where it cannot, MNIST_DIR is a folder with its four files.
"""

import os
from pathlib import Path

import keras
import numpy as np

import lr_study


def build_model():
    """Return a network of 122,000 parameters."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *(layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D()),
            *(layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D()),
            *(layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dropout(0.5)),
            layers.Dense(10, activation="softmax"),
        ]
    )


def read_idx(file):
    """Return the array in one of MNIST's files: its shape stands before its bytes."""
    content = np.fromfile(file, np.uint8)
    start = 4 + 4 * content[3]
    return content[start:].reshape(content[4:start].view(">i4"))


def load_mnist():
    """Return images and labels to train on, and to test on."""
    if "MNIST_DIR" not in os.environ:
        return keras.datasets.mnist.load_data()
    folder, names = Path(os.environ["MNIST_DIR"]), ("images-idx3-ubyte", "labels-idx1-ubyte")
    return [[read_idx(folder / f"{part}-{name}") for name in names] for part in ("train", "t10k")]


def workload():
    """Return what is studied."""
    pairs = [(x[..., None] / np.float32(255), y.astype(int)) for x, y in load_mnist()]
    return lr_study.Workload(
        build_model,
        train=pairs[0],
        test=pairs[1],
        epochs=3,
        batch_size=128,
        name="mnist-cnn",
        optimizer=keras.optimizers.SGD(momentum=0.9),
        loss="sparse_categorical_crossentropy",
    )
