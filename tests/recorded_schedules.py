"""Rates that schedules of Keras and optax gave, and the policies that are the same here.

The libraries were called with these arguments (an initial or maximal rate of 1 unless another is
named) and asked for the rate of each step, counted from 0; one step is one epoch here. Some steps
of each call are kept: the first ones, and those about each boundary. A call whose usual policy here
has other rates at some steps says which, and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# One improvement and then none, which is what the plateaus were shown.
LOSSES = (1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9)

# As docs/schedules.md says it.
CYCLE = "Keras's boundary belongs to the cycle that ends"


@dataclass(frozen=True)
class Call:
    """A call of another library, and a policy of ours for a run of ``epochs``.

    ``rates`` has the rate at some steps, ``differs`` those steps at which ours is another.
    """

    library: str
    call: str
    text: str
    epochs: int
    rates: Mapping[int, float]
    differs: tuple[int, ...] = ()
    reason: str = ""


CALLS = (
    Call(
        "Keras 3.15.1",
        "PiecewiseConstantDecay([3, 6], [1, 0.5, 0.25])",
        "piecewise:milestones=4/7,values=1/0.5/0.25",
        9,
        {0: 1, 3: 1, 4: 0.5, 6: 0.5, 7: 0.25, 8: 0.25},
    ),
    Call(
        "Keras 3.15.1",
        "ExponentialDecay(1, 3, 0.5, staircase=True)",
        "multistep:initial_lr=1,milestones=3/6/9,drop=0.5",
        10,
        {0: 1, 2: 1, 3: 0.5, 5: 0.5, 6: 0.25, 9: 0.125},
    ),
    Call(
        "Keras 3.15.1",
        "ExponentialDecay(1, 10, 0.5)",
        "exp_decay:initial_lr=1,k=0.06931471805599453,every=step",
        10,
        {0: 1, 1: 0.933033, 2: 0.870551, 4: 0.757858},
    ),
    Call(
        "Keras 3.15.1",
        "PolynomialDecay(1, 10, 0, power=2)",
        "polynomial:initial_lr=1,power=2",
        10,
        {0: 1, 1: 0.81, 5: 0.25, 9: 0.01, 10: 0, 12: 0},
    ),
    Call(
        "Keras 3.15.1",
        "PolynomialDecay(1, 10)",
        "polynomial:initial_lr=1,final_lr=0.0001",
        10,
        {0: 1, 1: 0.90001, 5: 0.50005, 9: 0.10009, 10: 0.0001, 12: 0.0001},
    ),
    Call(
        "Keras 3.15.1",
        "PolynomialDecay(1, 4, 0, cycle=True)",
        "linear:initial_lr=1,for=4+linear:initial_lr=0.5,for=4+linear:initial_lr=0.3333333333333333",
        12,
        {0: 1, 3: 0.25, 4: 0, 5: 0.375, 8: 0, 9: 0.25, 12: 0},
        differs=(4, 8),
        reason=CYCLE,
    ),
    Call(
        "Keras 3.15.1",
        "InverseTimeDecay(1, 1, 0.5)",
        "inverse_time:initial_lr=1,k=0.5",
        5,
        {0: 1, 1: 0.666667, 2: 0.5, 5: 0.285714},
    ),
    Call(
        "Keras 3.15.1",
        "CosineDecay(1, 10)",
        "cosine:initial_lr=1",
        10,
        {0: 1, 1: 0.975528, 5: 0.5, 9: 0.024472, 10: 0, 12: 0},
    ),
    Call(
        "Keras 3.15.1",
        "CosineDecay(0, 8, warmup_target=1, warmup_steps=2)",
        "warmup:epochs=2+cosine:initial_lr=1",
        10,
        {0: 0, 1: 0.5, 2: 1, 3: 0.96194, 9: 0.03806, 10: 0, 12: 0},
    ),
    Call(
        "Keras 3.15.1",
        "CosineDecayRestarts(1, 4, t_mul=1)",
        "cosine_restarts:initial_lr=1,first_period=4",
        12,
        {0: 1, 3: 0.146447, 4: 1, 7: 0.146447, 8: 1, 12: 1},
    ),
    Call(
        "Keras 3.15.1",
        "CosineDecayRestarts(1, 2)",
        "cosine_restarts:initial_lr=1,first_period=2,t_mul=2",
        14,
        {0: 1, 1: 0.5, 2: 1, 5: 0.146447, 6: 1, 13: 0.03806, 14: 1},
    ),
    Call(
        "Keras 3.15.1",
        "CosineDecayRestarts(1, 2, t_mul=2, m_mul=0.5, alpha=0.1)",
        "cosine_restarts:initial_lr=1,final_lr=0.1,first_period=2,t_mul=2,m_mul=0.5",
        14,
        {0: 1, 1: 0.55, 2: 0.55, 5: 0.165901, 6: 0.325, 13: 0.108564, 14: 0.2125},
    ),
    Call(
        "Keras 3.15.1",
        "ReduceLROnPlateau(factor=0.5, patience=2)",
        "plateau:initial_lr=1,factor=0.5,patience=2",
        8,
        {0: 1, 3: 1, 4: 0.5, 5: 0.5, 6: 0.25, 7: 0.25},
    ),
    Call(
        "optax 0.2.8",
        "piecewise_constant_schedule(1, {3: 0.5, 6: 0.5})",
        "multistep:initial_lr=1,milestones=3/6,drop=0.5",
        9,
        {0: 1, 2: 1, 3: 0.5, 5: 0.5, 6: 0.25, 8: 0.25},
    ),
    Call(
        "optax 0.2.8",
        "cosine_decay_schedule(1, 10)",
        "cosine:initial_lr=1",
        10,
        {0: 1, 1: 0.975528, 5: 0.5, 9: 0.024472, 10: 0, 12: 0},
    ),
    Call(
        "optax 0.2.8",
        "warmup_cosine_decay_schedule(0, 1, 2, 10)",
        "warmup:epochs=2+cosine:initial_lr=1",
        10,
        {0: 0, 1: 0.5, 2: 1, 3: 0.96194, 9: 0.03806, 10: 0, 12: 0},
    ),
    Call(
        "optax 0.2.8",
        "cosine_onecycle_schedule(10, 1)",
        "one_cycle:max_lr=1",
        10,
        {0: 0.04, 1: 0.28, 3: 1, 4: 0.950485, 9: 0.049519, 10: 4e-06, 12: 4e-06},
    ),
    Call(
        "optax 0.2.8",
        "linear_onecycle_schedule(10, 1000, 0.3, 0.7, 10, 100)",
        "linear:initial_lr=100,final_lr=1000,for=30%+linear:initial_lr=1000,final_lr=100,for=40%+linear:initial_lr=100,final_lr=1",
        10,
        {0: 100, 1: 400, 3: 1000, 4: 775, 7: 100, 8: 67, 10: 1, 12: 1},
    ),
    Call(
        "optax 0.2.8",
        "linear_onecycle_schedule(10, 1)",
        "linear:initial_lr=0.04,final_lr=1,for=3+linear:initial_lr=1,final_lr=0.04,for=5+linear:initial_lr=0.04,final_lr=4e-06",
        10,
        {0: 0.04, 1: 0.36, 3: 1, 4: 0.808, 8: 0.04, 9: 0.020002, 10: 4e-06, 12: 4e-06},
    ),
    Call(
        "optax 0.2.8",
        "polynomial_schedule(1, 0, 2, 10)",
        "polynomial:initial_lr=1,power=2",
        10,
        {0: 1, 1: 0.81, 5: 0.25, 9: 0.01, 10: 0, 12: 0},
    ),
    Call(
        "optax 0.2.8",
        "exponential_decay(1, 3, 0.5, staircase=True)",
        "multistep:initial_lr=1,milestones=3/6/9,drop=0.5",
        10,
        {0: 1, 2: 1, 3: 0.5, 5: 0.5, 6: 0.25, 9: 0.125},
    ),
    Call(
        "optax 0.2.8",
        "sgdr_schedule of two cycles of 4, each with a warmup of 1",
        "warmup:epochs=1+cosine:initial_lr=1,for=3+warmup:epochs=1+cosine:initial_lr=1",
        8,
        {0: 0, 1: 1, 3: 0.25, 4: 0, 5: 1, 7: 0.25, 8: 0, 9: 0},
    ),
)
