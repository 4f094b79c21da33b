"""Engine ``cached``: what plain Keras would give, whatever else trains beside it."""

import inspect
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest
from against_keras import assert_as_keras, sample_examples, some, specs

from lr_study.runs import OPTIMIZERS, has_diverged
from lr_study.support.runtime import keras, use_one_thread_per_op
from lr_study.training import batched as heads
from lr_study.training import batched_program as program
from lr_study.training.batched import HEADS_PER_BLOCK, train_heads

# Keras's LearningRateScheduler, with numpy from 2.4 on.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()


@pytest.fixture(scope="session")
def digits():
    return sample_examples()


def figures(history):
    """All that training decides, to the last digit."""
    kernel, bias = history.head.kernel, history.head.bias
    return history.epochs, history.test_accuracy, kernel.tobytes(), bias.tobytes()


# --- against Keras


CLOSELY = ("adam", "sgd")


@pytest.mark.numeric
@pytest.mark.parametrize("optimizer", CLOSELY)
def test_heads_trained_together_are_what_separate_fits_give(digits, monkeypatch, optimizer):
    # Several calls of the program an epoch, and a last batch smaller than the rest.
    monkeypatch.setattr(heads, "ROWS_PER_CALL", 512)
    assert len(digits.train) % 32
    together = specs(
        "fixed:lr=0.01",
        "step_decay:initial_lr=0.01,drop=0.5,epochs_drop=2",
        "exp_decay:initial_lr=0.01,k=0.3",
        epochs=5,
        optimizer=optimizer,
    )
    for spec, history in zip(together, train_heads(digits, together), strict=True):
        assert_as_keras(digits, spec, history)


@pytest.mark.numeric
@pytest.mark.parametrize("optimizer", CLOSELY)
def test_a_high_rate_starts_as_in_keras(digits, optimizer):
    # Later, at such a rate, even Keras in 32 bits and in 64 have nothing in common.
    steps = some(digits, train=20 * 32)
    (spec,) = specs("fixed:lr=0.1", epochs=1, optimizer=optimizer)
    (history,) = train_heads(steps, [spec])
    assert_as_keras(steps, spec, history, orders=4)


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name not in CLOSELY])
def test_every_other_optimizer_is_that_of_keras(digits, optimizer):
    few = some(digits)
    (spec,) = specs("exp_decay:initial_lr=0.001,k=1", epochs=2, optimizer=optimizer)
    (history,) = train_heads(few, [spec])
    assert_as_keras(few, spec, history)


@pytest.mark.parametrize("batch_size", [1, 200])
def test_any_batch_size_is_as_in_keras(digits, batch_size):
    few = some(digits, train=50)
    (spec,) = specs("fixed:lr=0.001", epochs=2, batch_size=batch_size)
    (history,) = train_heads(few, [spec])
    assert_as_keras(few, spec, history)


def test_the_elementwise_optimizers_of_keras_are_offered_and_no_others():
    base = keras.optimizers.Optimizer
    classes = dict(inspect.getmembers(keras.optimizers, inspect.isclass))
    names = {name.lower() for name, made in classes.items() if issubclass(made, base)}
    elementwise = {name for name in names - {"optimizer"} if is_elementwise(name)}
    # The first forgets the initial layer; the second is made to need no policy.
    assert elementwise - {"ftrl", "schedulefreeadamw"} == set(OPTIMIZERS)


def is_elementwise(optimizer):
    """Whether layers stacked in one variable, each with its rate, become what each does alone."""
    rng = np.random.default_rng(0)
    rates = np.array([0.1, 0.001], np.float32).reshape(2, 1, 1)
    start = rng.standard_normal((2, 3, 4)).astype(np.float32)
    gradients = rng.standard_normal((5, 2, 3, 4)).astype(np.float32)

    def after(start, gradients, rate):
        made = keras.optimizers.get({"class_name": optimizer, "config": {"learning_rate": rate}})
        variable = keras.Variable(start)
        for gradient in gradients:
            made.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        return variable.numpy()

    try:
        together = after(start, gradients, lambda: keras.ops.convert_to_tensor(rates))
    except (KeyError, TypeError, ValueError):  # wraps others, or needs one number as its rate
        return False
    # As `Dense` keeps its kernel: (features, classes).
    alone = [after(start[i].T, gradients[:, i].mT, rates[i].item()).T for i in range(2)]
    return np.allclose(together, alone, rtol=0, atol=1e-6)


# --- neighbours


WATCHED = "step_decay:initial_lr=0.1,epochs_drop=1"
OTHERS = ["fixed:lr=1e38", "fixed:lr=0.1", "exp_decay", "warmup:epochs=1+cosine", "plateau"]


def test_a_head_does_not_depend_on_what_trains_beside_it(digits):
    few = some(digits)
    (alone,) = train_heads(few, specs(WATCHED, epochs=2))
    for place in range(2 * HEADS_PER_BLOCK):
        others = (OTHERS * HEADS_PER_BLOCK)[: 2 * HEADS_PER_BLOCK]
        together = specs(*others[:place], WATCHED, *others[place:], epochs=2)
        histories = train_heads(few, together)
        assert figures(histories[place]) == figures(alone)


