"""A Keras model of one's own as a workload: what its runs share, and how they are trained."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lr_study.data import Folds
from lr_study.runs import PROTOCOL_VERSION, ModelProtocol, ModelSettings, digest_of_groups
from lr_study.studies.model_checks import compiled_model, labels_of, require_new, try_model
from lr_study.studies.own_workload import Workload
from lr_study.support import UsageError
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
        """The model's summary, and of a classifier the numbers of examples of each class."""
        model = {"model.txt": self.summary.encode()}
        if not self.protocol.classes:
            return model
        counts = np.bincount(self.folds.labels, minlength=self.protocol.classes).tolist()
        classes = {str(label): count for label, count in enumerate(counts)}
        return {"classes.json": (json.dumps(classes, indent=1) + "\n").encode(), **model}

    def new_model(self) -> "keras.Model":
        """Return a new compiled model."""
        return compiled_model(self.given)

    def examples(self, seed: int) -> "ArrayExamples":
        """Return the examples, divided under a seed."""
        from lr_study.training import ArrayExamples

        parts, test = self.folds.split(seed), self.given.test
        model_inputs = self.given.fitted(parts.train)
        inputs, targets = self.given.train
        return ArrayExamples(
            model_inputs(inputs),
            targets,
            labels=self.folds.labels if self.given.classifies else None,
            train=parts.train,
            validation=parts.validation,
            unused=parts.unused,
            groups=self.folds.together,
            test=None
            if test is None
            else (model_inputs(test[0]), test[1], self._test_labels(test[1])),
        )

    def _test_labels(self, targets: Any) -> NDArray[np.int32] | None:
        return labels_of(targets, "test") if self.given.classifies else None

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
    from lr_study.training import array_fingerprint, number_of_rows, seeded

    (inputs, targets), test = workload.train, workload.test
    folds = _folds(workload, settings)
    with seeded(0):
        model = compiled_model(workload)
        require_new(workload, model)
        of_model = model_fields(model)
        classes = try_model(workload, model, folds.split(0).train[: settings.batch_size])
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
        direction=_direction(workload),
        preprocessing=workload.preprocessing_text,
        test_fingerprint=""
        if test is None
        else array_fingerprint([("inputs", test[0]), ("targets", test[1])]),
        **of_model,
    )
    return ModelWorkload(workload, protocol, folds, "\n".join(summary) + "\n")


def _folds(workload: Workload, settings: ModelSettings) -> Folds:
    """Divide the examples; those of equal inputs and targets stay together."""
    from lr_study.training import equal_rows, number_of_rows

    inputs, targets = workload.train
    if workload.classifies:
        labels = labels_of(targets, "train")
        together = equal_rows(inputs, labels)
    elif settings.stratify:
        raise UsageError(
            f"stratify=True is not allowed with metric={workload.metric}: its targets are no "
            "classes that could be divided one by one"
        )
    else:
        labels = np.zeros(number_of_rows(inputs, "train"), np.int32)
        together = equal_rows([inputs, targets], labels)
    return Folds(labels, together, settings.folds, settings.stratify)


def _direction(workload: Workload) -> str:
    if workload.classifies:
        return ""
    return "higher" if workload.ranked_by.higher_is_better else "lower"


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
