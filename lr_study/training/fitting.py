"""Any Keras model that classifies: one run at a time, in Keras ``fit``, on arrays in memory.

All randomness comes from the run's seed: initial weights, the order of batches, and what layers
draw while they train. Runs of different policies under one seed see the same of each.
"""

import math
import random
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.data import Arrays, rows_of
from lr_study.runs import EpochRecord, ModelProtocol, RunRecord, RunSpec
from lr_study.support import LrStudyError, Stream, generator, keras
from lr_study.training.checkpoint import Checkpoint
from lr_study.training.history import reported_loss
from lr_study.training.predictions import Predictions, classified, image_results
from lr_study.training.rates import epoch_rates
from lr_study.training.run_files import (
    RATES_FILE,
    WEIGHTS_FILE,
    history_csv,
    rates_csv_gz,
    weights_npz,
)
from lr_study.training.schedule import EpochSchedule, schedule
from lr_study.training.trainer import EpochEnd, FailedRun, OnEpoch, TrainedRun, described


@dataclass(frozen=True, eq=False)
class ArrayExamples:
    """Examples in memory, and the rows for training and validation under a seed.

    Attributes
    ----------
    inputs, targets
        As Keras's ``fit`` takes them.
    labels : ndarray of int64, shape (examples,)
        The class of each example.
    train, validation, unused : ndarray of int64
        Rows; ``unused`` are those that were divided with the others, and are in neither.
    groups : ndarray of int64, shape (examples,)
        For each row the first one that is equal to it.
    test
        Inputs, targets and labels of the test set; None without one.
    """

    inputs: Arrays
    targets: NDArray[Any]
    labels: NDArray[np.int64]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    unused: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None
    test: tuple[Arrays, NDArray[Any], NDArray[np.int64]] | None = None


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let Keras, NumPy's and Python's global generators draw by the seed of a run.

    Afterwards the latter two are as before. Keras's global seed cannot be read, and stays.
    """
    python, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    keras.utils.set_random_seed(int(generator(seed, Stream.MODEL).integers(2**31)))
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(of_numpy)  # noqa: NPY002


def train_model(
    build_model: Callable[[], Any],
    examples: ArrayExamples,
    spec: RunSpec,
    protocol: ModelProtocol,
    *,
    checkpoint: Checkpoint | None = None,
    on_epoch: OnEpoch = lambda event: None,
) -> TrainedRun:
    """Train a model from its first epoch, or from where its checkpoint ends.

    Parameters
    ----------
    build_model
        Returns a new compiled model, whose learning rate the policy sets.
    checkpoint
        Where each epoch is kept as it ends.
    on_epoch
        Called as each epoch ends, before the next one starts; first with those of a checkpoint.

    Raises
    ------
    LrStudyError
        If the metric is not the share of the examples whose most probable class is the true one.
    Exception
        What Keras and ``build_model`` raise.
    """
    with seeded(spec.seed):
        model = build_model()
        run = _Run(model, examples, spec, protocol, checkpoint or Checkpoint(), on_epoch)
        run.train()
        return run.trained()


class _Run:
    def __init__(
        self,
        model: Any,
        examples: ArrayExamples,
        spec: RunSpec,
        protocol: ModelProtocol,
        kept: Checkpoint,
        on_epoch: OnEpoch,
    ) -> None:
        self.model, self.examples, self.spec, self.protocol = model, examples, spec, protocol
        self.kept, self.on_epoch = kept, on_epoch
        self.steps = math.ceil(len(examples.train) / spec.settings.batch_size)
        self.rates = (
            schedule(spec.policy, epochs=spec.settings.epochs, steps_per_epoch=self.steps)
            if spec.policy.reads is None
            else EpochSchedule(self.steps)
        )
        model.optimizer.learning_rate = self.rates
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self.batches = Batches(
            examples.inputs, examples.targets, examples.train, spec.settings.batch_size
        )
        self.order = generator(spec.seed, Stream.BATCH_ORDER)
        self.validated: Predictions | None = None
        _restore(model, kept)
        self.before, self.started = kept.seconds, 0.0

    def train(self) -> None:
        spec, examples = self.spec, self.examples
        for record, time_ms in zip(self.kept.epochs, self.kept.times, strict=True):
            self.order.permutation(examples.train)  # drawn for each epoch after the one before
            self.on_epoch(EpochEnd(spec, record, time_ms))
        hooks = keras.callbacks.LambdaCallback(
            on_epoch_begin=self._begin_epoch, on_epoch_end=self._end_epoch
        )
        self.started = time.perf_counter()
        self.model.fit(
            self.batches,
            initial_epoch=len(self.kept.epochs),
            epochs=spec.settings.epochs,
            validation_data=self._validation(),
            shuffle=False,
            callbacks=[hooks],
            verbose=0,
        )

    def _validation(self) -> "Batches":
        size = self.spec.settings.batch_size
        return Batches(self.examples.inputs, self.examples.targets, self.examples.validation, size)

    def _begin_epoch(self, epoch: int, logs: dict[str, float] | None) -> None:
        settings = self.spec.settings
        if isinstance(self.rates, EpochSchedule):
            self.rates.set_rates(
                epoch_rates(self.spec.policy, epoch, settings.epochs, self.steps, self.kept.epochs)
            )
        self.batches.rows = self.order.permutation(self.examples.train)
        # What user code draws in an epoch does not depend on the epochs before, so a run that
        # was interrupted goes on to the same figures.
        of_epoch = np.random.SeedSequence(self.spec.seed, spawn_key=(Stream.MODEL, epoch))
        number = int(of_epoch.generate_state(1)[0])
        random.seed(number)
        np.random.seed(number)  # noqa: NPY002

    def _end_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        examples, metric = self.examples, self.protocol.metric
        val_accuracy = _exact_share(logs[f"val_{metric}"], len(examples.validation))
        if epoch + 1 == self.spec.settings.epochs:
            self.validated = self._predict_validation()
            self._require_share(val_accuracy, self.validated)
            val_accuracy = self.validated.accuracy
        record = EpochRecord(
            epoch=epoch + 1,
            loss=reported_loss(logs["loss"]),
            accuracy=_exact_share(logs[metric], len(examples.train)),
            val_loss=reported_loss(logs["val_loss"]),
            val_accuracy=val_accuracy,
            # What `optimizer.learning_rate` says now is the rate of the next step.
            learning_rate=float(self.rates(self.model.optimizer.iterations - 1)),
        )
        seconds = self.before + time.perf_counter() - self.started
        self.kept.add(record, seconds, _state(self.model))
        self.on_epoch(EpochEnd(self.spec, record, self.kept.times[-1]))

    def _predict_validation(self) -> Predictions:
        return self._predict(self._validation(), self.examples.labels[self.examples.validation])

    def _predict(self, batches: "Batches", labels: NDArray[np.int64]) -> Predictions:
        outputs = np.asarray(self.model.predict(batches, verbose=0))
        return classified(outputs, labels, from_logits=gives_logits(self.model.loss))

    def _require_share(self, reported: float, predicted: Predictions) -> None:
        # Rounding may decide otherwise between two classes that are as probable.
        if abs(reported - predicted.accuracy) > max(0.002, 2 / len(predicted.right)):
            raise LrStudyError(
                f"the metric {self.protocol.metric} is {reported:.4f}, but the most probable class "
                f"is the true one in {predicted.accuracy:.4f} of the validation set: name the "
                'accuracy with metric="..."'
            )

    def trained(self) -> TrainedRun:
        """Return the finished run with its files."""
        examples, spec, kept = self.examples, self.spec, self.kept
        validated = self.validated or self._predict_validation()
        tested = None
        if examples.test is not None:
            inputs, targets, labels = examples.test
            rows = np.arange(len(labels))
            tested = self._predict(Batches(inputs, targets, rows, spec.settings.batch_size), labels)
        results = image_results(
            examples.labels,
            examples.train,
            examples.validation,
            examples.unused,
            validated,
            tested,
            examples.groups,
        )
        record = RunRecord(
            spec=spec,
            protocol=self.protocol,
            epochs=tuple(kept.epochs),
            test_accuracy=results.test_accuracy,
            wall_clock_seconds=kept.seconds,
            image_results=results,
        )
        files = {
            "history.csv": history_csv(record.epochs),
            WEIGHTS_FILE: weights_npz(self.model.get_weights()),
        }
        if spec.policy.changes_by_step:
            files[RATES_FILE] = rates_csv_gz(record)
        return TrainedRun(record, files, tuple(kept.times))


@dataclass(frozen=True)
class ModelTrainer:
    """Trains one run at a time; what a run raises is its own failure."""

    build_model: Callable[[], Any]
    examples: ArrayExamples
    protocol: ModelProtocol
    width: int = 1

    def train(
        self, specs: Sequence[RunSpec], *, checkpoint: Checkpoint, on_epoch: OnEpoch
    ) -> Iterator[TrainedRun | FailedRun]:
        """Train the one spec, from where its checkpoint ends."""
        (spec,) = specs
        try:
            yield train_model(
                self.build_model,
                self.examples,
                spec,
                self.protocol,
                checkpoint=checkpoint,
                on_epoch=on_epoch,
            )
        except Exception as error:  # whatever user code raises
            yield FailedRun(spec, described(error), traceback.format_exc())


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of rows of arrays, in the order of ``rows``, which may be replaced between epochs."""

    def __init__(
        self, inputs: Arrays, targets: NDArray[Any], rows: NDArray[np.int64], batch_size: int
    ) -> None:
        super().__init__()
        self.rows = rows
        self._inputs, self._targets, self._batch_size = inputs, targets, batch_size

    def __len__(self) -> int:
        return math.ceil(len(self.rows) / self._batch_size)

    def __getitem__(self, index: int) -> tuple[Arrays, NDArray[Any]]:
        rows = self.rows[index * self._batch_size : (index + 1) * self._batch_size]
        return rows_of(self._inputs, rows), self._targets[rows]


def gives_logits(loss: Any) -> bool:
    """Whether a loss, as a model was compiled with it, takes logits rather than probabilities."""
    if isinstance(loss, keras.losses.Loss):
        return bool(loss.get_config().get("from_logits", False))
    return False


def _exact_share(share: float, examples: int) -> float:
    """The share as one of whole examples, without the rounding error of 32 bits."""
    return round(share * examples) / examples


def _changing(model: Any) -> dict[str, Any]:
    """The variables that a run may change, by what they are of and their number."""
    parts = {"model": model.variables, "optimizer": model.optimizer.variables}
    return {f"{name}{i}": v for name, variables in parts.items() for i, v in enumerate(variables)}


def _state(model: Any) -> dict[str, NDArray[Any]]:
    return {name: np.array(variable) for name, variable in _changing(model).items()}


def _restore(model: Any, kept: Checkpoint) -> None:
    """Restore a model; discard the checkpoint if it is of a model with other variables."""
    if not kept.epochs:
        return
    changing = _changing(model)
    shapes = {name: tuple(variable.shape) for name, variable in changing.items()}
    if {name: array.shape for name, array in kept.state.items()} != shapes:
        kept.restart()
        return
    for name, variable in changing.items():
        variable.assign(kept.state[name])
