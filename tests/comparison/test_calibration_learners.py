"""The classifiers of calibration studies really learn, and together as each would alone."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from calibration_learners import Learner, initial_weights, judge, train
from calibration_studies import FOLDS, HardImages, World, make_study

LEARNERS = [Learner(batch_size=8, epochs=3), Learner(batch_size=8, epochs=3, hidden=5)]


def examples(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    y = rng.integers(0, 3, 60)
    x = rng.standard_normal((60, 5)).astype(np.float32) + 2 * np.eye(3, 5, dtype=np.float32)[y]
    x[:, -1] = 1
    return x, y


def loss(weights, x, y):
    """Mean cross-entropy of the only classifier, in 64 bits and in the plainest way."""
    layers = [layer[0].astype(np.float64) for layer in weights.layers]
    logits = x @ layers[0]
    if len(layers) == 2:
        hidden = np.append(np.maximum(logits, 0), np.ones((len(x), 1)), axis=1)
        logits = hidden @ layers[1][0]
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return -np.log(chances[np.arange(len(y)), y]).mean()


@pytest.mark.parametrize("learner", [Learner(60, 1), Learner(60, 1, hidden=4)])
def test_a_step_goes_down_the_gradient(learner: Learner) -> None:
    x, y = examples(np.random.default_rng(0))
    weights = initial_weights(learner, 5, 3, 1, 1, np.random.default_rng(1))
    before = [layer.copy() for layer in weights.layers]
    rows = np.arange(60)[None]
    train(learner, weights, x, y, rows, np.full((1, 1), 0.1, np.float32), np.random.default_rng(2))
    after = [layer.copy() for layer in weights.layers]
    for layer, start, end in zip(weights.layers, before, after, strict=True):
        for each, fresh in zip(weights.layers, before, strict=True):
            each[:] = fresh
        for place in list(np.ndindex(layer.shape))[::3]:
            layer[place] = start[place] + 1e-3
            up = loss(weights, x, y)
            layer[place] = start[place] - 1e-3
            slope = (up - loss(weights, x, y)) / 2e-3
            layer[place] = start[place]
            assert end[place] == pytest.approx(start[place] - 0.1 * slope, abs=2e-4)


@pytest.mark.parametrize("learner", LEARNERS)
def test_policies_that_train_together_train_as_each_alone(learner: Learner) -> None:
    x, y = examples(np.random.default_rng(0))
    rates = np.array([[0.01, 0.02, 0.03], [0.5, 0.3, 0.1]], np.float32)
    rows = np.stack([np.arange(48), np.arange(12, 60)])
    held_out = np.tile(x, (2, 1, 1)), np.tile(y, (2, 1))

    def right(of: list[int]) -> np.ndarray:
        weights = initial_weights(learner, 5, 3, 2, len(of), np.random.default_rng(1))
        train(learner, weights, x, y, rows, rates[of], np.random.default_rng(2))
        return judge(weights, *held_out)

    together = right([0, 1])
    assert (together[:, :1] == right([0])).all()
    assert (together[:, 1:] == right([1])).all()
    assert together[:, 1].mean() > 0.8
    assert together[:, 1].mean() > together[:, 0].mean()


def test_in_each_repetition_every_image_validates_once_and_folds_are_equal() -> None:
    study = make_study(World(images=50, policies=3, repetitions=2), np.random.default_rng(0))
    assert study.right.shape == (3, 2, 50)
    assert [np.bincount(fold).tolist() for fold in study.fold] == [FOLDS * [10]] * 2
    assert (study.fold[0] != study.fold[1]).any()
    assert study.truth.shape == (3, 2 * FOLDS)


def test_held_out_images_are_not_trained_on() -> None:
    """With labels that nothing predicts, images in training would be right far too often."""
    world = World(images=100, noise=0.75, policies=6, repetitions=2, new_images=1000)
    means = [
        (study.right.mean(), study.truth.mean())
        for study in (make_study(world, np.random.default_rng(i)) for i in range(10))
    ]
    validated, new = np.mean(means, axis=0)
    assert validated == pytest.approx(new, abs=0.03)
    assert new == pytest.approx(0.25, abs=0.03)


def test_names_of_one_policy_have_weights_and_order_of_their_own() -> None:
    world = World(images=100, policies=3, repetitions=1, own_rate=0.1)
    study = make_study(world, np.random.default_rng(0))
    assert len(np.unique(study.right.reshape(3, -1), axis=0)) == 3


def test_policies_of_a_seed_share_weights_and_order() -> None:
    world = World(images=100, policies=2, repetitions=1, constant_rates=(0.1, 0.1))
    one, other = make_study(world, np.random.default_rng(0)).right
    assert (one == other).all()


def test_permuted_names_keep_the_results_of_each_seed() -> None:
    study = make_study(World(images=50, policies=4, repetitions=2), np.random.default_rng(0))
    permuted = study.permuted(np.random.default_rng(1))
    assert (permuted.right != study.right).any()
    for r, fold in enumerate(study.fold):
        for f in range(FOLDS):
            rows = [sorted(of.right[:, r, fold == f].tolist()) for of in (study, permuted)]
            assert rows[0] == rows[1]
    assert np.sort(permuted.truth, axis=0).tolist() == np.sort(study.truth, axis=0).tolist()


def test_models_that_differ_on_hard_images_have_the_stated_accuracy() -> None:
    world = HardImages((1.0, 0.5), hard=40, images=200)
    studies = [make_study(world, np.random.default_rng(i)) for i in range(200)]
    assert studies[0].truth[:, 0].tolist() == [1.0, 0.9]
    found = np.mean([study.right.mean(axis=(1, 2)) for study in studies], axis=0)
    assert found[0] == 1.0
    assert found[1] == pytest.approx(0.9, abs=0.005)


def test_the_same_generator_makes_the_same_digits() -> None:
    world = World(classes=10, images=100, digits=True, policies=2, repetitions=1)
    one, other = (make_study(world, np.random.default_rng(3)) for _ in range(2))
    assert (one.right == other.right).all()
    assert one.truth.tolist() == other.truth.tolist()
