"""Decisions of a study while it trains: after each whole repetition, from its runs in the store.

Nothing is decided from memory: runs are read back, so the same command after a kill, and the same
command on another machine, decide the same. If the store cannot be reached, or lacks runs that wait
in the outbox, all policies that have not been stopped train on, and the decision is made once the
runs are there. Waiting for hours would cost more than the runs that the decision might have saved,
and the results of earlier repetitions may be in the store alone.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from lr_study.comparison import (
    RANDOM_SEED,
    Decisions,
    ImageScores,
    InterimAnalysis,
    RaceRecord,
    decide,
    infer,
    race_scores,
    races_of,
)
from lr_study.runs import ACCURACY, Protocol, RunSpec, StudySpec
from lr_study.support import UsageError
from lr_study.tracking import (
    MAX_TAG_LENGTH,
    RACE_TAG,
    Destination,
    Sender,
    log_batch,
    runs_of_experiment,
)

POINTS = 100
"""Points of accuracy in a share."""


@dataclass
class EarlyEnd:
    """Makes the decisions of one study, and knows which cells they leave.

    Attributes
    ----------
    finished
        How many repetitions are complete.
    decisions
        None until the runs of a whole repetition were read.
    is_logged
        Whether the latest study in the store has all decisions so far.
    """

    study: StudySpec
    protocol: Protocol
    finished: int = 0
    decisions: Decisions | None = None
    is_logged: bool = True
    _shown: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        """Refuse a study that cannot decide, or whose decisions would not fit into a tag.

        Raises
        ------
        UsageError
            If it is not ranked by accuracy, or has too many policies.
        """
        metric = self.protocol.ranked_by
        if self.study.may_end_early and metric != ACCURACY:
            option = "--race" if self.study.race else "--until-regret"
            raise UsageError(
                f"{option} is not allowed with the metric {metric.name}: it decides by which "
                "examples were classified correctly"
            )
        if not self.study.race:
            return
        stopped = dict.fromkeys(self.policies, len(self.study.rounds))
        folds = self.study.settings.folds
        longest = RaceRecord(self.protocol.id, folds, len(stopped), 1, 1 / 3, stopped).to_text()
        if len(longest) > MAX_TAG_LENGTH:
            raise UsageError(
                f"{len(self.policies)} policies are too many for --race: which of them it stops "
                "would not fit into a tag of MLflow; give fewer, or leave --race out"
            )

    def read(self, runs: pd.DataFrame) -> str:
        """Decide by the runs of the experiment; return what the analysis that is due lacks."""
        rounds = self.study.rounds
        if self.study.rerun == "all":  # later runs are there, and will be replaced
            rounds = rounds[: self.finished]
        ours = runs[runs["protocol_id"] == self.protocol.id]
        found = race_scores(ours, self.policies, rounds, stratified=self.protocol.stratified)
        if found.scores is None:
            return found.lacking[0] if self.finished else ""
        until = self.study.until_regret
        self.decisions = decide(
            found.scores,
            found.available,
            len(self.study.rounds),
            race=self.study.race,
            until_regret=None if until is None else until / POINTS,
            bound=_regret_bound,
        )
        self.is_logged = self.record() in (None, races_of(runs).get(self.protocol.id))
        analyses = self.decisions.analyses
        if self.decisions.ended or len(analyses) >= self.finished:
            return ""
        remaining = analyses[-1].remaining if analyses else range(len(self.policies))
        return next(found.lacking[i] for i in remaining if found.available[i] <= len(analyses))

    def needs(self, spec: RunSpec) -> bool:
        """Whether a cell is to be trained, by what is decided so far."""
        if self.decisions is None:
            return True
        repetition = self.round_of(spec)
        if self.decisions.ended and repetition >= len(self.decisions.analyses):
            return False
        stopped = self.decisions.stopped.get(self.policies.index(str(spec.policy)))
        return stopped is None or repetition < stopped

    def is_due(self, finished: int) -> bool:
        """Take note of the finished repetitions; return whether there is anything to decide."""
        self.finished = finished
        is_ended = self.decisions is not None and self.decisions.ended
        return self.study.may_end_early and not is_ended

    @property
    def rounds(self) -> tuple[tuple[int, ...], ...]:
        """The seeds of each repetition; all are one where nothing is decided between them."""
        return self.study.rounds if self.study.may_end_early else (self.study.seeds,)

    def round_of(self, spec: RunSpec) -> int:
        """Return which of the repetitions a cell is in, from 0."""
        return next(i for i, seeds in enumerate(self.rounds) if spec.seed in seeds)

    @cached_property
    def policies(self) -> list[str]:
        """The policies in text form, in the order of the decisions' indices."""
        return [str(policy) for policy in self.study.policies]

    def record(self) -> RaceRecord | None:
        """Return the decisions so far as the study's run keeps them; None before the first."""
        if self.decisions is None or not self.decisions.analyses:
            return None
        latest = self.decisions.analyses[-1]
        return RaceRecord(
            protocol_id=self.protocol.id,
            folds=self.study.settings.folds,
            planned=self.decisions.planned,
            repetitions=latest.repetitions,
            level=latest.level,
            stopped={self.policies[i]: r for i, r in self.decisions.stopped.items()},
            until_regret=self.study.until_regret,
            regret_bound=latest.regret_bound * POINTS,
            ended=self.decisions.ended,
        )

    def new_lines(self) -> list[str]:
        """Return a line for each interim analysis that was not shown yet."""
        analyses = () if self.decisions is None else self.decisions.analyses
        new, self._shown = analyses[self._shown :], len(analyses)
        return [self._line(each, is_last=each is analyses[-1]) for each in new]

    def _line(self, analysis: InterimAnalysis, *, is_last: bool) -> str:
        folds, planned = self.study.settings.folds, len(self.study.rounds)
        parts = []
        if self.study.race and analysis.repetitions < planned:
            dropped, remaining = len(analysis.dropped), len(analysis.remaining)
            names = ", ".join(self.policies[i] for i in analysis.dropped)
            train = "trains" if dropped == 1 else "train"
            parts.append(
                f"{dropped} of {dropped + remaining} policies may not be best and {train} no "
                f"further ({names})"
                if dropped
                else f"all {remaining} policies may be best and train on"
            )
        points = analysis.regret_bound * POINTS
        parts.append(f"choosing the leader loses at most {points:.2g} points (95 %)")
        if is_last and self.decisions is not None and self.decisions.ended:
            parts.append("the study ends")
        seeds = f"{analysis.repetitions * folds} of {planned * folds} seeds"
        return f"after {seeds}: {'; '.join(parts)}"


