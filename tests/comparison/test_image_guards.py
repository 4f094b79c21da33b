"""Runs whose images do not give their figures, or are not those that their protocol divides."""

from dataclasses import replace

import numpy as np
import pytest
from compared_runs import with_curves
from records import make_record

from lr_study.comparison import compare
from lr_study.comparison.guards import invalid_reasons
from lr_study.runs import LEAST_LOG_PROBABILITY, ImageResults, RunRecord

# 8 of 10 images right; the mean of the logarithms is that of 16 bits.
RIGHT = np.array([True] * 8 + [False] * 2)
LOGS = np.array([-0.1] * 8 + [-2.0] * 2, np.float16)
TESTED = {"test_right": np.array([True] * 4 + [False]), "test_log_probability": LOGS[:5]}
RESULTS = ImageResults(50, np.arange(10), np.zeros(10), RIGHT, LOGS, **TESTED)
SIZES = {"train_size": 40, "val_size": 10, "test_size": 5}
LOSS = 0.48
FOLDS = {"resampling": "folds", "folds": 5, "val_fraction": 0.0}


def made(results: ImageResults | None, accuracy=0.8, loss=LOSS, **protocol) -> RunRecord:
    record = make_record(accuracies=(0.5, accuracy), losses=(1.0, loss), **SIZES | protocol)
    return replace(record, image_results=results)


def reason(record: RunRecord) -> str | None:
    runs = with_curves(record)
    runs["image_results"] = [record.image_results]
    (found,) = invalid_reasons(runs)
    (excluded,) = [run.reason for run in compare(runs).excluded] or [None]
    assert excluded == found
    return found


def test_the_loss_of_a_model_of_ones_own_may_be_another() -> None:
    runs = with_curves(made(RESULTS, loss=0.4))
    runs["image_results"] = [RESULTS]
    runs["protocol"] = [{**runs["protocol"].iloc[0], "loss": "focal"}]
    assert invalid_reasons(runs).tolist() == [None]


def test_results_that_fit_their_run_are_ranked() -> None:
    assert reason(made(RESULTS)) is None
    assert reason(made(None)) is None
    without = replace(RESULTS, test_right=None, test_log_probability=None)
    assert reason(made(without, test_size=0)) is None


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            made(RESULTS, accuracy=0.9),
            "val_accuracy is 0.9, but 8 of 10 images were right after the last epoch",
        ),
        (
            made(RESULTS, accuracy=0.8 + 1e-6),
            "val_accuracy is 0.800001, but 8 of 10 images were right after the last epoch",
        ),
        (
            made(RESULTS, loss=0.4),
            "val_loss ends at 0.4, but the log-loss of its images is 0.479",
        ),
        (
            made(replace(RESULTS, test_right=~TESTED["test_right"])),
            "test_accuracy is 0.8, but 1 of 5 images were right after the last epoch",
        ),
        (
            made(RESULTS, test_size=6),
            "image results of 5 test images, but the protocol has 6",
        ),
        (
            made(replace(RESULTS, images=49)),
            "10 of 49 images validated, which is not as its protocol divides them",
        ),
        (made(RESULTS, val_size=9, train_size=41), "10 of 50 images validated"),
        # Of folds, none is smaller than val_size, and train_size is what is outside the largest.
        (made(RESULTS, **FOLDS | {"val_size": 11, "train_size": 38}), "10 of 50 images validated"),
        (made(RESULTS, **FOLDS | {"val_size": 8, "train_size": 41}), "10 of 50 images validated"),
    ],
)
def test_results_that_do_not_fit_exclude_their_run_with_the_reason(
    record: RunRecord, message: str
) -> None:
    found = reason(record)
    assert found is not None
    assert found.startswith(message)


@pytest.mark.parametrize("sizes", [(10, 40), (9, 40), (9, 39), (10, 38)])
def test_a_fold_may_have_as_many_images_as_the_largest(sizes: tuple[int, int]) -> None:
    val_size, train_size = sizes
    folds = FOLDS | {"val_size": val_size, "train_size": train_size}
    assert reason(made(RESULTS, **folds)) is None


def test_logarithms_of_16_bits_give_the_loss_but_for_their_rounding() -> None:
    rng = np.random.default_rng(0)
    exact = np.log(rng.uniform(0.01, 1, 10))
    results = replace(RESULTS, log_probability=exact.astype(np.float16))
    assert reason(made(results, loss=-exact.mean())) is None
    assert reason(made(results, loss=-exact.mean() * 1.01)) is not None


def test_a_loss_that_16_bits_cannot_hold_is_not_compared() -> None:
    logs = LOGS.copy()
    logs[0] = LEAST_LOG_PROBABILITY
    assert reason(made(replace(RESULTS, log_probability=logs), loss=1e6)) is None
