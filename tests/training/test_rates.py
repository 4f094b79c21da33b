"""Rates by step and by the run's own curve, in both engines: what Keras trains at."""

import csv
import gzip
import io
import math
from dataclasses import replace

import numpy as np
import pytest
from against_keras import assert_as_keras, sample_examples, some, specs
from live_images import PIXELS, SIZE, spec

from lr_study.policies import parse
from lr_study.runs import EpochRecord
from lr_study.support.runtime import tf, use_one_thread_per_op
from lr_study.training import batched, live
from lr_study.training.batched import train_heads
from lr_study.training.batched_program import HeadsProgram
from lr_study.training.checkpoint import Checkpoint
from lr_study.training.run_files import RATES_FILE, rates_csv_gz
from lr_study.training.schedule import schedule
from lr_study.training.trainer import TrainedRun

# Keras's callbacks, with numpy from 2.4 on.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

STANDS_STILL = "factor=0.5,patience=1,min_delta=0.05"
"""So that the sample's losses lower the rate of ``plateau`` in most epochs, but not in all."""


@pytest.fixture(scope="session")
def digits():
    return some(sample_examples())


@pytest.mark.numeric
def test_heads_by_step_and_on_a_plateau_are_what_separate_fits_give(digits, monkeypatch):
    # Several calls of the program an epoch, and a last batch smaller than the rest.
    monkeypatch.setattr(batched, "ROWS_PER_CALL", 96)
    assert len(digits.train) % 32
    together = specs(
        "warmup:epochs=1+cosine:initial_lr=0.01",
        f"plateau:initial_lr=0.01,{STANDS_STILL}",
        f"plateau:initial_lr=0.003,{STANDS_STILL},cooldown=1,monitor=val_accuracy",
        epochs=5,
    )
    trained = train_heads(digits, together)
    for run, history in zip(together, trained, strict=True):
        assert_as_keras(digits, run, history)
    lowered = [{epoch.learning_rate for epoch in history.epochs} for history in trained[1:3]]
    assert [len(rates) > 1 for rates in lowered] == [True, True]


def test_a_program_that_reports_each_step_trains_the_same():
    rng = np.random.default_rng(0)
    heads, classes, features, calls, batch = 2, 3, 4, 5, 6
    program = HeadsProgram("adam", heads, features, classes)
    kernel = rng.normal(size=(heads, classes, features)).astype(np.float32)
    bias = np.zeros((heads, classes, 1), np.float32)
    x = rng.normal(size=(calls, batch, features)).astype(np.float32)
    y = rng.integers(0, classes, (calls, batch), dtype=np.int32)
    weight = np.ones((calls, batch), np.float32)
    rates = rng.uniform(0, 0.1, (calls, heads, 1, 1)).astype(np.float32)
    batches = [tf.constant(part) for part in (rates, x, y, weight)]
    state, reported = (program.initial_state(kernel, bias) for _ in range(2))
    sums = program.train(state, *batches, tf.constant(4)).numpy()
    by_step = program.train_by_step(reported, *batches, tf.constant(4)).numpy()
    assert by_step.shape == (calls, 2, heads)
    assert by_step.sum(axis=0) == pytest.approx(sums, rel=1e-6)
    assert np.all(by_step[4] == 0)
    for one, other in zip(state, reported, strict=True):
        np.testing.assert_array_equal(one, other)
    # The loss of the first step is that of the initial weights.
    logits = x[0] @ kernel[0].T
    own = logits[np.arange(batch), y[0]]
    assert by_step[0, 0, 0] == pytest.approx(
        np.sum(np.log(np.exp(logits).sum(axis=1)) - own), rel=1e-5
    )


# --- live


@pytest.mark.numeric
@pytest.mark.parametrize(
    "policy",
    [
        "warmup:epochs=1+cosine:initial_lr=0.01",
        "warmup:epochs=1.5+plateau:initial_lr=0.01,factor=0.1,patience=1,min_delta=0.2",
    ],
)
def test_both_engines_are_one_at_rates_by_step(prepared, watch, policy):
    ready = prepared(engine="live", epochs=5)
    images = ready.images(seed=1)
    values = [images.load(row, SIZE).ravel() / np.float32(255) for row in range(len(images.labels))]
    parts = images.train, images.validation, images.test
    examples = batched.Examples(np.stack(values), images.labels, images.classes, *parts)
    run = spec(ready.settings, policy, seed=1)
    watch()
    kept = Checkpoint()
    ours = live.train_live(images, run, ready.weights, checkpoint=kept)
    (cached,) = train_heads(examples, [run])
    np.testing.assert_allclose(ours.head.kernel, cached.head.kernel, rtol=0, atol=1e-4)
    left, right = ([epoch.learning_rate for epoch in h.epochs] for h in (ours, cached))
    assert left == pytest.approx(right, rel=1e-6)
    assert len(set(right)) > 2
    assert ours.head.kernel.shape == (PIXELS, 3)


