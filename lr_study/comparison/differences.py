"""Differences between the policies of one protocol, in each tested metric, as result values.

`lr_study.comparison.inference` computes on arrays; here its settings are taken from a protocol, and
its numbers become `Difference` values that name the method.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lr_study.comparison.criteria import HIGHER_IS_BETTER, ComparisonCriteria
from lr_study.comparison.inference import (
    AllPairs,
    Differences,
    TestConfig,
    all_pairs,
)
from lr_study.comparison.messages import message
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference


def test_config_for(metric: str, fields: Mapping[str, Any], margin_points: float) -> TestConfig:
    """Return how to test a metric under a protocol.

    Parameters
    ----------
    metric
        Name of a metric; that of an accuracy ends in ``accuracy``.
    fields
        Fields of the protocol.
    margin_points
        Equivalence margin in points, that is in hundredths of the metric. For an accuracy it is at
        least one image.
    """
    test, train = known_size(fields.get("val_size")), known_size(fields.get("train_size"))
    one_image = 1 / test if test and metric.endswith("accuracy") else 0.0
    one_epoch = 1.0 if metric == "convergence_epoch" else 0.0
    return TestConfig(
        test_train_ratio=test / train if train else 0.0,
        min_std=max(one_image, one_epoch),
        equivalence_margin=max(margin_points / 100, one_image),
    )


def compare_all_pairs(paired: PairedScores, criteria: ComparisonCriteria) -> dict[str, AllPairs]:
    """Compare all pairs of policies in each ranking metric and in convergence epoch, by name."""
    columns = {metric: f"{criteria.at}_{metric}" for metric in HIGHER_IS_BETTER}
    columns["convergence_epoch"] = "convergence_epoch"
    return {
        metric: all_pairs(paired.values(column), test_config_for(metric, paired.protocol, 0.0))
        for metric, column in columns.items()
    }


def difference_at(
    differences: Differences, i: int, method: str = "paired t", correction: str = "holm"
) -> Difference:
    """Return the difference of policy ``i`` from the reference, with how it was computed.

    Parameters
    ----------
    method, correction
        The keys of messages that say so.
    """
    if np.isnan(differences.mean[i]):
        return Difference(None)
    mean = float(differences.mean[i])
    if i == differences.reference:
        return Difference(mean, n=differences.seeds)
    if np.isnan(differences.margin_of_error[i]):
        return Difference(mean, n=differences.seeds, method=message("single runs"))
    margin_of_error = float(differences.margin_of_error[i])
    return Difference(
        mean,
        interval=(mean - margin_of_error, mean + margin_of_error),
        p_value=float(differences.p_value[i]),
        n=differences.seeds,
        method=message(method),
        correction=message(correction, comparisons=differences.comparisons),
    )


def known_size(value: Any) -> int:
    """Return a size from the protocol, or 0 where it is unknown."""
    return value if isinstance(value, int) else 0
