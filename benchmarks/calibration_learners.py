"""Many small classifiers trained together by minibatch gradient descent, in numpy.

A study of the calibration trains every policy under every seed, which are thousands of classifiers
with some hundred weights. One after the other they would take hours, so all of a study take each
step together. Classifiers of one seed that share their batches and initial weights form a group.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

LARGEST_LOGIT = 60.0
"""Its exponential is finite with 32 bits; a classifier that diverges is held there."""

LARGEST_WEIGHT = 1e4


@dataclass(frozen=True)
class Learner:
    """What is trained: softmax regression, or with ``hidden`` units a network of one such layer."""

    batch_size: int = 32
    epochs: int = 12
    hidden: int = 0


@dataclass
class Weights:
    """The weights of all classifiers.

    ``layers[0]`` is (groups, inputs, policies * outputs), so that one product of matrices serves a
    group; ``layers[1]``, of a network, (groups, policies, hidden + 1, classes). The last row of the
    second is the bias; the first layer takes its own from a constant input.
    """

    layers: list[Floats]
    classes: int
    policies: int


def initial_weights(
    learner: Learner,
    inputs: int,
    classes: int,
    groups: int,
    policies: int,
    rng: np.random.Generator,
) -> Weights:
    """Return random weights, the same for all policies of a group."""

    def normal(fan_in: int, outputs: int, scale: float) -> Floats:
        return rng.normal(0, scale, (groups, fan_in, outputs)).astype(np.float32)

    if not learner.hidden:
        return Weights([np.tile(normal(inputs, classes, 0.1), (1, 1, policies))], classes, policies)
    first = np.tile(normal(inputs, learner.hidden, inputs**-0.5), (1, 1, policies))
    second = normal(learner.hidden + 1, classes, learner.hidden**-0.5)
    return Weights([first, np.repeat(second[:, None], policies, axis=1)], classes, policies)


def train(
    learner: Learner,
    weights: Weights,
    x: Floats,
    y: Integers,
    rows: Integers,
    rates: Floats,
    rng: np.random.Generator,
) -> None:
    """Train in place on ``rows``, (groups, examples), at ``rates``, (policies, epochs).

    Each group goes through its examples in an order of its own, drawn anew in each epoch. What is
    left after the last whole batch is not used in that epoch.
    """
    truth = np.eye(weights.classes, dtype=np.float32)[y]
    for epoch in range(learner.epochs):
        step = rates[:, epoch] / learner.batch_size
        order = rng.permuted(rows, axis=1)
        for batch in _batches(order, learner.batch_size):
            _descend(weights, x[batch], truth[batch], step)


def _batches(order: Integers, size: int) -> Iterator[Integers]:
    for start in range(0, order.shape[1] - size + 1, size):
        yield order[:, start : start + size]


def _descend(weights: Weights, x: Floats, truth: Floats, step: Floats) -> None:
    """One step down the gradient of the mean cross-entropy of a batch.

    ``x`` is (groups, batch, inputs), ``truth`` (groups, batch, classes), ``step`` (policies,).
    """
    hidden, logits = _forward(weights, x)
    error = _probabilities(logits)
    error -= truth[:, None]
    error *= step[:, None, None]  # (groups, policies, batch, classes)
    if hidden is not None:
        second = weights.layers[1]
        back = error @ second[:, :, :-1].transpose(0, 1, 3, 2)
        back *= hidden[..., :-1] > 0
        second -= hidden.transpose(0, 1, 3, 2) @ error
        np.clip(second, -LARGEST_WEIGHT, LARGEST_WEIGHT, out=second)
        error = back
    first = weights.layers[0]
    error = error.transpose(0, 2, 1, 3).reshape(*x.shape[:2], -1)
    first -= x.transpose(0, 2, 1) @ error
    if hidden is not None:
        np.clip(first, -LARGEST_WEIGHT, LARGEST_WEIGHT, out=first)


def _forward(weights: Weights, x: Floats) -> tuple[Floats | None, Floats]:
    """Return the hidden layer with a constant 1, if there is one, and the logits.

    Both are (groups, policies, examples, units).
    """
    groups, size = x.shape[:2]
    first = (x @ weights.layers[0]).reshape(groups, size, weights.policies, -1)
    first = first.transpose(0, 2, 1, 3)
    if len(weights.layers) == 1:
        return None, first
    hidden = np.ones((*first.shape[:3], first.shape[3] + 1), np.float32)
    np.maximum(first, 0, out=hidden[..., :-1])
    return hidden, hidden @ weights.layers[1]


def _probabilities(logits: Floats) -> Floats:
    exponential = np.exp(np.clip(logits, -LARGEST_LOGIT, LARGEST_LOGIT))
    exponential /= np.einsum("gpbc->gpb", exponential)[..., None]
    return exponential


def judge(weights: Weights, x: Floats, y: Integers) -> NDArray[np.bool_]:
    """Return which examples are classified rightly, (groups, policies, examples).

    ``x`` is (groups, examples, inputs) and ``y`` (groups, examples).
    """
    logits = _forward(weights, x)[1]
    return logits.argmax(axis=-1) == y[:, None]
