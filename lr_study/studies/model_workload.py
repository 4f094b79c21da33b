"""A Keras model of one's own as a workload: what its runs share, and how they are trained."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lr_study.data import (
    Arrays,
    Folds,
    array_fingerprint,
    named_arrays,
    number_of_rows,
)
from lr_study.runs import PROTOCOL_VERSION, ModelProtocol, ModelSettings, canonical_json, short_hash
from lr_study.studies.model_checks import as_arrays, compiled_model, labels_of, try_model
from lr_study.studies.own_workload import Workload
from lr_study.support import UsageError
from lr_study.training import WEIGHTS_FILE, Trainer, read_weights

if TYPE_CHECKING:  # they import TensorFlow
    from lr_study.support import keras
    from lr_study.training import ArrayExamples


@dataclass(frozen=True, eq=False)
class ModelWorkload:
    """A `Workload` whose model was built once, to know what its runs share."""

    given: Workload
    settings: ModelSettings
    protocol: ModelProtocol
    labels: NDArray[np.int64]
    together: NDArray[np.int64]
    config: str
    model_file: str = WEIGHTS_FILE

    @property
    def left_out(self) -> Mapping[str, str]:
        """Nothing: examples are used as they are given."""
        return {}

    @property
    def data_files(self) -> Mapping[str, bytes]:
        """The model's summary and the numbers of examples of each class."""
        counts = np.bincount(self.labels, minlength=self.protocol.classes).tolist()
        classes = {str(label): count for label, count in enumerate(counts)}
        return {
            "classes.json": (json.dumps(classes, indent=1) + "\n").encode(),
            "model.txt": self.config.encode(),
        }

    @cached_property
    def folds(self) -> Folds:
        """How the examples are divided."""
        return _folds(self.labels, self.together, self.settings)

    def new_model(self) -> "keras.Model":
        """Return a new compiled model."""
        return compiled_model(self.given)

    def examples(self, seed: int) -> "ArrayExamples":
        """Return the examples, divided under a seed."""
        from lr_study.training import ArrayExamples

        parts = self.folds.split(seed)
        inputs, targets = self.given.train
        test = None
        if self.given.test is not None:
            test = (*as_arrays(self.given.test), labels_of(self.given.test[1], "test"))
        return ArrayExamples(
            *as_arrays((inputs, targets)),
            labels=self.labels,
            train=parts.train,
            validation=parts.validation,
            unused=parts.unused,
            groups=self.together,
            test=test,
        )

    def trainer(self, seed: int) -> Trainer:
        """Return a trainer of one run at a time."""
        from lr_study.training import ModelTrainer

        return ModelTrainer(self.new_model, self.examples(seed), self.protocol)

    def build_model(self, content: bytes) -> "keras.Model":
        """Return the model with the weights of a run."""
        model = self.new_model()
        model.set_weights(read_weights(content))
        return model


def prepare_model(workload: Workload, settings: ModelSettings) -> ModelWorkload:
    """Build the model once, try it on a batch, and return the workload with its protocol.

    Raises
    ------
    UsageError
        If the model cannot be built or does not fit the examples, in one line; the traceback of
        what the model's code raised is kept in a file that the line names.
    """
    from lr_study.support import keras
    from lr_study.training import (
        loss_text,
        model_digest,
        optimizer_text,
        seeded,
        weights_digest,
    )

    labels = labels_of(workload.train[1], "train")
    together = _copies(workload.train[0], labels)
    with seeded(0):
        model = compiled_model(workload)
        if compiled_model(workload) is model:
            raise UsageError(
                "build_model returned the same model twice: return a new one each time"
            )
        frozen = weights_digest(model.non_trainable_weights)
        classes = try_model(workload, model, labels[: settings.batch_size])
    folds = _folds(labels, together, settings)
    parts = folds.split(0)
    summary: list[str] = []
    model.summary(print_fn=lambda line, line_break=True: summary.append(line))
    test = workload.test
    protocol = ModelProtocol(
        data=workload.name,
        fingerprint=_fingerprint(workload.train),
        classes=classes,
        train_size=len(parts.train),
        val_size=folds.smallest(),
        test_size=0 if test is None else number_of_rows(test[0], "test"),
        precision=keras.config.dtype_policy().name,
        optimizer=optimizer_text(model.optimizer),
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        shuffle="full",
        resampling="folds",
        folds=settings.folds,
        stratified=settings.stratify,
        groups=_digest_of(together),
        protocol_version=PROTOCOL_VERSION,
        workload=workload.name,
        model=model_digest(model),
        frozen_weights=frozen,
        trained_parameters=_count(model.trainable_weights),
        frozen_parameters=_count(model.non_trainable_weights),
        loss=loss_text(model.loss),
        metric=workload.metric,
        keras=f"{keras.backend.backend()} {keras.__version__}",
        test_fingerprint="" if test is None else _fingerprint(test),
    )
    return ModelWorkload(workload, settings, protocol, labels, together, "\n".join(summary) + "\n")


def _fingerprint(pair: tuple[Arrays, ArrayLike]) -> str:
    return array_fingerprint([("inputs", pair[0]), ("targets", np.asarray(pair[1]))])


def _copies(inputs: Arrays, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each example the first one that is equal to it, with which it stays in one fold."""
    arrays = [np.ascontiguousarray(array) for _, array in named_arrays(inputs)]
    first: dict[tuple[object, ...], int] = {}
    groups = np.empty(len(labels), np.int64)
    for i, label in enumerate(labels.tolist()):
        content = (label, *(sha256(array[i].tobytes()).digest() for array in arrays))
        groups[i] = first.setdefault(content, i)
    return groups


def _folds(
    labels: NDArray[np.int64], together: NDArray[np.int64], settings: ModelSettings
) -> Folds:
    return Folds(labels.astype(np.int32), together, settings.folds, settings.stratify)


def _digest_of(together: NDArray[np.int64]) -> str:
    if len(np.unique(together)) == len(together):
        return ""
    return short_hash(canonical_json(together.tolist()))


def _count(weights: list[Any]) -> int:
    return int(sum(np.prod(weight.shape) for weight in weights))
