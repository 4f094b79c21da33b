"""Engine ``live``: batches in order, epochs reported in time, and drop-connect where it belongs."""

import math
import shutil
from dataclasses import replace

import numpy as np
import pytest
from live_images import SIZE, spec

from lr_study.data import remembered
from lr_study.features.extraction import BATCH_SIZE
from lr_study.support.errors import LrStudyError
from lr_study.support.runtime import keras, use_one_thread_per_op
from lr_study.support.seeding import Stream, generator
from lr_study.training import batched as heads
from lr_study.training import live
from lr_study.training.checkpoint import Checkpoint, checkpoint_of
from lr_study.training.history import initial_head
from lr_study.training.resumable_fit import numbered, restore, state_of
from lr_study.training.schedule import schedule

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

# --- order


@pytest.mark.parametrize("cores", [1, 8])
def test_every_epoch_takes_each_picture_once_in_the_order_of_the_seed(
    prepared, watch, monkeypatch, cores
):
    ready = prepared(engine="live", epochs=4)
    pictures = ready.images(seed=3)
    row = {pictures.load(i, SIZE).tobytes(): i for i in range(len(pictures.labels))}
    assert len(row) == len(pictures.labels)
    seen = []
    watch(lambda part, batch: seen.append((part, [row[b.tobytes()] for b in batch.astype("u1")])))
    monkeypatch.setattr(live, "available_cpus", lambda: cores)
    live.train_live(
        pictures,
        spec(ready.settings, seed=3),
        ready.weights,
        on_epoch=lambda ended: seen.append(("reported", ended.record.epoch)),
    )

    def batches(part, rows):
        return [(part, rows[i : i + 4].tolist()) for i in range(0, len(rows), 4)]

    order = generator(3, Stream.BATCH_ORDER)
    expected = []
    for epoch in range(1, 5):
        expected += batches("train", order.permutation(pictures.train))
        expected += batches("evaluate", pictures.validation)
        expected += [("reported", epoch)]
    assert seen == expected + batches("evaluate", pictures.test)


def test_a_model_is_traced_once_to_train_and_once_to_predict(prepared, watch):
    """Tracing takes most of the time of a short run."""
    ready = prepared(engine="live", epochs=2)
    traced = watch()
    live.train_live(ready.images(seed=0), spec(ready.settings), ready.weights)
    assert traced == ["train", "evaluate"]


@pytest.mark.parametrize("change", ["vanishes", "is replaced"])
def test_an_image_that_changes_while_training_is_named_in_one_line(
    prepared, watch, folder, tmp_path, monkeypatch, change
):
    monkeypatch.setattr(remembered, "available_memory_bytes", lambda: 1000)  # none are kept
    shutil.copytree(folder, tmp_path / "copied")
    ready = prepared(engine="live", epochs=3, data=str(tmp_path / "copied"))
    images = ready.images(seed=0)
    path = tmp_path / "copied" / ready.image_set.paths[images.train[0]]
    watch()

    def change_it(ended):
        if change == "vanishes":
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(b"another image")

    with pytest.raises(LrStudyError) as raised:
        live.train_live(images, spec(ready.settings), ready.weights, on_epoch=change_it)
    reason = "cannot be read (No such" if change == "vanishes" else "changed while the data set"
    assert f"the image {str(path)!r} {reason}" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.numeric
def test_on_features_without_noise_both_engines_are_one(prepared, watch):
    ready = prepared(engine="live", epochs=5)
    pictures = ready.images(seed=1)
    rows = range(len(pictures.labels))
    values = [pictures.load(row, SIZE).ravel() / np.float32(255) for row in rows]
    examples = heads.Examples(
        np.stack(values),
        pictures.labels,
        pictures.classes,
        pictures.train,
        pictures.validation,
        pictures.test,
    )
    run = spec(ready.settings, "step_decay:initial_lr=0.01,epochs_drop=2", seed=1)
    watch()
    ours = live.train_live(pictures, run, ready.weights)
    (cached,) = heads.train_heads(examples, [run])
    assert_alike(ours, cached)


def assert_alike(one, other):
    np.testing.assert_allclose(one.head.kernel, other.head.kernel, rtol=0, atol=1e-4)
    np.testing.assert_allclose(one.head.bias, other.head.bias, rtol=0, atol=1e-4)
    for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"):
        left, right = ([getattr(epoch, name) for epoch in h.epochs] for h in (one, other))
        assert left == pytest.approx(right, rel=1e-4), name
    assert one.test_accuracy == other.test_accuracy


