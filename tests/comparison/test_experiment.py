"""Comparison of an experiment: protocols, common seeds, ranks, exclusions and output formats."""

import json
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import close, frame, make_record

from lr_study.comparison.experiment import compare
from lr_study.comparison.results import Comparison
from lr_study.report import FORMATS, ranking_text
from lr_study.runs import SEED_GRID, RunRecord
from lr_study.support.errors import UsageError

POLICIES = ("fixed:lr=0.001", "fixed:lr=0.1", "exp_decay:initial_lr=0.01,k=0.3")


def run_with(policy: str, seed: int, accuracy: float, loss: float = 0.5, **more) -> RunRecord:
    return make_record(policy, seed, accuracies=(0.1, accuracy), losses=(1.0, loss), **more)


def grid(policies=POLICIES, seeds=(0, 1, 2), accuracy=lambda policy, seed: 0.5) -> list[RunRecord]:
    return [run_with(p, s, accuracy(i, s)) for i, p in enumerate(policies) for s in seeds]


def order(comparison: Comparison) -> list[str]:
    return [row.policy for row in comparison.protocols[0].rows]


def test_policies_are_ranked_by_their_mean_over_seeds() -> None:
    records = grid(accuracy=lambda i, s: [0.7, 0.5, 0.8][i] + 0.01 * s)
    comparison = compare(frame(*records), experiment="x")
    (ranking,) = comparison.protocols
    assert order(comparison) == [POLICIES[2], POLICIES[0], POLICIES[1]]
    assert [row.rank for row in ranking.rows] == [1, 2, 3]
    best, base, worst = ranking.rows
    assert close(best.estimate, 0.81)
    assert close(best.vs_baseline["val_accuracy"].mean, 0.1)
    assert base.vs_baseline["val_accuracy"].mean == 0
    assert close(worst.vs_baseline["val_accuracy"].mean, -0.2)
    assert (best.runs, best.seeds, ranking.runs) == (3, (0, 1, 2), 9)
    assert comparison.warnings == ()
    assert comparison.excluded == ()


def test_lower_loss_ranks_first() -> None:
    records = [run_with(POLICIES[0], 0, 0.9, 0.7), run_with(POLICIES[1], 0, 0.1, 0.2)]
    assert order(compare(frame(*records), metric="val_loss")) == [POLICIES[1], POLICIES[0]]
    assert order(compare(frame(*records))) == [POLICIES[0], POLICIES[1]]


def test_at_best_takes_the_best_epoch() -> None:
    early = make_record(POLICIES[0], accuracies=(0.9, 0.2), losses=(1, 1))
    late = make_record(POLICIES[1], accuracies=(0.1, 0.6), losses=(1, 1))
    assert order(compare(frame(early, late), at="best")) == [POLICIES[0], POLICIES[1]]
    assert order(compare(frame(early, late), at="final")) == [POLICIES[1], POLICIES[0]]


def test_a_diverged_policy_ranks_last_whatever_its_accuracy() -> None:
    records = [
        run_with(POLICIES[0], 0, 0.3),
        run_with(POLICIES[1], 0, 0.99, diverges_at=2),
        run_with(POLICIES[2], 0, 0.4),
    ]
    comparison = compare(frame(*records))
    assert order(comparison) == [POLICIES[2], POLICIES[0], POLICIES[1]]
    last = comparison.protocols[0].rows[-1]
    assert last.diverged == 1
    assert last.metrics["final_val_loss"] is None
    assert order(compare(frame(*records), metric="val_loss"))[-1] == POLICIES[1]


def test_protocols_are_ranked_separately_and_their_differences_reported() -> None:
    records = [*grid(), run_with(POLICIES[0], 0, 0.9, batch_size=16)]
    comparison = compare(frame(*records))
    assert [ranking.runs for ranking in comparison.protocols] == [9, 1]
    assert comparison.protocols[1].fields["batch_size"] == 16
    assert any("batch_size: 32 in 9 runs, 16 in 1" in text for text in comparison.warnings)


def test_what_is_said_of_protocols_is_in_the_order_of_their_runs() -> None:
    sizes = {size: run_with(POLICIES[1], 0, 0.5, batch_size=size) for size in (8, 16, 64, 128)}
    for order_of_sizes in ((8, 16, 64, 128), (128, 64, 16, 8)):
        records = [sizes[size] for size in order_of_sizes]
        *lacking, _ = compare(frame(*records)).warnings
        assert [text.split()[-1] for text in lacking] == [made.protocol.id for made in records]


