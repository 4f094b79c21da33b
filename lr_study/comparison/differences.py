"""Differences between the policies of one protocol, in each tested metric, as result values.

`lr_study.comparison.inference` computes on arrays; here its settings are taken from a protocol, and
its numbers become `Difference` values that name the method.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lr_study.comparison.criteria import ComparisonCriteria
from lr_study.comparison.inference import (
    AllPairs,
    Differences,
    TestConfig,
    all_pairs,
)
from lr_study.comparison.messages import message
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference
from lr_study.runs import LOSS, is_share, metric_of


def test_config_for(metric: str, fields: Mapping[str, Any], margin: float) -> TestConfig:
    """Return how to test a metric under a protocol.

    Parameters
    ----------
    metric
        Name of a metric; that of an accuracy ends in ``accuracy``.
    fields
        Fields of the protocol.
    margin
        Equivalence margin in units of the metric. For an accuracy it is at least one image.
    """
    test, train = known_size(fields.get("val_size")), known_size(fields.get("train_size"))
    one_image = 1 / test if test and is_share(metric) else 0.0
    one_epoch = 1.0 if metric == "convergence_epoch" else 0.0
    return TestConfig(
        test_train_ratio=test / train if train else 0.0,
        min_std=max(one_image, one_epoch),
        equivalence_margin=max(margin, one_image),
    )


def tested_metrics(fields: Mapping[str, Any], criteria: ComparisonCriteria) -> tuple[str, ...]:
    """Return the metrics in which differences are tested.

    These are the one of the protocol, the loss, the one that ranks, and the convergence epoch.
    """
    metrics = (metric_of(fields), LOSS, criteria.by)
    return (*dict.fromkeys(metric.val for metric in metrics), "convergence_epoch")


def compare_all_pairs(paired: PairedScores, criteria: ComparisonCriteria) -> dict[str, AllPairs]:
    """Compare all pairs of policies in each of the `tested_metrics`, by name."""
    *metrics, epoch = tested_metrics(paired.protocol, criteria)
    columns = {**{metric: f"{criteria.at}_{metric}" for metric in metrics}, epoch: epoch}
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
