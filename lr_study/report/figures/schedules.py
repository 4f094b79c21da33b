"""Learning rates over a run: of policies in one figure, and of each family."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lr_study.policies import FAMILIES, Policy, parse
from lr_study.report.figures.hover import MAX_SPOTS, add_hover
from lr_study.report.figures.style import (
    COLOURS,
    DASHES,
    MAX_NAME,
    SMALL,
    few_ticks,
    label,
    legend_below,
    name_of,
    new_figure,
)
from lr_study.report.policy_rates import PolicyRates

MAX_LINEAR = 20.0
"""Policies whose highest rates differ by more are drawn by the logarithm of the rate."""

_LONG_NAME = 56
_COLUMNS = 3
_STEPS = 10


def rates_figure(lines: Sequence[PolicyRates]) -> Figure:
    """Return the rates of policies at each step, over epochs from 0, in one figure."""
    is_long = any(len(name_of(str(line.policy), _LONG_NAME)) > MAX_NAME for line in lines)
    columns = 1 if is_long else 2
    figure = new_figure(3.2 + 0.17 * -(-len(lines) // columns))
    axes = draw_rates(figure.add_subplot(), lines)
    legend_below(figure, axes.lines, columns)
    return figure


def draw_rates(axes: Axes, lines: Sequence[PolicyRates]) -> Axes:
    """Draw the rates of policies over epochs, each in a colour and a dash of its own."""
    for line, colour, dash in zip(lines, cycle(COLOURS), cycle(DASHES), strict=False):
        rates = np.array(line.rates)
        text = str(line.policy)
        times = np.arange(rates.size) / rates.shape[1]
        axes.plot(
            [*times, len(rates)],
            [*rates.flat, rates.flat[-1]],
            linestyle=dash,
            color=colour,
            label=name_of(text, _LONG_NAME),
            # A rate holds until the next one.
            drawstyle="steps-post",
        )
        for step in range(0, rates.size, -(-rates.size // MAX_SPOTS)):
            epoch = step // rates.shape[1] + 1
            rate = float(rates.flat[step])
            add_hover(axes, [(times[step], rate)], f"{text}, epoch {epoch}, step {step}: {rate:g}")
    label(axes, "epochs", "learning rate")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    highest = [np.max(line.rates) for line in lines]
    lowest = min(np.min(line.rates) for line in lines)
    if lowest > 0 and max(highest) > MAX_LINEAR * min(highest):
        axes.set_yscale("log")
    else:
        few_ticks(axes.yaxis)
    return axes


def policies_figure(epochs: int) -> Figure:
    """Return the rates of every family with its default parameters, each in a panel.

    ``plateau`` is that of a run whose metric never improves.
    """
    policies = [*(cls() for cls in FAMILIES.values()), parse("warmup:epochs=10%+cosine")]
    rows = -(-len(policies) // _COLUMNS)
    figure = new_figure(1.25 * rows)
    panels = list(figure.subplots(rows, _COLUMNS).flat)
    for axes, policy in zip(panels, policies, strict=False):
        _draw_family(axes, policy, epochs)
    for axes in panels[len(policies) :]:
        axes.remove()
    return figure


def _draw_family(axes: Axes, policy: Policy, epochs: int) -> None:
    still = [1.0] * epochs  # what plateau reads
    rates = [
        rate
        for epoch in range(epochs)
        for rate in policy.step_rates(epoch, epochs, _STEPS, still[:epoch])
    ]
    times = np.arange(len(rates) + 1) / _STEPS
    axes.plot(times, [*rates, rates[-1]], color=COLOURS[0], drawstyle="steps-post")
    axes.set_title(policy.family, fontsize=SMALL)
    axes.set_ylim(0, 1.1 * max(rates))
    axes.tick_params(labelsize=SMALL)
    axes.set_xticks([0, epochs])
    axes.set_yticks([0, max(rates)], ["0", f"{max(rates):.3g}"])
    axes.grid(visible=True, alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
