"""The commands that give the runs of a ranking again, or more of them, ready to be typed."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

import pandas as pd

from lr_study.comparison import Comparison, ProtocolRanking
from lr_study.policies import FAMILIES
from lr_study.runs import SEED_GRID, UNKNOWN, Settings
from lr_study.support import mask

NAMED_DATA = ("sample", "oregon")

MAX_NAMED = 4
"""Policies that a suggested command names."""


@dataclass(frozen=True)
class Origin:
    """Where runs came from, as far as their protocol does not say.

    Attributes
    ----------
    tracking_uri
        The store, if it was given on the command line.
    sources
        The data and the weights of each protocol, by its id and then by the name of the option.
    """

    tracking_uri: str | None = None
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


NO_ORIGIN = Origin()
"""Nothing is known but the protocol."""


def origin_of(
    comparison: Comparison, runs: pd.DataFrame, tracking_uri: str | None = None
) -> Origin:
    """Return where ranked runs came from: what all runs of a protocol agree on.

    Parameters
    ----------
    runs
        From `lr_study.load_runs`.
    """
    sources: dict[str, dict[str, str]] = {}
    for protocol_id, group in comparison.ranked(runs).groupby("protocol_id"):
        sources[str(protocol_id)] = {}
        for name in ("data", "weights"):
            values = set(group.get(f"{name}_source", pd.Series(dtype=object)).dropna())
            if len(values) == 1:
                sources[str(protocol_id)][name] = values.pop()
    return Origin(tracking_uri, sources)


@dataclass(frozen=True)
class Commands:
    """The commands for one protocol of a comparison; None where there is nothing to type."""

    comparison: Comparison
    ranking: ProtocolRanking
    origin: Origin = NO_ORIGIN

    def next(self) -> str | None:
        """Return the line that adds what the advice asks for.

        After one run per policy, the first policies over several seeds; after several, the policies
        beyond the edges of what was tried.
        """
        rows = self.ranking.rows
        if rows[0].diverged:
            return None
        beyond = [edge.policy for edge in self.ranking.edges]
        if len(rows[0].seeds) > 1:
            return self.study(beyond, rows[0].seeds) if beyond else None
        # An imported policy may have no formula to run it by.
        known = [row.policy for row in rows if row.family in FAMILIES]
        policies = [*known[:MAX_NAMED], self.comparison.baseline, *beyond]
        return self.study(list(dict.fromkeys(policies)), 10)

    def reproduce(self) -> Sequence[str]:
        """Return the lines that give the same ranking again.

        None where a policy or a seed is one that nobody could type.
        """
        rows = self.ranking.rows
        if not rows[0].seeds or any(row.family not in FAMILIES for row in rows):
            return ()
        return (
            self.study(sorted(row.policy for row in rows), rows[0].seeds),
            shlex.join(["lr-study", "compare", *self._where()]),
        )

    def study(self, policies: Iterable[str], seeds: Sequence[int] | int) -> str:
        """Return the line that runs policies over seeds under the protocol of the ranking.

        Options at their default are omitted. Of runs that do not tell where their images lie, only
        the name of the folder is known.
        """
        arguments = ["lr-study", "study"]
        if sorted(policies) == sorted(str(policy) for policy in SEED_GRID):
            arguments += ["--grid", "seed"]
        else:
            arguments += [part for policy in policies for part in ("--policy", policy)]
        if not isinstance(seeds, int) and list(seeds) == list(range(len(seeds))):
            seeds = len(seeds)
        count = str(seeds) if isinstance(seeds, int) else ",".join(map(str, seeds))
        return shlex.join([*arguments, "--seeds", count, *self._options(), *self._where()])

    def _options(self) -> Iterable[str]:
        protocol, sources = self.ranking.fields, self.origin.sources.get(self.ranking.id, {})
        for setting in fields(Settings):
            value = protocol.get(setting.name, UNKNOWN)
            if setting.name in sources:
                value = sources[setting.name]
            elif setting.name == "weights":
                continue  # a protocol holds their hash
            elif setting.name == "data" and value not in (*NAMED_DATA, UNKNOWN):
                value = f"path/to/{value}"
            if value not in (UNKNOWN, setting.default):
                yield from (f"--{setting.name.replace('_', '-')}", str(value))

    def _where(self) -> Iterable[str]:
        if self.comparison.experiment:
            yield from ("--experiment", self.comparison.experiment)
        if self.origin.tracking_uri:
            yield from ("--tracking-uri", mask(self.origin.tracking_uri))
