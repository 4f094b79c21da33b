"""The random numbers of a seed: the same in every version, and independent between streams."""

import json
from pathlib import Path

import numpy as np
import pytest

from lr_study.data import Folds, split
from lr_study.support import Stream, generator
from lr_study.training.history import initial_head


@pytest.mark.parametrize(
    ("stream", "numbers"),
    [
        (Stream.TEST_SPLIT, [802, 942, 5]),
        (Stream.VALIDATION_SPLIT, [662, 677, 352]),
        (Stream.INITIAL_WEIGHTS, [656, 838, 462]),
        (Stream.BATCH_ORDER, [892, 364, 310]),
        (Stream.DROP_CONNECT, [174, 652, 434]),
        (Stream.FOLDS, [78, 262, 832]),
        (Stream.FOLD_TRAINING, [370, 115, 878]),
    ],
)
def test_each_stream_of_seed_0_begins_with_these_numbers(
    stream: Stream, numbers: list[int]
) -> None:
    """Other numbers would change every study: raise ``PROTOCOL_VERSION`` with them."""
    assert generator(0, stream).integers(1000, size=3).tolist() == numbers


@pytest.mark.parametrize("seed", [0, 3, 2**32])
def test_a_seed_splits_and_orders_as_recorded(seed: int) -> None:
    recorded = json.loads((Path(__file__).parent / "draws.json").read_text(encoding="utf-8"))
    assert draws(seed) == recorded[str(seed)]


@pytest.mark.parametrize(
    ("stratify", "first", "second"),
    [
        (False, "22011202301323310", "22031131321022003"),
        (True, "22030133120121320", "22300132210312310"),
    ],
)
def test_repetitions_divide_as_recorded(stratify: bool, first: str, second: str) -> None:
    """Other folds would mix runs of one protocol that did not validate on the same images."""
    labels = np.repeat(np.arange(3), [7, 6, 4])
    together = np.array([0, *range(16)])
    together[1:] += together[1:] > 0
    folds = Folds(labels, together, 4, stratify)
    for repetition, expected in enumerate((first, second)):
        assert "".join(map(str, folds.fold_of(repetition))) == expected
    assert folds.split(4).unused.tolist() == [15 if stratify else 16]


def draws(seed: int) -> dict[str, list[int]]:
    parts = split(
        np.repeat(np.arange(3), 20),
        validation_rng=generator(seed, Stream.VALIDATION_SPLIT),
        test_rng=generator(0, Stream.TEST_SPLIT),
        val_fraction=0.15,
        test_fraction=0.15,
    )
    return {
        "validation": parts.validation.tolist(),
        "test": parts.test.tolist(),
        "batch_order": generator(seed, Stream.BATCH_ORDER).permutation(16).tolist(),
    }


def test_no_stream_of_one_seed_is_a_stream_of_another() -> None:
    seeds = (0, 1, 7, 2**32 - 1, 2**32, 2**32 + 7, 2**64, 2**96 + 1)
    begins = {generator(seed, stream).integers(2**62) for seed in seeds for stream in Stream}
    begins |= {np.random.default_rng(seed).integers(2**62) for seed in seeds}
    assert len(begins) == len(seeds) * (len(Stream) + 1)


def test_the_initial_weights_of_seed_0_are_these() -> None:
    kernel = initial_head(0, features=4, classes=2).kernel
    assert kernel[0].tolist() == pytest.approx([0.6765, -0.8326], abs=1e-4)
