"""A table of one row a run is ranked like the same runs in a store."""

import numpy as np
import pandas as pd
import pytest
from records import frame, make_record

from lr_study.comparison.experiment import compare
from lr_study.comparison.results import Comparison
from lr_study.support.errors import UsageError

RATES, SEEDS = (0.1, 0.01, 0.001, 0.0001), 10


def table_of_40_rows() -> pd.DataFrame:
    """Four rates under ten seeds: one clearly worst, two that are nearly alike."""
    random = np.random.default_rng(5)
    means = dict(zip(RATES, (0.6, 0.81, 0.8, 0.75), strict=True))
    of_seed = random.normal(0, 0.01, SEEDS)
    return pd.DataFrame(
        {"lr": rate, "seed": seed, "val_acc": mean + of_seed[seed] + random.normal(0, 0.004)}
        for rate, mean in means.items()
        for seed in range(SEEDS)
    )


def figures(comparison: Comparison) -> list[tuple[object, ...]]:
    (ranking,) = comparison.protocols
    return [
        (row.policy, row.rank, row.verdict, row.estimate, row.interval, row.vs_baseline)
        for row in ranking.rows
    ]


def test_a_table_has_the_verdicts_of_a_store() -> None:
    table = table_of_40_rows()
    stored = frame(
        *(
            make_record(f"fixed:lr={row.lr}", row.seed, accuracies=(row.val_acc,), losses=(1.0,))
            for row in table.itertuples()
        )
    )
    # What the table cannot tell, so that only its own figures count.
    stored["protocol"] = [{}] * len(stored)
    columns = ["run_id", "end_time", "excluded", "policy", "family", "seed", "protocol", "cell"]
    stored = stored[[*columns, "diverged", "final_val_accuracy", "best_val_accuracy"]]
    found = compare(table, policy="lr", seed="seed", metric="val_acc")
    assert figures(found) == figures(compare(stored))
    assert {row[2] for row in figures(found)} > {"worse"}
    assert found.warnings == compare(stored).warnings


def test_rows_of_one_policy_and_seed_count_once() -> None:
    table = table_of_40_rows()
    twice = pd.concat([table, table.head(3)], ignore_index=True)
    found = compare(twice, policy="lr", seed="seed", metric="val_acc")
    assert [excluded.run_id for excluded in found.excluded] == ["row 40", "row 41", "row 42"]


def test_policies_may_be_texts_or_any_names_and_seeds_unknown() -> None:
    table = pd.DataFrame({"p": ["cosine:initial_lr=0.1", "mine", "mine"], "acc": [0.5, 0.6, 0.8]})
    (ranking,) = compare(table, policy="p", metric="acc").protocols
    assert [(row.policy, row.runs) for row in ranking.rows] == [
        ("unnamed:name=mine", 2),
        ("cosine:initial_lr=0.1,final_lr=0.0", 1),
    ]
    assert "Seeds are unknown" in ranking.advice


@pytest.mark.parametrize(
    ("values", "options", "reason"),
    [
        ({}, {"policy": "rate"}, "policy=rate is not a column: the columns are lr, seed, val_acc"),
        ({}, {"metric": "acc"}, "metric=acc is not a column"),
        ({"seed": [0.5]}, {}, "seed=0.5 is not allowed: a seed is a whole number >= 0"),
        ({"seed": ["a"]}, {}, "seed='a' is not allowed"),
        ({"val_acc": [75.0]}, {}, "val_acc=75.0 is not allowed: it is an accuracy"),
        ({"val_acc": [float("nan")]}, {}, "val_acc=nan is not allowed"),
        ({"lr": [], "seed": [], "val_acc": []}, {}, "the table has no rows"),
    ],
)
def test_a_table_that_cannot_be_ranked_is_one_line(
    values: dict[str, list[object]], options: dict[str, str], reason: str
) -> None:
    table = pd.DataFrame({"lr": [0.1], "seed": [0], "val_acc": [0.75], **values})
    with pytest.raises(UsageError) as caught:
        compare(table, **{"policy": "lr", "seed": "seed", "metric": "val_acc"} | options)
    assert str(caught.value).startswith(reason)


def test_any_metric_of_a_table_ranks_in_its_direction() -> None:
    table = table_of_40_rows()
    table["rmse"] = 100 * (1 - table["val_acc"])
    by_accuracy = compare(table, policy="lr", seed="seed", metric="val_acc").protocols[0]
    by_error = compare(table, policy="lr", seed="seed", metric="rmse").protocols[0]
    assert [row.policy for row in by_error.rows] == [row.policy for row in by_accuracy.rows]
    table["score"] = table["rmse"]
    with pytest.raises(UsageError, match="metric=score: its name does not tell whether higher"):
        compare(table, policy="lr", seed="seed", metric="score")
    upside_down = compare(table, policy="lr", seed="seed", metric="score", higher_is_better=True)
    assert upside_down.protocols[0].rows[0].policy == by_error.rows[-1].policy
    with pytest.raises(UsageError, match="rmse=nan is not allowed: rmse is a number"):
        compare(table.assign(rmse=float("nan")), policy="lr", seed="seed", metric="rmse")
