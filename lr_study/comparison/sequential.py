"""Decisions of a study after each whole repetition: who trains no further, and whether it ends.

A look after repetition r uses the repetitions up to r and nothing later, so a study that was killed
and goes on, or is looked at again when it is finished, finds the same decisions at the same looks.

Looking several times would find differences that are none. The error rate is therefore spent over
the looks as O'Brien and Fleming's boundaries do [1]_, at the information t = V(planned)/V(r) that
the repetitions so far hold of what all planned ones will: 2 - 2 Φ(z/√t), with z the normal
quantile of half the level. Images do not renew, so the first of four repetitions may hold more than
a quarter of the information. What of a difference's variance lasts, and what repetitions lower, can
be told apart from two repetitions on; for the first look nothing is taken to last, which spends
less.

Within a look policies leave the set of those that may be best step by step, as the model confidence
set does [2]_; see `joint_draws` for how looks are correlated.

References
----------
.. [1] K. K. G. Lan and D. L. DeMets. Discrete sequential boundaries for clinical trials. Biometrika
   70 (1983).
.. [2] P. R. Hansen, A. Lunde and J. M. Nason. The model confidence set. Econometrica 79 (2011).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from lr_study.comparison.image_scores import ImageScores
from lr_study.comparison.image_variance import PairVariances, pair_variances
from lr_study.comparison.inference import LEVEL
from lr_study.comparison.joint_draws import (
    DRAWS,
    JointDraws,
    critical_value,
    union_bound,
)
from lr_study.comparison.sign_flips import normal_statistics
from lr_study.support import UsageError

LEAST_CRITICAL = 1.96
"""No difference below counts, as in a single comparison, however few images differ."""

LEAST_LEVEL = 0.001
"""Intervals and bounds of an early look are given at this level, where less was spent: smaller
ones would need far more than the 10,000 draws that they are made of."""

Bound = Callable[[ImageScores, float], float]
"""From scores and a level to what choosing the leader loses at most, in the unit of the values."""


@dataclass(frozen=True)
class Look:
    """What was found after one whole repetition. Policies are indices into the scores.

    Attributes
    ----------
    repetitions
        After which repetition.
    information
        The share of what all planned repetitions will tell, from 0 to 1.
    spent
        The error rate of all looks up to this one together.
    level
        The error rate of this look by itself, for intervals and bounds; at least `LEAST_LEVEL`.
    fell
        Policies that left the set of those that may be best.
    left
        Policies in it; all of them if the study does not race.
    regret_bound
        What choosing the leader loses at most; infinite if it was not asked for.
    """

    repetitions: int
    information: float
    spent: float
    level: float
    fell: tuple[int, ...]
    left: tuple[int, ...]
    regret_bound: float


@dataclass(frozen=True)
class Decisions:
    """The looks at a study so far.

    Attributes
    ----------
    planned
        Whole repetitions that were asked for.
    looks
        In order; none before a whole repetition.
    ended
        Whether nothing more is to be trained although repetitions are left.
    """

    planned: int
    looks: tuple[Look, ...]
    ended: bool

    @property
    def stopped(self) -> dict[int, int]:
        """The policies that train no further, with the repetitions after which they fell.

        After the last repetition none is stopped.
        """
        return {
            i: look.repetitions
            for look in self.looks
            if look.repetitions < self.planned
            for i in look.fell
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
    """Make the decisions of all looks that the repetitions so far allow.

    A look needs each policy that is still in; those that fell have the repetitions that they had.

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
        The error rate over all looks.
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
    study = _Study(
        scores, planned, higher_is_better, level, bound, JointDraws(scores.policies, draws)
    )
    state = _State(np.arange(scores.policies), np.zeros(draws, bool), 0.0, 0.0)
    looks: list[Look] = []
    ended = False
    for repetitions in range(1, planned + 1):
        if ended or has[state.left].min() < repetitions:
            break
        look, state = study.look(state, repetitions, race=race)
        looks.append(look)
        near = until_regret is not None and look.regret_bound <= until_regret
        ended = repetitions < planned and (near or len(look.left) == 1)
    return Decisions(planned, tuple(looks), ended)


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


class _State(NamedTuple):
    """After a look: who is left, the draws that crossed, and what was reached and spent."""

    left: NDArray[np.int64]
    crossed: NDArray[np.bool_]
    information: float
    spent: float


@dataclass(frozen=True)
class _Study:
    scores: ImageScores
    planned: int
    higher_is_better: bool
    level: float
    bound: Bound | None
    joint: JointDraws

    def look(self, before: _State, repetitions: int, *, race: bool) -> tuple[Look, _State]:
        now = self.scores.first(repetitions).select(before.left)
        variances = pair_variances(now)
        share = max(information_share(variances, self.planned), before.information)
        spent = spent_until(share, self.level)
        drawn = self.joint.at(now, variances, before.left)
        better = normal_statistics(variances) * (1 if self.higher_is_better else -1)

        stays = np.ones(len(before.left), bool)
        while True:
            inside = np.flatnonzero(stays)
            largest = drawn.nested_maxima(inside.tolist())[0]
            pairs = len(inside) * (len(inside) - 1) // 2
            critical = max(
                LEAST_CRITICAL,
                min(
                    critical_value(largest, before.crossed, spent),
                    union_bound(pairs, spent - before.spent),
                ),
            )
            beaten = inside[better[np.ix_(inside, inside)].max(axis=0) > critical]
            stays[beaten] = False
            if not race or not len(beaten) or stays.sum() < 2:
                break
        fell = ~stays if race else np.zeros(len(stays), bool)
        crossing = largest > critical
        level = max(float(crossing.mean()), spent - before.spent, LEAST_LEVEL)
        left = before.left[~fell]
        look = Look(
            repetitions,
            share,
            spent,
            level,
            tuple(before.left[fell].tolist()),
            tuple(left.tolist()),
            self._regret(now.select(~fell), level),
        )
        return look, _State(left, before.crossed | crossing, share, spent)

    def _regret(self, scores: ImageScores, level: float) -> float:
        if scores.policies == 1:
            return 0.0
        return float("inf") if self.bound is None else self.bound(scores, level)
