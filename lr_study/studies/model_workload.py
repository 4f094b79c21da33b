"""A Keras model of one's own as a workload: what its runs share, and how they are trained."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lr_study.data import Folds
from lr_study.runs import PROTOCOL_VERSION, ModelProtocol, ModelSettings, digest_of_groups
from lr_study.studies.model_checks import compiled_model, labels_of, require_new, try_model
from lr_study.studies.own_workload import Workload
from lr_study.training import WEIGHTS_FILE, Trainer, read_weights

if TYPE_CHECKING:  # they import TensorFlow
    from lr_study.support import keras
    from lr_study.training import ArrayExamples


@dataclass(frozen=True, eq=False)
class ModelWorkload:
    """A `Workload` whose model was built once, to know what its runs share.

    Attributes
    ----------
    folds
        How the examples are divided; equal ones stay in one fold.
    summary
        Keras's description of the model.
    """

    given: Workload
    protocol: ModelProtocol
    folds: Folds
    summary: str
    model_file: str = WEIGHTS_FILE

    @property
    def left_out(self) -> Mapping[str, str]:
        """Nothing: examples are used as they are given."""
        return {}

    @property
    def data_files(self) -> Mapping[str, bytes]:
        """The model's summary and the numbers of examples of each class."""
        counts = np.bincount(self.folds.labels, minlength=self.protocol.classes).tolist()
        classes = {str(label): count for label, count in enumerate(counts)}
        return {
            "classes.json": (json.dumps(classes, indent=1) + "\n").encode(),
            "model.txt": self.summary.encode(),
        }

    def new_model(self) -> "keras.Model":
        """Return a new compiled model."""
        return compiled_model(self.given)

    def examples(self, seed: int) -> "ArrayExamples":
        """Return the examples, divided under a seed."""
        from lr_study.training import ArrayExamples

        parts, test = self.folds.split(seed), self.given.test
        return ArrayExamples(
            *self.given.train,
            labels=self.folds.labels,
            train=parts.train,
            validation=parts.validation,
            unused=parts.unused,
            groups=self.folds.together,
            test=None if test is None else (*test, labels_of(test[1], "test")),
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
    from lr_study.training import array_fingerprint, equal_rows, number_of_rows, seeded

    (inputs, targets), test = workload.train, workload.test
    labels = labels_of(targets, "train")
    folds = Folds(labels, equal_rows(inputs, labels), settings.folds, settings.stratify)
    with seeded(0):
        model = compiled_model(workload)
        require_new(workload, model)
        classes = try_model(workload, model, settings.batch_size)
        of_model = model_fields(model)
    summary: list[str] = []
    model.summary(print_fn=lambda line, line_break=True: summary.append(line))
    protocol = ModelProtocol(
        data=workload.name,
        fingerprint=array_fingerprint([("inputs", inputs), ("targets", targets)]),
        classes=classes,
        train_size=len(folds.split(0).train),
        val_size=folds.smallest(),
        test_size=0 if test is None else number_of_rows(test[0], "test"),
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        shuffle="full",
        resampling=settings.resampling,
        folds=settings.folds,
        stratified=settings.stratify,
        groups=digest_of_groups(folds.together),
        protocol_version=PROTOCOL_VERSION,
        workload=workload.name,
        metric=workload.metric,
        test_fingerprint=""
        if test is None
        else array_fingerprint([("inputs", test[0]), ("targets", test[1])]),
        **of_model,
    )
    return ModelWorkload(workload, protocol, folds, "\n".join(summary) + "\n")


def model_fields(model: "keras.Model") -> dict[str, Any]:
    """Return the fields of a `ModelProtocol` that a compiled model tells, before it is trained."""
    from lr_study.support import keras
    from lr_study.training import loss_text, model_digest, optimizer_text, weights_digest

    return {
        "precision": keras.config.dtype_policy().name,
        "optimizer": optimizer_text(model.optimizer),
        "model": model_digest(model),
        "frozen_weights": weights_digest(model.non_trainable_weights),
        "trained_parameters": _count(model.trainable_weights),
        "frozen_parameters": _count(model.non_trainable_weights),
        "loss": loss_text(model.loss),
        "keras": f"{keras.backend.backend()} {keras.__version__}",
    }


def _count(weights: "list[keras.Variable]") -> int:
    return int(sum(np.prod(weight.shape) for weight in weights))