def decide_from_store(
    ending: EarlyEnd,
    destination: Destination,
    sender: Sender,
    parent: str,
    cells: Collection[str],
    say: Callable[[str], None],
) -> None:
    """Make the decisions that are due, log them to the study's run, and say them.

    Parameters
    ----------
    cells
        Those of the study: the runs of them that wait in the outbox are sent first.
    say
        Is given a line per decision, or one that says why no decision was made.
    """
    client, experiment = destination.client, destination.experiment
    waiting = sender.try_send(experiment, cells)
    runs = sender.try_call(lambda: runs_of_experiment(client, experiment.experiment_id))
    if runs is None:
        say(_not_decided(f"the store cannot be reached: {sender.last_error}"))
        return
    lacking = ending.read(runs)
    log_decisions(ending, sender, parent)
    for line in ending.new_lines():
        say(line)
    if lacking:
        say(_not_decided(f"{waiting} runs wait in the outbox" if waiting else lacking))


def log_decisions(ending: EarlyEnd, sender: Sender, parent: str) -> None:
    """Log the decisions so far to the study's run, as far as the store can be reached."""
    record = ending.record()
    if record is not None:
        text = record.to_text()
        sender.try_call(lambda: log_batch(sender.client, parent, tags={RACE_TAG: text}))


def _not_decided(why: str) -> str:
    return (
        f"not decided ({why}): policies that were not stopped train on, and the decision is made "
        "when all of its runs are in the store"
    )


def _regret_bound(scores: ImageScores, level: float) -> float:
    """As a ranking of these runs at this level gives it: by the same draws."""
    rng = np.random.default_rng(RANDOM_SEED)
    return infer(scores, rng, margin=0.0, level=level).regret_bound
