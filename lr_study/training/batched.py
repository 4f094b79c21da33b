"""Engine ``cached``: many softmax heads trained as one batched program on the same features.

Heads train in blocks of `HEADS_PER_BLOCK`, all blocks by one kind of compiled program, in which
each head has its own rate. A program runs on one core; parallelism comes from one thread per core,
each with its own program and its own blocks. No sum is ever divided among threads, so a head's
results do not depend on its neighbours.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.runs import EpochRecord, Protocol, RunSpec, image_settings
from lr_study.support import (
    Stream,
    available_cpus,
    available_memory_bytes,
    generator,
    release_pages,
    tf,
    warn_of_threads,
)
from lr_study.training.batched_program import HeadsProgram, State, borrow_program
from lr_study.training.checkpoint import Checkpoint
from lr_study.training.history import Head, History, initial_head, reported_loss
from lr_study.training.predictions import Predictions, image_results
from lr_study.training.rates import epoch_rates
from lr_study.training.run_files import run_files
from lr_study.training.trainer import EpochEnd, OnEpoch, TrainedRun

HEADS_PER_BLOCK = 5
"""Heads in a block. The more, the smaller a head's share of the fixed costs of a step, and the more
is wasted on a block that is not full."""

ROWS_PER_CALL = 9216
"""Most rows that one call of the program trains on: 47 MB of 1,280 features, for each thread.
An epoch of the original study has 8,944; a call costs a block about 2 ms."""

IN_MEMORY_BYTES = 512 << 20
"""Features up to this size are read into memory to train on: 100,000 rows of 1,280."""

FETCHED_BYTES = 16 << 20
"""Of larger ones, how much a thread fetches before it releases their pages. A row that is not in
memory yet brings 64 KiB with it, so this amounts to up to 210 MiB."""


@dataclass(frozen=True)
class Examples:
    """Features with their labels, and which rows train, validate and test.

    ``values`` (rows, features) float32, often memory-mapped; ``labels`` (rows,) int32, of which
    only those of the rows named by ``train``, ``validation`` and ``test`` are read. ``given_test``
    are the values and labels of a test set that is not part of them: then ``test`` are its rows.
    ``unused`` are rows that were divided with ``train`` and ``validation``, and are in neither.
    ``groups`` has for each row the first one of its group of similar images; None if each is alone.
    """

    values: NDArray[np.float32]
    labels: NDArray[np.int32]
    classes: int
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    given_test: tuple[NDArray[np.float32], NDArray[np.int32]] | None = None
    unused: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    groups: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class CachedTrainer:
    """Trains the softmax heads of all policies of one seed as one batched program."""

    examples: Examples
    protocol: Protocol
    class_names: tuple[str, ...]
    feature_seconds: float

    @property
    def width(self) -> int:
        """As many heads as fit into a quarter of the available memory."""
        return heads_in_memory(self.examples.values.shape[1], self.examples.classes)

    def train(
        self, specs: Sequence[RunSpec], *, checkpoint: Checkpoint, on_epoch: OnEpoch
    ) -> Iterator[TrainedRun]:
        """Train the specs at once; an interrupted batch starts again, so no checkpoint is kept."""
        histories = train_heads(self.examples, specs, on_epoch=on_epoch)
        for spec, history in zip(specs, histories, strict=True):
            record = history.record(spec, self.protocol, self.feature_seconds)
            yield TrainedRun(record, run_files(record, history.head, self.class_names))


def train_heads(
    examples: Examples,
    specs: Sequence[RunSpec],
    *,
    on_epoch: OnEpoch = lambda event: None,
) -> list[History]:
    """Train one softmax head per spec, all at once, and return their histories in order.

    The specs share everything but the policy: the same initial weights, the same batch order.
    Each epoch takes all training rows in batches, of which the last may be smaller. Training loss
    and accuracy are the running means that Keras reports; validation follows each epoch. A head
    whose numbers overflow continues, and affects no other.

    Parameters
    ----------
    on_epoch
        Called from the training threads when an epoch of a head has ended.

    Raises
    ------
    ValueError
        If the specs differ in more than the policy.
    """
    if len({(spec.seed, spec.settings) for spec in specs}) != 1:
        raise ValueError("heads that train together differ in their policy alone")
    warn_of_threads()
    if examples.values.nbytes <= min(IN_MEMORY_BYTES, available_memory_bytes() // 8):
        examples = replace(examples, values=_in_memory(examples.values))
    blocks = [_Block(specs[i : i + HEADS_PER_BLOCK]) for i in range(0, len(specs), HEADS_PER_BLOCK)]
    threads = min(available_cpus(), len(blocks))
    stop = threading.Event()
    started = time.perf_counter()
    with ThreadPoolExecutor(threads, thread_name_prefix="heads") as pool:
        try:
            work = [
                pool.submit(_train_blocks, examples, blocks[i::threads], on_epoch, stop)
                for i in range(threads)
            ]
            for part in as_completed(work):
                part.result()
        finally:
            stop.set()
    seconds = time.perf_counter() - started
    return [
        history
        for block in blocks
        for history in block.histories(examples, seconds / len(specs), len(specs))
    ]


def _in_memory(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Copy an array piece by piece, so that what was mapped to read it is never all there."""
    copy = np.empty(values.shape, values.dtype)
    for start in range(0, len(values), 4096):
        copy[start : start + 4096] = values[start : start + 4096]
        release_pages(values)
    return copy


