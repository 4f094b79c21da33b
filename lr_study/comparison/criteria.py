"""Criteria of a comparison: metric, epoch, baseline, margin and target."""

from dataclasses import dataclass

from lr_study.policies import parse
from lr_study.support import UsageError, real_number, require_one_of

HIGHER_IS_BETTER = {"val_accuracy": True, "val_loss": False}
SELECTION_RULES = ("final", "best")


@dataclass(frozen=True)
class ComparisonCriteria:
    """What to rank policies by, and what to compare them with; checked on construction.

    Parameters
    ----------
    metric, at
        What to rank by: ``val_accuracy`` or ``val_loss``, at the last epoch (``final``) or the
        run's best (``best``).
    baseline
        The policy that the others are compared with, in any of its text forms.
    margin
        Equivalence margin in hundredths of the metric: points of accuracy. For a loss, hundredths
        of a nat: 0.5 means that the probability of the true class differs by 0.5 % in geometric
        mean.
    target
        Validation accuracy, from 0 to 1, for counting the epochs until it is reached; None is the
        final accuracy of the baseline under the same seed.

    Raises
    ------
    UsageError
        If a value is not allowed.

    >>> ComparisonCriteria(at="best").column
    'best_val_accuracy'
    """

    metric: str = "val_accuracy"
    at: str = "final"
    baseline: str = "fixed:lr=0.001"
    margin: float = 0.5
    target: float | None = None

    def __post_init__(self) -> None:
        require_one_of("metric", self.metric, HIGHER_IS_BETTER)
        require_one_of("at", self.at, SELECTION_RULES)
        object.__setattr__(self, "baseline", str(parse(self.baseline)))
        object.__setattr__(self, "margin", real_number("margin", self.margin))
        if not 0 <= self.margin <= 100:
            raise UsageError(f"margin={self.margin} is not allowed: points, 0 <= margin <= 100")
        if self.target is None:
            return
        object.__setattr__(self, "target", real_number("target", self.target))
        if not 0 < self.target <= 1:
            raise UsageError(f"target={self.target} is not allowed: an accuracy, 0 < target <= 1")

    @property
    def column(self) -> str:
        """Name of the column of runs that policies are ranked by."""
        return f"{self.at}_{self.metric}"

    @property
    def higher_is_better(self) -> bool:
        """Whether higher values of the metric are better."""
        return HIGHER_IS_BETTER[self.metric]