def test_only_common_seeds_count_and_other_runs_are_excluded() -> None:
    records = [
        *grid(POLICIES[:2], seeds=(0, 1, 2), accuracy=lambda i, s: 0.5 + i / 10),
        run_with(POLICIES[0], 3, 1.0),  # an easy seed that the other lacks
        run_with(POLICIES[2], 0, 0.9),  # one run alone
    ]
    comparison = compare(frame(*records))
    assert order(comparison) == [POLICIES[1], POLICIES[0]]
    assert all(row.seeds == (0, 1, 2) for row in comparison.protocols[0].rows)
    reasons = {excluded.run_id: excluded.reason for excluded in comparison.excluded}
    assert set(reasons) == {"run006", "run007"}
    assert "seed 3" in reasons["run006"]
    assert POLICIES[2] in reasons["run007"]


def test_the_earliest_run_of_a_cell_counts() -> None:
    runs = frame(run_with(POLICIES[0], 0, 0.5), run_with(POLICIES[0], 0, 0.9))
    runs["end_time"] = [20, 10]
    comparison = compare(runs)
    assert comparison.protocols[0].rows[0].estimate == 0.9
    (duplicate,) = comparison.excluded
    assert duplicate.run_id == "run000"
    assert "Duplicate" in duplicate.reason
    assert "run001" in duplicate.reason


def test_excluded_runs_keep_their_reason() -> None:
    runs = frame(run_with(POLICIES[0], 0, 0.5), run_with(POLICIES[1], 0, 0.5))
    runs["excluded"] = [None, "status RUNNING, not FINISHED"]
    comparison = compare(runs)
    assert order(comparison) == [POLICIES[0]]
    assert comparison.excluded[0].reason == "status RUNNING, not FINISHED"


def test_a_baseline_without_runs_gives_a_warning() -> None:
    comparison = compare(frame(run_with(POLICIES[1], 0, 0.5)), baseline="fixed")
    assert comparison.baseline == "fixed:lr=0.001"
    assert comparison.protocols[0].rows[0].vs_baseline is None
    assert "fixed:lr=0.001" in comparison.warnings[0]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"metric": "gini"}, "metric=gini"),
        ({"at": "last"}, "at=last"),
        ({"baseline": "cosin"}, "cosin"),
    ],
)
def test_invalid_options_are_rejected(options: dict[str, str], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        compare(frame(run_with(POLICIES[0], 0, 0.5)), **options)


def test_every_format_holds_every_policy() -> None:
    comparison = compare(frame(*grid()), experiment="oregon")
    for name in FORMATS:
        text = ranking_text(comparison, name)
        joined = text.replace("\n", "").replace(" ", "")
        for policy in POLICIES:
            head, _, tail = policy.partition(",")
            assert head in joined, name
            assert tail in joined, name
    assert json.loads(ranking_text(comparison, "json"))["experiment"] == "oregon"


def test_the_table_fits_80_columns() -> None:
    records = grid([str(policy) for policy in SEED_GRID], accuracy=lambda i, s: 0.5 + i / 100)
    table = ranking_text(compare(frame(*records), experiment="oregon"), "table")
    assert max(len(line) for line in table.splitlines()) <= 80
    (last,) = (line for line in table.splitlines() if line.lstrip().startswith("18 "))
    assert last.split()[:2] == ["18", "worse"]
    assert last.split()[-5:] == ["0.5000", "0.0118", "-0.0200", "0.074", "3"]


def test_json_has_the_documented_keys() -> None:
    found = compare(frame(*grid()), experiment="x").to_dict()
    assert list(found) == [
        "experiment",
        "metric",
        "at",
        "higher_is_better",
        "baseline",
        "protocols",
        "excluded",
        "warnings",
    ]
    (protocol,) = found["protocols"]
    assert {"id", "fields", "runs", "rows", "advice"} <= set(protocol)
    row = protocol["rows"][0]
    assert {
        "rank",
        "policy",
        "family",
        "runs",
        "seeds",
        "estimate",
        "interval",
        "metrics",
        "vs_baseline",
        "vs_best",
        "verdict",
    } <= set(row)
    assert set(row["vs_baseline"]) == {"val_accuracy", "val_loss", "convergence_epoch"}
    assert set(row["vs_baseline"]["val_loss"]) == {
        "mean",
        "interval",
        "p_value",
        "n",
        "method",
        "correction",
    }


def test_runs_that_lack_columns_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"runs lack the columns run_id, .*: give what lr_study"):
        compare(pd.DataFrame())
    with pytest.raises(UsageError, match="runs lack the columns cell: give"):
        compare(frame(run_with(POLICIES[0], 0, 0.5)).drop(columns="cell"))


