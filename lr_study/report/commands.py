"""The commands that give the runs of a protocol, and their ranking, again."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from lr_study.comparison import ProtocolRanking
from lr_study.policies import FAMILIES
from lr_study.runs import SEED_GRID, UNKNOWN, Settings

NAMED_DATA = ("sample", "oregon")

MAX_NAMED = 4
"""Policies that a suggested command names."""


def study_command(
    ranking: ProtocolRanking, policies: Iterable[str], seeds: Sequence[int] | int
) -> str:
    """Return the line that runs policies over seeds under a ranking's protocol.

    Options at their default are omitted. Of a folder of images only the name is known.
    """
    arguments = ["lr-study", "study"]
    if sorted(policies) == sorted(str(policy) for policy in SEED_GRID):
        arguments += ["--grid", "seed"]
    else:
        arguments += [part for policy in policies for part in ("--policy", policy)]
    if not isinstance(seeds, int) and list(seeds) == list(range(len(seeds))):
        seeds = len(seeds)
    arguments += ["--seeds", str(seeds) if isinstance(seeds, int) else ",".join(map(str, seeds))]
    return shlex.join([*arguments, *_options(ranking.fields)])


def _options(protocol: Mapping[str, Any]) -> Iterable[str]:
    for field in fields(Settings):
        value = protocol.get(field.name, UNKNOWN)
        given_test = bool(protocol.get("test_fingerprint"))
        if field.name == "test_data" and given_test:
            value = "path/to/test"
        if field.name == "test_fraction" and given_test:
            continue
        # What a protocol holds of weights is their hash.
        if value in (UNKNOWN, field.default) or field.name == "weights":
            continue
        if field.name == "data" and value not in NAMED_DATA:
            value = f"path/to/{value}"
        yield f"--{field.name.replace('_', '-')}"
        yield str(value)


def repeat_command(ranking: ProtocolRanking, baseline: str) -> str | None:
    """Return the line that repeats the first policies over seeds; None if they ran over several."""
    if len(ranking.rows[0].seeds) > 1 or ranking.rows[0].diverged:
        return None
    # An imported policy may have no formula to run it by.
    known = [row.policy for row in ranking.rows if row.family in FAMILIES]
    return study_command(ranking, list(dict.fromkeys([*known[:MAX_NAMED], baseline])), 10)


def reproducing_commands(experiment: str, ranking: ProtocolRanking) -> Sequence[str]:
    """Return the lines to type; none where a policy or a seed is one that nobody could type."""
    seeds = ranking.rows[0].seeds
    if not seeds or any(row.family not in FAMILIES for row in ranking.rows):
        return ()
    there = shlex.join(["--experiment", experiment])
    policies = sorted(row.policy for row in ranking.rows)
    return (
        f"{study_command(ranking, policies, seeds)} {there}",
        f"lr-study compare {there}",
    )
