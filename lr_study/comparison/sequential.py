"""Decisions of a study after each whole repetition: who trains no further, and whether it ends.

The interim analysis after repetition r uses the repetitions up to r and nothing later. So a study
that was killed and goes on, or is analysed again when it is finished, has the same analyses with
the same decisions.

Testing several times at the full level would find differences that do not exist. The error rate is
therefore spent over the analyses as O'Brien and Fleming's boundaries do [1]_, at the information
t = V(planned)/V(r), the share of the final information that r repetitions hold: 2 - 2 Φ(z/√t), with
z the normal quantile of half the level. Every repetition divides the same images, so the first of
four may hold more than a quarter of the information. How much of a variance more repetitions lower
can be estimated from two repetitions on. The first analysis assumes that they lower all of it,
which spends less.

Within an analysis policies leave the set of those that may be best step by step, as in the model
confidence set (`confidence_set`). `joint_draws` says how analyses are correlated.

References
----------
.. [1] K. K. G. Lan and D. L. DeMets. Discrete sequential boundaries for clinical trials. Biometrika
   70 (1983).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from lr_study.comparison.confidence_set import elimination_order
from lr_study.comparison.image_scores import Floats, ImageScores
from lr_study.comparison.image_variance import PairVariances, pair_variances
from lr_study.comparison.inference import LEVEL
from lr_study.comparison.joint_draws import DRAWS, JointDraws, union_bound
from lr_study.comparison.max_t import critical_value
from lr_study.comparison.sign_flips import normal_statistics
from lr_study.support import UsageError

LEAST_LEVEL = 0.001
"""Where an early analysis spends less, its intervals and bounds have this level: a smaller one
would need far more than the 10,000 draws that they are made of."""

Bound = Callable[[ImageScores, float], float]
"""From scores and a level to what choosing the leader loses at most, in the unit of the values."""


@dataclass(frozen=True)
class InterimAnalysis:
    """What was found after one whole repetition. Policies are indices into the scores.

    Attributes
    ----------
    repetitions
        After which repetition.
    information
        The share of what all planned repetitions will tell, from 0 to 1.
    spent
        The error rate of all analyses up to this one together.
    level
        The error rate of this analysis by itself, for intervals and bounds; at least `LEAST_LEVEL`.
    dropped
        Policies that left the set of those that may be best.
    remaining
        Policies in it; all of them if the study does not race.
    regret_bound
        What choosing the leader loses at most; infinite if it was not asked for.
    """

    repetitions: int
    information: float
    spent: float
    level: float
    dropped: tuple[int, ...]
    remaining: tuple[int, ...]
    regret_bound: float


@dataclass(frozen=True)
class Decisions:
    """The interim analyses of a study so far.

    Attributes
    ----------
    planned
        Whole repetitions that were asked for.
    analyses
        In order; none before a whole repetition.
    ended
        Whether nothing more is to be trained although repetitions are left.
    """

    planned: int
    analyses: tuple[InterimAnalysis, ...]
    ended: bool

    @property
    def stopped(self) -> dict[int, int]:
        """The policies that train no further, with the repetitions after which they were dropped.

        After the last planned repetition there is no training left to stop.
        """
        return {
            i: analysis.repetitions
            for analysis in self.analyses
            if analysis.repetitions < self.planned
            for i in analysis.dropped
        }


def decide(
    scores: ImageScores,
    available: ArrayLike,
    planned: int,
    *,
    race: bool,
    until_regret: float | None = None,
    bound: Bound | None = None,
    higher_is_better: bool = True,
    level: float = LEVEL,
    draws: int = DRAWS,
) -> Decisions:
    """Make all interim analyses that the repetitions so far allow.

    An analysis needs the results of each policy that remains; a policy that was dropped needs no
    more repetitions.

    Parameters
    ----------
    scores
        The repetitions so far; of a policy that has fewer, the others may be anything finite.
    available : (policies,)
        How many whole repetitions each policy has.
    planned
        Whole repetitions that the study was asked for.
    race
        Whether policies that may not be best train no further.
    until_regret
        The study ends when choosing the leader loses at most so much, in the unit of the values.
    bound
        Gives that loss, with confidence 1 - level; needed for ``until_regret``.
    higher_is_better
        Whether larger values are better.
    level
        The error rate over all analyses.
    draws
        How many draws decide.

    Raises
    ------
    UsageError
        If there are fewer than two policies, or more repetitions than planned.

    Examples
    --------
    The second of two policies has no image right:

    >>> scores = ImageScores(np.repeat([[[1.0]], [[0.0]]], 50, axis=2), [[0, 1] * 25], 2)
    >>> decide(scores, [1, 1], planned=2, race=True).stopped
    {1: 1}
    """
    has = np.asarray(available, np.int64)
    if scores.policies < 2 or has.shape != (scores.policies,):
        raise UsageError(
            f"{scores.policies} policies, and repetitions of {has.size}: give at least two "
            "policies, and the number of repetitions of each"
        )
    if scores.repetitions > planned or has.max() > scores.repetitions:
        raise UsageError(
            f"{has.max()} of {scores.repetitions} repetitions, {planned} planned: give no more "
            "than there are"
        )
    joint = JointDraws(scores.policies, draws)
    study = _Study(scores, planned, race, higher_is_better, level, bound, joint)
    everyone = tuple(range(scores.policies))
    latest = InterimAnalysis(0, 0.0, 0.0, 0.0, (), everyone, float("inf"))
    crossed = np.zeros(draws, bool)
    analyses: list[InterimAnalysis] = []
    ended = False
    while not ended and latest.repetitions < min(planned, has[list(latest.remaining)].min()):
        latest, crossed = study.analyse(latest, crossed)
        analyses.append(latest)
        near = until_regret is not None and latest.regret_bound <= until_regret
        ended = latest.repetitions < planned and (near or len(latest.remaining) == 1)
    return Decisions(planned, tuple(analyses), ended)


def spent_until(information: float, level: float = LEVEL) -> float:
    """Return the error rate that may be spent until a share of the information is there.

    >>> [round(spent_until(share), 5) for share in (0.25, 0.5, 0.75, 1)]
    [9e-05, 0.00557, 0.02363, 0.05]
    """
    if information <= 0:
        return 0.0
    return float(2 * norm.sf(norm.isf(level / 2) / np.sqrt(information)))


def information_share(variances: PairVariances, planned: int) -> float:
    """Return V(planned)/V(so far), the median over pairs; from one repetition, 1/planned.

    The interaction of images and seeds, and the seed part, fall with more repetitions.
    """
    share = variances.repetitions / planned
    pairs = np.triu_indices(len(variances.difference), 1)
    lasting, falling, seeds = (
        part[pairs]
        for part in (variances.lasting_part, variances.interaction_part, variances.seed_part)
    )
    if share == 1 or np.isnan(lasting).all():
        return float(share)
    now = lasting + falling + seeds
    known = now > 0
    if not known.any():
        return float(share)
    then = lasting + (falling + seeds) * share
    return float(np.clip(np.median(then[known] / now[known]), share, 1.0))


@dataclass(frozen=True)
class _Study:
    scores: ImageScores
    planned: int
    race: bool
    higher_is_better: bool
    level: float
    bound: Bound | None
    joint: JointDraws

    def analyse(
        self, before: InterimAnalysis, crossed: NDArray[np.bool_]
    ) -> tuple[InterimAnalysis, NDArray[np.bool_]]:
        """Return the analysis that follows ``before``, and the draws that crossed so far."""
        repetitions, policies = before.repetitions + 1, np.array(before.remaining)
        now = self.scores.first(repetitions).select(policies)
        variances = pair_variances(now)
        information = max(information_share(variances, self.planned), before.information)
        spent = spent_until(information, self.level)
        better = normal_statistics(variances) * (1 if self.higher_is_better else -1)
        order = elimination_order(better)
        dropped = 0
        for maxima in self.joint.at(now, variances, policies).nested_maxima(order):
            inside = order[dropped:]
            critical = _critical_value(len(inside), maxima, crossed, before.spent, spent)
            crossing = maxima > critical
            if not self.race or better[np.ix_(inside, inside)].max() <= critical:
                break
            dropped += 1
        level = max(float(crossing.mean()), spent - before.spent, LEAST_LEVEL)
        gone, remaining = (np.sort(part) for part in np.split(np.array(order), [dropped]))
        found = InterimAnalysis(
            repetitions,
            information,
            spent,
            level,
            tuple(policies[gone].tolist()),
            tuple(policies[remaining].tolist()),
            self._regret(now.select(remaining), level),
        )
        return found, crossed | crossing

    def _regret(self, scores: ImageScores, level: float) -> float:
        if scores.policies == 1:
            return 0.0
        return float("inf") if self.bound is None else self.bound(scores, level)


def _critical_value(
    policies: int, maxima: Floats, crossed: NDArray[np.bool_], before: float, spent: float
) -> float:
    """The critical value at which the analyses so far have the error rate ``spent`` together.

    Draws that crossed in earlier analyses count as crossing in this one too: 20 of 999 here.

    >>> maxima = np.arange(1, 1000) / 400
    >>> crossed = maxima <= 0.05
    >>> [_critical_value(2, maxima, before, 0.0, 0.05) for before in (crossed & False, crossed)]
    [2.375, 2.425]
    """
    pairs = policies * (policies - 1) // 2
    return min(
        critical_value(np.where(crossed, np.inf, maxima), spent),
        union_bound(pairs, spent - before),
    )
