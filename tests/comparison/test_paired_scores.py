"""Pairing of runs by seed."""

import numpy as np
import pandas as pd
import pytest
from compared_runs import BASE, FAST, SLOW, ranked, three_policies
from records import frame, make_record

from lr_study.comparison.experiment import compare
from lr_study.comparison.paired_scores import pair_scores


def test_scores_are_policies_by_common_seeds() -> None:
    records = [
        make_record(policy, seed, accuracies=(0.1, accuracy + seed / 100), losses=(1, 0.5))
        for policy, accuracy in ((BASE, 0.7), (FAST, 0.6))
        for seed in ((1, 0) if policy == BASE else (0, 1, 2))
    ]
    paired, excluded = pair_scores(frame(*records))
    assert (paired.policies, paired.seeds, paired.counts) == ((FAST, BASE), (0, 1), (2, 2))
    assert paired.values("final_val_accuracy").tolist() == [[0.6, 0.61], [0.7, 0.71]]
    assert [run_id for run_id, _ in excluded] == ["run004"]


def test_runs_of_unknown_seed_are_not_paired() -> None:
    runs = three_policies(seeds=(0,))
    runs["seed"] = pd.Series(["unknown"] * 3, dtype=object)
    for protocol in runs["protocol"]:
        protocol["optimizer"] = "unknown"
    ranking = ranked(runs)
    assert {row.verdict for row in ranking.rows} == {"undecided"}
    assert all(row.seeds == () and row.runs == 1 for row in ranking.rows)
    assert ranking.rows[0].interval_method == "Wilson, 269 validation images"
    assert any("Comparability is assumed, not verified" in note for note in ranking.notes)
    known = three_policies(seeds=(0,))
    known["run_id"] = known["cell"] = ["a", "b", "c"]
    known["protocol"] = list(runs["protocol"])
    comparison = compare(pd.concat([runs, known], ignore_index=True))
    assert sum("unknown seed" in run.reason for run in comparison.excluded) == 3


def runs_under(seeds_of: dict[str, tuple[int, ...]]) -> pd.DataFrame:
    return frame(*(make_record(policy, seed) for policy in seeds_of for seed in seeds_of[policy]))


@pytest.mark.parametrize(
    ("seeds_of", "policies", "seeds"),
    [
        ({BASE: (5,)}, {BASE}, (5,)),
        ({BASE: (0, 1, 2), FAST: (0, 1, 2), SLOW: (1,)}, {BASE, FAST}, (0, 1, 2)),
        # Three runs of one policy, or two policies under one seed: three are more than two.
        ({BASE: (0, 1, 2), FAST: (1,)}, {BASE}, (0, 1, 2)),
        # As many runs either way: the more policies.
        ({BASE: (0, 1), FAST: (1,)}, {BASE, FAST}, (1,)),
        ({BASE: (0, 1, 2, 3), FAST: (2, 3, 4), SLOW: (3, 4)}, {BASE, FAST}, (2, 3)),
    ],
)
def test_the_table_has_as_many_runs_as_it_can(
    seeds_of: dict[str, tuple[int, ...]], policies: set[str], seeds: tuple[int, ...]
) -> None:
    paired, excluded = pair_scores(runs_under(seeds_of))
    assert (set(paired.policies), paired.seeds) == (policies, seeds)
    assert len(paired.runs) == len(policies) * len(seeds)
    assert len(paired.runs) + len(excluded) == sum(map(len, seeds_of.values()))
    assert paired.protocol["epochs"] == 4


def test_a_run_that_is_not_paired_is_told_why() -> None:
    _, excluded = pair_scores(runs_under({BASE: (0, 1, 2), FAST: (0, 1), SLOW: (1,)}))
    assert excluded == [
        ("run002", f"seed 2 of {BASE} is not ranked: the common seeds are 0, 1"),
        ("run005", f"{SLOW} has no run for some of the common seeds 0, 1"),
    ]


def test_the_figures_of_runs_of_unknown_seed_go_to_their_policy() -> None:
    runs = frame(*(make_record(policy) for policy in (SLOW, BASE, SLOW, FAST)))
    runs["seed"] = "unknown"
    runs["test_accuracy"] = [0.5, 0.7, 0.3, float("nan")]
    paired, excluded = pair_scores(runs)
    assert (paired.policies, paired.counts, excluded) == ((FAST, SLOW, BASE), (1, 2, 1), [])
    np.testing.assert_array_equal(paired.values("test_accuracy"), [[np.nan], [0.4], [0.7]])
    # In the order of the table: by policy, then by run.
    assert list(paired.runs["run_id"]) == ["run003", "run000", "run002", "run001"]
    assert paired.per_run([1.0, 2.0, 4.0, 8.0]).tolist() == [[1.0], [3.0], [8.0]]
    assert np.isnan(paired.values("of no run")).tolist() == [[True]] * 3
