"""The compiled program under engine ``cached``: many steps of a few heads in one call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.support import keras, tf

State = list[Any]
"""Tensors: kernel (heads, classes, features), bias (heads, classes, 1), the optimizer's own."""


class HeadsProgram:
    """Train and evaluate a block of ``width`` softmax layers on batches of features.

    With x a batch (batch, features) and the kernel stored as (heads, classes, features), both
    products of a step, ``kernel @ x.T`` and ``gradient @ x``, read memory in order; with the
    classes last a step took three times as long.

    The optimizer is Keras's own. It keeps its state in variables, which a call of `train` fills
    from the given state and empties into it again: thus one program serves any number of blocks,
    but one thread at a time.
    """

    def __init__(self, optimizer: str, width: int, features: int, classes: int) -> None:
        self._rate: Any = None
        self._optimizer = keras.optimizers.get(
            {"class_name": optimizer, "config": {"learning_rate": lambda: self._rate}}
        )
        self._kernel = tf.Variable(tf.zeros((width, classes, features)))
        self._bias = tf.Variable(tf.zeros((width, classes, 1)))
        self._optimizer.build([self._kernel, self._bias])
        self._variables = [self._kernel, self._bias, *(v.value for v in self._optimizer.variables)]
        self._fresh = [tf.identity(variable) for variable in self._variables]

    def initial_state(self, kernel: NDArray[np.float32], bias: NDArray[np.float32]) -> State:
        """Return the state before the first step: these weights, a fresh optimizer."""
        return [tf.constant(kernel), tf.constant(bias), *self._fresh[2:]]

    def train(self, state: State, rates: Any, x: Any, y: Any, weight: Any, steps: Any) -> Any:
        """Take ``steps`` steps of the optimizer in ``state``; return the sums over rows.

        The state's tensors go into the variables and come back without a copy: the list lets go
        of them, so that the program may write where they are. A program that took and gave them
        would begin with copies, which XLA spreads over TensorFlow's one thread for operations;
        the steps then often run in that thread too, and all callers wait for each other.

        Parameters
        ----------
        state
            From `initial_state`; changed in place.
        rates
            (calls, heads, 1, 1): the learning rate of each head in each step.
        x, y, weight
            (calls, batch, features), (calls, batch) and (calls, batch): features, classes, and 1
            for a row or 0 for one that only fills a last batch. Gradients are means over rows.
        steps
            How many of the batches to use.

        Returns
        -------
        sums
            (2, heads): the loss and the right answers, each before its step.
        """
        with self._variables_of(state):
            return self._train(rates, x, y, weight, steps)

    def train_by_step(
        self, state: State, rates: Any, x: Any, y: Any, weight: Any, steps: Any
    ) -> Any:
        """Train as `train` does, and return the sums of each step: (calls, 2, heads).

        What belongs to no step is 0. The mean loss of a step is its sum over the sum of its
        weights.
        """
        with self._variables_of(state):
            return self._train_by_step(rates, x, y, weight, steps)

    @contextmanager
    def _variables_of(self, state: State) -> Iterator[None]:
        for variable in self._variables:
            tf.raw_ops.AssignVariableOp(resource=variable.handle, value=state.pop(0))
        yield
        for variable in self._variables:
            value = tf.raw_ops.ReadVariableOp(resource=variable.handle, dtype=variable.dtype)
            state.append(value)

    @tf.function(jit_compile=True)
    def _train(self, rates: Any, x: Any, y: Any, weight: Any, steps: Any) -> Any:
        def step(i: Any, sums: Any) -> Any:
            return i + 1, sums + self._step(rates[i], x[i], y[i], weight[i])

        return _summed(step, steps, heads=self._kernel.shape[0])

    @tf.function(jit_compile=True)
    def _train_by_step(self, rates: Any, x: Any, y: Any, weight: Any, steps: Any) -> Any:
        def step(i: Any, sums: Any) -> Any:
            now = self._step(rates[i], x[i], y[i], weight[i])
            return i + 1, tf.tensor_scatter_nd_update(sums, [[i]], [now])

        none = tf.zeros((x.shape[0], 2, self._kernel.shape[0]))
        return tf.while_loop(lambda i, _: i < steps, step, (0, none))[1]

    def _step(self, rates: Any, x: Any, y: Any, weight: Any) -> Any:
        """Take a step on one batch; return the sums of the loss and the right answers before it."""
        self._rate = rates
        residual, sums = _residual_and_sums(self._kernel, self._bias, x, y, weight)
        residual *= weight / tf.reduce_sum(weight)
        width, classes, features = self._kernel.shape
        kernel_gradient = tf.matmul(tf.reshape(residual, (width * classes, -1)), x)
        self._optimizer.apply(
            [
                tf.reshape(kernel_gradient, (width, classes, features)),
                tf.reduce_sum(residual, axis=2, keepdims=True),
            ],
            [self._kernel, self._bias],
        )
        return sums

    @tf.function(jit_compile=True)
    def evaluate(self, state: State, x: Any, y: Any, weight: Any, steps: Any) -> Any:
        """Return the sums over rows of the loss and the right answers: (2, heads).

        The parameters are as in `train`.
        """
        kernel, bias, *_ = state

        def step(i: Any, sums: Any) -> Any:
            return i + 1, sums + _residual_and_sums(kernel, bias, x[i], y[i], weight[i])[1]

        return _summed(step, steps, heads=kernel.shape[0])

    @tf.function(jit_compile=True)
    def evaluate_rows(self, state: State, x: Any, y: Any, steps: Any) -> Any:
        """Return the loss of each row, and 1 where the answer is right: (calls, 2, heads, batch).

        The parameters are as in `train`; what belongs to no step is 0.
        """
        kernel, bias, *_ = state

        def step(i: Any, rows: Any) -> Any:
            now = tf.stack(_residual_losses_and_hits(kernel, bias, x[i], y[i])[1:])
            return i + 1, tf.tensor_scatter_nd_update(rows, [[i]], [now])

        none = tf.zeros((x.shape[0], 2, kernel.shape[0], x.shape[1]))
        return tf.while_loop(lambda i, _: i < steps, step, (0, none))[1]


