"""Which cells of a study are to be run."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lr_study.policies import Policy
from lr_study.runs.protocol import Protocol
from lr_study.runs.settings import RunSpec, Settings

RERUNS = ("missing", "failed", "all")


@dataclass(frozen=True)
class Plan:
    """The cells of a study; of those not finished, the ones to run and the ones that failed."""

    specs: tuple[RunSpec, ...]
    missing: tuple[RunSpec, ...]
    failed: tuple[RunSpec, ...]

    @property
    def finished(self) -> int:
        """How many cells are finished and stay as they are."""
        return len(self.specs) - len(self.missing) - len(self.failed)

    def by_seed(self) -> Iterator[list[RunSpec]]:
        """Yield the cells to run of each seed: they train together."""
        for seed in dict.fromkeys(spec.seed for spec in self.missing):
            yield [spec for spec in self.missing if spec.seed == seed]


def make_plan(
    protocol: Protocol,
    settings: Settings,
    policies: Sequence[Policy],
    seeds: Sequence[int],
    *,
    finished: Collection[str],
    failed: Collection[str],
    rerun: str,
) -> Plan:
    """Work out the cells, and which of them to run.

    ``finished`` and ``failed`` are cells in the store. ``rerun`` is ``missing`` (cells that failed
    are left alone), ``failed`` (they run too) or ``all`` (finished ones run again and replace
    what they gave).
    """
    specs = tuple(RunSpec(policy, seed, settings) for seed in seeds for policy in policies)
    to_run, left = [], []
    for spec in specs:
        cell = protocol.cell(spec.policy, spec.seed)
        if rerun == "missing" and cell in failed and cell not in finished:
            left.append(spec)
        elif rerun == "all" or cell not in finished:
            to_run.append(spec)
    return Plan(specs, tuple(to_run), tuple(left))
