"""Images as a workload: settings to images selected and divided, and a trainer for each seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lr_study.data import (
    ImageSet,
    Selection,
    Split,
    check_images,
    decoded_fingerprint,
    decoder,
    first_decoder,
    locate,
    read_left_out,
    read_remarks,
    remark_lines,
    scan,
    select,
    split,
)
from lr_study.features import FeatureSet, Weights, load_features, resolve_weights
from lr_study.runs import Protocol, Settings
from lr_study.studies.workload import Workload
from lr_study.support import Stream, generator
from lr_study.training import HEAD_FILE, Head, Trainer, read_head

if TYPE_CHECKING:  # they import TensorFlow
    from lr_study.support import keras
    from lr_study.training import Examples, LabeledImages


def find_images(settings: Settings) -> ImageSet:
    """List the images; refuse a set that no study can use before anything takes time."""
    image_set = scan(*locate(settings.data))
    select(image_set, {}, settings.min_class_size)
    return image_set


@dataclass(frozen=True)
class ImageWorkload:
    """A linear probe: a softmax head on a frozen backbone, trained on an image set.

    ``fingerprint`` is what runs are compared by: of the files, and of their pixels where another
    decoder made others.
    """

    settings: Settings
    image_set: ImageSet
    selection: Selection
    left_out: Mapping[str, str]
    remarks: Mapping[str, str]
    weights: Weights
    precision: str
    fingerprint: str
    model_file: str = HEAD_FILE

    def split(self, seed: int) -> Split:
        """Divide the selected images under a seed; the test set is the same under all seeds."""
        return split(
            self.selection.labels,
            validation_rng=generator(seed, Stream.VALIDATION_SPLIT),
            test_rng=generator(self.settings.split_seed, Stream.TEST_SPLIT),
            val_fraction=self.settings.val_fraction,
            test_fraction=self.settings.test_fraction,
        )

    def notices(self) -> Iterator[str]:
        """Yield what a user should know about the images before they are trained on."""
        yield from remark_lines(self.image_set, self.remarks)
        first = first_decoder(self.image_set.fingerprint, self.settings.image_size)
        if first is not None:
            yield (
                f"some images are decoded otherwise than before (now {decoder()}; before: "
                f"{first}): new runs are compared only with each other"
            )

    @cached_property
    def protocol(self) -> Protocol:
        """What all runs share; the sizes of the split are the same under every seed."""
        settings, parts = self.settings, self.split(seed=0)
        return Protocol(
            backbone=settings.resolved_backbone(),
            weights=self.weights.digest,
            image_size=settings.image_size,
            data=self.image_set.name,
            fingerprint=self.fingerprint,
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

    def build_model(self, content: bytes) -> "keras.Model":
        """Return the whole Keras model around a trained head: images in, probabilities out."""
        return self.model(read_head(content)[0])

    def model(self, head: Head) -> "keras.Model":
        """Return the whole Keras model around a softmax head."""
        from lr_study.training import build_model

        backbone = self.settings.resolved_backbone()
        return build_model(backbone, self.weights, self.settings.image_size, head)


@dataclass(frozen=True)
class CachedWorkload(ImageWorkload):
    """Engine ``cached``: heads trained on features that were extracted once.

    ``features`` is None if the workload is only described, to plan a study.
    """

    features: FeatureSet | None = None

    def examples(self, seed: int) -> "Examples":
        """Return the features, divided under a seed."""
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

    def trainer(self, seed: int) -> Trainer:
        """Return a trainer of all policies of a seed at once."""
        from lr_study.training import CachedTrainer

        assert self.features is not None
        return CachedTrainer(
            self.examples(seed), self.protocol, self.selection.class_names, self.features.seconds
        )


@dataclass(frozen=True)
class LiveWorkload(ImageWorkload):
    """Engine ``live``: images through the frozen backbone every epoch."""

    def images(self, seed: int) -> "LabeledImages":
        """Return the images, divided under a seed."""
        from lr_study.training import LabeledImages

        parts = self.split(seed)
        rows = self.selection.rows
        return LabeledImages(
            load=lambda row, size: self.image_set.load(rows[row], size).pixels,
            labels=self.selection.labels,
            classes=len(self.selection.class_names),
            train=parts.train,
            validation=parts.validation,
            test=parts.test,
        )

    def trainer(self, seed: int) -> Trainer:
        """Return a trainer of one run at a time."""
        from lr_study.training import LiveTrainer

        return LiveTrainer(
            self.images(seed), self.weights, self.protocol, self.selection.class_names
        )


def prepare(settings: Settings, image_set: ImageSet) -> "CachedWorkload | LiveWorkload":
    """Find the weights, extract features or check the images, and select the images to use.

    Raises
    ------
    UsageError
        If too many images cannot be used, or too few are left.
    LrStudyError
        If weights cannot be downloaded, or an image cannot be read at the moment.
    """
    backbone = settings.resolved_backbone()
    weights = resolve_weights(backbone, settings.weights)
    features = None
    if settings.engine == "live":
        left_out = check_images(image_set, settings.image_size)
        remarks = read_remarks(image_set.fingerprint)
    else:
        features = load_features(image_set, backbone, weights, settings.image_size)
        left_out, remarks = features.left_out, features.remarks
    return _workload(settings, image_set, weights, left_out, remarks, features)


def describe(settings: Settings, image_set: ImageSet) -> Workload:
    """Return the workload as far as it is known without reading an image: enough for a plan."""
    weights = resolve_weights(settings.resolved_backbone(), settings.weights)
    return _workload(settings, image_set, weights, read_left_out(image_set.fingerprint) or {}, {})


def _workload(
    settings: Settings,
    image_set: ImageSet,
    weights: Weights,
    left_out: Mapping[str, str],
    remarks: Mapping[str, str],
    features: FeatureSet | None = None,
) -> "CachedWorkload | LiveWorkload":
    selection = select(image_set, left_out, settings.min_class_size)
    fingerprint = decoded_fingerprint(image_set.fingerprint, settings.image_size)
    known = settings, image_set, selection, left_out, remarks, weights
    if settings.engine == "live":
        from lr_study.training import precision_here

        return LiveWorkload(*known, precision_here(), fingerprint)
    return CachedWorkload(*known, "float32", fingerprint, features=features)
