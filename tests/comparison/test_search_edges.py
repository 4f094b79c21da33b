"""Edges of a search: which parameters, on which side, and the policy beyond."""

import numpy as np
import pytest

from lr_study.comparison.search_edges import find_edges, still_improves

WARM = "warmup:epochs={},start=0.0"
STEP = "step_decay:initial_lr=0.01,drop={},epochs_drop={}"


@pytest.mark.parametrize(
    ("policies", "found"),
    [
        # The rates of all families are compared.
        (
            ["fixed:lr=0.1", "exp_decay:initial_lr=0.05,k=0.1"],
            [("lr", "highest", "fixed:lr=0.2")],
        ),
        (["fixed:lr=0.1", "exp_decay:initial_lr=0.5,k=0.1", "fixed:lr=0.01"], []),
        # Other parameters within a family; at most ten times as far; whole numbers stay whole.
        (
            [STEP.format(0.5, 10), STEP.format(0.5, 5), "fixed:lr=0.01"],
            [("epochs_drop", "highest", STEP.format(0.5, 20))],
        ),
        (
            [STEP.format(0.5, 3), STEP.format(0.5, 5)],
            [("epochs_drop", "lowest", STEP.format(0.5, 2))],
        ),
        (["fixed:lr=1.0", "fixed:lr=1e-06"], [("lr", "highest", "fixed:lr=10.0")]),
        (["fixed:lr=1e-06", "fixed:lr=1.0"], [("lr", "lowest", "fixed:lr=1e-07")]),
        # The rate of a composition is that of its first part after a warmup.
        (
            [f"{WARM.format(5)}+cosine:initial_lr=0.1,final_lr=0.0", "fixed:lr=0.01"],
            [
                (
                    "cosine.initial_lr",
                    "highest",
                    f"{WARM.format(5)}+cosine:initial_lr=1.0,final_lr=0.0",
                )
            ],
        ),
        (["fixed:lr=0.05", "one_cycle:max_lr=0.1", "wsd:max_lr=0.01"], []),
        (
            ["wsd:max_lr=0.1,decay_fraction=0.2", "linear:initial_lr=0.05", "plateau"],
            [
                (
                    "max_lr",
                    "highest",
                    "wsd:max_lr=0.2,decay_fraction=0.2,final_factor=0.0,shape=linear",
                )
            ],
        ),
        # Other parameters of a composition are compared within compositions of the same families.
        (
            [f"{WARM.format(n)}+fixed:lr=0.1" for n in (10, 5)] + ["warmup:epochs=20+linear"],
            [("warmup.epochs", "highest", f"{WARM.format(20)}+fixed:lr=0.1")],
        ),
        (
            [f"fixed:lr=0.1,for={n}+linear:initial_lr=0.1,final_lr=0.0" for n in (4, 8)],
            [
                (
                    "fixed.for",
                    "lowest",
                    "fixed:lr=0.1,for=2+linear:initial_lr=0.1,final_lr=0.0",
                )
            ],
        ),
        # A neighbor of 0 says nothing of how far to go.
        (
            ["exp_decay:initial_lr=0.1,k=0.1", "exp_decay:initial_lr=0.1,k=0"],
            [("k", "highest", "exp_decay:initial_lr=0.1,k=1.0")],
        ),
        # What is no number has no edge, and neither has what does not fit into 50 epochs.
        ([f"{WARM.format(n)}+fixed:lr=0.1" for n in ("5%", "10%", "3")], []),
        ([f"multistep:milestones={m}" for m in ("0.5", "30/40", "0.2/0.3")], []),
        ([f"cyclic:shape={s},decay={d}" for s, d in (("sine", "half"), ("cosine", "0.5"))], []),
        ([f"one_cycle:three_phase={flag}" for flag in ("yes", "no")], []),
        ([f"{WARM.format(n)}+fixed:lr=0.1" for n in (40, 20)], []),
        # The text of an own function is not imported.
        (["python:my:rate", "fixed:lr=0.1"], []),
        (
            ["fixed:lr=0.1", "python:my:rate", "warmup:epochs=5+python:my:rate", "fixed:lr=0.05"],
            [("lr", "highest", "fixed:lr=0.2")],
        ),
        # Nothing is allowed beyond.
        ([STEP.format(1.0, 5), STEP.format(0.5, 5)], []),
        ([STEP.format(0.5, 1), STEP.format(0.5, 2)], []),
        # Not varied, or without a formula.
        (["fixed:lr=0.1"], []),
        (["unnamed:name=mine", "fixed:lr=0.1"], []),
        (["fixed:lr=0.1", "unnamed:name=mine"], []),
    ],
)
def test_edges(policies: list[str], found: list[tuple[str, str, str]]) -> None:
    edges = find_edges(policies, 50)
    assert [(edge.parameter, edge.side, edge.policy) for edge in edges] == found


@pytest.mark.parametrize(
    ("curve", "higher", "improves"),
    [
        ([0.5] * 10 + [0.6] * 2 + [0.62] * 8, True, False),
        (list(np.linspace(0.1, 0.9, 20)), True, True),
        (list(np.linspace(0.9, 0.1, 20)), True, False),
        (list(np.linspace(0.9, 0.1, 20)), False, True),
        ([0.5, 0.504], True, False),  # within the margin
        ([0.5], True, None),
        # A tenth of 20 epochs is two: their mean rises by 0.004, though the last epoch by 0.008.
        ([0.5] * 19 + [0.508], True, False),
        ([float("nan"), float("nan")], True, None),
        ([float("nan"), 0.1, 0.2], True, True),
    ],
)
def test_still_improving(curve: list[float], higher: bool, improves: bool | None) -> None:
    curves = np.array([curve, curve])
    assert still_improves(curves, 0.005, higher_is_better=higher) is improves


def test_a_gain_of_just_the_margin_is_no_improvement() -> None:
    curves = np.array([[0.25, 0.75]])
    assert still_improves(curves, 0.5, higher_is_better=True) is False
    assert still_improves(curves, 0.499, higher_is_better=True) is True
