"""Which cells of a study have to be trained."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from lr_study.policies import Policy
from lr_study.runs.metric import ACCURACY
from lr_study.runs.protocol import Protocol
from lr_study.runs.settings import RunSettings, RunSpec
from lr_study.support import UsageError, real_number, require_one_of, whole_number

RERUNS = ("missing", "failed", "all")
"""Which cells to run again; see `make_plan`."""

LOG_MODELS = ("best", "all", "none")
"""Which runs of a study get whole models: of the best policy of each family, all, or none."""


@dataclass(frozen=True)
class StudySpec:
    """What a study is asked to train: every policy under every seed, with the same settings.

    ``rerun`` is ``missing`` (cells that failed are left alone), ``failed`` (they are trained again)
    or ``all`` (finished ones are trained again too, and replace the earlier runs).

    With ``race``, policies that may not be best any more train no further after a whole repetition
    of the folds; the study ends when choosing the leader loses at most ``until_regret`` points of
    accuracy. Both need whole repetitions, which are then trained in their order.

    Raises
    ------
    UsageError
        If a value is not allowed, or a policy does not fit into the epochs.
    """

    settings: RunSettings
    policies: tuple[Policy, ...]
    seeds: tuple[int, ...]
    rerun: str = "missing"
    race: bool = False
    until_regret: float | None = None

    def __post_init__(self) -> None:
        require_one_of("rerun", self.rerun, RERUNS)
        object.__setattr__(self, "policies", tuple(self.policies))
        for policy in self.policies:
            policy.require_fit(self.settings.epochs)
        seeds = tuple(whole_number("seed", seed, 0) for seed in self.seeds)
        object.__setattr__(self, "seeds", seeds)
        for name, values in ("policies", self.policies), ("seeds", seeds):
            if not values or len(set(values)) < len(values):
                shown = ", ".join(map(str, values))
                raise UsageError(
                    f"{name}=({shown}) is not allowed: give at least one, and each of them once"
                )
        if self.until_regret is not None:
            points = real_number("until_regret", self.until_regret)
            object.__setattr__(self, "until_regret", points)
            if not 0 < points < 100:
                raise UsageError(
                    f"until_regret={points:g} is not allowed: until_regret is points of accuracy, "
                    "more than 0 and less than 100, such as 0.5"
                )
        if self.may_end_early:
            object.__setattr__(self, "seeds", tuple(sorted(seeds)))
            self._require_rounds()

    def _require_rounds(self) -> None:
        name = "--race" if self.race else "--until-regret"
        if self.settings.resampling != "folds":
            raise UsageError(
                f"resampling={self.settings.resampling} is not allowed with {name}, which decides "
                "by results on each image: give --resampling folds"
            )
        if len(self.policies) < 2:
            raise UsageError(f"one policy is not allowed with {name}: give at least two")
        folds = self.settings.folds
        if len(self.rounds) < 2 or any(len(seeds) < folds for seeds in self.rounds):
            raise UsageError(
                f"seeds={seeds_text(self.seeds)} is not allowed with {name}, which decides after "
                f"each repetition of {folds} folds (seeds 0 to {folds - 1}, then {folds} to "
                f"{2 * folds - 1}, and so on): give --seeds "
                f"{max(2, round(len(self.seeds) / folds)) * folds}"
            )

    @property
    def may_end_early(self) -> bool:
        """Whether decisions are made while it trains."""
        return self.race or self.until_regret is not None

    @cached_property
    def rounds(self) -> tuple[tuple[int, ...], ...]:
        """The seeds of each repetition of the folds, in order."""
        by_repetition = groupby(sorted(self.seeds), lambda seed: seed // self.settings.folds)
        return tuple(tuple(seeds) for _, seeds in by_repetition)

    @property
    def specs(self) -> tuple[RunSpec, ...]:
        """One spec per cell, seed by seed."""
        return tuple(
            RunSpec(policy, seed, self.settings) for seed in self.seeds for policy in self.policies
        )


@dataclass(frozen=True)
class Plan:
    """The cells of a study; of the unfinished ones, those to train and those that failed.

    ``needless`` are those that earlier decisions of the study leave out, and ``may_be_fewer`` says
    whether further decisions may leave out more.
    """

    specs: tuple[RunSpec, ...]
    missing: tuple[RunSpec, ...]
    failed: tuple[RunSpec, ...]
    needless: tuple[RunSpec, ...] = ()
    may_be_fewer: bool = False

    @property
    def finished(self) -> int:
        """The number of runs that are finished and not trained again."""
        return len(self.specs) - len(self.missing) - len(self.failed) - len(self.needless)

    def only(self, is_needed: Callable[[RunSpec], bool]) -> "Plan":
        """Return the plan without the missing cells that are not needed."""
        parts: dict[bool, list[RunSpec]] = {True: [], False: []}
        for spec in self.missing:
            parts[is_needed(spec)].append(spec)
        return replace(self, missing=tuple(parts[True]), needless=(*self.needless, *parts[False]))

    def by_seed(self) -> Iterator[list[RunSpec]]:
        """Yield the cells to train of each seed."""
        for seed in dict.fromkeys(spec.seed for spec in self.missing):
            yield [spec for spec in self.missing if spec.seed == seed]


def make_plan(
    study: StudySpec, protocol: Protocol, *, finished: Collection[str], failed: Collection[str]
) -> Plan:
    """Return the plan of a study, given the ``finished`` and ``failed`` cells of a store.

    Raises
    ------
    UsageError
        If a policy reads the accuracy of runs that have none.
    """
    for policy in study.policies:
        if policy.reads in ("accuracy", "val_accuracy") and protocol.ranked_by != ACCURACY:
            raise UsageError(f"{policy} reads {policy.reads}, which these runs do not have")
    to_train, left = [], []
    for spec in study.specs:
        cell = protocol.cell(spec.policy, spec.seed)
        if study.rerun == "missing" and cell in failed and cell not in finished:
            left.append(spec)
        elif study.rerun == "all" or cell not in finished:
            to_train.append(spec)
    return Plan(study.specs, tuple(to_train), tuple(left), may_be_fewer=study.may_end_early)


def seeds_text(seeds: Sequence[int]) -> str:
    """Return seeds in the form that options take: a count, or a list.

    >>> seeds_text([0, 1, 2]), seeds_text([3, 5]), seeds_text([5])
    ('3', '3,5', '5,')
    """
    if list(seeds) == list(range(len(seeds))):
        return str(len(seeds))
    return ",".join(map(str, seeds)) + ("," if len(seeds) == 1 else "")
