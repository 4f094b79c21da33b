"""Per-image results of paired runs, arranged by repetition and image for the rule of folds.

Seed s of runs on K folds held out fold s mod K of repetition s div K. A repetition of which a seed
is missing says nothing of the images in its fold, and is left out.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.paired_scores import PairedScores
from lr_study.runs import ImageResults
from lr_study.support import UsageError

COLUMN = "image_results"
"""The column of runs that holds their `ImageResults`, or None."""

RANDOM_SEED = 16
"""The same runs give the same ranking: every comparison draws from a generator with this seed."""

IMAGE_METRICS = {"val_accuracy": True, "val_loss": False}
"""The metrics that are means over images, so that per-image results tell them, and whether higher
is better."""


def has_image_results(paired: PairedScores) -> bool:
    """Whether every run has results for each image that validated it."""
    if COLUMN not in paired.runs or not paired.seeds:
        return False
    return all(isinstance(results, ImageResults) for results in paired.runs[COLUMN])


def image_scores(paired: PairedScores, metric: str, folds: int) -> ImageScores:
    """Arrange the results of whole repetitions: (policies, repetitions, images).

    Parameters
    ----------
    paired
        Runs with image results whose seeds are whole repetitions.
    metric
        One of `IMAGE_METRICS`: right or wrong; or the log-loss, in nats.

    Raises
    ------
    UsageError
        If the runs of a seed did not validate the same images, the folds of a repetition are not a
        division of all images, folds are stratified and runs disagree about the class of an image,
        or runs disagree about which images are similar: these runs cannot be compared image by
        image.
    """
    runs = _by_policy(paired, paired.runs[COLUMN])
    images = runs[0][0].images
    fold = fold_of_each_image(runs[0], folds)
    values = np.empty((len(runs), len(fold), images))
    for p, of_policy in enumerate(runs):
        for i, results in enumerate(of_policy):
            expected = runs[0][i].validated
            if results.images != images or not np.array_equal(results.validated, expected):
                raise UsageError(f"the runs of seed {paired.seeds[i]} validated different images")
            values[p, i // folds, expected] = (
                results.right
                if metric == "val_accuracy"
                else -results.log_probability.astype(float)
            )
    resolution = 1.0 if metric == "val_accuracy" else 0.0
    is_stratified = bool(paired.protocol.get("stratified"))
    classes = class_of_each_image(paired.runs[COLUMN], images) if is_stratified else None
    groups = group_of_each_image(paired.runs[COLUMN], images)
    return ImageScores(values, fold, folds, resolution, classes, groups)


def _by_policy(paired: PairedScores, column: pd.Series) -> list[list[ImageResults]]:
    each = list(column)
    count = len(paired.seeds)
    return [each[start : start + count] for start in range(0, len(each), count)]


def fold_of_each_image(runs: Sequence[ImageResults], folds: int) -> NDArray[np.int64]:
    """Return (repetitions, images): the fold in which each image validated.

    Parameters
    ----------
    runs
        The results of one policy under the seeds of whole repetitions, in order.

    Raises
    ------
    UsageError
        If the folds of a repetition are not a division of all images.
    """
    images = runs[0].images
    fold = np.full((len(runs) // folds, images), -1, np.int64)
    for i, results in enumerate(runs):
        in_fold = fold[i // folds]
        if results.images != images or (in_fold[results.validated] >= 0).any():
            raise UsageError("an image validated twice in one repetition of the folds")
        in_fold[results.validated] = i % folds
    if (fold < 0).any():
        raise UsageError("an image validated in no fold of a repetition")
    return fold


def class_of_each_image(results: Iterable[ImageResults], images: int) -> NDArray[np.int64]:
    """Return (images,): the class of each image, by runs of which each image validated in some.

    Raises
    ------
    UsageError
        If an image has different classes in two runs.
    """
    return _of_each_image("classes", results, images)


def group_of_each_image(results: Iterable[ImageResults], images: int) -> NDArray[np.int64]:
    """Return (images,): the first image of the group of each, by runs as above.

    Raises
    ------
    UsageError
        If an image has different groups in two runs.
    """
    return _of_each_image("groups", results, images)


def _of_each_image(name: str, results: Iterable[ImageResults], images: int) -> NDArray[np.int64]:
    found = np.full(images, -1, np.int64)
    for of_run in results:
        known, own = found[of_run.validated], getattr(of_run, name)
        if ((known >= 0) & (known != own)).any():
            raise UsageError(f"an image has different {name} in two runs")
        found[of_run.validated] = own
    return found


def right_on_test(paired: PairedScores) -> NDArray[np.float64] | None:
    """Return 1 for each image of the test set that a run had right: (policies, seeds, images).

    None if a run does not tell, or if their test sets differ in size.
    """
    if not has_image_results(paired):
        return None
    tests = [results.test_right for results in paired.runs[COLUMN]]
    known = [test for test in tests if test is not None]
    if len(known) < len(tests) or len({len(test) for test in known}) != 1:
        return None
    shape = len(paired.policies), len(paired.seeds), -1
    return np.stack(known).astype(np.float64).reshape(shape)
