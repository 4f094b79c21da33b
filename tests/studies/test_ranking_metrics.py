"""The result of a study as metrics of its run."""

from collections import Counter

from compared_runs import BASE, FAST, SLOW
from fold_runs import runs_on_folds

from lr_study.comparison import compare
from lr_study.report import ranking_description
from lr_study.studies.ranking_log import summary_metrics

RUNS = {BASE: 0.8, FAST: 0.85, SLOW: 0.6}


def test_a_study_on_folds_says_what_choosing_its_best_can_cost() -> None:
    comparison = compare(runs_on_folds(RUNS, images=400, seeds=10))
    (ranking,) = comparison.protocols
    best = ranking.rows[0]
    verdicts = Counter(row.verdict for row in ranking.rows)
    assert verdicts["clearly worse"]
    assert summary_metrics(comparison) == {
        "policies": 3,
        "seeds": 10,
        "tied": verdicts["tied"],
        "undecided": verdicts["undecided"],
        "worse": verdicts["worse"],
        "clearly_worse": verdicts["clearly worse"],
        "best_estimate": best.estimate,
        "best_estimate_corrected": best.estimate_corrected,
        "gain_corrected": ranking.gain_corrected,
        "regret_bound": ranking.regret_bound,
    }
    # MLflow folds all but the first lines of a description.
    first, _ = ranking_description(comparison).split("\n", 1)
    assert f"at most {ranking.regret_bound:.2g} points against whichever is truly best" in first


def test_what_is_not_known_is_no_metric() -> None:
    runs = runs_on_folds(RUNS, images=400, seeds=10).drop(columns="image_results")
    assert summary_metrics(compare(runs)).keys() == {
        "policies",
        "seeds",
        "tied",
        "undecided",
        "worse",
        "clearly_worse",
        "best_estimate",
    }
