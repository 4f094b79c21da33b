"""From runs that were read back to the scores that a race decides by."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from records import frame, make_record

from lr_study.comparison import race_scores
from lr_study.runs import ImageResults

POLICIES = ("fixed:lr=0.01", "fixed:lr=0.001")
ROUNDS = ((0, 1), (2, 3))
IMAGES = 8


def validated(seed: int) -> np.ndarray:
    """Halves in the first repetition, even and odd numbers in the second."""
    halves = [range(4), range(4, 8), range(0, 8, 2), range(1, 8, 2)]
    return np.array(halves[seed])


def results(policy: str, seed: int) -> ImageResults:
    """The first policy has all images right, the other those below 5."""
    numbers = validated(seed)
    right = np.ones(4, bool) if policy == POLICIES[0] else numbers < 5
    return ImageResults(IMAGES, numbers, numbers % 2, right, np.full(4, -0.5))


@pytest.fixture
def runs() -> pd.DataFrame:
    """Two whole repetitions of two policies."""
    records = [make_record(policy, seed) for policy in POLICIES for seed in range(4)]
    found = frame(*records)
    found["image_results"] = [
        results(str(record.spec.policy), record.spec.seed) for record in records
    ]
    return found


def test_each_image_is_where_it_validated(runs):
    found = race_scores(runs, POLICIES, ROUNDS)
    assert found.available.tolist() == [2, 2]
    assert found.lacking == ("", "")
    assert found.scores.fold.tolist() == [[0] * 4 + [1] * 4, [0, 1] * 4]
    assert found.scores.values[0].tolist() == [[1] * 8] * 2
    assert found.scores.values[1].tolist() == [[1] * 5 + [0] * 3] * 2


def test_only_scores_on_stratified_folds_have_classes(runs):
    assert race_scores(runs, POLICIES, ROUNDS).scores.classes is None
    found = race_scores(runs, POLICIES, ROUNDS, stratified=True)
    assert found.scores.classes.tolist() == [0, 1] * 4


def test_the_order_of_runs_does_not_matter(runs):
    found = race_scores(runs, POLICIES, ROUNDS)
    shuffled = race_scores(runs.sample(frac=1, random_state=0), POLICIES, ROUNDS)
    assert np.array_equal(shuffled.scores.values, found.scores.values)


def without(runs: pd.DataFrame, policy: str, seed: int) -> pd.DataFrame:
    return runs[~((runs["policy"] == policy) & (runs["seed"] == seed))]


def test_a_policy_has_the_repetitions_before_the_first_that_is_not_whole(runs):
    found = race_scores(without(runs, POLICIES[1], 2), POLICIES, ROUNDS)
    assert found.available.tolist() == [2, 1]
    assert found.lacking == ("", f"no finished run of {POLICIES[1]} under seed 2")
    found = race_scores(without(runs, POLICIES[1], 0), POLICIES, ROUNDS)
    assert found.available.tolist() == [2, 0]


def test_without_a_whole_repetition_there_are_no_scores(runs):
    found = race_scores(runs[runs["seed"] == 0], POLICIES, ROUNDS)
    assert found.scores is None
    assert found.available.tolist() == [0, 0]
    assert found.lacking[0] == f"no finished run of {POLICIES[0]} under seed 1"
    assert race_scores(runs.head(0), POLICIES, ROUNDS).scores is None


def changed(runs: pd.DataFrame, policy: str, seed: int, column: str, value: object) -> pd.DataFrame:
    found = runs.copy()
    of_run = (found["policy"] == policy) & (found["seed"] == seed)
    found[column] = [
        value if is_it else old for is_it, old in zip(of_run, found[column], strict=True)
    ]
    return found


@pytest.mark.parametrize(
    ("column", "value", "lacking"),
    [
        ("excluded", "edited", "no finished run of fixed:lr=0.001 under seed 1"),
        ("image_results", None, "no results per image in the run of fixed:lr=0.001 under seed 1"),
        (
            "image_results",
            ImageResults(IMAGES, [0, 1, 2, 3], [0] * 4, [True] * 4, [-0.5] * 4),
            "other images validated in the run of fixed:lr=0.001 under seed 1",
        ),
        (
            "image_results",
            replace(results(POLICIES[1], 1), classes=[1, 1, 0, 1]),
            "images have other classes in the run of fixed:lr=0.001 under seed 1",
        ),
        (
            "image_results",
            replace(results(POLICIES[1], 1), groups=[4, 4, 6, 7]),
            "other images are similar in the run of fixed:lr=0.001 under seed 1",
        ),
    ],
)
def test_a_run_that_no_ranking_would_take_is_lacking(runs, column, value, lacking):
    found = race_scores(changed(runs, POLICIES[1], 1, column, value), POLICIES, ROUNDS)
    assert found.available.tolist() == [2, 0]
    assert found.lacking[1] == lacking


@pytest.mark.parametrize(
    ("different", "lacking"),
    [
        ({"classes": [0, 1, 0, 0]}, "images have other classes in the run of"),
        ({"groups": [0, 0, 4, 6]}, "other images are similar in the run of"),
    ],
)
def test_a_repetition_has_the_classes_and_groups_of_the_first(runs, different, lacking):
    for policy in POLICIES:
        runs = changed(runs, policy, 2, "image_results", replace(results(policy, 2), **different))
    found = race_scores(runs, POLICIES, ROUNDS)
    assert found.available.tolist() == [1, 1]
    assert found.lacking == tuple(f"{lacking} {policy} under seed 2" for policy in POLICIES)


def test_seeds_that_do_not_validate_each_image_once_are_no_repetition(runs):
    twice = ImageResults(IMAGES, [0, 1, 2, 3], [0] * 4, [True] * 4, [-0.5] * 4)
    for policy in POLICIES:
        runs = changed(runs, policy, 1, "image_results", twice)
    found = race_scores(runs, POLICIES, ROUNDS)
    assert found.available.tolist() == [0, 0]
    assert found.lacking[0] == "seeds 0, 1 do not validate each image once"


def test_of_a_cell_that_was_trained_twice_the_earlier_run_counts(runs):
    late = runs.assign(run_id=runs["run_id"] + "b", end_time=runs["end_time"] + 100)
    late["image_results"] = [replace(each, right=~each.right) for each in late["image_results"]]
    found = race_scores(pd.concat([late, runs], ignore_index=True), POLICIES, ROUNDS)
    assert found.scores.values[0].min() == 1