# --- the real backbones


@pytest.mark.numeric
def test_the_history_is_of_the_head_that_is_returned(prepared):
    usual = {"backbone": "efficientnet-lite0", "weights": "imagenet", "epochs": 3}
    ready = prepared(engine="live", **usual)
    run = spec(ready.settings, "exp_decay:initial_lr=0.01,k=0.3")
    history = live.train_live(ready.images(seed=0), run, ready.weights)
    assert [epoch.epoch for epoch in history.epochs] == [1, 2, 3]
    for epoch in history.epochs:
        assert epoch.learning_rate == pytest.approx(run.policy(epoch.epoch - 1), rel=1e-6)
    assert history.shared_among == 1

    # Evaluation is without noise: what it saw are the features of engine `cached`.
    examples = prepared(engine="cached", **usual).examples(seed=0)
    val_loss, val_accuracy = evaluated(history.head, examples, examples.validation)
    _, test_accuracy = evaluated(history.head, examples, examples.test)
    assert history.epochs[-1].val_loss == pytest.approx(val_loss, rel=1e-4)
    assert history.epochs[-1].val_accuracy == val_accuracy
    assert history.test_accuracy == test_accuracy


def evaluated(head, examples, rows):
    logits = examples.values[rows] @ head.kernel + head.bias
    right = logits.argmax(1) == examples.labels[rows]
    own = logits[np.arange(len(rows)), examples.labels[rows]]
    return np.mean(np.logaddexp.reduce(logits, axis=1) - own), np.mean(right)


def test_b0_gives_a_picture_new_features_each_time_in_training_and_the_same_when_cached(
    prepared, folder, tmp_path
):
    ready = prepared(engine="live", backbone="efficientnet-b0")
    model = ready.model(initial_head(seed=0, features=1280, classes=3))
    features = keras.Model(model.input, model.get_layer("softmax").input)
    # Drop-connect may spare one by chance, or two, but not a dozen.
    picture = ready.images(seed=0).load(0, SIZE).astype(np.float32)
    live_features = features(np.stack([picture] * 12), training=True).numpy()
    assert not np.allclose(live_features, live_features[0], rtol=0.01, atol=0)

    # The copy is last, and so in another batch than the first.
    shutil.copytree(folder, tmp_path / "copied")
    original, *_ = sorted((tmp_path / "copied").glob("*/*"))
    shutil.copy(original, tmp_path / "copied" / "8" / "zz.png")
    ready = prepared(backbone="efficientnet-b0", data=str(tmp_path / "copied"))
    assert len(ready.features.values) > BATCH_SIZE
    first, *_, last = ready.features.values
    np.testing.assert_array_equal(first, last)


def test_the_same_live_run_gives_the_same_figures_to_the_last_digit(prepared):
    ready = prepared(engine="live", backbone="efficientnet-b0", epochs=1)
    pictures = ready.images(seed=0)

    def histories(policy):
        trained = live.train_live(pictures, spec(ready.settings, policy), ready.weights)
        rates_apart = [replace(epoch, learning_rate=0.0) for epoch in trained.epochs]
        return rates_apart, trained.test_accuracy, trained.head.kernel.tolist()

    first = histories("fixed:lr=0.01")
    # Policies are paired by their seed: equal rates meet equal noise.
    assert histories("step_decay:initial_lr=0.01,epochs_drop=5") == first


# --- precision


@pytest.mark.parametrize(("gpu", "precision"), [(True, "mixed_float16"), (False, "float32")])
def test_precision_is_mixed_where_there_is_a_gpu(prepared, watch, monkeypatch, gpu, precision):
    monkeypatch.setattr(live, "gpu_is_there", lambda: gpu)
    watch()
    assert live.precision_here() == precision
    ready = prepared(engine="live", epochs=1)
    assert ready.protocol.precision == precision
    history = live.train_live(ready.images(seed=0), spec(ready.settings), ready.weights)
    assert history.epochs[0].learning_rate == pytest.approx(0.01, rel=1e-6)
    assert history.head.kernel.dtype == np.float32
    assert keras.config.dtype_policy().name == "float32"


# --- cut off and gone on


class _Cut(Exception):  # noqa: N818 (it stands for a kill)
    pass


