"""Ranking of one protocol."""

from compared_runs import BASE, FAST, ranked, with_curves
from records import make_record


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
