"""A Keras model of one's own: what its seed decides, and a run that was cut off."""

import random

import numpy as np
import pytest
from own_models import build, digits, settings_of, small_net, workload

from lr_study.policies import parse
from lr_study.runs import RunSpec
from lr_study.studies.model_workload import prepare_model
from lr_study.support import Stream, UsageError, generator
from lr_study.support.runtime import keras, use_one_thread_per_op
from lr_study.training.checkpoint import Checkpoint, checkpoint_of
from lr_study.training.fitting import ModelTrainer, train_model
from lr_study.training.run_files import WEIGHTS_FILE, read_weights
from lr_study.training.trainer import FailedRun

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()


@pytest.fixture(scope="module")
def prepared():
    given = workload(build(optimizer="adam"), test=digits(80), epochs=3)
    return prepare_model(given, settings_of(given))


def trained(prepared, policy="fixed:lr=0.01", seed=0, **more):
    spec = RunSpec(parse(policy), seed, settings_of(prepared.given))
    return train_model(prepared.new_model, prepared.examples(seed), spec, prepared.protocol, **more)


def figures(run):
    """All that training decides, to the last digit."""
    curves = [(e.epoch, e.loss, e.accuracy, e.val_loss, e.val_accuracy) for e in run.record.epochs]
    weights = [weight.tobytes() for weight in read_weights(run.files[WEIGHTS_FILE])]
    return curves, run.record.test_accuracy, run.record.image_results, weights


def test_the_same_seed_gives_the_same_figures_and_pairs_policies(prepared):
    random.seed(1)
    first = figures(trained(prepared))
    random.seed(2)
    # Equal rates meet equal weights, batches and dropout, whatever was drawn before.
    equal = "step_decay:initial_lr=0.01,drop=1,epochs_drop=1"
    assert figures(trained(prepared, equal)) == first


def test_another_seed_has_other_weights_order_and_validation(prepared):
    one, other = trained(prepared), trained(prepared, seed=1)
    assert one.record.epochs[0].loss != other.record.epochs[0].loss
    validated = [run.record.image_results.validated for run in (one, other)]
    assert not set(validated[0]) & set(validated[1])


def test_it_is_what_fit_gives_in_the_order_of_the_seed():
    """Without dropout, nothing but the initial weights and the order of batches is random."""
    given = workload(plain_net, epochs=2)
    prepared = prepare_model(given, settings_of(given))
    run = trained(prepared, "exp_decay:initial_lr=0.1,k=0.5", seed=3)
    model = plain_net()
    examples = prepared.examples(3)
    keras.utils.set_random_seed(int(generator(3, Stream.MODEL).integers(2**31)))
    model = plain_net()
    order = generator(3, Stream.BATCH_ORDER)
    for epoch in range(2):
        model.optimizer.learning_rate = run.record.spec.policy(epoch)
        rows = order.permutation(examples.train)
        model.fit(
            examples.inputs[rows], examples.targets[rows],
            batch_size=16, shuffle=False, verbose=0,
        )  # fmt: skip
    for ours, theirs in zip(
        read_weights(run.files[WEIGHTS_FILE]), model.get_weights(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
    right = model.predict(examples.inputs[examples.validation], verbose=0).argmax(axis=1)
    expected = (right == examples.labels[examples.validation]).mean()
    assert run.record.epochs[-1].val_accuracy == expected


def plain_net():
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer=keras.optimizers.SGD(momentum=0.9), loss=loss, metrics=["accuracy"])
    return model


def test_the_rate_follows_the_policy_by_step(prepared):
    policy = "warmup:epochs=1+cosine:initial_lr=0.1"
    run = trained(prepared, policy)
    steps = prepared.protocol.steps_per_epoch
    expected = [parse(policy).step_rates(epoch, 3, steps)[-1] for epoch in range(3)]
    logged = [epoch.learning_rate for epoch in run.record.epochs]
    assert logged == pytest.approx(expected, rel=1e-6)
    assert len(run.files["learning_rates.csv.gz"]) > 0


def test_a_policy_that_reads_a_metric_follows_it(prepared):
    run = trained(prepared, "plateau:initial_lr=0.01,patience=1,min_delta=10,factor=0.5")
    assert [e.learning_rate for e in run.record.epochs] == pytest.approx([0.01, 0.01, 0.005])


class _Cut(Exception):  # noqa: N818 (it stands for a kill)
    pass


@pytest.mark.parametrize("epochs_before", [1, 3])
@pytest.mark.parametrize("policy", ["fixed:lr=0.01", "plateau:patience=1,min_delta=10"])
def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not_been(
    prepared, monkeypatch, tmp_path, policy, epochs_before
):
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path))
    undisturbed = trained(prepared, policy, seed=2)

    def cut(ended):
        if ended.record.epoch == epochs_before:
            raise _Cut

    with pytest.raises(_Cut), checkpoint_of("cell") as kept:
        trained(prepared, policy, seed=2, checkpoint=kept, on_epoch=cut)
    reported = []
    with checkpoint_of("cell") as kept:
        assert len(kept.epochs) == epochs_before
        gone_on = trained(
            prepared, policy, seed=2, checkpoint=kept,
            on_epoch=lambda ended: reported.append(ended.record.epoch),
        )  # fmt: skip
    assert reported == [1, 2, 3]
    assert figures(gone_on) == figures(undisturbed)