def heads_in_memory(features: int, classes: int) -> int:
    """Return how many heads may be in training at once: a quarter of the available memory.

    A head takes four times its weights: these, and at most three numbers a weight that its
    optimizer keeps.

    >>> heads_in_memory(1280, 20) > 1000
    True
    """
    blocks = available_memory_bytes() // 4 // (4 * 4 * features * classes * HEADS_PER_BLOCK)
    return max(1, blocks) * HEADS_PER_BLOCK


class _Block:
    """Up to `HEADS_PER_BLOCK` heads that train side by side; unused places stay as they are."""

    def __init__(self, specs: Sequence[RunSpec]) -> None:
        self.specs = specs
        self.state: State = []
        self.last_rates: list[float] = []
        self.epochs: list[list[EpochRecord]] = [[] for _ in specs]
        self.predictions: list[Predictions] = []
        self.test_predictions: list[Predictions] = []

    def begin_epoch(self, steps: int) -> NDArray[np.float32]:
        """Return the learning rates of the next epoch: (steps, heads, 1, 1)."""
        rates = np.zeros((steps, HEADS_PER_BLOCK, 1, 1), np.float32)
        self.last_rates = []
        for i, (spec, ended) in enumerate(zip(self.specs, self.epochs, strict=True)):
            own = epoch_rates(spec.policy, len(ended), spec.settings.epochs, steps, ended)
            with np.errstate(over="ignore"):  # a rate beyond 32 bits is infinite: the head diverges
                rates[:, i, 0, 0] = own
            self.last_rates.append(float(own[-1]))
        return rates

    def end_epoch(
        self, training: NDArray[np.float64], validation: NDArray[np.float64]
    ) -> Iterator[EpochEnd]:
        """Record an epoch of each head; both arrays are (loss and accuracy, heads)."""
        now_ms = int(time.time() * 1000)
        for i, (spec, epochs) in enumerate(zip(self.specs, self.epochs, strict=True)):
            loss, accuracy = training[:, i].tolist()
            val_loss, val_accuracy = validation[:, i].tolist()
            record = EpochRecord(
                epoch=len(epochs) + 1,
                loss=reported_loss(loss),
                accuracy=accuracy,
                val_loss=reported_loss(val_loss),
                val_accuracy=val_accuracy,
                learning_rate=self.last_rates[i],
            )
            epochs.append(record)
            yield EpochEnd(spec, record, now_ms)

    def histories(
        self, examples: Examples, wall_clock_seconds: float, shared_among: int
    ) -> Iterator[History]:
        kernel, bias = self.state[0].numpy(), self.state[1].numpy()
        for i, epochs in enumerate(self.epochs):
            results = image_results(
                examples.labels,
                examples.train,
                examples.validation,
                examples.unused,
                self.predictions[i],
                self.test_predictions[i] if self.test_predictions else None,
                examples.groups,
            )
            yield History(
                epochs=tuple(epochs),
                head=Head(np.ascontiguousarray(kernel[i].T), bias[i, :, 0]),
                test_accuracy=results.test_accuracy,
                wall_clock_seconds=wall_clock_seconds,
                shared_among=shared_among,
                image_results=results,
            )


