"""Draw docs/images/schedules.svg: every family over 50 epochs, by the code that trains.

`make schedules` runs it.
"""

import sys
from itertools import chain
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from lr_study.policies import parse

EPOCHS, STEPS = 50, 5
COLUMNS = 3
STYLES = (("#0072B2", "-"), ("#D55E00", "--"), ("#009E73", ":"))
# A loss that improves in every epoch of the first ten, and in one of the later ones.
LOSSES = [2.0 - 0.1 * min(epoch, 10) - 0.2 * (epoch >= 22) for epoch in range(EPOCHS)]

# A panel's title, and its policies by what the legend says of them.
PANELS: dict[str, dict[str, str]] = {
    "fixed": {"": "fixed:lr=0.1"},
    "step_decay": {"": "step_decay:initial_lr=0.1,epochs_drop=10"},
    "exp_decay": {
        "every=epoch": "exp_decay:initial_lr=0.1,k=0.1",
        "every=step": "exp_decay:initial_lr=0.1,k=0.05,every=step",
    },
    "multistep": {"": "multistep:drop=0.3"},
    "piecewise": {"": "piecewise:milestones=5/20/40,values=0.02/0.1/0.05/0.01"},
    "polynomial": {"power=2": "polynomial:power=2", "power=0.5": "polynomial:power=0.5"},
    "linear": {"": "linear", "final_lr=0.05": "linear:final_lr=0.05"},
    "cosine": {"": "cosine", "final_lr=0.02": "cosine:final_lr=0.02"},
    "cosine_restarts": {
        "": "cosine_restarts:first_period=10",
        "t_mul=2,m_mul=0.7": "cosine_restarts:first_period=7,t_mul=2,m_mul=0.7",
    },
    "one_cycle": {
        "": "one_cycle",
        "anneal=linear": "one_cycle:anneal=linear",
        "three_phase=yes": "one_cycle:three_phase=yes",
    },
    "cyclic": {
        "triangle": "cyclic:period=25",
        "cosine": "cyclic:period=25,shape=cosine,decay=half",
        "sawtooth": "cyclic:period=25,shape=sawtooth,phase=down",
    },
    "inverse_time": {"": "inverse_time", "power=0.5": "inverse_time:power=0.5"},
    "inverse_sqrt": {"timescale=5": "inverse_sqrt:timescale=5", "": "inverse_sqrt"},
    "wsd": {
        "linear": "wsd:decay_fraction=0.4",
        "cosine": "wsd:decay_fraction=0.4,shape=cosine",
        "1-sqrt": "wsd:decay_fraction=0.4,shape=1-sqrt",
    },
    "sigmoid": {"": "sigmoid:k=0.3", "k=-0.3": "sigmoid:k=-0.3"},
    "plateau": {"": "plateau:factor=0.5,patience=8"},
    "warmup + cosine": {"": "warmup:epochs=5+cosine"},
    "warmup + wsd": {"": "warmup:epochs=10%,start=0.1+wsd"},
}


def drawn() -> Figure:
    """Return the figure of all panels; the line of no name in a legend is the solid one."""
    rows = -(-len(PANELS) // COLUMNS)
    figure = Figure(figsize=(9, 1.75 * rows), layout="constrained")
    for axes, (title, policies) in zip(
        figure.subplots(rows, COLUMNS, sharex=True, sharey=True).flat, PANELS.items(), strict=True
    ):
        for (name, text), (colour, dashes) in zip(policies.items(), STYLES, strict=False):
            policy = parse(text)
            rates = chain.from_iterable(
                policy.step_rates(e, EPOCHS, STEPS, LOSSES[:e]) for e in range(EPOCHS)
            )
            times = [step / STEPS for step in range(EPOCHS * STEPS)]
            axes.plot(times, list(rates), dashes, color=colour, label=name or "_", linewidth=1.6)
        axes.set_title(title, fontsize=10, loc="left", pad=3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set(xticks=(0, 25, 50), yticks=(0, 0.1), ylim=(-0.004, 0.135), xlim=(0, 50))
        if any(policies):
            axes.legend(
                fontsize=8,
                frameon=False,
                loc="upper right",
                borderpad=0,
                handlelength=1.8,
                columnspacing=1,
                ncols=3,
            )
    figure.supxlabel("epoch of 50", fontsize=10)
    return figure


if __name__ == "__main__":
    file = Path(sys.argv[1])
    # Text stays text, and the same figure gives the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "schedules"}):
        drawn().savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None, dpi=90)