@pytest.mark.parametrize("cores", [1, 3, 64])
def test_a_head_does_not_depend_on_the_number_of_cores(digits, monkeypatch, cores):
    few = some(digits)
    many = specs(*[WATCHED, *OTHERS] * HEADS_PER_BLOCK, epochs=2)
    here = train_heads(few, many)
    monkeypatch.setattr(heads, "available_cpus", lambda: cores)
    there = train_heads(few, many)
    assert [figures(history) for history in there] == [figures(history) for history in here]


def test_a_head_that_overflows_has_no_loss_from_then_on(digits):
    one_batch = {"epochs": 4, "batch_size": 200}
    both = specs("fixed:lr=1e38", "fixed:lr=0.001", **one_batch)
    overflowing, sound = train_heads(some(digits), both)
    before, *after = [epoch.loss for epoch in overflowing.epochs]
    assert before is not None
    assert after == [None, None, None]
    assert [epoch.val_loss for epoch in overflowing.epochs] == [None, None, None, None]
    assert has_diverged(overflowing.epochs)
    assert not has_diverged(sound.epochs)


# --- seeds


def test_a_seed_decides_everything(digits):
    few = some(digits)
    first, again, other = (
        figures(train_heads(few, specs("fixed", seed=seed, epochs=1))[0]) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_heads_that_differ_in_more_than_the_policy_cannot_train_together(digits):
    for odd in specs("fixed", seed=1), specs("fixed", optimizer="sgd"):
        with pytest.raises(ValueError, match="policy"):
            train_heads(digits, specs("fixed") + odd)


# --- what goes in, and what is told


def test_values_may_be_memory_mapped(digits, monkeypatch):
    assert isinstance(digits.values, np.memmap)
    monkeypatch.setattr(heads, "IN_MEMORY_BYTES", 0)
    mapped = some(digits)
    in_memory = replace(mapped, values=np.array(digits.values))
    one = specs("fixed", epochs=1)
    assert figures(train_heads(mapped, one)[0]) == figures(train_heads(in_memory, one)[0])


def test_of_mapped_values_little_is_fetched_before_their_pages_are_given_back(digits, monkeypatch):
    most = 10 * digits.values[0].nbytes
    monkeypatch.setattr(heads, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(heads, "FETCHED_BYTES", most)
    take, fetched = np.take, [0]

    def watched_take(values, rows, axis, out, mode):
        fetched[-1] += out.nbytes
        return take(values, rows, axis=axis, out=out, mode=mode)

    monkeypatch.setattr(heads.np, "take", watched_take)
    monkeypatch.setattr(heads, "release_pages", lambda values: fetched.append(0))
    train_heads(digits, specs("fixed", epochs=1))
    assert sum(fetched) >= digits.values[digits.train].nbytes
    assert max(fetched) <= most


def test_without_a_test_part_there_is_no_test_accuracy(digits):
    (history,) = train_heads(some(digits, test=0), specs("fixed", epochs=1))
    assert history.test_accuracy is None


def test_progress_adds_up_to_all_epochs_of_all_heads(digits):
    ended = []
    both = specs(*["fixed"] * (HEADS_PER_BLOCK + 1), epochs=3)
    histories = train_heads(some(digits), both, on_epoch=ended.append)
    assert len(ended) == 3 * (HEADS_PER_BLOCK + 1)
    assert {event.record for event in ended} == {e for h in histories for e in h.epochs}
    assert {history.shared_among for history in histories} == {HEADS_PER_BLOCK + 1}


def test_the_next_seed_compiles_nothing(digits, monkeypatch):
    few = some(digits)
    train_heads(few, specs("fixed", epochs=1))
    monkeypatch.setattr(program, "HeadsProgram", None)
    train_heads(few, specs("fixed", seed=1, epochs=1))


# --- stopping


def fail():
    raise OSError("no space left")


def interrupt():
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


@pytest.mark.parametrize(("stop", "error"), [(fail, OSError), (interrupt, KeyboardInterrupt)])
def test_what_stops_one_thread_stops_all(digits, monkeypatch, stop, error):
    few, endless = some(digits), 20_000
    both = specs(*["fixed"] * 2 * HEADS_PER_BLOCK, epochs=endless)
    monkeypatch.setattr(heads, "available_cpus", lambda: 2)
    ended, stopped = [], threading.Event()

    def on_epoch(event):
        ended.append(event)
        in_second = threading.current_thread().name.endswith("_1")
        if in_second and len(ended) > 10 and not stopped.is_set():
            stopped.set()  # once: a second interrupt would end the wait for the threads
            stop()

    with pytest.raises(error):
        train_heads(few, both, on_epoch=on_epoch)
    assert len(ended) < endless
    for thread in threading.enumerate():
        if thread.name.startswith("heads"):
            thread.join(timeout=60)
            assert not thread.is_alive()