def _train_blocks(
    examples: Examples,
    blocks: Sequence[_Block],
    on_epoch: OnEpoch,
    stop: threading.Event,
) -> None:
    """Train some blocks for all epochs in this thread; each batch is fetched once for all."""
    spec = blocks[0].specs[0]
    features = examples.values.shape[1]
    batches = Batches(examples, spec.settings.batch_size)
    head = initial_head(spec.seed, features, examples.classes)
    order = generator(spec.seed, Stream.BATCH_ORDER)
    with borrow_program(
        image_settings(spec.settings).optimizer, HEADS_PER_BLOCK, features, examples.classes
    ) as program:
        for block in blocks:
            block.state = program.initial_state(
                np.stack([head.kernel.T] * HEADS_PER_BLOCK),
                np.stack([head.bias[:, None]] * HEADS_PER_BLOCK),
            )
        for epoch in range(spec.settings.epochs):
            sums = np.zeros((len(blocks), 2, HEADS_PER_BLOCK))
            rates = [block.begin_epoch(batches.steps_per_epoch) for block in blocks]
            calls = batches(order.permutation(examples.train))
            for call, (x, y, weight, steps) in enumerate(calls):
                if stop.is_set():
                    return
                for i, block in enumerate(blocks):
                    now = tf.constant(batches.of_call(call, rates[i]))
                    sums[i] += program.train(block.state, now, x, y, weight, steps).numpy()
            training = sums / len(examples.train)
            validation = _means(program, batches, examples.validation, blocks)
            if epoch == spec.settings.epochs - 1:
                predicted = _predictions(program, batches, examples.validation, blocks)
                for i, block in enumerate(blocks):
                    block.predictions = predicted[i]
                    # Where two classes are equally probable but for rounding, another program may
                    # decide otherwise: what is reported is what the images say.
                    validation[i, 1, : len(block.specs)] = [of.accuracy for of in predicted[i]]
            for i, block in enumerate(blocks):
                for ended in block.end_epoch(training[i], validation[i]):
                    on_epoch(ended)
        if len(examples.test):
            if examples.given_test is not None:
                values, labels = examples.given_test
                given = replace(examples, values=values, labels=labels)
                batches = Batches(given, spec.settings.batch_size)
            for block, tested in zip(
                blocks, _predictions(program, batches, examples.test, blocks), strict=True
            ):
                block.test_predictions = tested


def _means(
    program: HeadsProgram, batches: "Batches", rows: NDArray[np.int64], blocks: Sequence[_Block]
) -> NDArray[np.float64]:
    """Mean loss and accuracy over rows: (blocks, 2, heads)."""
    sums = np.zeros((len(blocks), 2, HEADS_PER_BLOCK))
    for x, y, weight, steps in batches(rows):
        for i, block in enumerate(blocks):
            sums[i] += program.evaluate(block.state, x, y, weight, steps).numpy()
    return sums / len(rows)


def _predictions(
    program: HeadsProgram, batches: "Batches", rows: NDArray[np.int64], blocks: Sequence[_Block]
) -> list[list[Predictions]]:
    """What each head of each block predicts for each row."""
    parts: list[list[NDArray[np.float32]]] = [[] for _ in blocks]
    left = len(rows)
    for x, y, _, steps in batches(rows):
        for i, block in enumerate(blocks):
            by_step = program.evaluate_rows(block.state, x, y, steps).numpy()
            by_row = by_step.transpose(1, 2, 0, 3).reshape(2, HEADS_PER_BLOCK, -1)
            parts[i].append(by_row[:, : len(block.specs), :left])
        left -= parts[0][-1].shape[2]
    together = [np.concatenate(of_block, axis=2) for of_block in parts]
    return [
        [Predictions(hits > 0, -losses) for losses, hits in zip(*of_block, strict=True)]
        for of_block in together
    ]


class Batches:
    """Fetches rows into one buffer, call after call, in the shape the program was compiled for."""

    def __init__(self, examples: Examples, batch_size: int) -> None:
        self._examples = examples
        self.steps_per_epoch = -(-len(examples.train) // batch_size)
        most = max(1, ROWS_PER_CALL // batch_size)
        self._shape = (min(self.steps_per_epoch, most), batch_size)
        features = examples.values.shape[1]
        self._x = _aligned(self._shape[0] * batch_size, features)

    def __call__(self, rows: NDArray[np.int64]) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Yield features, classes, weights and the number of batches, in the order of ``rows``.

        The tensor of features is the buffer itself, not a copy, which would cost as much as a
        step: it is read before the next batch is requested.
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

    def of_call(self, call: int, rates: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return an epoch's rates (steps, heads, 1, 1) in one of its calls; 0 after the last."""
        most = self._shape[0]
        part = rates[call * most : (call + 1) * most]
        if len(part) < most:
            part = np.concatenate([part, np.zeros((most - len(part), *part.shape[1:]), np.float32)])
        return part

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
