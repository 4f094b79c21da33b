"""Names of one policy have weights of their own: else their runs were equal, and nothing failed."""

import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from calibration_studies import FOLDS
from same_policy import train_study

from lr_study.runs import Settings
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.training.batched import Examples

use_one_thread_per_op()


def test_each_image_validates_once_under_each_name_and_names_differ() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60).astype(np.int32)
    values = rng.standard_normal((60, 5)).astype(np.float32)
    fold = np.arange(60) % FOLDS
    examples = [
        Examples(
            values,
            labels,
            classes=3,
            train=np.flatnonzero(fold != held_out),
            validation=np.flatnonzero(fold == held_out),
            test=np.empty(0, np.int64),
        )
        for held_out in range(FOLDS)
    ]
    settings = Settings(epochs=1, batch_size=8)
    study = train_study(examples, "fixed:lr=0.01", settings, names=3, first_own_seed=100)
    assert study.fold.tolist() == [fold.tolist()]
    assert study.right.shape == (3, 1, 60)
    assert len(np.unique(study.right[:, 0], axis=0)) == 3
