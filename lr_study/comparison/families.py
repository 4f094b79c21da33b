"""Comparison of families on the test set, each by the policy that validation selected."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lr_study.comparison.crossed_inference import compare_on_test_set
from lr_study.comparison.differences import difference_at
from lr_study.comparison.inference import TestConfig, many_to_one, wilson_interval
from lr_study.comparison.messages import message
from lr_study.comparison.paired_images import RANDOM_SEED, right_on_test
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference, FamilyRow, Row, first_of_each_family
from lr_study.runs import ACCURACY, metric_of


def compare_families(
    rows: Sequence[Row], paired: PairedScores, baseline: str, test_size: int, config: TestConfig
) -> tuple[FamilyRow, ...]:
    """Compare the first-ranked policy of each family with the baseline on the test set.

    All seeds share one test set. The metric is that of the protocol. The interval of an accuracy is
    that of sampling ``test_size`` images. Differences are tested image by image, with the variance
    of images and seeds that are crossed; of runs without per-image results, paired over seeds with
    the same variance as on validation. Without a test set, estimates, intervals and differences are
    None.

    Parameters
    ----------
    rows
        The ranking, best first.
    paired
        The runs of these rows.
    test_size
        Number of test images; 0 if unknown.
    config
        How to test differences by one score a run.
    """
    selected = first_of_each_family(rows)
    metric = metric_of(paired.protocol)
    scores = dict(zip(paired.policies, paired.values(f"test_{metric.name}"), strict=True))
    others = [row.policy for row in selected.values() if row.policy != baseline]
    differences: Mapping[str, Difference] = {}
    if baseline in scores and others:
        policies = [paired.policies.index(policy) for policy in (baseline, *others)]
        differences = _by_image(paired.select(policies), baseline) or _by_run(
            scores, baseline, others, config
        )
    families = []
    for family, row in selected.items():
        estimate = float(scores[row.policy].mean())
        known = not np.isnan(estimate)
        has_interval = known and metric.is_share and test_size > 0
        families.append(
            FamilyRow(
                family=family,
                policy=row.policy,
                tried=sum(other.family == family for other in rows),
                runs=row.runs,
                estimate=row.estimate,
                test_accuracy=estimate if known and metric == ACCURACY else None,
                interval=wilson_interval(estimate, test_size) if has_interval else None,
                interval_method=message("wilson test", size=test_size) if has_interval else None,
                vs_baseline=differences.get(row.policy),
                test_estimate=estimate if known else None,
            )
        )
    return tuple(families)


def _by_image(paired: PairedScores, baseline: str) -> dict[str, Difference]:
    """Differences from the baseline, by policy; empty without per-image results.

    One seed is not enough: what it changes for all images is then not known.
    """
    right = right_on_test(paired)
    if right is None or len(paired.seeds) < 2:
        return {}
    reference = paired.policies.index(baseline)
    found = compare_on_test_set(right, reference, np.random.default_rng(RANDOM_SEED))
    return {
        policy: difference_at(found, i, "per image", "max-t")
        for i, policy in enumerate(paired.policies)
        if i != reference
    }


def _by_run(
    scores: Mapping[str, NDArray[np.float64]],
    baseline: str,
    others: Sequence[str],
    config: TestConfig,
) -> dict[str, Difference]:
    """The same from test accuracies, (seeds,) for each policy; empty if the baseline has none."""
    if np.isnan(scores[baseline]).any():
        return {}
    stacked = np.stack([scores[baseline], *(scores[policy] for policy in others)])
    differences = many_to_one(stacked, 0, config)
    return {policy: difference_at(differences, i) for i, policy in enumerate(others, start=1)}
