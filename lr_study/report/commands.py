"""The commands that give the runs of a ranking again, or more of them, ready to be typed."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import pandas as pd

from lr_study.comparison import Comparison, ProtocolRanking
from lr_study.policies import policy_or_none
from lr_study.runs import BUILT_IN, DEFAULT_SEEDS, UNKNOWN, Settings, parse_seeds, seeds_text
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
    options
        Options of each protocol, by its id: those of `Settings` whose value it does not hold, such
        as where the images lie.
    """

    tracking_uri: str | None = None
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


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
    options: dict[str, dict[str, Any]] = {}
    ranked = comparison.ranked(runs)
    if "options" in ranked:
        for protocol_id, group in ranked.groupby("protocol_id"):
            first, *others = group["options"]
            if first and all(other == first for other in others):
                options[str(protocol_id)] = first
    return Origin(tracking_uri, options)


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
        if rows[0].diverged or not self._can_be_typed:
            return None
        beyond = [edge.policy for edge in self.ranking.edges]
        if len(rows[0].seeds) > 1:
            return self.study(beyond, rows[0].seeds) if beyond else None
        # An imported policy may have no formula to run it by.
        known = [row.policy for row in rows if policy_or_none(row.policy)]
        policies = [*known[:MAX_NAMED], self.comparison.baseline, *beyond]
        return self.study(list(dict.fromkeys(policies)), parse_seeds(DEFAULT_SEEDS))

    def reproduce(self) -> Sequence[str]:
        """Return the lines that give the same ranking again.

        None where a policy or a seed is one that nobody could type. What a race stopped needs the
        race again: without it, the study would train the rest of its runs.
        """
        rows = self.ranking.rows
        typeable = self._can_be_typed and all(policy_or_none(row.policy) for row in rows)
        if not rows[0].seeds or not typeable:
            return ()
        return (
            self.study(
                sorted(row.policy for row in rows),
                rows[0].seeds,
                race=any(row.stopped_after is not None for row in rows),
            ),
            shlex.join(["lr-study", "compare", *self._where()]),
        )

    def study(self, policies: Iterable[str], seeds: Sequence[int], *, race: bool = False) -> str:
        """Return the line that runs policies over seeds under the protocol of the ranking.

        Options at their default are omitted. Of runs that do not tell where their images lie, only
        the name of the folder is known.
        """
        arguments = ["lr-study", "study"]
        for name, grid in BUILT_IN.items():
            if sorted(policies) == sorted(map(str, grid)):
                arguments += ["--grid", name]
                break
        else:
            arguments += [part for policy in policies for part in ("--policy", policy)]
        arguments += ["--seeds", seeds_text(seeds), *(["--race"] if race else [])]
        return shlex.join([*arguments, *self._options(), *self._where()])

    @property
    def _can_be_typed(self) -> bool:
        """Whether what was trained has a name on the command line."""
        return "workload" not in self.ranking.fields or self._workload is not None

    @property
    def _workload(self) -> str | None:
        """Where a workload of one's own is imported from, if that is known."""
        path = self.origin.options.get(self.ranking.id, {}).get("workload")
        return None if path is None else str(path)

    def _options(self) -> Iterator[str]:
        protocol = self.ranking.fields
        if self._workload is not None:
            for name, value in self.origin.options[self.ranking.id].items():
                yield from (f"--{name.replace('_', '-')}", str(value))
            if protocol.get("folds") != Settings.folds:
                yield from ("--folds", str(protocol.get("folds")))
            if protocol.get("stratified"):
                yield "--stratify"
            return
        values: dict[str, object] = {
            setting.name: protocol[setting.name]
            for setting in fields(Settings)
            if setting.name in protocol
        }
        values.pop("weights", None)  # a protocol holds their hash
        if values.get("engine") == "cached":  # which `auto` is wherever it can be
            del values["engine"]
        values |= _resampling(protocol)
        if protocol.get("data") not in (*NAMED_DATA, UNKNOWN):
            values["data"] = f"path/to/{protocol.get('data')}"
        if protocol.get("test_fingerprint"):
            values["test_data"] = "path/to/test"
            values.pop("test_fraction", None)
        values |= self.origin.options.get(self.ranking.id, {})
        for setting in fields(Settings):
            value = values.get(setting.name, UNKNOWN)
            if value not in (UNKNOWN, setting.default):
                yield f"--{setting.name.replace('_', '-')}"
                if value is not True:
                    yield str(value)

    def _where(self) -> Iterable[str]:
        if self.comparison.experiment:
            yield from ("--experiment", self.comparison.experiment)
        if self.origin.tracking_uri:
            yield from ("--tracking-uri", mask(self.origin.tracking_uri))


def _resampling(protocol: Mapping[str, Any]) -> dict[str, object]:
    """The options that divide images as the runs of a protocol did."""
    if protocol.get("resampling") == "folds":
        unused = Settings.val_fraction
        return {"stratify": protocol.get("stratified", False), "val_fraction": unused}
    return {"resampling": "splits"}
