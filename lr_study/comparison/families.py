"""Families compared as they would be used: parameters chosen on validation, judged on test."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.inference import TestConfig, many_to_one, wilson_interval
from lr_study.comparison.messages import message
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference, FamilyRow, Row, first_of_each_family

TEST = "test_accuracy"


def compare_families(
    rows: Sequence[Row], paired: PairedScores, baseline: str, test_size: int, config: TestConfig
) -> tuple[FamilyRow, ...]:
    """Take the first-ranked policy of each family, and compare them with the baseline on test.

    The same pictures test under every seed: intervals of the accuracies are those of sampling
    ``test_size`` pictures, and the differences are paired over seeds, with the same allowance for
    what seeds share as on validation. Without a test part there are no figures.
    """
    chosen = first_of_each_family(rows)
    test = dict(zip(paired.policies, paired.values(TEST), strict=True))
    differences = _from_baseline(
        {row.policy: test[row.policy] for row in chosen.values()},
        baseline,
        test.get(baseline),
        config,
    )
    families = []
    for family, row in chosen.items():
        accuracy = float(test[row.policy].mean())
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


def _from_baseline(
    chosen: dict[str, NDArray[np.float64]],
    baseline: str,
    scores: NDArray[np.float64] | None,
    config: TestConfig,
) -> dict[str, Difference]:
    """Differences on test of those chosen that are not the baseline itself."""
    others = [policy for policy in chosen if policy != baseline]
    if scores is None or np.isnan(scores).any() or not others:
        return {}
    found = many_to_one(np.stack([scores, *(chosen[policy] for policy in others)]), 0, config)
    return {policy: found.at(i) for i, policy in enumerate(others, start=1)}
