"""Which runs of a study are missing, and which of them to train."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lr_study.policies import Policy
from lr_study.runs.protocol import Protocol
from lr_study.runs.settings import RunSpec, Settings

RERUNS = ("missing", "failed", "all")
"""Which cells to run again; see `make_plan`."""


@dataclass(frozen=True)
class Plan:
    """The runs of a study, by whether they are to be trained.

    Attributes
    ----------
    specs
        All runs, seed by seed.
    missing
        The runs to train.
    failed
        Runs that failed earlier and are not trained again.
    """

    specs: tuple[RunSpec, ...]
    missing: tuple[RunSpec, ...]
    failed: tuple[RunSpec, ...]

    @property
    def finished(self) -> int:
        """The number of runs that are finished and not trained again."""
        return len(self.specs) - len(self.missing) - len(self.failed)

    def by_seed(self) -> Iterator[list[RunSpec]]:
        """Yield the runs to train seed by seed: those of a seed are trained as one program."""
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
    """Decide which runs of a study to train.

    Parameters
    ----------
    protocol
        The protocol of the study; with policy and seed it identifies a run (`Protocol.cell`).
    settings, policies, seeds
        A run is planned for every policy under every seed.
    finished, failed
        The cells that are finished, or failed, in the store.
    rerun
        ``missing``: cells that failed are not run again. ``failed``: they are. ``all``: finished
        cells are run again too, and their results replaced.
    """
    specs = tuple(RunSpec(policy, seed, settings) for seed in seeds for policy in policies)
    to_run, skipped = [], []
    for spec in specs:
        cell = protocol.cell(spec.policy, spec.seed)
        if rerun == "missing" and cell in failed and cell not in finished:
            skipped.append(spec)
        elif rerun == "all" or cell not in finished:
            to_run.append(spec)
    return Plan(specs, tuple(to_run), tuple(skipped))
