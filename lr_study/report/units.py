"""How metrics are written for people: accuracies in per cent, others as they are; their names."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lr_study.comparison import Interval
from lr_study.runs import four_digits, is_share

MISSING = "–"


@dataclass(frozen=True)
class Unit:
    """How the values of one metric are written.

    Attributes
    ----------
    percent
        Whether values are shares, written in hundredths.
    decimals
        Digits after the point; None for four significant digits.
    sign
        The sign option of `format`: ``+`` for differences, which have their sign always.

    Examples
    --------
    >>> accuracy = Unit(percent=True, decimals=1)
    >>> accuracy.estimate(0.942, (0.934, 0.95)), accuracy.of_differences.value(-0.0051)
    ('94.2 ± 0.8', '-0.5')
    >>> accuracy.exact(0.942, (0.934, 0.95))
    '94.2 [93.4, 95]'
    """

    percent: bool
    decimals: int | None
    sign: str = ""

    def value(self, value: float | None) -> str:
        """Return a value alone; a dash for None."""
        digits = f".{self.decimals}f"
        if self.decimals is None:
            digits = four_digits([value])
        return self._format(value, f"{self.sign}{digits}")

    def estimate(self, value: float | None, interval: Interval | None) -> str:
        """Return a value with half of the width of its interval."""
        if value is None or interval is None:
            return self.value(value)
        half = replace(self, sign="").value((interval[1] - interval[0]) / 2)
        return f"{self.value(value)} ± {half}"

    def exact(self, value: float | None, interval: Interval | None = None) -> str:
        """Return a value in six digits, with both ends of its interval."""
        form = f"{self.sign}.6g"
        shown = self._format(value, form)
        if value is None or interval is None:
            return shown
        low, high = (self._format(end, form) for end in interval)
        return f"{shown} [{low}, {high}]"

    @property
    def of_differences(self) -> "Unit":
        """The unit of differences of such values."""
        return replace(self, sign="+")

    def _format(self, value: float | None, form: str) -> str:
        if value is None:
            return MISSING
        return format(100 * value if self.percent else value, form)


def unit_of(metric: str, intervals: Iterable[Interval | None] = ()) -> Unit:
    """Return the unit of a metric, with so many digits that the narrowest interval shows.

    Of an accuracy's interval that is one digit, of a loss's two, of both at most so many as are of
    use; of any other metric two.

    >>> unit_of("val_accuracy", [(0.90, 0.92), (0.91, 0.9104)]).decimals
    2
    >>> unit_of("val_loss", [(0.132, 0.158)]).estimate(0.145, (0.132, 0.158))
    '0.145 ± 0.013'
    """
    percent, is_loss = is_share(metric), metric.endswith("loss")
    widths = [high - low for low, high in filter(None, intervals) if high > low]
    if not widths:
        return Unit(percent=percent, decimals=1 if percent else 4 if is_loss else None)
    half = min(widths) * (50 if percent else 0.5)
    first = -math.floor(math.log10(half))
    decimals = min(max(first, 1), 3) if percent else max(first + 1, 0)
    if is_loss:
        decimals = min(max(decimals, 2), 4)
    return Unit(percent=percent, decimals=decimals)


def column_name(column: str, texts: Mapping[str, str], kind: str = "") -> str:
    """Return the name of a column of runs in the language of texts.

    Parameters
    ----------
    kind
        ``short`` for the name in a heading.

    Examples
    --------
    >>> column_name("final_val_mae", {"final metric": "final {metric}"}, "short")
    'final mae'
    """
    known = texts.get(f"{kind} {column}".strip())
    if known is not None:
        return known
    at, _, metric = column.partition("_")
    name = metric.removeprefix("val_") if kind else metric
    return texts.get(f"{at} metric", f"{at} {{metric}}").format(metric=name)
