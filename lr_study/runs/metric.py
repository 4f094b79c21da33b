"""The metric that runs are ranked by: its name, and whether higher values are better."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lr_study.support import UsageError

_LOWER = (
    *("loss", "error", "crossentropy", "divergence", "hinge", "huber", "poisson", "perplexity"),
    *("mae", "mse", "rmse", "mape", "msle", "log_cosh", "logcosh"),
)
_HIGHER = (
    *("accuracy", "acc", "auc", "precision", "recall", "f1", "f1_score", "fbeta_score", "iou"),
    *("io_u", "r2", "r2_score", "precision_at_recall", "recall_at_precision"),
    *("sensitivity_at_specificity", "specificity_at_sensitivity"),
)
"""Ends of the names of Keras's metrics and losses, and of their usual short forms."""


@dataclass(frozen=True)
class Metric:
    """A figure of a validation set.

    Attributes
    ----------
    name
        What Keras calls it on the training set: ``mae``, whose validation is ``val_mae``.
    higher_is_better
        Whether higher values are better.

    Examples
    --------
    >>> mae = Metric.named("val_mae")
    >>> mae.name, mae.higher_is_better, mae.column("best"), mae.is_share
    ('mae', False, 'best_val_mae', False)
    """

    name: str
    higher_is_better: bool

    @classmethod
    def named(cls, name: str, higher_is_better: bool | None = None) -> "Metric":
        """Return the metric of a name, which may begin with ``val_``.

        Raises
        ------
        UsageError
            If neither the name nor ``higher_is_better`` decides which values are better; or if it
            is against what an accuracy or a loss is.
        """
        name = name.removeprefix("val_")
        if name in ("accuracy", "loss") and higher_is_better is (name == "loss"):
            raise UsageError(
                f"higher_is_better={higher_is_better} is not allowed for the metric {name}"
            )
        if higher_is_better is None:
            higher_is_better = direction_of(name)
        if higher_is_better is None:
            raise UsageError(
                f"metric={name}: its name does not tell whether higher values are better; give "
                "higher_is_better=True or False (--higher-is-better or --lower-is-better)"
            )
        return cls(name, higher_is_better)

    @property
    def val(self) -> str:
        """The name of its curve on the validation set."""
        return f"val_{self.name}"

    @property
    def is_share(self) -> bool:
        """Whether it is a share of examples, from 0 to 1."""
        return is_share(self.name)

    def form(self, values: Iterable[float | None]) -> str:
        """Return the format of such values: four decimals, or four digits if it has a unit."""
        return ".4f" if self.is_share or self == LOSS else four_digits(values)

    def column(self, at: str) -> str:
        """Return the name of a run's ``final`` or ``best`` value."""
        return f"{at}_{self.val}"

    def best(self, values: list[float]) -> float:
        """Return the best of some values."""
        return max(values) if self.higher_is_better else min(values)


ACCURACY = Metric("accuracy", higher_is_better=True)
"""Of a classifier, for which it is known which examples were right."""

LOSS = Metric("loss", higher_is_better=False)


def direction_of(name: str) -> bool | None:
    """Return whether higher values of a metric are better; None if its name does not tell.

    >>> [direction_of(name) for name in ("age_mae", "auc_1", "sparse_top_k_accuracy", "gini")]
    [False, True, True, None]
    """
    name = re.sub(r"_\d+$", "", name.lower())
    for ends, higher in ((_LOWER, False), (_HIGHER, True)):
        if any(name == end or name.endswith(f"_{end}") for end in ends):
            return higher
    return None


def four_digits(values: Iterable[float | None]) -> str:
    """Return the format that gives the largest of some values four digits, if it can.

    >>> [format(value, four_digits([value])) for value in (15417.5, 3.14159, 0.00123456, 3e9)]
    ['15418', '3.142', '0.001235', '3.000e+09']
    """
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if not 0 < largest < math.inf:
        return ".4g"
    exponent = math.floor(math.log10(largest))
    return f".{max(3 - exponent, 0)}f" if -5 < exponent < 7 else ".3e"


def is_share(name: str) -> bool:
    """Whether a metric is a share of examples: an accuracy, of any kind and set.

    >>> is_share("final_val_accuracy"), is_share("val_auc")
    (True, False)
    """
    return name == "acc" or name.endswith(("accuracy", "_acc"))


def metric_of(fields: Mapping[str, Any]) -> Metric:
    """Return what runs are ranked by whose protocol has these fields: by default the accuracy.

    >>> metric_of({"metric": "mae", "direction": "lower"})
    Metric(name='mae', higher_is_better=False)
    """
    name, direction = fields.get("metric"), fields.get("direction")
    if not isinstance(name, str) or direction not in ("higher", "lower"):
        return ACCURACY
    known = next((metric for metric in (ACCURACY, LOSS) if metric.name == name), None)
    return known or Metric(name, direction == "higher")
