"""From settings to what a trainer needs: pictures chosen, divided, and their features."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lr_study.data import (
    ImageSet,
    Selection,
    Split,
    check_images,
    locate,
    read_left_out,
    scan,
    select,
    split,
)
from lr_study.features import FeatureSet, Weights, load_features, resolve_weights
from lr_study.runs import Protocol, RunRecord, RunSpec, Settings
from lr_study.support import Stream, generator
from lr_study.training import Head, History

if TYPE_CHECKING:  # they import TensorFlow
    from lr_study.support import keras
    from lr_study.training import Examples, Pictures


def find_images(settings: Settings) -> ImageSet:
    """List the pictures; refuse, before anything costs time, what no study can be made with."""
    image_set = scan(*locate(settings.data))
    select(image_set, {}, settings.min_class_size)
    return image_set


@dataclass(frozen=True)
class Prepared:
    """Everything that the runs of one study share.

    ``features`` is None for engine ``live``, which works on the pictures.
    """

    settings: Settings
    image_set: ImageSet
    selection: Selection
    left_out: dict[str, str]
    weights: Weights
    features: FeatureSet | None
    precision: str

    def split(self, seed: int) -> Split:
        """Divide the selected pictures under a seed; the test part is the same for all."""
        return split(
            self.selection.labels,
            validation_rng=generator(seed, Stream.VALIDATION_SPLIT),
            test_rng=generator(self.settings.split_seed, Stream.TEST_SPLIT),
            val_fraction=self.settings.val_fraction,
            test_fraction=self.settings.test_fraction,
        )

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol of all runs; the sizes of the parts are the same under every seed."""
        settings, parts = self.settings, self.split(seed=0)
        return Protocol(
            backbone=settings.resolved_backbone(),
            weights=self.weights.digest,
            image_size=settings.image_size,
            data=self.image_set.name,
            fingerprint=self.image_set.fingerprint,
            classes=len(self.selection.class_names),
            train_size=len(parts.train),
            val_size=len(parts.validation),
            test_size=len(parts.test),
            val_fraction=settings.val_fraction,
            test_fraction=settings.test_fraction,
            split_seed=settings.split_seed,
            engine=settings.engine,
            precision=self.precision,
            optimizer=settings.optimizer,
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            shuffle="full",
        )

    def examples(self, seed: int) -> "Examples":
        """The features divided under a seed, for engine ``cached``."""
        from lr_study.training import Examples

        assert self.features is not None
        rows, parts = self.selection.rows, self.split(seed)
        labels = np.zeros(len(self.image_set.paths), np.int32)
        labels[rows] = self.selection.labels
        return Examples(
            values=self.features.values,
            labels=labels,
            classes=len(self.selection.class_names),
            train=rows[parts.train],
            validation=rows[parts.validation],
            test=rows[parts.test],
        )

    def pictures(self, seed: int) -> "Pictures":
        """The files divided under a seed, for engine ``live``."""
        from lr_study.training import Pictures

        parts = self.split(seed)
        return Pictures(
            files=[self.image_set.root / self.image_set.paths[row] for row in self.selection.rows],
            labels=self.selection.labels,
            classes=len(self.selection.class_names),
            train=parts.train,
            validation=parts.validation,
            test=parts.test,
        )

    def model(self, head: Head) -> "keras.Model":
        """The whole Keras model around a trained layer: pictures in, probabilities out."""
        from lr_study.training import build_model

        backbone = self.settings.resolved_backbone()
        return build_model(backbone, self.weights, self.settings.image_size, head)

    def cell(self, spec: RunSpec) -> str:
        """Return the cell that a run of these pictures belongs to."""
        return self.protocol.cell(spec.policy, spec.seed)

    def record(self, spec: RunSpec, history: History) -> RunRecord:
        """What a trained run was and gave, as it is kept."""
        return RunRecord(
            spec=spec,
            protocol=self.protocol,
            epochs=history.epochs,
            test_accuracy=history.test_accuracy,
            wall_clock_seconds=history.wall_clock_seconds,
            shared_among=history.shared_among,
            feature_seconds=None if self.features is None else self.features.seconds,
        )


def prepare_without_features(settings: Settings, image_set: ImageSet) -> Prepared:
    """Prepare without features, from what is known of the pictures: enough for a protocol."""
    left_out = read_left_out(image_set.fingerprint) or {}
    weights = resolve_weights(settings.resolved_backbone(), settings.weights)
    selection = select(image_set, left_out, settings.min_class_size)
    return Prepared(settings, image_set, selection, left_out, weights, None, _precision(settings))


def _precision(settings: Settings) -> str:
    if settings.engine == "cached":
        return "float32"
    from lr_study.training import precision_here

    return precision_here()


def prepare(settings: Settings, image_set: ImageSet) -> Prepared:
    """Find the weights, extract features or check pictures, and choose the pictures to use.

    Raises
    ------
    UsageError
        If too many pictures cannot be used, or too few are left.
    LrStudyError
        If weights cannot be had.
    """
    backbone = settings.resolved_backbone()
    weights = resolve_weights(backbone, settings.weights)
    features = None
    if settings.engine == "cached":
        features = load_features(image_set, backbone, weights, settings.image_size)
        left_out = features.left_out
    else:
        left_out = check_images(image_set, settings.image_size)
    selection = select(image_set, left_out, settings.min_class_size)
    precision = _precision(settings)
    return Prepared(settings, image_set, selection, left_out, weights, features, precision)
