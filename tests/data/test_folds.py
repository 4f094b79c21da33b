"""Folds: what every division has, for any classes, groups and seeds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lr_study.data import Folds, keep_together, split, split_test
from lr_study.data.folds import Together
from lr_study.support.errors import UsageError

SEEDS = st.integers(0, 2**32)


@st.composite
def any_folds(draw, *, grouped=True):
    images = draw(st.integers(8, 60))
    labels = np.array(draw(st.lists(st.integers(0, 3), min_size=images, max_size=images)))
    together = np.arange(images)
    if grouped:
        for _ in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, images - 2))
            size = draw(st.integers(2, 4))
            members = np.unique(together[start : start + size])
            together[np.isin(together, members)] = members.min()
    count = draw(st.integers(2, min(6, len(np.unique(together)))))
    return Folds(labels, together, count, stratify=draw(st.booleans()))


@given(any_folds(), SEEDS)
def test_the_seeds_of_a_repetition_validate_on_every_image_once(folds, seed):
    first = seed // folds.count * folds.count
    parts = [folds.split(first + i) for i in range(folds.count)]
    validated = np.concatenate([part.validation for part in parts])
    assert sorted(validated) == list(range(len(folds.labels)))


@given(any_folds(), SEEDS)
def test_an_image_has_one_place_under_a_seed_and_all_seeds_train_on_as_many(folds, seed):
    parts = folds.split(seed)
    together = np.concatenate([parts.train, parts.validation, parts.unused])
    assert sorted(together) == list(range(len(folds.labels)))
    assert len(parts.train) == len(folds.split(0).train) > 0
    assert len(parts.validation) >= folds.smallest() > 0
    assert len(parts.test) == 0
    for part in (parts.train, parts.validation, parts.unused):
        assert part.dtype == np.int64
        assert (np.diff(part) > 0).all()


@given(any_folds(), SEEDS)
def test_groups_stay_together_and_sizes_do_not_depend_on_the_repetition(folds, repetition):
    fold_of = folds.fold_of(repetition)
    np.testing.assert_array_equal(fold_of, fold_of[folds.together])
    sizes = sorted(np.bincount(fold_of, minlength=folds.count))
    assert sizes == sorted(np.bincount(folds.fold_of(0), minlength=folds.count))


@given(any_folds(grouped=False), SEEDS)
def test_without_groups_sizes_differ_by_at_most_one(folds, repetition):
    fold_of = folds.fold_of(repetition)
    assert np.ptp(np.bincount(fold_of, minlength=folds.count)) <= 1
    if folds.stratify:
        for label in np.unique(folds.labels):
            of_class = np.bincount(fold_of[folds.labels == label], minlength=folds.count)
            assert np.ptp(of_class) <= 1


@given(any_folds(), SEEDS)
def test_the_same_seed_gives_the_same_division(folds, seed):
    one, other = folds.split(seed), folds.split(seed)
    for name in ("train", "validation", "unused"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_repetitions_differ_and_classes_are_dealt_at_random():
    labels = np.repeat([0, 1], 50)
    folds = Folds(labels, np.arange(100), 5, stratify=False)
    shares = set()
    for repetition in range(20):
        fold_of = folds.fold_of(repetition)
        shares |= set(np.bincount(fold_of[:50], minlength=5).tolist())
    assert len(shares) > 3  # by class it would be 10 each time
    assert (folds.fold_of(0) != folds.fold_of(1)).any()


def test_every_pair_of_images_meets_in_a_fold_equally_often():
    folds = Folds(np.zeros(12, int), np.arange(12), 4, stratify=False)
    meetings = np.zeros((12, 12))
    for repetition in range(2000):
        fold_of = folds.fold_of(repetition)
        meetings += fold_of[:, None] == fold_of[None]
    others = meetings[~np.eye(12, dtype=bool)] / 2000
    np.testing.assert_allclose(others, 2 / 11, atol=0.045)  # five standard deviations


def test_images_that_train_nothing_are_drawn_anew_under_each_seed():
    folds = Folds(np.zeros(11, int), np.arange(11), 5, stratify=False)
    unused = [folds.split(seed).unused.tolist() for seed in range(50)]
    assert {len(of) for of in unused} == {0, 1}
    assert len({i for of in unused for i in of}) > 5


def test_the_test_set_is_that_of_splits():
    labels = np.repeat([0, 1, 2], [30, 11, 5])
    groups = np.arange(46)
    groups[[3, 4]] = 2
    drawn = split_test(labels, groups=groups, rng=np.random.default_rng(3), fraction=0.2)
    parts = split(
        labels,
        groups=groups,
        validation_rng=np.random.default_rng(0),
        test_rng=np.random.default_rng(3),
        val_fraction=0.2,
        test_fraction=0.2,
    )
    np.testing.assert_array_equal(drawn, parts.test)
    with pytest.raises(UsageError, match="test_fraction=1"):
        split_test(labels, rng=np.random.default_rng(0), fraction=1)


def test_fewer_images_than_folds_are_refused():
    together = np.array([0, 0, 0, 3, 4])
    with pytest.raises(UsageError) as caught:
        Folds(np.zeros(5, int), together, 5, stratify=False)
    assert str(caught.value) == (
        "folds=5 is not allowed: there are 3 different images besides the test set, and each fold "
        "needs one; give at most --folds 3, or --resampling splits"
    )
    assert Folds(np.zeros(5, int), together, 3, stratify=False).smallest() == 1


@pytest.mark.parametrize(
    ("alike", "most", "expected", "divided"),
    [
        ([], 4, [0, 1, 0, 3, 4], 0),
        ([(1, 3)], 4, [0, 1, 0, 1, 4], 0),
        ([(1, 2), (3, 4)], 4, [0, 0, 0, 3, 3], 0),
        ([(1, 2), (3, 4)], 2, [0, 1, 0, 3, 3], 3),  # the copies stay together
        ([(1, 2), (2, 3)], 4, [0, 0, 0, 0, 4], 0),
        ([], 1, [0, 1, 0, 3, 4], 0),  # copies alone are no chain
    ],
)
def test_what_looks_alike_is_chained_as_long_as_a_fold_can_hold_it(alike, most, expected, divided):
    found = keep_together(np.array([0, 1, 0, 3, 4]), alike, most)
    assert found.first.tolist() == expected
    assert found.divided == divided


def test_a_group_has_several_images():
    one, other = (keep_together(np.array(copies), [], 3) for copies in ([0, 1], [0, 0, 2]))
    assert (one.groups, one.images) == (0, 0)
    assert (other.groups, other.images) == (1, 2)


def test_nothing_is_divided_unless_a_chain_is_too_long_for_a_fold():
    assert Together(np.arange(3)).divided == 0
