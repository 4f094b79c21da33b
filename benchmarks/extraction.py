"""How close feature extraction comes to the speed of the backbone's forward pass.

    python benchmarks/extraction.py [FOLDER]

uses up to 960 images of a folder of class folders (Debian's openclipart-png by default, or else the
sample) and prints the images per second of

- the forward pass of the backbone as Keras builds it, on images that are already decoded;
- the forward pass with folded batch norms, as feature extraction runs it;
- decoding alone, which shares the cores with the forward pass during an extraction;
- feature extraction: `load_features` into an empty cache, from image files to disk.

All of them use one thread per core, and one thread per TensorFlow operation. They take turns; the
medians are printed.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from lr_study.data import ImageError, load_image, locate, scan
from lr_study.features.backbones import build_backbone, resolve_weights
from lr_study.features.extraction import BATCH_SIZE, load_features
from lr_study.features.folding import fold_batch_norms
from lr_study.support import available_cpus
from lr_study.support.runtime import keras, tf, use_one_thread_per_op

OPENCLIPART = Path("/usr/share/openclipart/png")
IMAGES, SIZE, BACKBONE, REPEATS = 960, 224, "efficientnet-lite0", 3


def some_images(folder: str | None):
    """An image set of at most IMAGES images, spread over the folder."""
    data = folder or (str(OPENCLIPART) if OPENCLIPART.is_dir() else "sample")
    image_set = scan(*locate(data))
    usable = []
    step = max(1, -(-len(image_set.paths) // IMAGES))
    for row in range(0, len(image_set.paths), step):
        try:
            load_image(image_set.root / image_set.paths[row], SIZE)
        except ImageError:
            continue
        usable.append(row)
    rows = usable[: len(usable) // BATCH_SIZE * BATCH_SIZE]
    return replace(
        image_set,
        paths=tuple(image_set.paths[row] for row in rows),
        labels=image_set.labels[rows],
        digests=tuple(image_set.digests[row] for row in rows),
        fingerprint=f"{image_set.fingerprint[:40]}-{len(rows)}",
    )


def forward_of(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    shape = tf.TensorSpec((BATCH_SIZE, SIZE, SIZE, 3), tf.uint8)
    compiled = tf.function(
        lambda images: model(tf.cast(images, tf.float32), training=False),
        input_signature=[shape],
    )
    return lambda images: compiled(images).numpy()


def seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    folder = parser.parse_args().folder
    use_one_thread_per_op()
    image_set = some_images(folder)
    files = [image_set.root / path for path in image_set.paths]
    weights = resolve_weights(BACKBONE, "imagenet")
    model = build_backbone(BACKBONE, weights, SIZE)
    forwards = {
        "forward pass": forward_of(model),
        "forward pass, folded": forward_of(fold_batch_norms(model)),
    }
    with ThreadPoolExecutor(available_cpus()) as pool:
        decoded = list(pool.map(lambda file: load_image(file, SIZE), files))
        batches = np.stack(decoded).reshape(-1, BATCH_SIZE, SIZE, SIZE, 3)

        def decode() -> None:
            list(pool.map(lambda file: load_image(file, SIZE), files))

        def extract() -> None:
            with TemporaryDirectory() as cache:
                os.environ["LR_STUDY_CACHE"] = cache
                load_features(image_set, BACKBONE, weights, SIZE)

        works: dict[str, Callable[[], object]] = {
            name: lambda forward=forward: list(pool.map(forward, batches))
            for name, forward in forwards.items()
        }
        works |= {"decoding alone": decode, "feature extraction": extract}
        seconds: dict[str, list[float]] = {name: [] for name in works}
        for work in works.values():
            work()  # compiles, and reads the files once
        for _ in range(REPEATS):
            for name, work in works.items():
                seconds[name].append(seconds_of(work))
    print(
        f"{len(files)} images of {image_set.name}, {BACKBONE}, {SIZE} px, {available_cpus()} cores"
    )
    print(f"{'':26}{'images/s':>11}{'speed / forward pass':>22}")
    forward_seconds = statistics.median(seconds["forward pass"])
    for name, runs in seconds.items():
        median = statistics.median(runs)
        print(f"{name:26}{len(files) / median:11.1f}{forward_seconds / median:22.2f}")


if __name__ == "__main__":
    main()
