"""Policies as schedules of Keras: the rates of the formula, in any model, saved and loaded."""

import subprocess
import sys

import numpy as np
import pytest

import lr_study
from lr_study.policies import FAMILIES, parse
from lr_study.support import UsageError
from lr_study.support.runtime import keras, use_one_thread_per_op

# Keras's saving, with numpy from 2.4 on.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

WARMUP_COSINE = "warmup:epochs=1+cosine:initial_lr=0.1"
EPOCHS, STEPS = 4, 6


def formula(policy, epochs=EPOCHS, steps=STEPS):
    return [rate for e in range(epochs) for rate in parse(policy).step_rates(e, epochs, steps)]


def fitted(learning_rate, steps_per_execution=1, epochs=EPOCHS):
    """Fit one layer with SGD; return its weights."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(STEPS * 4, 3)).astype(np.float32)
    y = rng.integers(0, 2, STEPS * 4)
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(2, "softmax", kernel_initializer="ones")]
    )
    model.compile(
        keras.optimizers.SGD(learning_rate),
        "sparse_categorical_crossentropy",
        steps_per_execution=steps_per_execution,
    )
    model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0)
    return model


@pytest.mark.parametrize(
    "policy",
    [
        *(f for f in FAMILIES if f not in ("plateau", "piecewise")),
        "piecewise:milestones=1/2,values=0.1/0.2/0.3",
        WARMUP_COSINE,
        "fixed:lr=0.1,for=50%+linear:initial_lr=0.1",
        "step_decay:every=step",
    ],
)
def test_a_schedule_gives_the_rate_of_the_formula_at_each_update(policy):
    rates = lr_study.schedule(policy, epochs=EPOCHS, steps_per_epoch=STEPS)
    at_each = [float(rates(step)) for step in range(EPOCHS * STEPS + 3)]
    expected = formula(policy)
    assert at_each == pytest.approx([*expected, *[expected[-1]] * 3], rel=1e-6, abs=1e-12)


def test_rates_that_are_constant_within_epochs_are_kept_once_an_epoch():
    assert len(lr_study.schedule("step_decay", epochs=50, steps_per_epoch=312).rates) == 50


@pytest.mark.parametrize("steps_per_execution", [1, 4])
def test_a_model_trains_at_the_rates_whatever_the_steps_per_execution(steps_per_execution):
    rates = lr_study.schedule(WARMUP_COSINE, epochs=EPOCHS, steps_per_epoch=STEPS)
    usual = keras.optimizers.schedules.CosineDecay(
        0.0, (EPOCHS - 1) * STEPS, warmup_target=0.1, warmup_steps=STEPS
    )
    (ours, _), (theirs, _) = (
        fitted(chosen, steps_per_execution).get_weights() for chosen in (rates, usual)
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    assert not np.allclose(ours, fitted(0.1).get_weights()[0], rtol=1e-3)


LOAD = """
import sys
from lr_study import PolicySchedule  # registers it with Keras
import keras
model = keras.models.load_model(sys.argv[1])
rates = model.optimizer._learning_rate
print(type(rates).__name__, *(repr(float(rates(step))) for step in range(30)))
print(float(model.optimizer.learning_rate), int(model.optimizer.iterations))
"""


def test_a_model_is_saved_with_its_schedule_and_loaded_elsewhere(tmp_path):
    rates = lr_study.schedule(WARMUP_COSINE, epochs=EPOCHS, steps_per_epoch=STEPS)
    fitted(rates, epochs=2).save(tmp_path / "model.keras")
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path / "model.keras")],
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ).stdout.split()
    assert loaded[0] == "PolicySchedule"
    assert [float(text) for text in loaded[1:31]] == [float(rates(step)) for step in range(30)]
    assert float(loaded[31]) == float(rates(2 * STEPS))
    assert int(loaded[32]) == 2 * STEPS


def test_an_equal_schedule_is_made_of_its_config():
    rates = lr_study.schedule(WARMUP_COSINE, epochs=EPOCHS, steps_per_epoch=STEPS)
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(rates))
    assert isinstance(again, lr_study.PolicySchedule)
    assert again.get_config() == rates.get_config()
    assert again.policy == str(parse(WARMUP_COSINE))
    assert again.rates == formula(WARMUP_COSINE)


@pytest.mark.parametrize(
    ("policy", "epochs", "steps", "why"),
    [
        ("plateau", 3, 3, "val_loss of the run"),
        ("warmup:epochs=1+plateau:monitor=accuracy", 3, 3, "accuracy of the run"),
        ("warmup:epochs=3+cosine", 3, 3, "does not fit into epochs=3"),
        ("cosin", 3, 3, "did you mean cosine"),
        ("cosine", 0, 3, "epochs=0 is not allowed"),
        ("cosine", 3, 0.5, "steps_per_epoch=0.5 is not allowed"),
    ],
)
def test_what_is_no_schedule_is_one_line(policy, epochs, steps, why):
    with pytest.raises(UsageError, match=why) as raised:
        lr_study.schedule(policy, epochs=epochs, steps_per_epoch=steps)
    assert "\n" not in str(raised.value)
