"""Fine-tuning with engine ``live``: what trains, at which rate, and the same figures again."""

from dataclasses import replace

import numpy as np
import pytest
from live_images import SIZE, spec, tiny_backbone

from lr_study.features import build_backbone, resolve_weights, set_trained
from lr_study.runs import Settings
from lr_study.support import LrStudyError, UsageError
from lr_study.support.runtime import keras, use_one_thread_per_op
from lr_study.training import image_model, live
from lr_study.training.checkpoint import Checkpoint
from lr_study.training.history import Head, initial_head
from lr_study.training.image_model import build_model, with_head
from lr_study.training.optimizers import optimizer_of
from lr_study.training.predictions import Predictor
from lr_study.training.run_files import head_npz, read_head
from lr_study.training.schedule import schedule

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

FINE = {"train": "1", "head_lr_factor": 10, "augment": "flip-crop", "dropout": 0.3}


@pytest.fixture(scope="module")
def lite0():
    return build_backbone("efficientnet-lite0", resolve_weights("efficientnet-lite0", "random"), 32)


class _Cut(Exception):  # noqa: N818 (it stands for a kill)
    pass


@pytest.fixture
def tiny(monkeypatch):
    """Put a tiny backbone in the place of all."""
    for module in (live, image_model):
        monkeypatch.setattr(module, "build_backbone", tiny_backbone)


@pytest.mark.parametrize(
    ("optimizer", "norms"), [("adam", False), ("adamw", True), ("nadam", False), ("lion", False)]
)
def test_a_fine_tuned_run_repeats_resumes_and_predicts_what_it_validated(
    prepared, tiny, optimizer, norms
):
    ready = prepared(epochs=2, optimizer=optimizer, train_norms=norms, **FINE)
    assert ready.protocol.engine == "live"
    images = ready.images(seed=0)
    run = spec(ready.settings, "exp_decay:initial_lr=0.01,k=0.5")
    kept = Checkpoint()

    def cut(ended):
        if ended.record.epoch == 1:
            raise _Cut

    undisturbed = live.train_live(images, run, ready.weights)
    with pytest.raises(_Cut):
        live.train_live(images, run, ready.weights, checkpoint=kept, on_epoch=cut)
    resumed = live.train_live(images, run, ready.weights, checkpoint=kept)
    assert resumed.epochs == undisturbed.epochs
    assert resumed.image_results == undisturbed.image_results
    np.testing.assert_array_equal(resumed.head.kernel, undisturbed.head.kernel)
    assert resumed.head.backbone.keys() == undisturbed.head.backbone.keys()
    for place, value in resumed.head.backbone.items():
        np.testing.assert_array_equal(value, undisturbed.head.backbone[place])

    # The file of the run makes the model that was validated, without augmentation or dropout.
    head, _ = read_head(head_npz(undisturbed.head, ["3", "6", "8"]))
    model = ready.model(head)
    rows = images.validation
    pixels = np.stack([images.load(row, SIZE) for row in rows]).astype(np.float32)
    probabilities = model.predict(pixels, verbose=0)
    right = probabilities.argmax(axis=1) == images.labels[rows]
    assert right.mean() == undisturbed.epochs[-1].val_accuracy
    loss = -np.log(probabilities[np.arange(len(rows)), images.labels[rows]]).mean()
    assert loss == pytest.approx(undisturbed.epochs[-1].val_loss, rel=1e-4)
    kinds = {type(layer).__name__ for layer in model.layers}
    assert not kinds & {"RandomFlip", "RandomTranslation", "Dropout"}


@pytest.mark.parametrize(
    ("train", "norms", "first"),
    [
        ("head", False, None),
        ("1", False, "block15_expand_conv"),
        ("2", False, "block14_expand_conv"),
        ("2", True, "block14_expand_conv"),
        ("16", False, "block0_depthwise_conv"),
        ("all", False, "stem_conv"),
    ],
)
def test_the_last_blocks_train_and_batch_norms_only_when_asked(lite0, train, norms, first):
    set_trained(lite0, train, norms=norms)
    trained = [x for x in lite0.layers if x.trainable_variables]
    assert (trained[0].name if trained else None) == first
    assert not trained or trained[-1].name == ("head_bn" if norms else "head_conv")
    has_norms = any(isinstance(x, keras.layers.BatchNormalization) for x in trained)
    assert has_norms == norms


