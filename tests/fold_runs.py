"""Runs on folds with per-image results, as `load_runs` returns them, for tests of rankings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from compared_runs import with_curves
from records import make_record

from lr_study.runs import ImageResults

FOLDS = 5
CLASSES = 4


def runs_on_folds(
    accuracy: Mapping[str, float],
    *,
    images: int = 400,
    seeds: int = 10,
    lasting: float = 1.0,
    interaction: float = 0.5,
    seed_effect: float = 0.0,
    test_size: int = 0,
    generator: int = 0,
    **protocol: object,
) -> pd.DataFrame:
    """Policies that have images right with these probabilities.

    An image is right where a normal score lies below a policy's threshold. The score has a part
    that all policies share and lasts (of standard deviation ``lasting``), a part of each training
    and image (``interaction``), and a part of each training (``seed_effect``). Stratified folds
    have equal shares of every class.
    """
    rng = np.random.default_rng(generator)
    total = np.sqrt(lasting**2 + interaction**2 + seed_effect**2)
    hard = lasting * rng.normal(size=images)
    hard_test = lasting * rng.normal(size=test_size)
    classes = np.arange(images) % CLASSES
    divided = [rng.permutation(images) for _ in range(-(-seeds // FOLDS))]
    if protocol.get("stratified"):
        divided = [order[np.argsort(classes[order], kind="stable")] for order in divided]
    records, results = [], []
    for policy, share in accuracy.items():
        threshold = total * _normal_quantile(share)
        for seed in range(seeds):
            fold = np.sort(divided[seed // FOLDS][seed % FOLDS :: FOLDS])
            shift = seed_effect * rng.normal()
            score = hard[fold] + interaction * rng.normal(size=len(fold)) + shift
            on_test = hard_test + interaction * rng.normal(size=test_size) + shift
            found = ImageResults(
                images,
                fold,
                classes[fold],
                score < threshold,
                -np.exp(score - threshold).clip(1e-3, 20),
                on_test < threshold if test_size else None,
                -np.exp(on_test - threshold).clip(1e-3, 20) if test_size else None,
            )
            results.append(found)
            records.append(
                make_record(
                    policy,
                    seed,
                    accuracies=(0.1, found.accuracy),
                    losses=(3.0, found.loss),
                    resampling="folds",
                    folds=FOLDS,
                    val_fraction=0.0,
                    val_size=images // FOLDS,
                    train_size=images - -(-images // FOLDS),
                    test_size=test_size,
                    **protocol,
                )
            )
    runs = with_curves(*records)
    runs["image_results"] = results
    if test_size:
        runs["test_accuracy"] = [found.test_accuracy for found in results]
    else:
        runs["test_accuracy"] = np.nan
    return runs


def stratified_runs(accuracy: Mapping[str, float], **options: Any) -> pd.DataFrame:
    """Runs on stratified folds, in which the last policy has one of the classes all wrong."""
    runs = runs_on_folds(accuracy, stratified=True, **options)
    last = list(accuracy)[-1]
    runs["image_results"] = [
        replace(of, right=of.right & (of.classes > 0)) if policy == last else of
        for policy, of in zip(runs["policy"], runs["image_results"], strict=True)
    ]
    return runs.drop(columns="curves")  # they do not give the new accuracies


def _normal_quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))
