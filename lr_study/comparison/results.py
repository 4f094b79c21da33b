"""What a comparison says, as values: the shape of ``compare --format json``."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lr_study.comparison.messages import message

if TYPE_CHECKING:
    import pandas as pd

Interval = tuple[float, float]


@dataclass(frozen=True)
class Difference:
    """A mean difference, with its interval and p-value where they can be had, and how.

    ``n`` is the number of seeds; ``correction`` says over how many comparisons the p-value was
    corrected and the interval is simultaneous.
    """

    mean: float | None
    interval: Interval | None = None
    p_value: float | None = None
    n: int = 0
    method: str | None = None
    correction: str | None = None


@dataclass(frozen=True)
class Row:
    """One policy of a ranking: means over the common seeds.

    ``ranks`` has its place by each of the views, ``rank`` the one by what was asked for.
    ``diverged`` counts the runs whose loss did not stay finite.
    """

    rank: int
    policy: str
    family: str
    runs: int
    seeds: tuple[int, ...]
    estimate: float | None
    interval: Interval | None
    interval_method: str | None
    metrics: Mapping[str, float | None]
    vs_baseline: Mapping[str, Difference] | None
    vs_best: Difference | None
    verdict: str
    diverged: int
    ranks: Mapping[str, int]
    epochs_to_target: float | None


@dataclass(frozen=True)
class FamilyRow:
    """A family by the one of its policies that validation chose, judged on the test part.

    ``tried`` is how many of its policies there were to choose from.
    """

    family: str
    policy: str
    tried: int
    runs: int
    estimate: float | None
    test_accuracy: float | None
    interval: Interval | None
    interval_method: str | None
    vs_baseline: Difference | None


@dataclass(frozen=True)
class FamilyContrast:
    """What the best policy of one family has over that of another, by validation.

    Both were chosen by looking: the differences are corrected over all pairs of policies.
    """

    policy: str
    over: str
    differences: Mapping[str, Difference]


@dataclass(frozen=True)
class SampleSize:
    """What would settle one difference: ``seeds`` in all, or else so many times the ``pictures``.

    Both are None where nothing can be said, with one run each.
    """

    policy: str
    seeds: int | None
    pictures: float | None


@dataclass(frozen=True)
class ProtocolRanking:
    """The policies of one protocol, best first.

    ``margin`` is the difference that matters, in units of the metric. ``target`` is the accuracy
    of the view ``epochs_to_target``; None is what the baseline ended with under the same seed.
    ``seconds_per_seed`` is what one more seed of all policies costs in training, where known.
    """

    id: str
    fields: Mapping[str, Any]
    runs: int
    margin: float
    target: float | None
    rows: tuple[Row, ...]
    families: tuple[FamilyRow, ...]
    gains: tuple[FamilyContrast, ...]
    decisions: tuple[SampleSize, ...]
    seconds_per_seed: float | None
    notes: tuple[str, ...]
    advice: str

    def tested(self) -> Mapping[str, Difference]:
        """Return one difference from the ``baseline`` and one from the ``best`` that was tested.

        They tell how all of their kind were found; what was not tested is not there.
        """
        kinds: dict[str, list[Difference | None]] = {
            "baseline": [found for row in self.rows for found in (row.vs_baseline or {}).values()],
            "best": [row.vs_best for row in self.rows],
        }
        tested = {
            name: [found for found in of_kind if found is not None and found.p_value is not None]
            for name, of_kind in kinds.items()
        }
        return {name: found[0] for name, found in tested.items() if found}


def first_of_each_family(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the row of each family that comes first, by family."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.family, row)
    return first


@dataclass(frozen=True)
class Excluded:
    """A run that was not ranked, and why."""

    run_id: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    """What `compare` found. ``to_dict`` gives it in the shape of ``--format json``."""

    experiment: str
    metric: str
    at: str
    higher_is_better: bool
    baseline: str
    protocols: tuple[ProtocolRanking, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[str, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """What a strict reader stops at: runs left out that should not be, and warnings."""
        expected = (message("study"), message("superseded"))
        left_out = [run for run in self.excluded if run.reason not in expected]
        return (*(f"{run.run_id}: {run.reason}" for run in left_out), *self.warnings)

    def ranked(self, runs: "pd.DataFrame") -> "pd.DataFrame":
        """Return those of the runs that were compared that are in a ranking."""
        return runs[~runs["run_id"].isin([run.run_id for run in self.excluded])]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dictionaries and lists; what does not exist is None."""
        return asdict(self)