def test_frozen_norms_keep_their_statistics_and_trained_ones_do_not(lite0):
    images = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype(np.float32)
    norm = lite0.get_layer("block15_project_bn")
    for norms in (False, True):
        set_trained(lite0, "1", norms=norms)
        before = norm.moving_mean.numpy()
        lite0(images, training=True)
        assert (norm.moving_mean.numpy() != before).any() == norms


def test_a_trained_norm_is_in_the_checkpoint_and_in_the_file_of_the_run(lite0):
    set_trained(lite0, "1", norms=True)
    model = with_head(lite0, initial_head(0, 1280, 3))
    statistics = lite0.get_layer("head_bn").moving_variance
    assert any(v is statistics for v in live._trained_variables(model))
    place = next(i for i, v in enumerate(lite0.weights) if v is statistics)
    assert live._trained_weights(model, lite0)[place].shape == (1280,)
    set_trained(lite0, "1")
    assert place not in live._trained_weights(model, lite0)


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw", "nadam", "lion"])
def test_the_head_trains_at_the_factor_times_the_rate_of_the_backbone(name):
    """A step of both equals one step of each alone, at its own rate from the schedule."""

    def variables():
        return [keras.Variable(np.ones(2, np.float32), name=n) for n in ("backbone", "head")]

    gradients = [np.full(2, g, np.float32) for g in (0.5, -0.25)]
    rates = schedule("step_decay:initial_lr=0.01,epochs_drop=2", epochs=3, steps_per_epoch=1)
    backbone, head = variables()
    settings = Settings(train="1", head_lr_factor=5, optimizer=name)
    both = optimizer_of(settings, rates, [head])
    both.build([backbone, head])
    alone = variables()
    scaled = [0.01, 0.005, 0.005]
    single = [
        keras.optimizers.get({"class_name": name, "config": {"learning_rate": 0.1}}) for _ in alone
    ]
    for step in range(3):
        both.apply([keras.ops.convert_to_tensor(g) for g in gradients], [backbone, head])
        for optimizer, variable, gradient, factor in zip(
            single, alone, gradients, (1, 5), strict=True
        ):
            optimizer.learning_rate = scaled[step] * factor
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    assert int(both.iterations) == 3
    np.testing.assert_allclose(backbone.numpy(), alone[0].numpy(), rtol=1e-6)
    np.testing.assert_allclose(head.numpy(), alone[1].numpy(), rtol=1e-6)
    assert not np.allclose(backbone.numpy(), 1)


def test_augmentation_and_dropout_change_training_and_nothing_else():
    backbone = tiny_backbone("", None, SIZE)
    images = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype(np.float32)
    head = initial_head(0, 8, 3)
    plain = with_head(backbone, head)
    other = with_head(backbone, head, augment="flip-crop", dropout=0.5)
    expected = plain.predict(images, verbose=0)
    np.testing.assert_array_equal(other.predict(images, verbose=0), expected)
    seeds = live._layer_seeds(other)
    assert len(seeds) == len(live._layer_seeds(plain)) + 3
    live._seed_layers(other, np.random.default_rng(1))
    first = other(images, training=True).numpy()
    live._seed_layers(other, np.random.default_rng(1))
    np.testing.assert_array_equal(other(images, training=True).numpy(), first)
    live._seed_layers(other, np.random.default_rng(2))
    assert (other(images, training=True).numpy() != first).any()


def test_weights_of_another_backbone_are_refused():
    weights = resolve_weights("efficientnet-lite0", "random")
    head = initial_head(0, 1280, 3)
    for wrong in (
        replace(head, backbone={0: np.zeros((1, 2), np.float32)}),
        replace(head, backbone={10_000: np.zeros(3, np.float32)}),
        Head(head.kernel[:100], head.bias),
    ):
        with pytest.raises(LrStudyError, match="efficientnet-lite0"):
            build_model("efficientnet-lite0", weights, 32, wrong)


def test_a_network_of_keras_trains_its_last_blocks(prepared):
    ready = prepared(
        backbone="keras:MobileNetV3Small", weights="random", train="1", optimizer="sgd", epochs=1
    )
    history = live.train_live(ready.images(seed=0), spec(ready.settings), ready.weights)
    model = ready.model(history.head)
    predictor = Predictor(model)
    images = ready.images(seed=0)
    batches = live._Batches(images, images.validation, spec(ready.settings))
    again = predictor.predict(batches, images.labels[images.validation])
    assert again.accuracy == history.epochs[-1].val_accuracy
    too_many = spec(replace(ready.settings, train="12"))
    with pytest.raises(UsageError, match="train=12 is not allowed: the backbone has 11 blocks"):
        live.train_live(images, too_many, ready.weights)
