"""Two names of one policy, really trained: equal under the same seeds, not worse under others."""

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from forked import lr_study

from lr_study.comparison.experiment import compare
from lr_study.tracking.reading import load_runs

FIXED = "fixed:lr=0.001"
SAME = "step_decay:initial_lr=0.001,drop=1.0,epochs_drop=5"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> pd.DataFrame:
    """Both policies under twenty seeds on the sample."""
    uri = f"sqlite:///{tmp_path_factory.mktemp('store')}/mlflow.db"
    shutil.copy(empty_database, uri[10:])
    command = "study --seeds 20 --epochs 5 --image-size 64 --log-models none --experiment aa"
    policies = ["--policy", FIXED, "--policy", "step_decay:initial_lr=0.001,drop=1"]
    environment = {**os.environ, "MLFLOW_TRACKING_URI": uri}
    answer = lr_study(*command.split(), *policies, cwd=Path(uri[10:]).parent, env=environment)
    assert answer.returncode == 0, answer.stderr
    return load_runs("aa", uri)


def test_under_the_same_seeds_they_are_equal_to_the_last_digit_and_tied(runs) -> None:
    (ranking,) = compare(runs).protocols
    first, second = ranking.rows
    assert (first.policy, first.verdict, second.policy, second.verdict) == (
        FIXED,
        "best",
        SAME,
        "tied",
    )
    assert first.estimate == second.estimate
    assert (second.vs_best.mean, second.vs_best.p_value) == (0, 1)
    by_seed = {
        policy: list(part.sort_values("seed")["curves"])
        for policy, part in runs[runs["excluded"].isna()].groupby("policy")
    }
    assert len(by_seed[FIXED]) == 20
    assert by_seed[FIXED] == by_seed[SAME]


def test_under_other_seeds_neither_is_worse(runs) -> None:
    early = runs[(runs["policy"] == FIXED) & (runs["seed"] < 10).fillna(False)]
    late = runs[(runs["policy"] == SAME) & (runs["seed"] >= 10).fillna(False)].copy()
    late["seed"] = late["seed"] - 10
    (ranking,) = compare(pd.concat([early, late])).protocols
    assert [row.runs for row in ranking.rows] == [10, 10]
    assert ranking.rows[0].estimate != ranking.rows[1].estimate
    assert ranking.rows[1].verdict in ("tied", "undecided")
