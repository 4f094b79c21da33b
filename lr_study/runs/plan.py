"""Which cells of a study have to be trained."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lr_study.policies import Policy
from lr_study.runs.protocol import Protocol
from lr_study.runs.settings import RunSpec, Settings
from lr_study.support import UsageError, require_one_of, whole_number

RERUNS = ("missing", "failed", "all")
"""Which cells to run again; see `make_plan`."""

LOG_MODELS = ("best", "all", "none")
"""Which runs of a study get whole models: of the best policy of each family, all, or none."""


@dataclass(frozen=True)
class StudySpec:
    """What a study is asked to train: every policy under every seed, with the same settings.

    ``rerun`` is ``missing`` (cells that failed are left alone), ``failed`` (they are trained again)
    or ``all`` (finished ones are trained again too, and replace the earlier runs).

    Raises
    ------
    UsageError
        If a value is not allowed, or a policy does not fit into the epochs.
    """

    settings: Settings
    policies: tuple[Policy, ...]
    seeds: tuple[int, ...]
    rerun: str = "missing"

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

    @property
    def specs(self) -> tuple[RunSpec, ...]:
        """One spec per cell, seed by seed."""
        return tuple(
            RunSpec(policy, seed, self.settings) for seed in self.seeds for policy in self.policies
        )


@dataclass(frozen=True)
class Plan:
    """The cells of a study; of the unfinished ones, those to train and those that failed."""

    specs: tuple[RunSpec, ...]
    missing: tuple[RunSpec, ...]
    failed: tuple[RunSpec, ...]

    @property
    def finished(self) -> int:
        """The number of runs that are finished and not trained again."""
        return len(self.specs) - len(self.missing) - len(self.failed)

    def by_seed(self) -> Iterator[list[RunSpec]]:
        """Yield the cells to train of each seed."""
        for seed in dict.fromkeys(spec.seed for spec in self.missing):
            yield [spec for spec in self.missing if spec.seed == seed]


def make_plan(
    study: StudySpec, protocol: Protocol, *, finished: Collection[str], failed: Collection[str]
) -> Plan:
    """Return the plan of a study, given the ``finished`` and ``failed`` cells of a store."""
    to_train, left = [], []
    for spec in study.specs:
        cell = protocol.cell(spec.policy, spec.seed)
        if study.rerun == "missing" and cell in failed and cell not in finished:
            left.append(spec)
        elif study.rerun == "all" or cell not in finished:
            to_train.append(spec)
    return Plan(study.specs, tuple(to_train), tuple(left))
