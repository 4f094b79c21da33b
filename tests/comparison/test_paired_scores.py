"""Pairing of runs by seed."""

import pandas as pd
from compared_runs import BASE, FAST, ranked, three_policies
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
