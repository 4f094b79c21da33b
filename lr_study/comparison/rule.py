"""What a ranking asks of the rule that judges its policies; there are two.

`fold_rule` judges by which images each run got right, `split_rule` by one score per run. Policies
are indices into ``paired.policies``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lr_study.comparison.messages import Message
from lr_study.comparison.paired_scores import PairedScores
from lr_study.comparison.results import Difference, Interval, SampleSize, VarianceShares


@dataclass(frozen=True)
class Judgement:
    """The verdict on each policy, and what choosing the best of them costs.

    See `ProtocolRanking` and `Row` for what the values mean; None is unknown. ``seed_share`` has
    one value per policy.
    """

    verdicts: Sequence[str]
    seed_share: Sequence[float | None]
    regret_bound: float | None = None
    estimate_corrected: float | None = None
    gain_corrected: float | None = None
    variance_shares: VarianceShares | None = None


class Rule(Protocol):
    """How the policies of one protocol are judged.

    Attributes
    ----------
    name
        ``folds`` or ``splits``.
    paired
        The runs that are judged: all, or those of whole repetitions.
    notes
        What a reader should know about the choice of these.
    level
        Error rate of the verdicts.
    decides
        Whether there are enough runs for a verdict.
    estimates
        The mean of each policy in the ranking metric; NaN where it is unknown.
    """

    name: str
    paired: PairedScores
    notes: Sequence[Message]
    level: float

    @property
    def decides(self) -> bool: ...

    @property
    def estimates(self) -> Sequence[float]: ...

    def judge(self, best: int) -> Judgement:
        """Return the verdicts, given which policy has the best estimate."""
        ...

    def interval(self, policy: int) -> tuple[Interval | None, Message | None]:
        """Return the 95 % interval of a policy's estimate, and how it was computed."""
        ...

    def difference(self, metric: str, policy: int, over: int) -> Difference:
        """Return a difference that holds whichever pair is looked at: corrected over all."""
        ...

    def from_baseline(self, metric: str, policy: int, baseline: int) -> Difference:
        """Return a difference from a policy named beforehand: corrected over all but that one."""
        ...

    def needed(self, policy: int, best: int) -> SampleSize:
        """Return how many seeds, or images, would decide between a policy and the best."""
        ...
