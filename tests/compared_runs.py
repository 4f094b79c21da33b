"""Runs with curves, as `load_runs` returns them, for tests of comparisons."""

import numpy as np
import pandas as pd
from records import frame, make_record

from lr_study.comparison.experiment import compare
from lr_study.comparison.results import ProtocolRanking
from lr_study.runs import CURVES, RunRecord

BASE, FAST, SLOW = "fixed:lr=0.001", "exp_decay:initial_lr=0.01,k=0.3", "fixed:lr=0.0001"


def with_curves(*records: RunRecord) -> pd.DataFrame:
    """The records as rows, with their curves."""
    runs = frame(*records)
    runs["curves"] = [
        {name: [getattr(epoch, name) for epoch in record.epochs] for name in CURVES}
        for record in records
    ]
    return runs


def ranked(runs: pd.DataFrame, **options) -> ProtocolRanking:
    """The ranking of runs that have one protocol."""
    (ranking,) = compare(runs, **options).protocols
    return ranking


def three_policies(seeds=(0, 1)) -> pd.DataFrame:
    """BASE ends at 0.7; FAST passes 0.7 in two epochs, then falls below; SLOW never reaches it."""
    curves = {BASE: (0.5, 0.6, 0.7), FAST: (0.6, 0.75, 0.69), SLOW: (0.3, 0.4, 0.5)}
    losses = {BASE: (1.0, 0.8, 0.7), FAST: (0.9, 0.5, 0.6), SLOW: (1.5, 1.4, 1.3)}
    return with_curves(
        *(
            make_record(policy, seed, accuracies=curve, losses=losses[policy])
            for policy, curve in curves.items()
            for seed in seeds
        )
    )


def two_noisy_policies(gap: float, noise: float, seeds: int) -> pd.DataFrame:
    """BASE, and SLOW with a mean accuracy lower by ``gap``, with noise over seeds."""
    e = np.random.default_rng(0).normal(0, noise, seeds)
    below = gap + e - e.mean()
    return with_curves(
        *(make_record(BASE, s, accuracies=(0.1, 0.7), losses=(1, 0.5)) for s in range(seeds)),
        *(
            make_record(SLOW, s, accuracies=(0.1, 0.7 - less), losses=(1, 0.5))
            for s, less in enumerate(below.tolist())
        ),
    )
