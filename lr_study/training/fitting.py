"""Any Keras model: one run at a time, in Keras ``fit``, on arrays in memory.

All randomness comes from the run's seed: initial weights, the order of batches, and what layers
draw while they train. Runs of different policies under one seed see the same of each.
"""

import math
import random
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.runs import LOSS, ImageResults, Metric, ModelProtocol, RunRecord, RunSpec
from lr_study.support import LrStudyError, Stream, generator, keras
from lr_study.training.arrays import Arrays, number_of_rows, rows_of
from lr_study.training.checkpoint import Checkpoint
from lr_study.training.history import reported_loss
from lr_study.training.predictions import Predictions, classified, image_results
from lr_study.training.resumable_fit import (
    Figures,
    ResumableFit,
    exact_share,
    numbered,
    schedule_of,
)
from lr_study.training.run_files import WEIGHTS_FILE, curve_files, weights_npz
from lr_study.training.trainer import FailedRun, OnEpoch, TrainedRun, described


@dataclass(frozen=True, eq=False)
class ArrayExamples:
    """Examples in memory, and the rows for training and validation under a seed.

    Attributes
    ----------
    inputs, targets
        As Keras's ``fit`` takes them.
    labels : ndarray of int32, shape (examples,)
        The class of each example; None if targets are no classes.
    train, validation, unused : ndarray of int64
        Rows; ``unused`` are those that were divided with the others, and are in neither.
    groups : ndarray of int64, shape (examples,)
        For each row the first one that is equal to it.
    test
        Inputs, targets and labels of the test set; None without one.
    """

    inputs: Arrays
    targets: Arrays
    labels: NDArray[np.int32] | None
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    unused: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None
    test: tuple[Arrays, Arrays, NDArray[np.int32] | None] | None = None


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
        If the accuracy of a classifier is not the share of the examples whose most probable class
        is the true one; or another metric is not a number.
    Exception
        What Keras and ``build_model`` raise.
    """
    kept = checkpoint or Checkpoint()
    with seeded(spec.seed):
        model = build_model()
        judge = _judge(model, examples, spec, protocol)
        _fit(model, examples, spec, judge, kept, on_epoch)
        results, tested = judge.after_training()
    is_classifier = results is not None
    record = RunRecord(
        spec=spec,
        protocol=protocol,
        epochs=tuple(kept.epochs),
        test_accuracy=tested if is_classifier else None,
        wall_clock_seconds=kept.seconds,
        image_results=results,
        test_metric=None if is_classifier else tested,
    )
    files = {**curve_files(record), WEIGHTS_FILE: weights_npz(model.get_weights())}
    return TrainedRun(record, files, tuple(kept.times))


def _fit(
    model: Any,
    examples: ArrayExamples,
    spec: RunSpec,
    judge: "_Accuracy | _AnyMetric",
    kept: Checkpoint,
    on_epoch: OnEpoch,
) -> None:
    batch_size = spec.settings.batch_size
    steps = math.ceil(len(examples.train) / batch_size)
    model.optimizer.learning_rate = rates = schedule_of(spec, steps)
    model.optimizer.build(model.trainable_variables)

    def batches(rows: NDArray[np.int64]) -> Batches:
        return Batches(examples.inputs, examples.targets, rows, batch_size)

    def begin_epoch(epoch: int) -> None:
        # What user code draws in an epoch does not depend on the epochs before, so a run that was
        # interrupted goes on to the same figures.
        of_epoch = np.random.SeedSequence(spec.seed, spawn_key=(Stream.MODEL, epoch))
        number = int(of_epoch.generate_state(1)[0])
        random.seed(number)
        np.random.seed(number)  # noqa: NPY002

    changing = numbered(model=model.variables, optimizer=model.optimizer.variables)
    ResumableFit(model, spec, rates, examples.train, steps, changing, kept, on_epoch).run(
        batches(examples.train),
        judge.figures,
        begin_epoch=begin_epoch,
        validation_data=batches(examples.validation),
    )


def _judge(
    model: Any, examples: ArrayExamples, spec: RunSpec, protocol: ModelProtocol
) -> "_Accuracy | _AnyMetric":
    """What turns the logs of Keras into the figures of a run."""
    if examples.labels is None:
        return _AnyMetric(model, examples, spec, protocol.ranked_by)
    return _Accuracy(model, examples, examples.labels, spec, protocol.metric)


@dataclass
class _Accuracy:
    """The accuracy of a classifier as a share of whole examples, and which of them are right."""

    model: Any
    examples: ArrayExamples
    labels: NDArray[np.int32]
    spec: RunSpec
    metric: str
    validated: Predictions | None = None

    def figures(self, epoch: int, logs: Mapping[str, float]) -> Figures:
        """Return the figures of an epoch; the last one's are those of single examples."""
        examples = self.examples
        val_accuracy = exact_share(logs[f"val_{self.metric}"], len(examples.validation))
        if epoch + 1 == self.spec.settings.epochs:
            self.validated = self._predict_validation()
            require_share(self.metric, val_accuracy, self.validated)
            val_accuracy = self.validated.accuracy
        accuracy = exact_share(logs[self.metric], len(examples.train))
        return Figures(accuracy, logs["val_loss"], val_accuracy)

    def after_training(self) -> tuple[ImageResults, float | None]:
        """Return which examples are right, and the accuracy on the test set if there is one."""
        examples, tested = self.examples, None
        # None if the checkpoint was that of the last epoch.
        validated = self.validated or self._predict_validation()
        if examples.test is not None:
            inputs, targets, labels = examples.test
            rows = np.arange(number_of_rows(inputs, "test"))
            tested = self._predict(inputs, targets, rows, labels)
        results = image_results(
            self.labels,
            examples.train,
            examples.validation,
            examples.unused,
            validated,
            tested,
            examples.groups,
        )
        return results, results.test_accuracy

    def _predict_validation(self) -> Predictions:
        examples = self.examples
        rows = examples.validation
        return self._predict(examples.inputs, examples.targets, rows, self.labels[rows])

    def _predict(
        self, inputs: Arrays, targets: Arrays, rows: NDArray[np.int64], labels: Any
    ) -> Predictions:
        batches = Batches(inputs, targets, rows, self.spec.settings.batch_size)
        outputs = np.asarray(self.model.predict(batches, verbose=0))
        return classified(outputs, labels, from_logits=gives_logits(self.model.loss))


