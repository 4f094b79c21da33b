"""Engine ``cached``: any number of softmax layers trained at once on the same features.

Heads train in blocks of `HEADS_PER_BLOCK`, all blocks by one kind of compiled program, in which
each head has its own rate. A program runs on one core; parallelism comes from one thread per core,
each with its own program and its own blocks. No sum is ever divided among threads, so a head's
results do not depend on its neighbours.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.runs import EpochRecord, RunSpec
from lr_study.support import Stream, generator, release_pages, tf, use_one_thread_per_op
from lr_study.training.batched_program import HeadsProgram, State, borrow_program
from lr_study.training.history import Head, History, initial_head, reported_loss

HEADS_PER_BLOCK = 5
"""Heads in a block: the more, the less a head pays for a step's batch and small operations, and
the more is lost on a block that is not full."""

ROWS_PER_CALL = 9216
"""Rows that one call of the program trains on, at most: 47 MB of 1,280 features, for each thread.
An epoch of the study that this grew from has 8,944; a call costs a block about 2 ms."""

IN_MEMORY_BYTES = 512 << 20
"""Features up to this size are read into memory to train on: 100,000 rows of 1,280."""

FETCHED_BYTES = 16 << 20
"""Of larger ones, how much a thread fetches before it gives their pages back. A row that is not
there yet brings 64 KiB with it, so this stands for up to 210 MiB."""


@dataclass(frozen=True)
class Examples:
    """Features with their labels, and which rows train, validate and test.

    ``values`` (rows, features) float32, often memory-mapped; ``labels`` (rows,) int32, of which
    only those of the rows named by ``train``, ``validation`` and ``test`` are read.
    """

    values: NDArray[np.float32]
    labels: NDArray[np.int32]
    classes: int
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def train_heads(
    examples: Examples,
    specs: Sequence[RunSpec],
    *,
    on_epochs: Callable[[int], None] = lambda count: None,
) -> list[History]:
    """Train one softmax layer per spec, all at once, and return their histories in order.

    The specs share everything but the policy: the same initial layer, the same order of batches.
    Each epoch takes all training rows in batches, the last as small as it comes; loss and accuracy
    of training are the running means that Keras reports, those of validation are taken after each
    epoch. A layer whose numbers overflow goes on and harms no other.

    Parameters
    ----------
    on_epochs
        Called from the training threads with the number of epochs just done, summed over heads.

    Raises
    ------
    ValueError
        If the specs differ in more than the policy.
    """
    if len({(spec.seed, spec.settings) for spec in specs}) != 1:
        raise ValueError("heads that train together differ in their policy alone")
    use_one_thread_per_op()
    if examples.values.nbytes <= IN_MEMORY_BYTES:
        examples = replace(examples, values=_in_memory(examples.values))
    most = heads_in_memory(examples.values.shape[1], examples.classes)
    return [
        history
        for start in range(0, len(specs), most)
        for history in _train_together(examples, specs[start : start + most], on_epochs)
    ]


def _in_memory(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Copy an array piece by piece, so that what was mapped to read it is never all there."""
    copy = np.empty(values.shape, values.dtype)
    for start in range(0, len(values), 4096):
        copy[start : start + 4096] = values[start : start + 4096]
        release_pages(values)
    return copy


