"""Our policies against Keras's own schedules, called live with any parameters.

A step of Keras is an epoch here. Keras computes in 32 bits: rates agree to a few of their digits.
"""

import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lr_study.policies import parse
from lr_study.support.runtime import keras, use_one_thread_per_op

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

schedules = keras.optimizers.schedules

RATE = st.floats(1e-4, 10)
STEPS = st.integers(1, 300)
PART = st.floats(0, 1)
SOME = settings(max_examples=25)


def agree(
    policy: str, schedule: Callable[[int], object], steps: Iterable[int], epochs: int, scale: float
) -> None:
    ours = parse(policy)
    for step in steps:
        theirs = float(np.asarray(schedule(step)))
        assert ours(step, epochs) == pytest.approx(theirs, rel=1e-4, abs=3e-6 * scale), step


def times(*ends: int) -> list[int]:
    """Steps across a run, and those about each boundary."""
    last = ends[-1]
    near = {end + shift for end in ends for shift in (-1, 0, 1)}
    across = {round(last * part / 7) for part in range(9)}
    return sorted(step for step in near | across if step >= 0)


@SOME
@given(RATE, STEPS, PART)
def test_cosine_decay(rate: float, steps: int, alpha: float) -> None:
    agree(
        f"cosine:initial_lr={rate},final_lr={alpha * rate}",
        schedules.CosineDecay(rate, steps, alpha=alpha),
        times(steps),
        steps,
        rate,
    )


@SOME
@given(RATE, STEPS, PART, STEPS, PART)
def test_cosine_decay_with_warmup(
    target: float, steps: int, alpha: float, warmup: int, start: float
) -> None:
    """Keras's `decay_steps` begin after the warmup; ours are those of the whole run."""
    agree(
        f"warmup:epochs={warmup},start={start}"
        f"+cosine:initial_lr={target},final_lr={alpha * target}",
        schedules.CosineDecay(
            start * target, steps, alpha=alpha, warmup_target=target, warmup_steps=warmup
        ),
        times(warmup, warmup + steps),
        warmup + steps,
        target,
    )


@SOME
@given(
    RATE,
    st.integers(1, 60),
    st.sampled_from((1.0, 2.0)) | st.floats(1.1, 4),
    st.floats(0.1, 1),
    PART,
)
def test_cosine_decay_restarts(
    rate: float, first: int, t_mul: float, m_mul: float, alpha: float
) -> None:
    starts = [0.0]
    while starts[-1] < 400 and len(starts) < 8:
        starts.append(starts[-1] + first * t_mul ** (len(starts) - 1))
    last = math.floor(starts[-1])
    # In 32 bits, a step close to a restart may fall into either period.
    steps = [s for s in times(last) if s < last and all(abs(s - start) > 0.01 for start in starts)]
    agree(
        f"cosine_restarts:initial_lr={rate},final_lr={alpha * rate},first_period={first},"
        f"t_mul={t_mul},m_mul={m_mul}",
        schedules.CosineDecayRestarts(rate, first, t_mul=t_mul, m_mul=m_mul, alpha=alpha),
        [0, *steps],
        last,
        rate,
    )


@SOME
@given(RATE, STEPS, PART, st.floats(0.2, 4))
def test_polynomial_decay(rate: float, steps: int, end: float, power: float) -> None:
    agree(
        f"polynomial:initial_lr={rate},final_lr={end * rate},power={power}",
        schedules.PolynomialDecay(rate, steps, end * rate, power=power),
        times(steps),
        steps,
        rate,
    )
    agree(
        f"linear:initial_lr={rate},final_lr={end * rate}",
        schedules.PolynomialDecay(rate, steps, end * rate),
        times(steps),
        steps,
        rate,
    )


@SOME
@given(RATE, STEPS, st.floats(0.1, 1))
def test_exponential_decay(rate: float, steps: int, decay: float) -> None:
    agree(
        f"exp_decay:initial_lr={rate},k={-math.log(decay) / steps!r}",
        schedules.ExponentialDecay(rate, steps, decay),
        times(steps, 4 * steps),
        4 * steps,
        rate,
    )
    # A drop at each multiple: written out, or as ours, which drops one epoch earlier.
    staircase = schedules.ExponentialDecay(rate, steps, decay, staircase=True)
    milestones = "/".join(str(steps * n) for n in range(1, 6))
    for policy in (
        f"multistep:initial_lr={rate},milestones={milestones},drop={decay}",
        f"fixed:lr={rate},for=1+step_decay:initial_lr={rate},drop={decay},epochs_drop={steps}",
    ):
        if "for=1" not in policy or steps > 1:
            agree(policy, staircase, times(steps, 2 * steps, 5 * steps)[:-2], 5 * steps + 1, rate)


@SOME
@given(RATE, STEPS, st.floats(0, 5))
def test_inverse_time_decay(rate: float, steps: int, decay: float) -> None:
    agree(
        f"inverse_time:initial_lr={rate},k={decay / steps!r}",
        schedules.InverseTimeDecay(rate, steps, decay),
        times(steps, 4 * steps),
        4 * steps,
        rate,
    )


@SOME
@given(st.sets(STEPS, min_size=1, max_size=4).map(sorted), st.lists(RATE, min_size=5, max_size=5))
def test_piecewise_constant_decay(boundaries: list[int], values: list[float]) -> None:
    """Keras changes one step after a boundary."""
    values = values[: len(boundaries) + 1]
    agree(
        f"piecewise:milestones={'/'.join(str(b + 1) for b in boundaries)},"
        f"values={'/'.join(map(str, values))}",
        schedules.PiecewiseConstantDecay(boundaries, values),
        times(*boundaries),
        boundaries[-1] + 2,
        max(values),
    )


METRIC = st.one_of(
    st.sampled_from((0.5, 0.4999, 0.49995, 0.6, 1.0, math.nan, math.inf)), st.floats(0, 2)
)


@pytest.fixture(scope="module")
def model() -> object:
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(), loss="mse")
    return model


# Keras reads its rate in a way that NumPy 2 warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@settings(max_examples=100)
@given(
    st.data(),
    st.lists(METRIC, max_size=40),
    st.floats(0.1, 0.9),
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from((0.0, 1e-4, 0.1)),
    st.sampled_from((0.0, 0.01, 0.1)),
    st.sampled_from(("val_loss", "val_accuracy")),
)
def test_reduce_lr_on_plateau(
    model: object,
    data: st.DataObject,
    metrics: list[float],
    factor: float,
    patience: int,
    cooldown: int,
    min_delta: float,
    min_lr: float,
    monitor: str,
) -> None:
    """The callback itself is shown the metrics of one epoch after the other."""
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor=monitor,
        factor=factor,
        patience=patience,
        mode="max" if monitor == "val_accuracy" else "min",
        min_delta=min_delta,
        cooldown=cooldown,
        min_lr=min_lr,
    )
    callback.set_model(model)
    callback.on_train_begin()
    rate = data.draw(st.sampled_from((0.05, 0.3, 1.0)))
    model.optimizer.learning_rate = rate
    policy = parse(
        f"plateau:initial_lr={rate},factor={factor},patience={patience},min_delta={min_delta},"
        f"cooldown={cooldown},min_lr={min_lr},monitor={monitor}"
    )
    for epoch, metric in enumerate(metrics):
        ours = policy(epoch, curve=metrics[:epoch])
        assert ours == pytest.approx(float(model.optimizer.learning_rate), rel=1e-5)
        callback.on_epoch_end(epoch, {monitor: metric})
    ours = policy(len(metrics), curve=metrics)
    assert ours == pytest.approx(float(model.optimizer.learning_rate), rel=1e-5)
