"""Engine ``live``: images through the backbone every epoch, in Keras ``fit``.

That is how the original study trained. The backbone's weights are frozen, unless some or all of
them are fine-tuned too; either way it runs in training mode, so drop-connect is active and the
features of an image differ from epoch to epoch.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.features import Weights, build_backbone, set_trained
from lr_study.runs import Protocol, RunSpec, image_settings
from lr_study.support import (
    LrStudyError,
    Stream,
    available_cpus,
    dtype_policy,
    generator,
    gpu_is_there,
    keras,
)
from lr_study.training.checkpoint import Checkpoint
from lr_study.training.history import Head, History, initial_head
from lr_study.training.image_model import with_head
from lr_study.training.optimizers import optimizer_of
from lr_study.training.predictions import Predictions, Predictor, image_results
from lr_study.training.resumable_fit import (
    Figures,
    ResumableFit,
    exact_share,
    numbered,
    schedule_of,
)
from lr_study.training.run_files import run_files
from lr_study.training.trainer import OnEpoch, TrainedRun


@dataclass(frozen=True)
class LabeledImages:
    """Images with their labels (images,) int32, and the rows for training, validation and test.

    ``unused`` are rows that were divided with ``train`` and ``validation``, and are in neither;
    ``groups`` has for each row the first one of its group of similar images. ``load`` returns the
    image of a row at a size, as uint8 (size, size, 3).
    """

    load: Callable[[int, int], NDArray[np.uint8]]
    labels: NDArray[np.int32]
    classes: int
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    unused: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    groups: NDArray[np.int64] | None = None


def precision_here() -> str:
    """Return the precision that `train_live` uses: mixed where there is a GPU."""
    return "mixed_float16" if gpu_is_there() else "float32"


def train_live(
    images: LabeledImages,
    spec: RunSpec,
    weights: Weights,
    *,
    checkpoint: Checkpoint | None = None,
    on_epoch: OnEpoch = lambda event: None,
) -> History:
    """Train one model on images and return its history.

    Parameters
    ----------
    checkpoint
        Where each epoch is kept as it ends; training resumes after the last that it has.
    on_epoch
        Called as each epoch ends, before the next one starts; first with those of a checkpoint.

    Raises
    ------
    LrStudyError
        If an image cannot be read, or changed since it was listed.
    """
    settings = image_settings(spec.settings)
    with dtype_policy(precision_here()):
        backbone = build_backbone(settings.resolved_backbone(), weights, settings.image_size)
        set_trained(backbone, settings.train, norms=settings.train_norms)
        model = with_head(
            backbone,
            initial_head(spec.seed, backbone.output_shape[-1], images.classes),
            augment=settings.augment,
            dropout=settings.dropout,
        )
    steps = math.ceil(len(images.train) / settings.batch_size)
    rates = schedule_of(spec, steps)
    softmax = model.get_layer("softmax")
    model.compile(
        optimizer=optimizer_of(settings, rates, softmax.trainable_variables),
        loss="sparse_categorical_crossentropy",
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    # Keras traces the whole model once more if the first step creates variables: those of the
    # optimizer, or of a metric that is given by its name alone.
    model.optimizer.build(model.trainable_variables)
    predictor = Predictor(model)
    _seed_layers(model, generator(spec.seed, Stream.DROP_CONNECT))
    train = _Batches(images, images.train, spec)
    kept = checkpoint or Checkpoint()

    def predict(rows: NDArray[np.int64]) -> Predictions:
        batches = _Batches(images, rows, spec)
        with _reading(batches):
            return predictor.predict(batches, images.labels[rows])

    validated: Predictions | None = None

    def figures(epoch: int, logs: Mapping[str, float]) -> Figures:
        nonlocal validated
        validated = predict(images.validation)
        accuracy = exact_share(logs["accuracy"], len(images.train))
        return Figures(accuracy, validated.loss, validated.accuracy)

    fit = ResumableFit(model, spec, rates, images.train, steps, _changing(model), kept, on_epoch)
    with _reading(train):
        fit.run(train, figures)
    if validated is None:  # the checkpoint was that of the last epoch
        validated = predict(images.validation)
    tested = predict(images.test) if len(images.test) else None
    results = image_results(
        images.labels,
        images.train,
        images.validation,
        images.unused,
        validated,
        tested,
        images.groups,
    )
    kernel, bias = softmax.get_weights()
    return History(
        tuple(kept.epochs),
        Head(kernel, bias, _trained_weights(model, backbone)),
        results.test_accuracy,
        kept.seconds,
        image_results=results,
    )


@dataclass(frozen=True)
class LiveTrainer:
    """Trains one run at a time on images."""

    images: LabeledImages
    weights: Weights
    protocol: Protocol
    class_names: tuple[str, ...]
    width: int = 1

    def train(
        self, specs: Sequence[RunSpec], *, checkpoint: Checkpoint, on_epoch: OnEpoch
    ) -> Iterator[TrainedRun]:
        """Train the one spec, from where its checkpoint ends."""
        (spec,) = specs
        history = train_live(
            self.images, spec, self.weights, checkpoint=checkpoint, on_epoch=on_epoch
        )
        record = history.record(spec, self.protocol)
        files = run_files(record, history.head, self.class_names)
        yield TrainedRun(record, files, tuple(checkpoint.times))


def _changing(model: Any) -> dict[str, Any]:
    """The variables that training changes: trained weights, those of the optimizer, and seeds.

    A frozen backbone is a hundred times larger than these.
    """
    return numbered(
        layer=_trained_variables(model),
        optimizer=model.optimizer.variables,
        seed=_layer_seeds(model),
    )


def _trained_variables(model: Any) -> list[Any]:
    """The trainable weights, and the statistics of batch normalisations that train."""
    inner = [layer for part in model.layers for layer in getattr(part, "layers", ())]
    norms = [x for x in inner if isinstance(x, keras.layers.BatchNormalization) and x.trainable]
    return [*model.trainable_variables, *(v for x in norms for v in x.non_trainable_variables)]


def _trained_weights(model: Any, backbone: Any) -> dict[int, NDArray[np.float32]]:
    """The weights of the backbone that training changed, by their places among all of its."""
    trained = {id(variable) for variable in _trained_variables(model)}
    weights = enumerate(backbone.weights)
    return {place: v.numpy() for place, v in weights if id(v) in trained}


def _layer_seeds(model: Any) -> list[Any]:
    """The states of Keras's seed generators, each a seed and a counter, in the order of layers.

    Augmentation, drop-connect and dropout draw from them.
    """
    return [v for v in model.non_trainable_variables if v.path.endswith("seed_generator_state")]


def _seed_layers(model: Any, rng: np.random.Generator) -> None:
    """Seed what layers draw; Keras takes its seeds from Python's global generator."""
    for state in _layer_seeds(model):
        state.assign([rng.integers(2**31), 0])


@contextmanager
def _reading(batches: "_Batches") -> Iterator[None]:
    """Raise why a batch could not be read, instead of TensorFlow's error with a traceback."""
    try:
        yield
    except Exception:
        if batches.failure is not None:
            raise batches.failure from None
        raise


class _Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of decoded images with their labels, decoded by one thread per core.

    ``rows`` are the images in their order, and may be replaced between epochs. ``failure`` is why
    a batch could not be read.
    """

    def __init__(self, images: LabeledImages, rows: NDArray[np.int64], spec: RunSpec) -> None:
        super().__init__(workers=available_cpus(), max_queue_size=4)
        self.rows = rows
        self.failure: LrStudyError | None = None
        self._images = images
        self._batch_size = spec.settings.batch_size
        self._image_size = image_settings(spec.settings).image_size

    def __len__(self) -> int:
        return math.ceil(len(self.rows) / self._batch_size)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        rows = self.rows[index * self._batch_size : (index + 1) * self._batch_size]
        try:
            images = [self._images.load(row, self._image_size) for row in rows]
        except LrStudyError as error:
            self.failure = error
            raise
        return np.stack(images).astype(np.float32), self._images.labels[rows]
