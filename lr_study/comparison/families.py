"""Comparison of families on the test set, each by the policy that validation selected."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.differences import difference_at
from lr_study.comparison.inference import TestConfig, many_to_one, wilson_interval
from lr_study.comparison.messages import message
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference, FamilyRow, Row, first_of_each_family

TEST = "test_accuracy"


def compare_families(
    rows: Sequence[Row], paired: PairedScores, baseline: str, test_size: int, config: TestConfig
) -> tuple[FamilyRow, ...]:
    """Compare the first-ranked policy of each family with the baseline on the test set.

    All seeds share one test set. The interval of an accuracy is that of sampling ``test_size``
    images; differences are paired over seeds, with the same variance as on validation. Without a
    test set, accuracies, intervals and differences are None.

    Parameters
    ----------
    rows
        The ranking, best first.
    paired
        The runs of these rows.
    test_size
        Number of test images; 0 if unknown.
    config
        How to test differences in test accuracy.
    """
    selected = first_of_each_family(rows)
    scores = dict(zip(paired.policies, paired.values(TEST), strict=True))
    differences = _versus_baseline(
        {row.policy: scores[row.policy] for row in selected.values()},
        baseline,
        scores.get(baseline),
        config,
    )
    families = []
    for family, row in selected.items():
        accuracy = float(scores[row.policy].mean())
        known = not np.isnan(accuracy)
        families.append(
            FamilyRow(
                family=family,
                policy=row.policy,
                tried=sum(other.family == family for other in rows),
                runs=row.runs,
                estimate=row.estimate,
                test_accuracy=accuracy if known else None,
                interval=wilson_interval(accuracy, test_size) if known and test_size else None,
                interval_method=message("wilson test", size=test_size) if known else None,
                vs_baseline=differences.get(row.policy),
            )
        )
    return tuple(families)


def _versus_baseline(
    selected: Mapping[str, NDArray[np.float64]],
    baseline: str,
    baseline_scores: NDArray[np.float64] | None,
    config: TestConfig,
) -> dict[str, Difference]:
    """Differences in test accuracy from the baseline, by policy; scores are (seeds,)."""
    others = [policy for policy in selected if policy != baseline]
    if baseline_scores is None or np.isnan(baseline_scores).any() or not others:
        return {}
    scores = np.stack([baseline_scores, *(selected[policy] for policy in others)])
    differences = many_to_one(scores, 0, config)
    return {policy: difference_at(differences, i) for i, policy in enumerate(others, start=1)}
