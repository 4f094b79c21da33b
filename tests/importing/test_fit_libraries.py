"""Rates as the libraries compute them are recognised.

Keras's are those of its schedule objects. Those of the others are their formulas, which agree with
rates that PyTorch's lr_scheduler, optax 0.2.8, timm 1.0.31 and transformers 5.24 were recorded to
give.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from lr_study.importing.policy_fit import fit_policy
from lr_study.importing.rates import LoggedRates
from lr_study.policies import Policy, parse

Formula = Callable[[int], float]


def half_cosine(part: float) -> float:
    return (1 + math.cos(math.pi * part)) / 2


def after_warmup(steps: int, start: float, rest: Formula) -> Formula:
    return lambda t: start + (1 - start) * t / steps if t < steps else rest(t - steps)


def one_cycle_of_optax(t: int) -> float:
    """cosine_onecycle_schedule(10, 1): the phases end at int(0.3 * 10) and 10."""
    if t < 3:
        return 0.04 + 0.96 * (1 - half_cosine(t / 3))
    return 4e-6 + (1 - 4e-6) * half_cosine((t - 3) / 7)


def restarts_of_pytorch(t: int, first: int = 2, t_mul: int = 2) -> float:
    length, start = first, 0
    while t - start >= length:
        start += length
        length *= t_mul
    return half_cosine((t - start) / length)


def timm_cycles(t: int) -> float:
    return 0.5 ** (t // 4) * half_cosine(t % 4 / 4)


def triangle(t: int, decay: Callable[[int, int], float] = lambda t, cycle: 1.0) -> float:
    cycle = t // 6
    return (1 - abs(t % 6 / 3 - 1)) * decay(t, cycle)


# The call, its formula, rates that were recorded (by step), the length, and our policy. The name
# of a family alone stands for it with its defaults.
CALLS: list[tuple[str, Formula, dict[int, float], int, str]] = [
    (
        "torch StepLR(step_size=3, gamma=0.5)",
        lambda t: 0.5 ** (t // 3),
        {2: 1.0, 3: 0.5, 9: 0.125},
        10,
        "multistep:initial_lr=1,milestones=3/6/9,drop=0.5",
    ),
    (
        "torch MultiStepLR([3, 6], 0.5)",
        lambda t: 0.5 ** ((t >= 3) + (t >= 6)),
        {2: 1.0, 3: 0.5, 6: 0.25},
        10,
        "multistep:initial_lr=1,milestones=3/6,drop=0.5",
    ),
    (
        "torch ExponentialLR(0.9)",
        lambda t: 0.9**t,
        {1: 0.9, 4: 0.6561},
        10,
        "exp_decay:initial_lr=1,k=0.1053605",
    ),
    (
        "torch PolynomialLR(10, 2)",
        lambda t: (1 - t / 10) ** 2,
        {1: 0.81, 9: 0.01},
        10,
        "polynomial:initial_lr=1,power=2",
    ),
    (
        "torch CosineAnnealingLR(10)",
        lambda t: half_cosine(t / 10),
        {1: 0.975528, 9: 0.024472},
        10,
        "cosine:initial_lr=1",
    ),
    (
        "torch CosineAnnealingLR(10, eta_min=0.1)",
        lambda t: 0.1 + 0.9 * half_cosine(t / 10),
        {1: 0.977975, 9: 0.122025},
        10,
        "cosine:initial_lr=1,final_lr=0.1",
    ),
    (
        "torch CosineAnnealingWarmRestarts(4)",
        lambda t: half_cosine(t % 4 / 4),
        {3: 0.146447, 4: 1.0},
        20,
        "cosine_restarts:initial_lr=1,first_period=4",
    ),
    (
        "torch CosineAnnealingWarmRestarts(2, T_mult=2)",
        restarts_of_pytorch,
        {1: 0.5, 2: 1.0, 6: 1.0, 13: 0.03806},
        20,
        "cosine_restarts:initial_lr=1,first_period=2,t_mul=2",
    ),
    (
        "torch CyclicLR(0, 1, 3)",
        triangle,
        {1: 0.333333, 3: 1.0, 6: 0.0, 13: 0.333333},
        14,
        "cyclic:max_lr=1,period=6",
    ),
    (
        "torch CyclicLR(0, 1, 3, mode='triangular2')",
        lambda t: triangle(t, lambda t, cycle: 0.5**cycle),
        {3: 1.0, 7: 0.166667, 13: 0.083333},
        14,
        "cyclic:max_lr=1,period=6,decay=half",
    ),
    (
        "torch CyclicLR(0, 1, 3, mode='exp_range', gamma=0.9)",
        lambda t: triangle(t, lambda t, cycle: 0.9**t),
        {1: 0.3, 3: 0.729, 13: 0.084729},
        14,
        "cyclic:max_lr=1,period=6,decay=0.9",
    ),
    (
        "torch SequentialLR(LinearLR(0.1, 1, 3), CosineAnnealingLR(7))",
        after_warmup(3, 0.1, lambda t: half_cosine(t / 7)),
        {0: 0.1, 1: 0.4, 4: 0.950484},
        10,
        "warmup:epochs=3,start=0.1+cosine:initial_lr=1",
    ),
    (
        "optax piecewise_constant(1, {3: 0.5, 6: 0.5})",
        lambda t: 0.5 ** ((t >= 3) + (t >= 6)),
        {2: 1.0, 3: 0.5, 6: 0.25},
        9,
        "multistep:initial_lr=1,milestones=3/6,drop=0.5",
    ),
    (
        "optax warmup_cosine_decay(0, 1, 2, 10)",
        after_warmup(2, 0.0, lambda t: half_cosine(t / 8)),
        {1: 0.5, 3: 0.96194, 9: 0.03806},
        10,
        "warmup:epochs=2+cosine:initial_lr=1",
    ),
    (
        "optax cosine_onecycle(10, 1)",
        one_cycle_of_optax,
        {0: 0.04, 1: 0.28, 4: 0.950485, 9: 0.049519},
        10,
        "one_cycle:max_lr=1",
    ),
    (
        "transformers linear, warmup 2, 10 steps",
        after_warmup(2, 0.0, lambda t: 1 - t / 8),
        {1: 0.5, 3: 0.875},
        10,
        "warmup:epochs=2+linear:initial_lr=1",
    ),
    (
        "transformers cosine_with_restarts, warmup 2, 10 steps, 2 cycles",
        after_warmup(2, 0.0, lambda t: half_cosine(t % 4 / 4)),
        {3: 0.853553, 6: 1.0, 9: 0.146447},
        10,
        "warmup:epochs=2+cosine_restarts:initial_lr=1,first_period=4",
    ),
    (
        "transformers polynomial, warmup 2, 10 steps, power 2",
        after_warmup(2, 0.0, lambda t: (1 - t / 8) ** 2),
        {3: 0.765625, 9: 0.015625},
        10,
        "warmup:epochs=2+polynomial:initial_lr=1,power=2",
    ),
    (
        "transformers inverse_sqrt, warmup 2",
        after_warmup(2, 0.0, lambda t: math.sqrt(2 / (t + 2))),
        {3: 0.816497, 11: 0.426401},
        12,
        "warmup:epochs=2+inverse_sqrt:initial_lr=1,timescale=2",
    ),
    (
        "transformers cosine_with_min_lr, min 0.1, warmup 2, 10 steps",
        after_warmup(2, 0.0, lambda t: 0.1 + 0.9 * half_cosine(t / 8)),
        {3: 0.965746, 9: 0.134254},
        10,
        "warmup:epochs=2+cosine:initial_lr=1,final_lr=0.1",
    ),
    (
        "transformers warmup_stable_decay, warmup 2, decay 4, 10 steps, linear",
        after_warmup(2, 0.0, lambda t: 1 - max(0, t - 4) / 4),
        {2: 1.0, 6: 1.0, 7: 0.75},
        10,
        "warmup:epochs=2+wsd:max_lr=1,decay_fraction=0.5",
    ),
    (
        "timm cosine, 4 epochs a cycle, decay 0.5",
        timm_cycles,
        {3: 0.146447, 4: 0.5, 11: 0.036612},
        20,
        "cosine_restarts:initial_lr=1,first_period=4,m_mul=0.5",
    ),
    (
        "timm multistep([3, 6], 0.5)",
        lambda t: 0.5 ** ((t + 1 >= 3) + (t + 1 >= 6)),
        {1: 1.0, 2: 0.5, 5: 0.25},
        13,
        "multistep:initial_lr=1,milestones=2/5,drop=0.5",
    ),
    (
        "timm tanh",
        lambda t: (1 - math.tanh(-7 + 10 * t / 10)) / 2,
        {4: 0.997527, 7: 0.5, 9: 0.017986},
        10,
        "sigmoid:initial_lr=1,k=2,middle=0.7",
    ),
]


@pytest.mark.parametrize(
    ("formula", "recorded", "epochs", "text"),
    [call[1:] for call in CALLS],
    ids=[call[0] for call in CALLS],
)
def test_rates_of_other_libraries(
    formula: Formula, recorded: dict[int, float], epochs: int, text: str
) -> None:
    for step, rate in recorded.items():
        assert abs(formula(step) - rate) < 2e-6
    rates = np.asarray([formula(t) for t in range(epochs)], np.float32).astype(float).tolist()
    fit = fit_policy(rates)
    assert fit.policy is not None, [str(candidate) for candidate in fit.candidates]
    assert same(fit.policy, parse(text)), str(fit.policy)


def test_pytorchs_linear_warmup_may_be_a_rounder_one_of_the_next_updates() -> None:
    """LinearLR(1/3, 1, 5), which is recorded to give 0.333333, 0.466667, ..., 1 from step 5 on."""
    rates = [1 / 3 + 2 / 3 * min(t, 5) / 5 for t in range(12)]
    assert abs(rates[1] - 0.466667) < 2e-6
    found = fit_policy(np.asarray(rates, np.float32).astype(float).tolist()).candidates
    first, second = map(str, found)
    assert first.startswith("warmup:epochs=5,start=0.3333333")
    assert second == "warmup:epochs=6,start=0.2+fixed:lr=1.0"


def same(fitted: Policy, expected: Policy) -> bool:
    """Whether policies have the same parameters to 1e-5, whenever their rates change."""
    left, right = fitted.parameters(), expected.parameters()
    return fitted.family == expected.family and all(
        left[name] == value if isinstance(value, str) else close(left[name], value)
        for name, value in right.items()
    )


def close(left: float | Sequence[float], right: float | Sequence[float]) -> bool:
    return bool(np.allclose(left, right, rtol=1e-5, atol=1e-6))


KERAS = [
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 200}, "cosine"),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 200, "alpha": 0.01},
        "cosine:final_lr=0.001",
    ),
    (
        "CosineDecay",
        {
            "initial_learning_rate": 0.0,
            "decay_steps": 180,
            "warmup_target": 0.1,
            "warmup_steps": 20,
        },
        "warmup:epochs=2+cosine",
    ),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 40, "t_mul": 2.0, "m_mul": 0.5},
        "cosine_restarts:first_period=4,t_mul=2,m_mul=0.5",
    ),
    (
        "PolynomialDecay",
        {
            "initial_learning_rate": 0.1,
            "decay_steps": 200,
            "end_learning_rate": 0.001,
            "power": 2.0,
        },
        "polynomial:final_lr=0.001,power=2",
    ),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": math.exp(-0.2)},
        "exp_decay:initial_lr=0.1,k=0.2,every=step",
    ),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
        "inverse_time:k=0.5",
    ),
    (
        "PiecewiseConstantDecay",
        {"boundaries": [70, 130], "values": [0.1, 0.03, 0.001]},
        "piecewise:milestones=7/13,values=0.1/0.03/0.001,every=step",
    ),
]
STEPS, KERAS_EPOCHS = 10, 20


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("name", "settings", "text"), KERAS)
def test_rates_of_each_step_of_keras_schedules(
    name: str, settings: dict[str, object], text: str
) -> None:
    """Keras computes in float32, so that small rates are off by more than a millionth."""
    from lr_study.support.runtime import keras

    schedule = getattr(keras.optimizers.schedules, name)(**settings)
    rates = [float(schedule(step)) for step in range(STEPS * KERAS_EPOCHS)]
    fit = fit_policy(LoggedRates(rates, KERAS_EPOCHS, STEPS))
    if name == "PiecewiseConstantDecay":  # it changes one step after the boundary
        assert fit.policy is not None
        assert fit.policy.family == "piecewise"
        assert fit.policy.parameters()["milestones"] == (0.355, 0.655)
    else:
        assert fit.policy is not None, [str(candidate) for candidate in fit.candidates]
        assert same(fit.policy, parse(text)), str(fit.policy)
    # Once an epoch, Keras's TensorBoard logs the rate of the next update.
    ends = [float(schedule(STEPS * (epoch + 1))) for epoch in range(KERAS_EPOCHS)]
    found = fit_policy(LoggedRates(ends, KERAS_EPOCHS)).candidates
    expected = parse(text)
    if name == "PiecewiseConstantDecay":  # after its boundary, which is where we change
        expected = parse("piecewise:milestones=7/13,values=0.1/0.03/0.001")
    assert any(same(policy, expected) for policy in found), [str(policy) for policy in found]
