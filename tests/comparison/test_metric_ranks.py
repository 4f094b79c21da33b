"""The same runs seen in several ways, families judged on test, and what the advice says."""

import math

import numpy as np
import pandas as pd
import pytest
from records import frame, make_record

from lr_study.comparison.experiment import compare
from lr_study.comparison.metric_ranks import disagreement, rank, uneven_seconds
from lr_study.comparison.results import ProtocolRanking
from lr_study.report.commands import repeat_command
from lr_study.runs import CURVES, RunRecord

BASE, FAST, SLOW = "fixed:lr=0.001", "exp_decay:initial_lr=0.01,k=0.3", "fixed:lr=0.0001"


def with_curves(*records: RunRecord) -> pd.DataFrame:
    runs = frame(*records)
    runs["curves"] = [
        {name: [getattr(epoch, name) for epoch in record.epochs] for name in CURVES}
        for record in records
    ]
    return runs


def ranked(runs: pd.DataFrame, **options) -> ProtocolRanking:
    (ranking,) = compare(runs, **options).protocols
    return ranking


def three(seeds=(0, 1)) -> pd.DataFrame:
    """The baseline ends at 0.7, one gets there in two epochs and falls back, one never does."""
    curves = {BASE: (0.5, 0.6, 0.7), FAST: (0.6, 0.75, 0.69), SLOW: (0.3, 0.4, 0.5)}
    losses = {BASE: (1.0, 0.8, 0.7), FAST: (0.9, 0.5, 0.6), SLOW: (1.5, 1.4, 1.3)}
    return with_curves(
        *(
            make_record(policy, seed, accuracies=curve, losses=losses[policy])
            for policy, curve in curves.items()
            for seed in seeds
        )
    )


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
def test_ranks(estimates, diverged, higher, ranks) -> None:
    found = rank(np.array(estimates, float), np.array(diverged, bool), higher_is_better=higher)
    assert found == ranks


def test_four_views_of_the_same_runs_and_where_they_disagree() -> None:
    ranking = ranked(three())
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


def test_a_target_may_be_given() -> None:
    rows = {row.policy: row for row in ranked(three(), target=0.4).rows}
    reached = {policy: row.epochs_to_target for policy, row in rows.items()}
    assert reached == {BASE: 1, FAST: 1, SLOW: 2}


def test_views_that_agree_say_nothing() -> None:
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
    ],
)
def test_unequal_time_for_equal_work_is_named(seconds: list[float], expected: str | None) -> None:
    note = uneven_seconds(np.array(seconds))
    assert note is None if expected is None else note.endswith(expected)


def test_families_are_chosen_on_validation_and_judged_on_test() -> None:
    runs = with_curves(
        *(
            make_record(policy, seed, accuracies=(0.1, accuracy), losses=(1, 0.5))
            for policy, accuracy in (
                (BASE, 0.70),
                ("fixed:lr=0.1", 0.60),
                (FAST, 0.75),
                ("exp_decay:initial_lr=0.1,k=0.3", 0.74),
            )
            for seed in (0, 1, 2)
        )
    )
    # On test the other one would have won: it was not chosen.
    runs["test_accuracy"] = [0.7] * 3 + [0.9] * 3 + [0.71, 0.72, 0.73] + [0.9] * 3
    decay, fixed = ranked(runs).families
    assert (decay.family, decay.policy, decay.tried) == ("exp_decay", FAST, 2)
    assert decay.test_accuracy == pytest.approx(0.72)
    assert decay.vs_baseline.mean == pytest.approx(0.02)
    assert "over 1 comparisons" in decay.vs_baseline.correction
    assert (fixed.policy, fixed.vs_baseline) == (BASE, None)
    assert decay.interval_method == "Wilson, 269 test images"


def test_without_a_test_part_no_test_figures() -> None:
    runs = three()
    runs["test_accuracy"] = math.nan
    for family in ranked(runs).families:
        assert (family.test_accuracy, family.interval, family.vs_baseline) == (None, None, None)


def test_one_run_each_decides_nothing_and_says_what_would() -> None:
    ranking = ranked(three(seeds=(0,)))
    assert {row.verdict for row in ranking.rows} == {"undecided"}
    assert ranking.rows[0].interval_method == "Wilson, 269 validation images"
    lines = ranking.advice.split("\n")
    assert lines[0].startswith("One run per policy")
    assert lines[-1] == "Repeat the runs over several seeds."
    assert repeat_command(ranking, BASE) == (
        f"lr-study study --policy {BASE} --policy {FAST} --policy {SLOW} --seeds 10 "
        "--backbone efficientnet-lite0 --image-size 64 --epochs 3"
    )


def noisy(gap: float, noise: float, seeds: int) -> pd.DataFrame:
    """A policy below the baseline by a gap on average, by more or less under each seed."""
    e = np.random.default_rng(0).normal(0, noise, seeds)
    below = gap + e - e.mean()
    return with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.7), losses=(1, 0.5)) for s in range(seeds)),
        *(
            make_record(SLOW, s, accuracies=(0.1, 0.7 - less), losses=(1, 0.5))
            for s, less in enumerate(below.tolist())
        ),
    )


def test_advice_names_what_seeds_would_decide() -> None:
    ranking = ranked(noisy(gap=0.03, noise=0.04, seeds=3))
    assert [row.verdict for row in ranking.rows] == ["best", "undecided"]
    (decision,) = ranking.decisions
    assert decision.seeds is not None
    assert decision.seeds > 3
    more = decision.seeds - 3
    assert (
        f"About {decision.seeds} seeds ({more} more, {4 * more} s of training here) "
        f"would settle {SLOW}." in ranking.advice
    )


def test_advice_says_when_no_number_of_seeds_would() -> None:
    ranking = ranked(noisy(gap=0.006, noise=0.02, seeds=8))
    (decision,) = ranking.decisions
    assert decision.seeds is None
    assert f"More seeds will not help for {SLOW}" in ranking.advice
    assert f"About {decision.pictures:.2g} times as many images" in ranking.advice


def test_advice_names_what_is_worse() -> None:
    ranking = ranked(noisy(gap=0.2, noise=0.005, seeds=8))
    assert f"Use {BASE}: it has the best mean over 8 seeds." in ranking.advice
    assert f"Worse by more than 0.5 points: {SLOW}." in ranking.advice
    assert ranking.decisions == ()


def test_unknown_seeds_are_never_paired() -> None:
    runs = three(seeds=(0,))
    runs["seed"] = pd.Series(["unknown"] * 3, dtype=object)
    for protocol in runs["protocol"]:
        protocol["optimizer"] = "unknown"
    ranking = ranked(runs)
    assert {row.verdict for row in ranking.rows} == {"undecided"}
    assert all(row.seeds == () and row.runs == 1 for row in ranking.rows)
    assert ranking.rows[0].interval_method == "Wilson, 269 validation images"
    assert any("Comparability is assumed, not verified" in note for note in ranking.notes)
    known = three(seeds=(0,))
    known["run_id"] = known["cell"] = ["a", "b", "c"]
    known["protocol_id"] = runs["protocol_id"].iloc[0]
    comparison = compare(pd.concat([runs, known], ignore_index=True))
    assert sum("unknown seed" in run.reason for run in comparison.excluded) == 3


def test_a_policy_that_diverged_is_last_and_never_tied() -> None:
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
