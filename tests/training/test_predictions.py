"""Which images a run had right: of both engines, for the head that is returned."""

from dataclasses import replace

import numpy as np
import pytest
from against_keras import sample_examples, some, specs
from live_images import SIZE, spec

from lr_study.runs import LEAST_LOG_PROBABILITY, summarize_curves
from lr_study.support.runtime import use_one_thread_per_op
from lr_study.training import batched as heads
from lr_study.training import live
from lr_study.training.batched import HEADS_PER_BLOCK, train_heads
from lr_study.training.predictions import Predictions, classified, image_results

# Before any test of any file makes TensorFlow start.
use_one_thread_per_op()

POLICIES = ("fixed:lr=0.01", "fixed:lr=0.0001", "cosine", "fixed:lr=1", "fixed:lr=3", "fixed:lr=5")


@pytest.fixture(scope="module")
def digits():
    return sample_examples()


def assert_of_head(right, log_probability, head, values, labels):
    """Right and log-probability are those of the head on these features, in 64 bits."""
    logits = values.astype(np.float64) @ head.kernel.astype(np.float64) + head.bias
    shifted = logits - logits.max(axis=1, keepdims=True)
    exact = shifted[np.arange(len(labels)), labels] - np.log(np.exp(shifted).sum(axis=1))
    np.testing.assert_allclose(log_probability, exact, rtol=2e-3, atol=2e-4 * np.ptp(logits))
    first, second = np.sort(logits, axis=1)[:, :-3:-1].T
    is_clear = first - second > 1e-4 * np.abs(logits).max()
    assert is_clear.mean() > 0.9
    np.testing.assert_array_equal(right[is_clear], (logits.argmax(1) == labels)[is_clear])


def assert_sums(history):
    """The figures of the run are the sums over its images."""
    last, results = history.epochs[-1], history.image_results
    assert results.accuracy == last.val_accuracy
    assert results.test_accuracy == history.test_accuracy
    summary = summarize_curves(history.epochs, 0)
    assert results.accuracy == summary["final_val_accuracy"]
    assert results.loss == pytest.approx(last.val_loss, rel=2**-11, abs=2**-25)


@pytest.mark.parametrize("rows_per_call", [64, heads.ROWS_PER_CALL])
def test_heads_of_several_blocks_and_calls_keep_the_results_of_each(
    digits, monkeypatch, rows_per_call
):
    monkeypatch.setattr(heads, "ROWS_PER_CALL", rows_per_call)
    assert len(POLICIES) > HEADS_PER_BLOCK
    few = some(digits, train=200, validation=150, test=90)
    for history in train_heads(few, specs(*POLICIES, epochs=2)):
        results = history.image_results
        assert_sums(history)
        rows = np.sort(np.concatenate([few.train, few.validation, few.unused]))
        assert results.images == len(rows)
        validated = rows[results.validated]
        assert validated.tolist() == sorted(few.validation)
        assert results.classes.tolist() == few.labels[validated].tolist()
        for right, logs, of in (
            (results.right, results.log_probability, validated),
            (results.test_right, results.test_log_probability, few.test),
        ):
            assert_of_head(right, logs, history.head, few.values[of], few.labels[of])


def test_another_seed_of_a_repetition_validates_on_others_of_the_same_images(digits):
    unused = np.setdiff1d(np.arange(len(digits.labels)), digits.test)
    half = unused[: len(unused) // 2]
    other = replace(
        some(digits), validation=half, train=np.setdiff1d(unused, half)[:-9], unused=unused[-9:]
    )
    (history,) = train_heads(other, specs("fixed", epochs=1))
    assert history.image_results.images == len(unused)
    assert history.image_results.validated.tolist() == list(range(len(half)))


def test_groups_of_similar_images_are_numbered_as_the_images(digits):
    few = some(digits)
    one, other = np.sort(few.validation)[[2, 5]]
    groups = np.arange(len(few.labels))
    groups[other] = one
    (history,) = train_heads(replace(few, groups=groups), specs("fixed", epochs=1))
    results = history.image_results
    expected = results.validated.copy()
    expected[5] = expected[2]
    assert results.groups.tolist() == expected.tolist()
    (history,) = train_heads(few, specs("fixed", epochs=1))
    assert history.image_results.groups.tolist() == results.validated.tolist()


def test_without_a_test_part_there_are_no_test_results(digits):
    (history,) = train_heads(some(digits, test=0), specs("fixed", epochs=1))
    assert history.image_results.test_right is None
    assert history.image_results.test_log_probability is None


def test_a_head_that_overflows_has_results_too(digits):
    (history,) = train_heads(some(digits), specs("fixed:lr=1e38", epochs=1))
    results = history.image_results
    assert results.accuracy == history.epochs[-1].val_accuracy
    assert (results.log_probability == LEAST_LOG_PROBABILITY).all()


def test_engine_live_keeps_the_results_of_the_head_that_it_returns(prepared, watch):
    ready = prepared(engine="live", epochs=3)
    for seed in (1, 6):
        pictures = ready.images(seed=seed)
        watch()
        run = spec(ready.settings, "step_decay:initial_lr=0.01,epochs_drop=2", seed=seed)
        history = live.train_live(pictures, run, ready.weights)
        assert_sums(history)
        results = history.image_results
        divided = np.setdiff1d(np.arange(len(pictures.labels)), pictures.test)
        assert results.images == len(divided)
        validated = divided[results.validated]
        assert validated.tolist() == pictures.validation.tolist()
        assert results.classes.tolist() == pictures.labels[validated].tolist()
        for right, logs, of in (
            (results.right, results.log_probability, validated),
            (results.test_right, results.test_log_probability, pictures.test),
        ):
            loaded = [pictures.load(row, SIZE).ravel() / np.float32(255) for row in of]
            labels = pictures.labels[of]
            assert_of_head(right, logs, history.head, np.stack(loaded), labels)


def test_rows_in_any_order_are_numbered_by_their_place():
    predicted = Predictions(np.array([True, False]), np.array([-0.25, -0.5]))
    rows = {"train": np.array([9, 4]), "validation": np.array([7, 5]), "unused": np.array([2])}
    labels = np.arange(10, dtype=np.int32)
    results = image_results(labels, **rows, predicted=predicted, tested=None)
    assert results.images == 5
    assert results.validated.tolist() == [2, 3]
    assert results.classes.tolist() == [5, 7]
    assert results.right.tolist() == [False, True]
    assert results.log_probability.tolist() == [-0.5, -0.25]


def test_what_is_very_improbable_counts_whole():
    """As in Keras's losses of a softmax layer, which take its logits."""
    outputs = np.array([[2e-9, 1.0], [0.0, 1.0]], np.float32)
    found = classified(outputs, np.zeros(2, np.int32))
    assert found.right.tolist() == [False, False]
    assert found.log_probability[0] == pytest.approx(-20.03, abs=0.01)
    assert found.log_probability[1] == -np.inf
    diverged = classified(np.full((2, 3), np.nan), np.zeros(2, np.int32))
    assert np.isnan(diverged.log_probability).all()
