"""Ranks by several metrics, and the notes on them."""

import math

import numpy as np
import pytest
from compared_runs import BASE, FAST, SLOW, ranked, three_policies, with_curves
from records import make_record

from lr_study.comparison.metric_ranks import disagreement, rank, uneven_seconds


@pytest.mark.parametrize(
    ("estimates", "diverged", "higher", "ranks"),
    [
        ([0.7, 0.9, 0.8], [0, 0, 0], True, [3, 1, 2]),
        ([0.7, 0.9, 0.8], [0, 0, 0], False, [1, 3, 2]),
        ([0.7, 0.7, 0.8], [0, 0, 0], True, [2, 2, 1]),
        ([0.7, 0.9, 0.8], [0, 1, 0], True, [2, 3, 1]),
        ([math.nan, 0.9, 0.8], [0, 0, 1], False, [2, 1, 3]),
        ([5, math.inf, math.inf], [0, 0, 0], False, [1, 2, 2]),
    ],
)
def test_equal_estimates_share_a_rank_and_diverged_policies_come_last(
    estimates, diverged, higher, ranks
) -> None:
    found = rank(np.array(estimates, float), np.array(diverged, bool), higher_is_better=higher)
    assert found == ranks


def test_policies_are_ranked_by_four_metrics_and_disagreement_is_noted() -> None:
    ranking = ranked(three_policies())
    rows = {row.policy: row for row in ranking.rows}
    assert {policy: tuple(row.ranks.values()) for policy, row in rows.items()} == {
        BASE: (1, 2, 2, 2),
        FAST: (2, 1, 1, 1),
        SLOW: (3, 3, 3, 3),
    }
    assert rows[FAST].epochs_to_target == 2
    assert rows[BASE].epochs_to_target == 3
    assert rows[SLOW].epochs_to_target is None  # never
    (note,) = (note for note in ranking.notes if "disagree" in note)
    assert f"{BASE} (final_val_accuracy); {FAST} (best_val_accuracy" in note


def test_epochs_are_counted_to_a_given_target() -> None:
    rows = {row.policy: row for row in ranked(three_policies(), target=0.4).rows}
    reached = {policy: row.epochs_to_target for policy, row in rows.items()}
    assert reached == {BASE: 1, FAST: 1, SLOW: 2}


@pytest.mark.parametrize(
    ("reached_at", "median"),
    [((2, 3, 4), 3), ((2, None, 3), 3), ((2, None, 3, None), None), ((None, 4, None), None)],
)
def test_runs_that_never_reach_the_target_count_as_the_slowest(
    reached_at: tuple[int | None, ...], median: float | None
) -> None:
    runs = with_curves(
        *(
            make_record(
                BASE,
                seed,
                accuracies=tuple(0.6 if at and epoch >= at else 0.5 for epoch in range(1, 5)),
            )
            for seed, at in enumerate(reached_at)
        )
    )
    (row,) = ranked(runs, target=0.6).rows
    assert row.epochs_to_target == median


def test_no_note_where_metrics_agree() -> None:
    assert disagreement(["a", "b"], {"x": [1, 2], "y": [1, 1]}) is None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([1.0, 1.2], None),
        (
            [15.0, 29.0],
            "equal work took 15 to 29 s per epoch",
        ),
        ([], None),
        ([0.1, 0.12], None),
        ([10.0, 12.0], None),
        ([0.1, 0.25], "equal work took 0.1 to 0.25 s per epoch"),
        ([0.0, 5.0], None),  # no time at all was logged
        ([2.0, math.nan, 3.0], "equal work took 2 to 3 s per epoch"),
    ],
)
def test_uneven_timings_are_noted(seconds: list[float], expected: str | None) -> None:
    note = uneven_seconds(np.array(seconds))
    assert note is None if expected is None else note.endswith(expected)
