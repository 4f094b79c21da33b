"""Images as a workload: settings to images selected and divided, and a trainer for each seed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lr_study.data import (
    Copies,
    ImageSet,
    Selection,
    Split,
    check_images,
    classes_line,
    empty_classes_line,
    find_copies,
    locate,
    read_left_out,
    scan,
    select,
    skipped_line,
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
    image_set = scan(*locate(settings.data), follow_links=settings.follow_links)
    select(image_set, {}, settings.min_class_size)
    return image_set


def data_lines(image_set: ImageSet) -> Iterator[str]:
    """Yield what a user should know about a data set before training: classes, what is not used."""
    counts = np.bincount(image_set.labels, minlength=len(image_set.class_names))
    yield classes_line(
        image_set.name, dict(zip(image_set.class_names, counts.tolist(), strict=True))
    )
    yield from filter(
        None, (empty_classes_line(image_set.empty_classes), skipped_line(image_set.skipped))
    )


@dataclass(frozen=True)
class ImageWorkload:
    """A linear probe: a softmax head on a frozen backbone, trained on an image set."""

    settings: Settings
    image_set: ImageSet
    selection: Selection
    left_out: Mapping[str, str]
    copies: Copies
    weights: Weights
    precision: str
    model_file: str = HEAD_FILE

    def split(self, seed: int) -> Split:
        """Divide the selected images under a seed; the test set is the same under all seeds."""
        return split(
            self.selection.labels,
            groups=self.selection.groups,
            validation_rng=generator(seed, Stream.VALIDATION_SPLIT),
            test_rng=generator(self.settings.split_seed, Stream.TEST_SPLIT),
            val_fraction=self.settings.val_fraction,
            test_fraction=self.settings.test_fraction,
        )

    @property
    def dropped(self) -> Mapping[str, str]:
        """The images that ``--duplicates drop`` leaves out, each with the reason."""
        return self.copies.to_drop() if self.settings.duplicates == "drop" else {}

    def notices(self) -> Iterator[str]:
        """Yield what a user should know about copies among the images."""
        usable = len(self.image_set.paths) - len(self.left_out)
        return self.copies.lines(usable, dropped=self.settings.duplicates == "drop")

    @property
    def data_files(self) -> Mapping[str, bytes]:
        """The images and files that are not used, with reasons; the images used of each class."""
        counts = np.bincount(self.selection.labels).tolist()
        return {
            "left_out.json": _json({**self.image_set.skipped, **self.left_out, **self.dropped}),
            "classes.json": _json(dict(zip(self.selection.class_names, counts, strict=True))),
        }

    @cached_property
    def protocol(self) -> Protocol:
        """What all runs share; the sizes of the split are the same under every seed."""
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
            duplicates="drop" if self.dropped else "",
            copies=self.selection.copies,
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
        """Return the files, divided under a seed."""
        from lr_study.training import LabeledImages

        parts = self.split(seed)
        return LabeledImages(
            files=[self.image_set.root / self.image_set.paths[row] for row in self.selection.rows],
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
        If weights cannot be downloaded.
    """
    backbone = settings.resolved_backbone()
    weights = resolve_weights(backbone, settings.weights)
    if settings.engine == "live":
        return _workload(settings, image_set, weights, check_images(image_set, settings.image_size))
    features = load_features(image_set, backbone, weights, settings.image_size)
    return _workload(settings, image_set, weights, features.left_out, features)


def describe(settings: Settings, image_set: ImageSet) -> Workload:
    """Return the workload as far as it is known without reading an image: enough for a plan."""
    weights = resolve_weights(settings.resolved_backbone(), settings.weights)
    return _workload(settings, image_set, weights, read_left_out(image_set.fingerprint) or {})


def _workload(
    settings: Settings,
    image_set: ImageSet,
    weights: Weights,
    left_out: Mapping[str, str],
    features: FeatureSet | None = None,
) -> "CachedWorkload | LiveWorkload":
    copies = find_copies(image_set, left_out)
    dropped = copies.to_drop() if settings.duplicates == "drop" else {}
    selection = select(image_set, left_out, settings.min_class_size, dropped)
    if settings.engine == "live":
        from lr_study.training import precision_here

        return LiveWorkload(
            settings, image_set, selection, left_out, copies, weights, precision_here()
        )
    return CachedWorkload(
        settings, image_set, selection, left_out, copies, weights, "float32", features=features
    )


def _json(value: Mapping[str, object]) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode("ascii")