@pytest.mark.parametrize(
    "policy",
    [
        "warmup:epochs=1+cosine:initial_lr=0.05",
        "warmup:epochs=1+plateau:initial_lr=0.05,factor=0.5,patience=1,min_delta=1.0",
    ],
)
def test_a_run_that_was_cut_off_goes_on_at_the_rate_of_its_step(prepared, watch, policy):
    ready = prepared(engine="live", epochs=4)
    images = ready.images(seed=2)
    run = spec(ready.settings, policy, seed=2)
    watch()
    undisturbed = live.train_live(images, run, ready.weights)
    kept = Checkpoint()

    def cut(ended):
        if ended.record.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        live.train_live(images, run, ready.weights, checkpoint=kept, on_epoch=cut)
    resumed = live.train_live(images, run, ready.weights, checkpoint=kept)
    assert resumed.epochs == undisturbed.epochs
    np.testing.assert_array_equal(resumed.head.kernel, undisturbed.head.kernel)
    assert len({epoch.learning_rate for epoch in resumed.epochs}) > 2


# --- the file of all rates


def rows_of(content):
    text = gzip.decompress(content).decode()
    return [(int(e), int(s), float(r)) for e, s, r in list(csv.reader(io.StringIO(text)))[1:]]


@pytest.mark.parametrize("engine", ["cached", "live"])
def test_a_run_keeps_the_rate_of_each_step(prepared, watch, engine):
    ready = prepared(engine=engine, epochs=3)
    if engine == "live":
        watch()
    run = spec(ready.settings, "warmup:epochs=1+cosine:initial_lr=0.1")
    trained: TrainedRun
    (trained,) = ready.trainer(0).train([run], checkpoint=Checkpoint(), on_epoch=lambda _: None)
    steps = math.ceil(len(ready.split(seed=0).train) / 4)
    rows = rows_of(trained.files[RATES_FILE])
    assert [(epoch, step) for epoch, step, _ in rows] == [
        (step // steps + 1, step) for step in range(3 * steps)
    ]
    for _, step, rate in rows:
        time = step / steps
        after = 0.1 * (1 + math.cos(math.pi * (time - 1) / 2)) / 2
        assert rate == pytest.approx(0.1 * time if time < 1 else after, rel=1e-12)
    # The metric is the rate of the last step of its epoch.
    last = [rate for _, step, rate in rows if step % steps == steps - 1]
    logged = [epoch.learning_rate for epoch in trained.record.epochs]
    assert logged == pytest.approx(last, rel=1e-6)


def test_a_run_at_one_rate_an_epoch_keeps_no_such_file(prepared):
    ready = prepared(epochs=1)
    run = spec(ready.settings, "step_decay")
    (trained,) = ready.trainer(0).train([run], checkpoint=Checkpoint(), on_epoch=lambda _: None)
    assert RATES_FILE not in trained.files


def test_the_rates_of_a_plateau_are_those_of_its_own_curve(prepared):
    ready = prepared(epochs=3)
    policy = "warmup:epochs=1+plateau:initial_lr=0.1,factor=0.5,patience=1"
    run = spec(ready.settings, policy)
    (trained,) = ready.trainer(0).train([run], checkpoint=Checkpoint(), on_epoch=lambda _: None)
    steps = trained.record.protocol.steps_per_epoch

    def after_third(*val_losses):
        epochs = tuple(EpochRecord(i + 1, 1.0, 0.5, v, 0.5, 0.1) for i, v in enumerate(val_losses))
        made = replace(trained.record, epochs=epochs)
        return [rate for _, _, rate in rows_of(rates_csv_gz(made))][-steps:]

    # Of four epochs, the first is the warmup's, whose loss the plateau does not read.
    assert after_third(1.0, 0.9, 0.9, 0.9) == [0.05] * steps
    assert after_third(0.5, 0.9, 0.8, 0.7) == [0.1] * steps


def test_every_way_to_ask_for_rates_gives_the_same():
    policy = parse("warmup:epochs=1+one_cycle:max_lr=0.1")
    table = [rate for epoch in range(3) for rate in policy.step_rates(epoch, 3, 7)]
    assert schedule(policy, epochs=3, steps_per_epoch=7).rates == table


@pytest.mark.parametrize(
    "text",
    [
        "warmup:epochs=2+cosine:initial_lr=0.1",
        "warmup:epochs=10%+fixed:lr=0.2,for=30%+one_cycle:max_lr=0.2",
        "linear:initial_lr=0.1,for=2.5+step_decay:drop=0.5,epochs_drop=1",
    ],
)
def test_the_rates_of_an_epoch_are_those_at_the_times_of_its_steps(text):
    policy = parse(text)
    for epoch in range(8):
        at_times = [policy.at(epoch, step / 7, 8) for step in range(7)]
        assert policy.step_rates(epoch, epochs=8, steps_per_epoch=7) == at_times
