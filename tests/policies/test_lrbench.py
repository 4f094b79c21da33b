"""Our policies against the functions of LRBench (Wu et al., 2019), from their mathematics.

There ``k0`` is the rate of FIX to SIG, and the lower bound of the others, whose upper bound is
``k1``; ``l`` is half a period of the waves and a whole one of the sawtooths.
"""

import math
from collections.abc import Callable

import pytest

from lr_study.policies import parse

K0, K1, L, GAMMA, P = 0.2, 1.0, 4, 0.9, 0.75
MILESTONES = (3, 8)
EPOCHS = 32
Rate = Callable[[float], float]

SINGLE: dict[str, tuple[str, Rate]] = {
    "FIX": (f"fixed:lr={K0}", lambda t: K0),
    "STEP": (
        f"fixed:lr={K0},for=1+step_decay:initial_lr={K0},drop={GAMMA},epochs_drop={L}",
        lambda t: K0 * GAMMA ** (t // L),
    ),
    "NSTEP": (
        f"multistep:initial_lr={K0},milestones=3/8,drop={GAMMA}",
        lambda t: K0 * GAMMA ** len([m for m in MILESTONES if t >= m]),
    ),
    "EXP": (f"exp_decay:initial_lr={K0},k={-math.log(GAMMA)}", lambda t: K0 * GAMMA**t),
    "INV": (
        f"inverse_time:initial_lr={K0},k={GAMMA},power={P}",
        lambda t: K0 / (1 + GAMMA * t) ** P,
    ),
    # Over the whole run: its l is the number of epochs. It falls from k1 to k0.
    "POLY": (
        f"polynomial:initial_lr={K1},final_lr={K0},power={P}",
        lambda t: K0 + (K1 - K0) * (1 - t / EPOCHS) ** P,
    ),
    "SIG": (
        f"sigmoid:initial_lr={K0},k={-GAMMA},middle={L / EPOCHS}",
        lambda t: K0 / (1 + math.exp(GAMMA * (L - t))),
    ),
}

# Of the time in units of l: the height from 0 to 1, and the number of cycles that have passed.
WAVES: dict[str, tuple[str, Rate, Rate]] = {
    "TRI": ("triangle,phase=up", lambda x: 1 - abs(x % 2 - 1), lambda x: x // 2),
    "DTRI": ("triangle,phase=down", lambda x: abs(x % 2 - 1), lambda x: (x + 1) // 2),
    "SIN": ("sine,phase=up", lambda x: abs(math.sin(math.pi * x / 2)), lambda x: x // 2),
    "DSIN": ("sine,phase=down", lambda x: abs(math.cos(math.pi * x / 2)), lambda x: (x + 1) // 2),
    "COS": ("cosine,phase=down", lambda x: math.cos(math.pi * x / 2) ** 2, lambda x: (x + 1) // 2),
    "UPCOS": ("cosine,phase=up", lambda x: math.sin(math.pi * x / 2) ** 2, lambda x: x // 2),
}
# What is left of the cycle: 0 at its very start, and close to 1 right after it.
SAWTOOTHS: dict[str, tuple[str, Rate, Rate]] = {
    "RSW": ("sawtooth,phase=down", lambda x: -x % 1, math.floor),
    "SINRSW": ("sine_sawtooth,phase=down", lambda x: math.sin(math.pi / 2 * (-x % 1)), math.floor),
    "COSRSW": (
        "cosine_sawtooth,phase=down",
        lambda x: math.sin(math.pi / 2 * (-x % 1)) ** 2,
        math.floor,
    ),
}


def cyclic(shapes: dict[str, tuple[str, Rate, Rate]], period: int) -> dict[str, tuple[str, Rate]]:
    """Each shape as it is, halved with each cycle (2), and times gamma with each step (EXP)."""
    found: dict[str, tuple[str, Rate]] = {}
    for name, (shape, height, cycles) in shapes.items():
        text = f"cyclic:base_lr={K0},max_lr={K1},period={period},shape={shape},decay="

        def rate(t: float, factor: Rate, height: Rate = height) -> float:
            return K0 + (K1 - K0) * height(t / L) * factor(t)

        found[name] = (f"{text}none", lambda t, rate=rate: rate(t, lambda t: 1.0))
        found[f"{name}2"] = (
            f"{text}half",
            lambda t, rate=rate, n=cycles: rate(t, lambda t: 0.5 ** n(t / L)),
        )
        found[f"{name}EXP"] = (
            f"{text}{GAMMA}",
            lambda t, rate=rate: rate(t, lambda t: GAMMA**t),
        )
    return found


FUNCTIONS = SINGLE | cyclic(WAVES, 2 * L) | cyclic(SAWTOOTHS, L)
TIMES = [n / 8 for n in range(8 * EPOCHS)]  # all multiples of L among them


def test_all_functions_are_here() -> None:
    """FIX and 33 others."""
    assert len(FUNCTIONS) == 34


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_policy_has_the_rates_of_the_function(name: str) -> None:
    text, rate = FUNCTIONS[name]
    policy = parse(text)
    jumps = name.rstrip("2").removesuffix("EXP") in SAWTOOTHS
    for time in TIMES:
        if jumps and time % L == 0:
            # Where a cycle begins, the sawtooths of LRBench have the lower bound for one step.
            assert rate(time) == pytest.approx(K0)
            decay = {"2": 0.5 ** (time / L), "P": GAMMA**time}.get(name[-1], 1)
            assert policy(time, EPOCHS) == pytest.approx(K0 + (K1 - K0) * decay, rel=1e-12)
        else:
            assert policy(time, EPOCHS) == pytest.approx(rate(time), rel=1e-12), time
