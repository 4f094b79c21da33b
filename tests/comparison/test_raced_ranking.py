"""Rankings of studies that ended early: what was stopped keeps its row, after all others."""

import io
import math

import pandas as pd
import pytest
from compared_runs import BASE, FAST, SLOW
from fold_runs import runs_on_folds

from lr_study.comparison.experiment import compare
from lr_study.comparison.race_record import RaceRecord
from lr_study.comparison.results import Comparison, Row
from lr_study.report.commands import Commands
from lr_study.report.english import TEXTS
from lr_study.report.figures.rankings import view_ranks
from lr_study.report.page_tables import PageTables
from lr_study.report.ranking_formats import ranking_csv, ranking_markdown
from lr_study.report.ranking_tables import ranking_table
from lr_study.report.units import MISSING

OTHER = "fixed:lr=1e-05"

FIVE = {BASE: 0.8, FAST: 0.85, "fixed:lr=0.01": 0.84, SLOW: 0.6, OTHER: 0.5}


def raced(kept: dict[str, int] | None = None, **record) -> Comparison:
    """A race of two repetitions in which SLOW and OTHER have only the seeds that were kept."""
    runs = runs_on_folds(FIVE, images=400, seeds=10)
    seeds = runs["policy"].map(kept or {SLOW: 5, OTHER: 5}).fillna(10)
    runs = runs[runs["seed"] < seeds].assign(race=None, start_time=0)
    values = {
        "protocol_id": runs["protocol_id"].iloc[0],
        "folds": 5,
        "planned": 2,
        "repetitions": 2,
        "level": 0.03,
        "stopped": {SLOW: 1, OTHER: 1},
    } | record
    study = pd.DataFrame(
        [
            {
                "run_id": "study",
                "excluded": "Study run; see its child runs",
                "race": RaceRecord(**values),
                "start_time": 1,
            }
        ],
        dtype=object,
    )
    return compare(pd.concat([runs.astype(object), study], ignore_index=True))


def rows_of(comparison: Comparison) -> list[Row]:
    (ranking,) = comparison.protocols
    return list(ranking.rows)


def test_what_a_race_stopped_stands_last_with_its_seeds_and_is_worse() -> None:
    comparison = raced()
    rows = rows_of(comparison)
    assert [row.policy for row in rows[3:]] == [SLOW, OTHER]
    assert [row.rank for row in rows] == [1, 2, 3, 4, 5]
    for row in rows[3:]:
        assert (row.verdict, row.stopped_after, row.runs) == ("worse", 5, 5)
        assert row.seeds == (0, 1, 2, 3, 4)
        assert row.interval is None
        assert row.vs_best.p_value is None
        assert row.vs_best.n == 5
        assert row.ranks == {}
    assert [row.stopped_after for row in rows[:3]] == [None] * 3
    assert [row.seeds for row in rows[:3]] == [tuple(range(10))] * 3
    assert [run.run_id for run in comparison.excluded] == ["study"]
    (ranking,) = comparison.protocols
    assert ranking.runs == 40
    assert any(note.startswith(f"Stopped by the race: {SLOW}; {OTHER}. ") for note in ranking.notes)


def test_a_stopped_policy_is_compared_with_the_best_under_its_own_seeds() -> None:
    rows = rows_of(raced())
    runs = runs_on_folds(FIVE, images=400, seeds=10).query("seed < 5")
    mean = runs.groupby("policy")["final_val_accuracy"].mean()
    slow = next(row for row in rows if row.policy == SLOW)
    assert math.isclose(slow.estimate, mean[SLOW])
    assert math.isclose(slow.metrics["final_val_accuracy"], mean[SLOW])
    assert math.isclose(slow.vs_best.mean, mean[SLOW] - mean[rows[0].policy], abs_tol=1e-12)


def test_the_others_are_ranked_as_if_the_stopped_ones_had_not_been_there() -> None:
    rows = rows_of(raced(level=0.05))
    runs = runs_on_folds(FIVE, images=400, seeds=10)
    (alone,) = compare(runs[~runs["policy"].isin([SLOW, OTHER])]).protocols
    assert [(r.policy, r.verdict, r.vs_best) for r in rows[:3]] == [
        (r.policy, r.verdict, r.vs_best) for r in alone.rows
    ]


