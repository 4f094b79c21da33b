"""Ranking of one protocol."""

import pytest
from compared_runs import BASE, FAST, ranked, with_curves
from records import make_record

from lr_study.comparison import HIGHER_IS_BETTER


def test_a_diverged_policy_ranks_last_and_is_never_tied() -> None:
    runs = with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.7), losses=(1, 0.5)) for s in range(4)),
        *(
            make_record(FAST, s, accuracies=(0.1, 0.7), losses=(1, 0.5), diverges_at=2)
            for s in range(4)
        ),
    )
    last = ranked(runs).rows[-1]
    assert (last.policy, last.verdict, last.diverged, last.rank) == (FAST, "worse", 4, 2)
    once = ranked(runs[runs["seed"] < 4].assign(diverged=[False] * 4 + [True] + [False] * 3))
    assert (once.rows[-1].policy, once.rows[-1].verdict) == (FAST, "undecided")


def test_a_metric_is_added_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.7), losses=(1, 0.5)) for s in range(3)),
        *(make_record(FAST, s, accuracies=(0.1, 0.6), losses=(1, 0.4)) for s in range(3)),
    )
    monkeypatch.setitem(HIGHER_IS_BETTER, "top5_accuracy", True)
    runs["final_top5_accuracy"] = [0.8, 0.81, 0.82, 0.9, 0.92, 0.91]
    by_metric = ranked(runs, metric="top5_accuracy")
    assert [row.policy for row in by_metric.rows] == [FAST, BASE]
    without = ranked(runs.drop(columns="final_top5_accuracy"))
    assert [row.policy for row in without.rows] == [BASE, FAST]
    assert without.rows[0].vs_best.mean == 0
