"""Results of a comparison as plain values, in the structure of ``compare --format json``."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lr_study.comparison.frames import BY, comparison_frame, comparison_html, comparison_text
from lr_study.comparison.inference import LEVEL
from lr_study.comparison.messages import message
from lr_study.runs import Metric
from lr_study.support import require_one_of

if TYPE_CHECKING:
    import pandas as pd

Interval = tuple[float, float]

WORSE = ("worse", "clearly worse")
"""Verdicts of policies that are not as good as the best."""


@dataclass(frozen=True)
class Difference:
    """A mean paired difference, with interval and p-value where they are defined.

    ``n`` is the number of seeds. ``method`` names the test, ``correction`` says over how many
    comparisons the p-value is corrected and the interval is simultaneous.
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

    ``rank`` is by the metric of the comparison, ``ranks`` by each of the ranked metrics: empty for
    a policy that a race stopped, whose means are over fewer seeds. ``diverged`` is the number of
    runs whose loss became non-finite. ``estimate_corrected`` is the estimate of the first policy,
    corrected for having been chosen by it. ``seed_share`` is the part of the variance of the
    difference from the best, from 0 to 1, that is due to seeds. ``stopped_after`` is the number of
    seeds after which a race trained the policy no further.
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
    estimate_corrected: float | None = None
    seed_share: float | None = None
    stopped_after: int | None = None

    @property
    def shown_verdict(self) -> str:
        """The word in tables: that a policy diverged says more than its verdict."""
        return "diverged" if self.diverged else self.verdict


@dataclass(frozen=True)
class FamilyRow:
    """A family, represented by the policy that validation selected, evaluated on the test set.

    ``tried`` is the number of its policies to select from. ``test_estimate`` is the mean on the
    test set of the metric that the protocol names; ``test_accuracy`` is the same of a classifier,
    and None of any other model.
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
    test_estimate: float | None = None


@dataclass(frozen=True)
class FamilyContrast:
    """Differences of the best policy of one family from that of another, on validation.

    Both were selected by their scores, so differences are corrected over all pairs of policies.
    """

    policy: str
    over: str
    differences: Mapping[str, Difference]


@dataclass(frozen=True)
class SampleSize:
    """What would settle one undecided difference from the best policy.

    ``seeds`` is the total number of seeds. Where no number suffices, ``pictures`` is the factor by
    which the images would have to grow. Both are None where neither can be estimated, as with one
    run per policy or one repetition of folds.
    """

    policy: str
    seeds: int | None
    pictures: float | None


@dataclass(frozen=True)
class VarianceShares:
    """What the variance of differences between undecided policies and the best is made of.

    Shares from 0 to 1 that add up to 1: which ``images`` there are, which only more images lower;
    how each training run turns out on each image (``interaction``), and the ``seeds`` as such,
    which both fall with more seeds. With one repetition of the folds the first two cannot be
    separated: ``images`` holds both, and ``interaction`` is None.
    """

    images: float
    interaction: float | None
    seeds: float


@dataclass(frozen=True)
class Edge:
    """A parameter of the best policy whose value is the highest or lowest that was tried.

    ``side`` is ``highest`` or ``lowest``; ``policy`` has a value beyond it.
    """

    parameter: str
    value: float
    side: str
    policy: str


@dataclass(frozen=True)
class ProtocolRanking:
    """The policies of one protocol, best first.

    ``margin`` is the equivalence margin in units of the metric. ``target`` is the accuracy for
    ``epochs_to_target``; None is the final one of the baseline under the same seed.
    ``gains`` compares families, and ``decisions`` lists what would settle each undecided policy.
    ``seconds_per_seed`` is the training time of one more seed of all policies, where known.
    ``edges`` lists where the search may have ended too early, and ``still_improving`` says whether
    the best policy was still improving at the last epoch; None if its curves are unknown.

    ``rule`` is how verdicts were reached: ``folds``, by which images each run got right, or
    ``splits``, by one score per run. ``resampling`` is how the validation sets were drawn, and
    ``folds`` their number. What follows is known by the rule ``folds`` alone, else None:
    ``regret_bound`` is what choosing the first policy loses at most against whichever is truly
    best, with 95 % confidence, in points of accuracy or units of the loss; ``gain_corrected`` is
    how much better than the baseline it is, in units of the metric, corrected for having been
    chosen; ``variance_shares`` are the parts of the variance of the undecided differences.
    ``scope`` says what the verdicts apply to. ``level`` is the error rate of the verdicts: below
    0.05 after earlier interim analyses, so that they hold at 5 % over all of them.
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
    edges: tuple[Edge, ...]
    still_improving: bool | None
    notes: tuple[str, ...]
    advice: str
    rule: str = "splits"
    resampling: str | None = None
    folds: int | None = None
    regret_bound: float | None = None
    gain_corrected: float | None = None
    variance_shares: VarianceShares | None = None
    scope: str | None = None
    level: float = LEVEL

    def tested(self) -> Mapping[str, Difference]:
        """Return one tested difference from the ``baseline`` and one from the ``best`` policy.

        Each shows the method and correction of its kind; a kind without tests is absent.
        """
        kinds: dict[str, list[Difference | None]] = {
            "baseline": [
                difference for row in self.rows for difference in (row.vs_baseline or {}).values()
            ],
            "best": [row.vs_best for row in self.rows],
        }
        tested = {
            name: [
                difference
                for difference in of_kind
                if difference is not None and difference.p_value is not None
            ]
            for name, of_kind in kinds.items()
        }
        return {name: of_kind[0] for name, of_kind in tested.items() if of_kind}