def test_global_generators_are_as_before(prepared):
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    expected = random.random(), np.random.random()  # noqa: NPY002, S311
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    trained(prepared)
    assert (random.random(), np.random.random()) == expected  # noqa: NPY002, S311


def test_code_of_theirs_that_draws_from_numpy_goes_on_as_if_it_had_not_been_cut_off():
    given = workload(noisy_net, epochs=3)
    prepared = prepare_model(given, settings_of(given))
    whole = trained(prepared)
    kept = Checkpoint()

    def cut(ended):
        if ended.record.epoch == 2:
            raise _Cut

    with pytest.raises(_Cut):
        trained(prepared, checkpoint=kept, on_epoch=cut)
    assert figures(trained(prepared, checkpoint=kept)) == figures(whole)


class Noisy(keras.Sequential):
    """A model that draws from NumPy's global generator in each step."""

    def train_step(self, data):
        inputs, labels = data
        return super().train_step((inputs + np.random.normal(), labels))  # noqa: NPY002


def noisy_net():
    model = Noisy(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    loss = "sparse_categorical_crossentropy"
    model.compile("sgd", loss=loss, metrics=["accuracy"], run_eagerly=True)
    return model


def test_what_a_model_raises_is_the_failure_of_its_run(prepared):
    spec = RunSpec(parse("fixed"), 0, settings_of(prepared.given))

    def build_model():
        raise ZeroDivisionError("theirs")

    trainer = ModelTrainer(build_model, prepared.examples(0), prepared.protocol)
    (failed,) = trainer.train([spec], checkpoint=Checkpoint(), on_epoch=lambda event: None)
    assert isinstance(failed, FailedRun)
    assert failed.reason == "ZeroDivisionError: theirs"
    assert "build_model" in failed.traceback


def test_a_metric_that_is_no_accuracy_is_refused(prepared):
    given = workload(
        build(metrics=[keras.metrics.SparseTopKCategoricalAccuracy(9, name="accuracy")])
    )
    other = prepare_model(given, settings_of(given))
    trainer = ModelTrainer(other.new_model, other.examples(0), other.protocol)
    spec = RunSpec(parse("fixed"), 0, settings_of(other.given))
    (failed,) = trainer.train([spec], checkpoint=Checkpoint(), on_epoch=lambda event: None)
    assert "most probable class is the true one" in failed.reason


def test_a_diverged_run_is_a_run():
    given = workload(build(), epochs=2)
    prepared = prepare_model(given, settings_of(given))
    run = trained(prepared, "fixed:lr=1e30")
    assert run.record.diverged


@pytest.mark.parametrize("name", ["train", "test"])
def test_lengths_are_checked(name):
    inputs, labels = digits()
    pairs = {"train": (inputs, labels), "test": (inputs, labels)}
    pairs[name] = (inputs, labels[:-1])
    with pytest.raises(UsageError, match=f"{name} has 60 inputs, but 59 targets"):
        workload(small_net, **pairs)
