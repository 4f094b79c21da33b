"""Extract the features of every image once, and read them from the cache afterwards.

One thread per core takes a batch of images, decodes it and passes it through the backbone, so that
one batch is decoded while another is in the backbone, and all cores stay busy. Another decoder may
make other pixels of the same files: its features are extracted anew, and its pixels recorded.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.data import (
    ImageError,
    ImageSet,
    digest_of_pixels,
    record_pixels,
    recorded_pixels,
    write_left_out,
)
from lr_study.features.backbones import Weights, build_backbone
from lr_study.features.feature_cache import (
    FeatureSet,
    PartialFeatures,
    cache_folder,
    cache_key,
    cache_key_of_before,
    read_features,
    same_features,
)
from lr_study.runs import BACKBONES
from lr_study.support import LrStudyError, available_cpus, hold_lock, progress_bar

BATCH_SIZE = 32
"""Images per forward pass. The last batch is padded, so that no feature depends on its size."""


def load_features(
    image_set: ImageSet, backbone: str, weights: Weights, image_size: int
) -> FeatureSet:
    """Return the features of all images, from the cache or extracted now.

    One process at a time extracts the features of a data set; others wait and read the result. A
    cached file that was altered or truncated is detected by its checksum, and extracted again.
    Cached features can be read even if the cache is read-only.

    Parameters
    ----------
    image_set
        The images.
    backbone
        As `build_backbone` takes it.
    weights
        The weights of the backbone, as `resolve_weights` returns them.
    image_size
        Height and width that images are resized to, in pixels.

    Raises
    ------
    UsageError
        If the backbone is unknown, or the image size is too small.
    LrStudyError
        If the weights do not fit, the cache is full or not writable, or an image cannot be read at
        the moment or changed since the set was listed. Nothing is kept of such an image.
    """
    folder = cache_folder(cache_key(image_set, backbone, weights, image_size))
    features = read_features(folder)
    try:
        if features is None:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with hold_lock(folder.with_suffix(".lock")):
                features = read_features(folder)  # another process may have extracted it meanwhile
                if features is None:
                    _extract(image_set, backbone, weights, image_size, folder)
                    features = read_features(folder)
                    assert features is not None
    except OSError as error:
        raise LrStudyError(
            f"the features cannot be written to {str(folder.parent)!r} "
            f"({error.strerror or error}): make room, or set LR_STUDY_CACHE to another folder"
        ) from error
    if recorded_pixels(image_set.fingerprint, image_size) is None:
        key = cache_key_of_before(image_set, backbone, weights, image_size)
        before = read_features(cache_folder(key))
        as_before = before is None or same_features(before, features, image_set.paths)
        record_pixels(image_set.fingerprint, image_size, features.pixels, as_before=as_before)
    write_left_out(image_set.fingerprint, features.left_out, features.remarks)
    return features


def _extract(
    image_set: ImageSet, backbone: str, weights: Weights, image_size: int, folder: Path
) -> None:
    forward, features = _forward_pass(backbone, weights, image_size)
    total = len(image_set.paths)
    partial = PartialFeatures(folder.with_suffix(".partial"), total, features, BATCH_SIZE)

    def extract_batch(start: int) -> None:
        images, left_out, remarks = _decode(image_set, start, image_size)
        paths = image_set.paths[start : start + BATCH_SIZE]
        values = forward(images)[: len(paths)]
        values[[path in left_out for path in paths]] = 0
        pixels = [
            "" if path in left_out else digest_of_pixels(image)
            for path, image in zip(paths, images, strict=False)
        ]
        partial.write(start, values, left_out=left_out, remarks=remarks, pixels=pixels)

    def size(start: int) -> int:
        return min(BATCH_SIZE, total - start)

    missing = partial.missing()
    with (
        progress_bar("extracting features", total, "images") as bar,
        ThreadPoolExecutor(available_cpus()) as pool,
    ):
        bar.advance(total - sum(map(size, missing)))
        futures = {pool.submit(extract_batch, start): start for start in missing}
        try:
            for future in as_completed(futures):
                future.result()
                bar.advance(size(futures[future]))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    partial.complete(folder)


def _forward_pass(
    backbone: str, weights: Weights, image_size: int
) -> tuple[Callable[[NDArray[np.uint8]], NDArray[np.float32]], int]:
    """Compile the backbone into a function from a full batch of images to features.

    Returns
    -------
    forward, features
        The function, and how many features it computes from an image.
    """
    from lr_study.features.folding import fold_batch_norms
    from lr_study.support import dtype_policy, tf, warn_of_threads

    warn_of_threads()
    with dtype_policy("float32"):
        model = build_backbone(backbone, weights, image_size)
        if backbone in BACKBONES:  # what precedes a norm elsewhere may be no convolution
            model = fold_batch_norms(model)

    @tf.function(
        input_signature=[tf.TensorSpec((BATCH_SIZE, image_size, image_size, 3), tf.uint8)],
    )
    def forward(images: Any) -> Any:
        return model(tf.cast(images, tf.float32), training=False)

    return lambda images: np.asarray(forward(images).numpy()), model.output_shape[-1]


def _decode(
    image_set: ImageSet, start: int, image_size: int
) -> tuple[NDArray[np.uint8], dict[str, str], dict[str, str]]:
    """Decode a batch into (BATCH_SIZE, size, size, 3); padding and unusable images are black.

    Returns
    -------
    images, left_out, remarks
        The last two by path: why an image cannot be used, and what is remarkable about others.
    """
    images = np.zeros((BATCH_SIZE, image_size, image_size, 3), np.uint8)
    left_out = {}
    remarks: dict[str, str] = {}
    for i, path in enumerate(image_set.paths[start : start + BATCH_SIZE]):
        try:
            images[i], remark = image_set.load(start + i, image_size)
        except ImageError as error:
            left_out[path] = str(error)
        else:
            if remark is not None:
                remarks[path] = remark
    return images, left_out, remarks