def heads_in_memory(features: int, classes: int) -> int:
    """Return how many heads may be in training at once: a quarter of the machine's memory.

    A head takes four times its weights: these, and at most three numbers a weight that its
    optimizer keeps.

    >>> heads_in_memory(1280, 20) > 1000
    True
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    blocks = memory // 4 // (4 * 4 * features * classes * HEADS_PER_BLOCK)
    return max(1, blocks) * HEADS_PER_BLOCK


def _train_together(
    examples: Examples, specs: Sequence[RunSpec], on_epochs: Callable[[int], None]
) -> list[History]:
    blocks = [_Block(specs[i : i + HEADS_PER_BLOCK]) for i in range(0, len(specs), HEADS_PER_BLOCK)]
    threads = min(os.cpu_count() or 1, len(blocks))
    stop = threading.Event()
    started = time.perf_counter()
    with ThreadPoolExecutor(threads, thread_name_prefix="heads") as pool:
        work = [
            pool.submit(_train_blocks, examples, blocks[i::threads], on_epochs, stop)
            for i in range(threads)
        ]
        try:
            for part in as_completed(work):
                part.result()
        finally:
            stop.set()
    seconds = time.perf_counter() - started
    return [
        history for block in blocks for history in block.histories(seconds / len(specs), len(specs))
    ]


class _Block:
    """Up to `HEADS_PER_BLOCK` heads that train side by side; unused places stay as they are."""

    def __init__(self, specs: Sequence[RunSpec]) -> None:
        self.specs = specs
        epochs = specs[0].settings.epochs
        self.rates = np.zeros((epochs, HEADS_PER_BLOCK, 1, 1), np.float32)
        for i, spec in enumerate(specs):
            with np.errstate(over="ignore"):  # a rate beyond 32 bits is infinite: the head diverges
                self.rates[:, i, 0, 0] = [spec.policy(epoch) for epoch in range(epochs)]
        self.state: State = []
        self.curves = np.full((epochs, 4, HEADS_PER_BLOCK), np.nan)
        self.test_accuracy: NDArray[np.float64] | None = None

    def histories(self, wall_clock_seconds: float, shared_among: int) -> Iterator[History]:
        kernel, bias = self.state[0].numpy(), self.state[1].numpy()
        for i, spec in enumerate(self.specs):
            yield History(
                epochs=tuple(
                    EpochRecord(
                        epoch=epoch + 1,
                        loss=reported_loss(loss),
                        accuracy=accuracy,
                        val_loss=reported_loss(val_loss),
                        val_accuracy=val_accuracy,
                        learning_rate=spec.policy(epoch),
                    )
                    for epoch, (loss, accuracy, val_loss, val_accuracy) in enumerate(
                        self.curves[:, :, i].tolist()
                    )
                ),
                head=Head(np.ascontiguousarray(kernel[i].T), bias[i, :, 0]),
                test_accuracy=None if self.test_accuracy is None else float(self.test_accuracy[i]),
                wall_clock_seconds=wall_clock_seconds,
                shared_among=shared_among,
            )


def _train_blocks(
    examples: Examples,
    blocks: Sequence[_Block],
    on_epochs: Callable[[int], None],
    stop: threading.Event,
) -> None:
    """Train some blocks through all epochs in this thread; rows are fetched once for all."""
    spec = blocks[0].specs[0]
    features = examples.values.shape[1]
    batches = _Batches(examples, spec.settings.batch_size)
    head = initial_head(spec.seed, features, examples.classes)
    order = generator(spec.seed, Stream.BATCH_ORDER)
    with borrow_program(
        spec.settings.optimizer, HEADS_PER_BLOCK, features, examples.classes
    ) as program:
        for block in blocks:
            block.state = program.initial_state(
                np.stack([head.kernel.T] * HEADS_PER_BLOCK),
                np.stack([head.bias[:, None]] * HEADS_PER_BLOCK),
            )
        for epoch in range(spec.settings.epochs):
            sums = np.zeros((len(blocks), 2, HEADS_PER_BLOCK))
            for x, y, weight, steps in batches(order.permutation(examples.train)):
                if stop.is_set():
                    return
                for i, block in enumerate(blocks):
                    rates = tf.constant(block.rates[epoch])
                    sums[i] += program.train(block.state, rates, x, y, weight, steps).numpy()
            training = sums / len(examples.train)
            validation = _means(program, batches, examples.validation, blocks)
            for i, block in enumerate(blocks):
                block.curves[epoch] = np.concatenate([training[i], validation[i]])
                on_epochs(len(block.specs))
        if len(examples.test):
            test = _means(program, batches, examples.test, blocks)
            for i, block in enumerate(blocks):
                block.test_accuracy = test[i, 1]


def _means(
    program: HeadsProgram, batches: "_Batches", rows: NDArray[np.int64], blocks: Sequence[_Block]
) -> NDArray[np.float64]:
    """Mean loss and accuracy over rows: (blocks, 2, heads)."""
    sums = np.zeros((len(blocks), 2, HEADS_PER_BLOCK))
    for x, y, weight, steps in batches(rows):
        for i, block in enumerate(blocks):
            sums[i] += program.evaluate(block.state, x, y, weight, steps).numpy()
    return sums / len(rows)


class _Batches:
    """Fetches rows into one buffer, call after call, in the shape the program was compiled for."""

    def __init__(self, examples: Examples, batch_size: int) -> None:
        self._examples = examples
        needed = -(-len(examples.train) // batch_size)
        self._shape = (min(needed, max(1, ROWS_PER_CALL // batch_size)), batch_size)
        features = examples.values.shape[1]
        self._x = _aligned(self._shape[0] * batch_size, features)

    def __call__(self, rows: NDArray[np.int64]) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Yield features, classes, weights and the number of batches, in the order of ``rows``.

        The tensor of features is the buffer itself, not a copy, which would cost as much as a
        step: it is read before the next call is asked for.
        """
        capacity = len(self._x)
        batch_size = self._shape[1]
        for start in range(0, len(rows), capacity):
            part = rows[start : start + capacity]
            used = len(part)
            self._fetch(part)
            steps = -(-used // batch_size)
            self._x[used : steps * batch_size] = 0  # of the last batch; what follows is not read
            y = np.zeros(capacity, np.int32)
            y[:used] = self._examples.labels[part]
            weight = np.zeros(capacity, np.float32)
            weight[:used] = 1
            x = self._x.reshape(*self._shape, -1)
            yield (
                tf.experimental.dlpack.from_dlpack(x.__dlpack__()),
                tf.constant(y.reshape(self._shape)),
                tf.constant(weight.reshape(self._shape)),
                tf.constant(steps),
            )

    def _fetch(self, rows: NDArray[np.int64]) -> None:
        """Copy rows to the front of the buffer; of what is mapped to read them, little stays."""
        values = self._examples.values
        most = max(1, FETCHED_BYTES // values[0].nbytes)
        for start in range(0, len(rows), most):
            piece = rows[start : start + most]
            # mode="clip" writes straight into the buffer; the default goes through another one.
            np.take(values, piece, axis=0, out=self._x[start : start + len(piece)], mode="clip")
            release_pages(values)


def _aligned(rows: int, columns: int) -> NDArray[np.float32]:
    """An array that starts where TensorFlow wants its tensors to: at a multiple of 64 bytes."""
    raw = np.empty(rows * columns + 16, np.float32)
    offset = (-raw.ctypes.data // 4) % 16
    return raw[offset : offset + rows * columns].reshape(rows, columns)