_idle: dict[tuple[str, int, int, int], list[HeadsProgram]] = {}


@contextmanager
def borrow_program(
    optimizer: str, width: int, features: int, classes: int
) -> Iterator[HeadsProgram]:
    """Lend a program to one thread, and keep it for the next to ask for the same.

    Compiling takes as long as training some heads: a study does it for its first seed only.
    """
    key = optimizer, width, features, classes
    idle = _idle.setdefault(key, [])
    try:
        program = idle.pop()
    except IndexError:
        program = HeadsProgram(*key)
    try:
        yield program
    finally:
        idle.append(program)


def _summed(step: Callable[[Any, Any], Any], steps: Any, heads: int) -> Any:
    """Take the steps, each of which adds to sums (2, heads)."""
    return tf.while_loop(lambda i, _: i < steps, step, (0, tf.zeros((2, heads))))[1]


def _residual_and_sums(kernel: Any, bias: Any, x: Any, y: Any, weight: Any) -> Any:
    """Softmax less the truth, (heads, classes, rows), and the sums of loss and hits."""
    residual, loss, hits = _residual_losses_and_hits(kernel, bias, x, y)
    sums = tf.stack([tf.reduce_sum(loss * weight, 1), tf.reduce_sum(hits * weight, 1)])
    return residual, sums


def _residual_losses_and_hits(kernel: Any, bias: Any, x: Any, y: Any) -> Any:
    """Softmax less the truth, (heads, classes, rows), and loss and hits of each row."""
    heads, classes, features = kernel.shape
    logits = tf.matmul(tf.reshape(kernel, (-1, features)), x, transpose_b=True)
    logits = tf.reshape(logits, (heads, classes, -1)) + bias
    # The exponential of a log-softmax would lose digits, the more the larger the logits.
    shifted = logits - tf.reduce_max(logits, axis=1, keepdims=True)
    exponentials = tf.exp(shifted)
    total = tf.reduce_sum(exponentials, axis=1, keepdims=True)
    truth = tf.one_hot(y, classes, axis=0)
    loss = tf.math.log(total[:, 0]) - tf.reduce_sum(shifted * truth, axis=1)
    hits = tf.cast(tf.argmax(logits, axis=1, output_type=tf.int32) == y, tf.float32)
    return exponentials / total - truth, loss, hits
