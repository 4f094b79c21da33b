"""A range test's figure: the smoothed loss against the rate, and the rates that it suggests."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lr_study.comparison import RULE_LABELS, RangeTest
from lr_study.report.figures.hover import add_hover
from lr_study.report.figures.style import COLOURS, DASHES, FAINT, label, legend_below, new_figure


@dataclass(frozen=True)
class LossLine:
    """The smoothed loss of one seed up to its end, at the rate of each step."""

    seed: int
    rates: tuple[float, ...]
    losses: tuple[float, ...]


@dataclass(frozen=True)
class RateMark:
    """A suggested rate, and the lowest and highest that a seed alone would suggest."""

    label: str
    rate: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """The mark in words: with its range where seeds differ."""
        if self.low == self.high:
            return f"{self.label} {self.rate:g}"
        return f"{self.label} {self.rate:g} ({self.low:.2g} to {self.high:.2g})"


def loss_lines(test: RangeTest) -> list[LossLine]:
    """Return a line per seed; one whose first loss is lost has no points."""
    return [
        LossLine(curve.seed, curve.rates[: curve.end], curve.smoothed[: curve.end])
        for curve in test.curves
    ]


def rate_marks(test: RangeTest) -> list[RateMark]:
    """Return a mark for each rule that found a rate under some seed."""
    return [
        RateMark(RULE_LABELS[s.rule], s.rate, s.found[0], s.found[-1])
        for s in test.suggestions
        if s.rate is not None
    ]


def draw_range_test(axes: Axes, lines: Sequence[LossLine], marks: Sequence[RateMark]) -> Axes:
    """Draw a faint line per seed, and a line for each suggestion in the band of its seeds."""
    for line in lines:
        axes.plot(line.rates, line.losses, color=FAINT, linewidth=0.8)
        if line.rates:
            text = f"seed {line.seed}, up to {line.rates[-1]:.2g}: loss {line.losses[-1]:.4g}"
            add_hover(axes, [(line.rates[-1], line.losses[-1])], text)
    for mark, colour, dash in zip(marks, cycle(COLOURS), cycle(DASHES), strict=False):
        axes.axvline(mark.rate, color=colour, linestyle=dash, label=mark.text)
        axes.axvspan(mark.low, mark.high, color=colour, alpha=0.12, linewidth=0)
    axes.set_xscale("log")
    label(axes, "learning rate", "smoothed training loss")
    return axes


def range_test_figure(test: RangeTest) -> Figure:
    """Return the figure of a range test."""
    figure = new_figure(3.8)
    marks = rate_marks(test)
    axes = draw_range_test(figure.add_subplot(), loss_lines(test), marks)
    legend_below(figure, [line for line in axes.lines if line.get_label() in _texts(marks)], 1)
    return figure


def _texts(marks: Sequence[RateMark]) -> set[str]:
    return {mark.text for mark in marks}