def test_an_experiment_without_runs_is_reported() -> None:
    empty = frame(run_with(POLICIES[0], 0, 0.5)).iloc[:0]
    comparison = compare(empty, experiment="x")
    assert comparison.protocols == ()
    written = {name: ranking_text(comparison, name) for name in FORMATS}
    assert "experiment x: no run that can be ranked" in written["table"]
    assert json.loads(written["json"])["protocols"] == []
    assert written["csv"] == "protocol"
    assert written["markdown"] == "x: no run that can be ranked"


# --- properties, which take longer


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(POLICIES),
            st.sampled_from([0, 1, 2, "unknown"]),
            st.sampled_from([16, 32]),
            st.sampled_from([None, float("nan"), "kept"]),
            st.sampled_from([None, "status FAILED, not FINISHED"]),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_each_run_is_ranked_or_excluded_once(
    drawn: list[tuple[str, int | str, int, float | str | None, str | None]],
) -> None:
    runs = frame(*(run_with(policy, 0, 0.5, batch_size=size) for policy, _, size, _, _ in drawn))
    runs["seed"] = pd.Series([seed for _, seed, _, _, _ in drawn], dtype=object)
    runs["cell"] = [f"{policy} {seed} {size}" for policy, seed, size, _, _ in drawn]
    for name, i in (("protocol_id", 3), ("excluded", 4)):
        runs[name] = pd.Series([values[i] for values in drawn], dtype=object)
    comparison = compare(runs)
    excluded = [run.run_id for run in comparison.excluded]
    assert len(set(excluded)) == len(excluded)
    assert sum(ranking.runs for ranking in comparison.protocols) + len(excluded) == len(runs)


@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(0, 2**32 - 1))
def test_results_do_not_depend_on_run_order_or_global_random_state(
    shuffler: random.Random, state: int
) -> None:
    records = grid(accuracy=lambda i, s: 0.5 + ((i * 7 + s * 3) % 5) / 10)
    runs = frame(*records)
    expected = compare(runs)
    rows = list(range(len(runs)))
    shuffler.shuffle(rows)
    np.random.seed(state)  # noqa: NPY002
    assert compare(runs.iloc[rows]) == expected


tables = st.lists(st.lists(st.integers(50, 250), min_size=4, max_size=4), min_size=3, max_size=3)


@settings(max_examples=40)
@given(tables, st.permutations(range(3)))
def test_results_do_not_depend_on_policy_names(
    images_right: list[list[int]], names: list[int]
) -> None:
    """Renaming policies keeps each one's rank, verdict and interval."""

    def found(names: list[int]) -> dict[int, tuple[object, ...]]:
        renamed = [f"exp_decay:initial_lr=0.01,k=0.{1 + name}" for name in names]
        records = grid(renamed, range(4), lambda i, s: images_right[i][s] / 269)
        rows = {row.policy: row for row in compare(frame(*records)).protocols[0].rows}
        mine = [rows[policy] for policy in renamed]
        # Of equal policies the first by name is the best: verdicts then depend on names.
        equal = [sum(row.estimate == other.estimate for other in mine) > 1 for row in mine]
        return {
            i: (row.rank, row.interval, *(() if any(equal) else (row.verdict, row.vs_best)))
            for i, row in enumerate(mine)
        }

    assert found(names) == found([0, 1, 2])


@settings(max_examples=40)
@given(tables)
def test_a_loss_of_one_minus_accuracy_ranks_the_same(images_right: list[list[int]]) -> None:
    """Ranking by val_loss = 1 - accuracy gives the order of ranking by accuracy."""
    records = [
        run_with(policy, s, accuracy=images_right[i][s] / 300, loss=1 - images_right[i][s] / 300)
        for i, policy in enumerate(POLICIES)
        for s in range(4)
    ]
    up, down = (compare(frame(*records), metric=m) for m in ("val_accuracy", "val_loss"))

    def seen(comparison: Comparison) -> list[tuple[str, int]]:
        return [(row.policy, row.rank) for row in comparison.protocols[0].rows]

    distinct = len({sum(scores) for scores in images_right}) == 3
    if distinct:
        assert seen(up) == seen(down)