def first_of_each_family(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the first row of each family, by family."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.family, row)
    return first


@dataclass(frozen=True)
class Excluded:
    """A run that was not ranked, with the reason."""

    run_id: str
    reason: str


@dataclass(frozen=True, repr=False)
class Comparison:
    """The result of `compare`; ``to_dict`` has the structure of ``--format json``.

    Printed, or at the end of a notebook's cell, it shows the rankings and the advice.
    """

    experiment: str
    metric: str
    at: str
    higher_is_better: bool
    baseline: str
    protocols: tuple[ProtocolRanking, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[str, ...]

    @property
    def by(self) -> Metric:
        """The metric that policies are ranked by."""
        return Metric.named(self.metric, self.higher_is_better)

    @property
    def problems(self) -> tuple[str, ...]:
        """What ``--strict`` rejects, that is unexpectedly excluded runs, and warnings."""
        expected = (message("study"), message("range test"), message("superseded"))
        unexpected = [run for run in self.excluded if run.reason not in expected]
        return (*(f"{run.run_id}: {run.reason}" for run in unexpected), *self.warnings)

    def ranked(self, runs: "pd.DataFrame") -> "pd.DataFrame":
        """Return the rows of ``runs``, as given to `compare`, that are in a ranking."""
        return runs[~runs["run_id"].isin([run.run_id for run in self.excluded])]

    def to_dict(self) -> dict[str, Any]:
        """Return plain dictionaries and lists; missing values are None."""
        return asdict(self)

    def to_frame(self, by: str = "policy") -> "pd.DataFrame":
        """Return one row per protocol and policy, as ``--format csv`` writes them.

        Columns are named as in ``to_dict``, nested keys joined by a point, as in
        ``vs_best.p_value``; an interval is two columns, ``interval.low`` and ``interval.high``.

        Parameters
        ----------
        by
            ``policy``; or ``family``, for one row per family.

        Raises
        ------
        UsageError
            If ``by`` is neither.
        """
        require_one_of("by", by, BY)
        return comparison_frame(self, by)

    def __repr__(self) -> str:
        return comparison_text(self)

    def _repr_html_(self) -> str:
        return comparison_html(self)