@pytest.mark.parametrize("epochs_before", [1, 3, 4])
def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not_been(
    prepared, watch, monkeypatch, tmp_path, epochs_before
):
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path))
    ready = prepared(engine="live", epochs=4)
    pictures = ready.images(seed=2)
    run = spec(ready.settings, "exp_decay:initial_lr=0.05,k=0.5", seed=2)
    told = []
    watch(lambda part, batch: told.append((part, batch.tobytes())))
    undisturbed = live.train_live(pictures, run, ready.weights)
    batches = list(told)

    def cut(ended):
        if ended.record.epoch == epochs_before:
            raise _Cut

    told.clear()
    with pytest.raises(_Cut), checkpoint_of("cell") as kept:
        live.train_live(pictures, run, ready.weights, checkpoint=kept, on_epoch=cut)
    new = []
    with checkpoint_of("cell") as kept:
        times = list(kept.times)
        gone_on = live.train_live(
            pictures,
            run,
            ready.weights,
            checkpoint=kept,
            on_epoch=lambda ended: new.append(ended.record.epoch),
        )
        assert kept.times[:epochs_before] == times
        kept.forget()
    assert new == [1, 2, 3, 4]  # those of the checkpoint first
    if epochs_before == 4:  # what single images said was not in the checkpoint
        tested = -math.ceil(len(pictures.test) / 4)
        validated = tested - math.ceil(len(pictures.validation) / 4)
        batches = [*batches[:tested], *batches[validated:]]
    assert told == batches
    assert gone_on.epochs == undisturbed.epochs
    assert gone_on.image_results == undisturbed.image_results
    np.testing.assert_array_equal(gone_on.head.kernel, undisturbed.head.kernel)
    assert gone_on.test_accuracy == undisturbed.test_accuracy
    with checkpoint_of("cell") as kept:
        assert kept.epochs == []


def test_drop_connect_follows_the_seed_of_the_run_and_goes_on_where_it_was(prepared):
    ready = prepared(engine="live", backbone="efficientnet-b0", epochs=1)
    kept = Checkpoint()
    run = spec(ready.settings, seed=3)
    live.train_live(ready.images(seed=0), run, ready.weights, checkpoint=kept)
    seeds = [array for name, array in kept.state.items() if name.startswith("seed")]
    rng = generator(3, Stream.DROP_CONNECT)
    batches = math.ceil(len(ready.split(seed=3).train) / 4)  # each draws once in every layer
    assert [array.tolist() for array in seeds] == [
        [rng.integers(2**31), batches] for _layer in range(9)
    ]
    model = ready.model(initial_head(seed=1, features=1280, classes=3))
    rates = schedule(run.policy, epochs=1, steps_per_epoch=batches)
    model.compile(keras.optimizers.Adam(rates), loss="sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    changing = live._changing(model)
    restore(changing, kept)
    restored = state_of(changing)
    assert {name: array.tolist() for name, array in restored.items()} == {
        name: array.tolist() for name, array in kept.state.items()
    }


@pytest.mark.parametrize("harm", ["cut short", "one byte", "another model"])
def test_a_checkpoint_that_cannot_be_used_is_trained_anew(
    prepared, watch, monkeypatch, tmp_path, harm
):
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path))
    ready = prepared(engine="live", epochs=2)
    run = spec(ready.settings)
    watch()
    with checkpoint_of("cell") as kept:
        undisturbed = live.train_live(ready.images(seed=0), run, ready.weights, checkpoint=kept)
    content = bytearray(kept.file.read_bytes())
    if harm == "cut short":
        kept.file.write_bytes(content[: len(content) // 2])
    elif harm == "one byte":
        content[len(content) // 2] ^= 1
        kept.file.write_bytes(content)
    else:
        monkeypatch.setattr(live, "_changing", lambda model: numbered(other=model.variables))
    new = []
    with checkpoint_of("cell") as kept:
        again = live.train_live(
            ready.images(seed=0),
            run,
            ready.weights,
            checkpoint=kept,
            on_epoch=lambda ended: new.append(ended.record.epoch),
        )
    assert new == [1, 2]
    assert again.epochs == undisturbed.epochs


def test_of_two_that_train_one_cell_one_keeps_it_on_disk(monkeypatch, tmp_path):
    monkeypatch.setenv("LR_STUDY_STATE", str(tmp_path))
    with checkpoint_of("cell") as first, checkpoint_of("cell") as second:
        assert first.file is not None
        assert second.file is None