@dataclass(frozen=True)
class _AnyMetric:
    """A metric as Keras computes it, of whatever targets and outputs."""

    model: Any
    examples: ArrayExamples
    spec: RunSpec
    metric: Metric

    def figures(self, epoch: int, logs: Mapping[str, float]) -> Figures:
        """Return the figures of an epoch.

        Raises
        ------
        LrStudyError
            If the metric is not a number although the loss is: then nothing has diverged.
        """
        if self.metric == LOSS:
            return Figures(None, logs["val_loss"], None)
        others = {name: float(logs[name]) for name in (self.metric.name, self.metric.val)}
        for name, value in others.items():
            if math.isfinite(logs["loss"] + logs["val_loss"]) and not math.isfinite(value):
                raise LrStudyError(f"the metric {name} is {value} at epoch {epoch + 1}")
        return Figures(None, logs["val_loss"], None, others)

    def after_training(self) -> tuple[None, float | None]:
        """Return the metric on the test set, if there is one and it is a number."""
        if self.examples.test is None:
            return None, None
        inputs, targets, _ = self.examples.test
        rows = np.arange(number_of_rows(inputs, "test"))
        batches = Batches(inputs, targets, rows, self.spec.settings.batch_size)
        logs = self.model.evaluate(batches, return_dict=True, verbose=0)
        return None, reported_loss(logs[self.metric.name])


def require_share(metric: str, reported: float, predicted: Predictions) -> None:
    """Refuse a metric that is not the share of the examples that are right.

    Raises
    ------
    LrStudyError
        If what Keras reported is not what the predictions give.
    """
    # Rounding may decide otherwise between two classes that are as probable.
    if abs(reported - predicted.accuracy) > max(0.002, 2 / len(predicted.right)):
        raise LrStudyError(
            f"the metric {metric} is {reported:.4f}, but the most probable class is the true one "
            f"in {predicted.accuracy:.4f} of the validation set: name the accuracy with "
            'metric="..."'
        )


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
        self, inputs: Arrays, targets: Arrays, rows: NDArray[np.int64], batch_size: int
    ) -> None:
        super().__init__()
        self.rows = rows
        self._inputs, self._targets, self._batch_size = inputs, targets, batch_size

    def __len__(self) -> int:
        return math.ceil(len(self.rows) / self._batch_size)

    def __getitem__(self, index: int) -> tuple[Arrays, Arrays]:
        rows = self.rows[index * self._batch_size : (index + 1) * self._batch_size]
        return rows_of(self._inputs, rows), rows_of(self._targets, rows)


def gives_logits(loss: Any) -> bool:
    """Whether a loss, as a model was compiled with it, takes logits rather than probabilities."""
    if isinstance(loss, keras.losses.Loss):
        return bool(loss.get_config().get("from_logits", False))
    return False
