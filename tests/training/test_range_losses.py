"""The losses of a range test: those of plain Keras, step by step, and what diverges is data."""

import numpy as np
import pytest

from lr_study.runs import RateRange
from lr_study.support.runtime import keras, use_one_thread_per_op
from lr_study.support.seeding import Stream, generator
from lr_study.training import Examples, batched_program, step_losses
from lr_study.training.history import initial_head

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

SIZE, BATCH = 45, 8  # five batches and a smaller one


@pytest.fixture(scope="module")
def examples() -> Examples:
    """45 training rows of 16 features in three classes that overlap."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60).astype(np.int32)
    values = rng.normal(labels[:, None], 2.0, (60, 16)).astype(np.float32)
    rows = rng.permutation(60)
    return Examples(values, labels, 3, rows[:SIZE], rows[SIZE:], rows[:0])


def by_keras(examples: Examples, seed: int, rates, optimizer: str) -> list[float]:
    """The same with one Dense layer, a step at a time."""
    head = initial_head(seed, examples.values.shape[1], examples.classes)
    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(3, activation="softmax")])
    model.set_weights([head.kernel, head.bias])
    model.compile(keras.optimizers.get(optimizer), loss="sparse_categorical_crossentropy")
    order = generator(seed, Stream.BATCH_ORDER)
    losses: list[float] = []
    while len(losses) < len(rates):
        rows = order.permutation(examples.train)
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            model.optimizer.learning_rate.assign(rates[len(losses)])
            losses.append(
                float(model.train_on_batch(examples.values[batch], examples.labels[batch]))
            )
            model.reset_metrics()
    return losses


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_each_step_has_the_loss_that_keras_has(examples: Examples, optimizer: str) -> None:
    rates = RateRange(1e-4, 0.1).rates(4 * 6)
    options = {"rates": rates, "batch_size": BATCH, "optimizer": optimizer}
    losses = step_losses(examples, 3, **options)
    assert losses == pytest.approx(by_keras(examples, 3, rates, optimizer), rel=1e-4)
    assert losses[0] != losses[-1]
    assert step_losses(examples, 3, **options) == losses
    assert step_losses(examples, 4, **options) != losses
    # All of that is one compiled program.
    assert len(batched_program._idle[optimizer, 1, 16, 3]) == 1


def test_more_batches_than_fit_into_one_call_have_their_own_rates(
    examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = RateRange(1e-4, 0.1).rates(2 * 6)
    options = {"rates": rates, "batch_size": BATCH, "optimizer": "sgd"}
    whole = step_losses(examples, 0, **options)
    monkeypatch.setattr("lr_study.training.batched.ROWS_PER_CALL", 4 * BATCH)
    assert step_losses(examples, 0, **options) == pytest.approx(whole, rel=1e-6)


def test_a_loss_that_overflows_is_data(examples: Examples) -> None:
    rates = RateRange(1e-7, 1e6).rates(6 * 6)
    scaled = Examples(
        examples.values * 1e18,
        examples.labels,
        3,
        examples.train,
        examples.validation,
        examples.test,
    )
    losses = step_losses(scaled, 0, rates=rates, batch_size=BATCH, optimizer="sgd")
    assert len(losses) == 36
    assert not np.isfinite(losses[-1])


def test_rates_are_of_whole_epochs(examples: Examples) -> None:
    with pytest.raises(ValueError, match="7 rates are no whole number of 6 steps"):
        step_losses(examples, 0, rates=(0.1,) * 7, batch_size=BATCH, optimizer="sgd")
