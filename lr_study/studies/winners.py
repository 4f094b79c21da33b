"""Which run to build a model from: that of a ranked policy, or one that is given by its id."""

import re
from dataclasses import dataclass

import pandas as pd
from mlflow import MlflowClient

from lr_study.comparison import Comparison
from lr_study.support import LrStudyError, UsageError, whole_number
from lr_study.tracking import all_experiments

_RUN_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PREFIX = re.compile(r"[0-9a-f]{4,31}", re.ASCII)


@dataclass(frozen=True)
class Winner:
    """A ranked policy, and the run that stands for it.

    Attributes
    ----------
    run_id, seed
        The run under the first of the common seeds.
    place, policies
        The policy's place in the ranking, from 1, and how many policies are ranked.
    verdict, estimate
        As in the ranking.
    """

    run_id: str
    policy: str
    seed: int
    place: int
    policies: int
    verdict: str
    estimate: float | None
    experiment: str
    protocol_id: str

    def __str__(self) -> str:
        estimate = "" if self.estimate is None else f", estimate {self.estimate:.4f}"
        return (
            f"place {self.place} of {self.policies} in experiment {self.experiment}: "
            f"{self.policy} ({self.verdict}{estimate}), run {self.run_id} of seed {self.seed}"
        )


def winner(runs: pd.DataFrame, ranking: Comparison, place: int = 1) -> Winner:
    """Return the policy at a place of a ranking, counted from 1, of the protocol with most runs.

    Raises
    ------
    UsageError
        If there is no such place.
    LrStudyError
        If nothing is ranked, or the policy diverged or its seeds are unknown.
    """
    place = whole_number("rank", place, 1)
    if not ranking.protocols:
        raise LrStudyError(f"experiment {ranking.experiment} has no run that can be ranked")
    protocol = ranking.protocols[0]
    if place > len(protocol.rows):
        raise UsageError(
            f"rank={place} is not allowed: {len(protocol.rows)} policies are ranked in experiment "
            f"{ranking.experiment}"
        )
    row = protocol.rows[place - 1]
    if row.diverged:
        raise LrStudyError(f"{row.policy} diverged: a model of it would predict nothing")
    if not row.seeds:
        raise LrStudyError(f"{row.policy} has no run under a known seed")
    ranked = ranking.ranked(runs)
    ours = ranked[
        (ranked["protocol_id"] == protocol.id)
        & (ranked["policy"] == row.policy)
        & (ranked["seed"] == row.seeds[0])
    ]
    return Winner(
        run_id=str(ours["run_id"].iloc[0]),
        policy=row.policy,
        seed=row.seeds[0],
        place=place,
        policies=len(protocol.rows),
        verdict=row.verdict,
        estimate=row.estimate,
        experiment=ranking.experiment,
        protocol_id=protocol.id,
    )


def full_run_id(client: MlflowClient, given: str) -> str:
    """Return the id of the run that begins with some hexadecimal digits.

    Raises
    ------
    UsageError
        If they are fewer than four or no such digits, or no run or several begin with them.
    """
    if _RUN_ID.fullmatch(given):
        return given
    if not _PREFIX.fullmatch(given):
        raise UsageError(
            f"run {given!a} is not allowed: a run id is 32 hexadecimal digits, or the first four "
            "or more of them; lr-study compare --format json and MLflow's pages show the ids"
        )
    ids = [experiment.experiment_id for experiment in all_experiments(client)]
    found = client.search_runs(ids, f"attributes.run_id LIKE '{given}%'", max_results=3)
    if len(found) == 1:
        return str(found[0].info.run_id)
    if not found:
        raise UsageError(
            f"run {given!r} is not a run of lr-study in {client.tracking_uri}: "
            "lr-study compare --format json and MLflow's pages show the ids"
        )
    raise UsageError(
        f"run {given!r} is not unique: {', '.join(run.info.run_id[:12] for run in found)} begin "
        "with it; give more digits"
    )
