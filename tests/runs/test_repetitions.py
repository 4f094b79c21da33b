"""Which seeds make whole repetitions of the folds, and which are left over."""

import pytest

from lr_study.runs import seeds_beyond_repetitions, whole_repetitions


@pytest.mark.parametrize(
    ("seeds", "folds", "whole"),
    [
        (range(10), 5, tuple(range(10))),
        (range(12), 5, tuple(range(10))),
        (range(4), 5, ()),
        ((0, 1, 2, 4, 5, 6, 7, 8, 9), 5, (5, 6, 7, 8, 9)),  # seed 3 is missing
        ((3, 1, 2, 0), 2, (0, 1, 2, 3)),
        ((1, 2), 2, ()),  # one fold of each of two repetitions
        ((), 3, ()),
    ],
)
def test_a_repetition_counts_if_all_of_its_folds_are_there(seeds, folds, whole) -> None:
    assert whole_repetitions(seeds, folds) == whole
    assert seeds_beyond_repetitions(seeds, folds) == tuple(sorted(set(seeds) - set(whole)))
