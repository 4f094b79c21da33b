"""Properties of a split, for any class sizes, fractions and seeds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lr_study.data import split
from lr_study.support.errors import UsageError

# As a person would type them; less than 100 % together.
FRACTIONS = st.tuples(st.integers(1, 98), st.integers(0, 98)).filter(lambda pair: sum(pair) < 100)
SIZES = st.lists(st.integers(3, 40), min_size=1, max_size=6)
SEEDS = st.integers(0, 2**32)


def split_of(labels, fractions, seed=0, test_seed=0):
    val_percent, test_percent = fractions
    return split(
        labels,
        validation_rng=np.random.default_rng(seed),
        test_rng=np.random.default_rng(test_seed),
        val_fraction=val_percent / 100,
        test_fraction=test_percent / 100,
    )


def labels_of(sizes, shuffle_seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return np.random.default_rng(shuffle_seed).permutation(labels)


@given(SIZES, SEEDS, FRACTIONS, SEEDS)
def test_every_image_is_in_exactly_one_set(sizes, shuffle_seed, fractions, seed):
    labels = labels_of(sizes, shuffle_seed)
    parts = split_of(labels, fractions, seed)
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together) == list(range(len(labels)))
    for part in (parts.train, parts.validation, parts.test):
        assert part.dtype == np.int64
        assert (np.diff(part) > 0).all()


@given(SIZES, SEEDS, FRACTIONS)
def test_every_class_is_in_every_set(sizes, shuffle_seed, fractions):
    labels = labels_of(sizes, shuffle_seed)
    parts = split_of(labels, fractions)
    classes = set(range(len(sizes)))
    assert set(labels[parts.train]) == classes
    assert set(labels[parts.validation]) == classes
    assert set(labels[parts.test]) == (classes if fractions[1] else set())


@given(st.lists(st.integers(200, 300), min_size=1, max_size=4), FRACTIONS)
def test_sets_have_the_requested_size(sizes, fractions):
    # 1 % of 200 is 2 images, so no set has to leave images to another.
    labels = np.repeat(np.arange(len(sizes)), sizes)
    parts = split_of(labels, fractions)
    for part, percent in zip((parts.validation, parts.test), fractions, strict=True):
        half_up = [(size * percent + 50) // 100 for size in sizes]
        assert np.bincount(labels[part], minlength=len(sizes)).tolist() == half_up


@given(SIZES, SEEDS, FRACTIONS, SEEDS, SEEDS, SEEDS)
def test_the_test_set_does_not_depend_on_the_seed(sizes, shuffle, fractions, one, two, test_seed):
    labels = labels_of(sizes, shuffle)
    first = split_of(labels, fractions, one, test_seed)
    second = split_of(labels, fractions, two, test_seed)
    np.testing.assert_array_equal(first.test, second.test)
    assert not set(first.test) & set(second.validation)


@given(SIZES, SEEDS, FRACTIONS, SEEDS, SEEDS)
def test_the_same_seeds_give_the_same_split(sizes, shuffle_seed, fractions, seed, test_seed):
    labels = labels_of(sizes, shuffle_seed)
    first, second = (split_of(labels, fractions, seed, test_seed) for _ in range(2))
    for name in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_another_seed_gives_another_validation_set():
    labels = np.repeat([0, 1], 50)
    first, second = (split_of(labels, (15, 15), seed) for seed in (0, 1))
    assert first.validation.tolist() != second.validation.tolist()
    other = split_of(labels, (15, 15), 0, test_seed=1)
    assert first.test.tolist() != other.test.tolist()


def test_every_image_is_drawn_with_the_same_probability():
    labels = np.repeat([0, 1], 10)
    counts = np.zeros(20)
    for seed in range(2000):
        counts[split_of(labels, (30, 0), seed).validation] += 1
    np.testing.assert_allclose(counts / 2000, 0.3, atol=0.05)  # five standard deviations


@pytest.mark.parametrize(
    ("size", "fractions", "expected"),
    [
        (100, (15, 15), (70, 15, 15)),
        (10, (15, 15), (6, 2, 2)),  # half up
        (30, (15, 15), (20, 5, 5)),
        (50, (29, 0), (35, 15, 0)),  # 14.5, though in binary a little less
        (100, (30, 0), (70, 30, 0)),  # the original study
        (3, (1, 1), (1, 1, 1)),
        (3, (49, 50), (1, 1, 1)),
        (3, (98, 1), (1, 1, 1)),
        (4, (1, 98), (1, 1, 2)),
        (2, (15, 15), (1, 1, 0)),  # too small for all three
        (1, (15, 15), (1, 0, 0)),
    ],
)
def test_set_sizes(size, fractions, expected):
    parts = split_of([5] * size, fractions)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == expected


def test_no_images():
    parts = split_of([], (15, 15))
    assert len(parts.train) == len(parts.validation) == len(parts.test) == 0


@pytest.mark.parametrize(
    ("val_fraction", "test_fraction", "message"),
    [
        (0, 0.15, "val_fraction=0 is not allowed: 0 < val_fraction < 1"),
        (-0.1, 0.15, "val_fraction=-0.1 is not allowed"),
        (1.0, 0, "val_fraction=1.0 is not allowed"),
        (float("nan"), 0.15, "val_fraction=nan is not allowed"),
        (0.15, -0.1, "test_fraction=-0.1 is not allowed: 0 <= test_fraction < 1"),
        (0.15, float("inf"), "test_fraction=inf is not allowed"),
        (0.15, float("nan"), "test_fraction=nan is not allowed"),
        (0.5, 0.5, "val_fraction=0.5 and test_fraction=0.5 are not allowed"),
        (0.9, 0.1, "val_fraction=0.9 and test_fraction=0.1 are not allowed"),
    ],
)
def test_fractions_that_are_not_allowed(val_fraction, test_fraction, message):
    rng = np.random.default_rng(0)
    with pytest.raises(UsageError) as raised:
        split(
            [0] * 9,
            validation_rng=rng,
            test_rng=rng,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
        )
    assert str(raised.value).startswith(message)