def test_a_stopped_policy_whose_other_seeds_were_trained_after_all_is_one_like_any_other() -> None:
    rows = rows_of(raced(kept={OTHER: 5}))
    assert [row.policy for row in rows if row.stopped_after] == [OTHER]
    slow = next(row for row in rows if row.policy == SLOW)
    assert (slow.verdict, slow.runs) == ("clearly worse", 10)


def test_verdicts_hold_over_all_analyses() -> None:
    (ranking,) = raced().protocols
    assert ranking.level == 0.03
    (one,) = raced(level=0.05).protocols
    assert one.level == 0.05
    width = [r.rows[1].vs_best.interval[1] - r.rows[1].vs_best.interval[0] for r in (ranking, one)]
    assert width[0] > width[1]
    assert ranking.regret_bound > one.regret_bound
    # An analysis of other repetitions does not give these a level.
    (other,) = raced(repetitions=1).protocols
    assert other.level == 0.05


@pytest.mark.parametrize("ended", [True, False])
def test_a_study_that_ended_early_says_so(ended: bool) -> None:
    (ranking,) = raced(planned=4, ended=ended, until_regret=5.0).protocols
    said = [note for note in ranking.notes if note.startswith("Ended after 10 of 20 seeds")]
    assert len(said) == ended


def test_no_table_shows_a_stopped_accuracy_beside_the_others() -> None:
    comparison = raced()
    slow = next(row for row in rows_of(comparison) if row.policy == SLOW)
    shown = f"{slow.estimate:.4f}"
    for text in (ranking_table(comparison), ranking_markdown(comparison), str(comparison)):
        assert shown not in text
        assert "stopped" in text
    table = pd.read_csv(io.StringIO(ranking_csv(comparison)), dtype=str)
    assert table["stopped_after"].fillna("").tolist() == ["", "", "", "5", "5"]


def test_what_was_stopped_is_reproduced_by_a_race() -> None:
    comparison, whole = raced(), compare(runs_on_folds(FIVE, images=400, seeds=10))
    commands = [Commands(found, found.protocols[0]).reproduce()[0] for found in (comparison, whole)]
    assert ["--seeds 10 --race" in line for line in commands] == [True, False]
    assert "--race" not in commands[1]


def test_a_stopped_policy_has_no_rank_by_other_metrics() -> None:
    comparison = raced()
    (ranking,) = comparison.protocols
    table = pd.read_csv(io.StringIO(ranking_csv(comparison)), dtype=str)
    by_loss = table["ranks.final_val_loss"].fillna("").tolist()
    assert sorted(by_loss[:3]) == ["1", "2", "3"]
    assert by_loss[3:] == ["", ""]
    views = PageTables(comparison, ranking, TEXTS).views("epochs to target")
    assert [line.cells[2].text for line in views.lines[3:]] == [MISSING, MISSING]
    assert set(view_ranks(ranking).ranks) == {row.policy for row in ranking.rows[:3]}


def test_stopped_policies_are_ordered_by_their_means_over_their_own_seeds() -> None:
    seeds = {SLOW: 5, OTHER: 10}
    runs = runs_on_folds(FIVE, images=400, seeds=15)
    runs = runs[runs["seed"] < runs["policy"].map(seeds).fillna(15)]
    one = (runs["policy"] == SLOW) & (runs["seed"] == 2)
    runs = runs.assign(race=None, start_time=0, diverged=runs["diverged"] | one)
    runs.loc[one, "seconds_per_epoch"] = math.nan
    record = RaceRecord(
        protocol_id=runs["protocol_id"].iloc[0],
        folds=5,
        planned=3,
        repetitions=3,
        level=0.03,
        stopped={SLOW: 1, OTHER: 2},
    )
    excluded = "Study run; see its child runs"
    study = {"run_id": "study", "excluded": excluded, "race": record, "start_time": 1}
    rows = rows_of(compare(pd.concat([runs.astype(object), pd.DataFrame([study], dtype=object)])))
    assert rows[3].metrics["seconds_per_epoch"] is None  # a mean over other seeds misleads
    assert rows[4].metrics["seconds_per_epoch"] is not None
    assert [(row.policy, row.runs, row.diverged) for row in rows[3:]] == [
        (SLOW, 5, 1),
        (OTHER, 10, 0),
    ]
