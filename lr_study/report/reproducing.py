"""The commands that give the runs of a protocol, and their ranking, again."""

import shlex
from collections.abc import Sequence

from lr_study.grids import SEED_GRID
from lr_study.policies import FAMILIES
from lr_study.results import ProtocolRanking

OPTIONS = (
    "data",
    "backbone",
    "image_size",
    "engine",
    "optimizer",
    "batch_size",
    "epochs",
    "val_fraction",
    "test_fraction",
    "split_seed",
)
"""Fields of a protocol that are options of ``lr-study study``."""


def study_command(experiment: str, ranking: ProtocolRanking) -> Sequence[str]:
    """Return the lines to type; empty where a policy or a seed is one that nobody could type."""
    first = ranking.rows[0]
    if not first.seeds or any(row.family not in FAMILIES for row in ranking.rows):
        return ()
    words = ["lr-study", "study"]
    policies = sorted(row.policy for row in ranking.rows)
    if policies == sorted(str(policy) for policy in SEED_GRID):
        words += ["--grid", "seed"]
    else:
        words += [word for policy in policies for word in ("--policy", policy)]
    seeds = first.seeds
    whole = seeds == tuple(range(len(seeds)))
    words += ["--seeds", str(len(seeds)) if whole else ",".join(map(str, seeds))]
    for name in OPTIONS:
        if name in ranking.fields:
            words += [f"--{name.replace('_', '-')}", str(ranking.fields[name])]
    words += ["--experiment", experiment]
    return shlex.join(words), shlex.join(["lr-study", "compare", "--experiment", experiment])
