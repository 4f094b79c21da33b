"""What a user may rely on in the result of a comparison besides its figures."""

import pandas as pd
import pytest
from compared_runs import BASE, FAST, SLOW, ranked, three_policies, with_curves
from records import frame, make_record

from lr_study.comparison.experiment import compare
from lr_study.comparison.results import Difference, first_of_each_family
from lr_study.support import UsageError


def test_a_difference_that_is_not_known_is_of_no_seed() -> None:
    assert Difference(None).n == 0


def test_one_tested_difference_of_each_kind_shows_how_it_was_computed() -> None:
    ranking = ranked(three_policies(seeds=(0, 1, 2)))
    tested = ranking.tested()
    assert ranking.rows[0].policy == BASE
    # Neither the baseline nor the best, which were not tested against themselves.
    assert tested["best"] == ranking.rows[1].vs_best
    assert tested["baseline"] == ranking.rows[1].vs_baseline["val_accuracy"]
    assert str(tested["best"].correction).endswith("over 3 comparisons")
    assert str(tested["baseline"].correction).endswith("over 2 comparisons")


def test_a_kind_of_difference_without_a_test_is_absent() -> None:
    without_baseline = three_policies(seeds=(0, 1, 2)).query(f"policy != '{BASE}'")
    assert list(ranked(without_baseline).tested()) == ["best"]
    assert ranked(three_policies(seeds=(0,))).tested() == {}


def test_the_first_row_of_each_family_is_its_best() -> None:
    first = first_of_each_family(ranked(three_policies()).rows)
    assert {family: row.policy for family, row in first.items()} == {
        "fixed": BASE,
        "exp_decay": FAST,
    }


def excluded_runs() -> pd.DataFrame:
    """A run to rank; one that failed, one that is superseded, and the parent run of a study."""
    runs = frame(*(make_record(BASE, seed) for seed in range(4)))
    runs["excluded"] = [
        None,
        "status FAILED, not FINISHED",
        "Superseded: trained again on request",
        "Study run; see its child runs",
    ]
    return runs


def test_a_problem_is_a_warning_or_an_exclusion_that_nobody_asked_for() -> None:
    comparison = compare(excluded_runs(), baseline=SLOW)
    (warning,) = comparison.warnings
    assert f"baseline {SLOW} has no runs" in warning
    assert len(comparison.excluded) == 3
    assert comparison.problems == ("run001: status FAILED, not FINISHED", warning)


def test_the_rows_that_were_ranked_can_be_had() -> None:
    runs = excluded_runs()
    assert list(compare(runs).ranked(runs)["run_id"]) == ["run000"]


def test_a_frame_has_rows_of_policies_or_of_families() -> None:
    comparison = compare(three_policies())
    assert list(comparison.to_frame()["policy"]) == [BASE, FAST, SLOW]
    with pytest.raises(UsageError, match="by=seed is not allowed: by is one of policy, family"):
        comparison.to_frame("seed")


def test_the_result_as_plain_values() -> None:
    runs = with_curves(make_record(BASE), make_record(FAST))
    found = compare(runs, experiment="x").to_dict()
    assert (found["experiment"], found["baseline"], found["excluded"]) == ("x", BASE, ())
    assert [row["policy"] for row in found["protocols"][0]["rows"]] == [BASE, FAST]
