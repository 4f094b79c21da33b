"""Images as a workload: settings to images selected and divided, and a trainer for each seed."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lr_study.data import (
    ImageSet,
    RememberedImages,
    Selection,
    Split,
    check_images,
    decoded_fingerprint,
    decoder,
    first_decoder,
    read_left_out,
    read_remarks,
    remark_lines,
    similar_groups,
)
from lr_study.features import FeatureSet, Weights, load_features, resolve_weights
from lr_study.runs import FINE_TUNING, PROTOCOL_VERSION, ImageProtocol, Settings, digest_of_groups
from lr_study.studies.image_data import UsedImages, use_images
from lr_study.studies.workload import StudyWorkload
from lr_study.training import HEAD_FILE, Head, Trainer, read_head

if TYPE_CHECKING:  # they import TensorFlow
    from lr_study.support import keras
    from lr_study.training import Examples, LabeledImages


@dataclass(frozen=True)
class ImageWorkload:
    """A softmax head on a backbone, frozen or fine-tuned with it, trained on an image set.

    Attributes
    ----------
    fingerprint, test_fingerprint
        What runs are compared by: of the files, and of their pixels where another decoder made
        others; empty if no test set was given.
    remarks
        What the decoding of the images showed, for a user to know.
    """

    settings: Settings
    used: UsedImages
    weights: Weights
    precision: str
    fingerprint: str
    test_fingerprint: str
    remarks: Sequence[str] = ()
    model_file: str = HEAD_FILE

    @property
    def image_set(self) -> ImageSet:
        """All images, also those that are not used."""
        return self.used.image_set

    @property
    def left_out(self) -> Mapping[str, str]:
        """The images that cannot be used, each with the reason."""
        return self.used.left_out

    @property
    def data_files(self) -> Mapping[str, bytes]:
        """What is not used and why, and the classes with their numbers of images."""
        return self.used.files()

    def notices(self) -> Iterator[str]:
        """Yield what a user should know about the images before they are trained on."""
        yield from self.used.lines()
        yield from self.remarks

    def split(self, seed: int) -> Split:
        """Divide the selected images under a seed; the test set is the same under all seeds."""
        return self.used.split(seed)

    @cached_property
    def protocol(self) -> ImageProtocol:
        """What all runs share; the sizes of the split are the same under every seed."""
        settings, parts = self.settings, self.split(seed=0)
        divided: dict[str, Any] = {
            "val_fraction": settings.val_fraction,
            "val_size": len(parts.validation),
        }
        if (folds := self.used.folds) is not None:
            divided = {
                "val_fraction": 0.0,
                "val_size": folds.smallest(),
                "resampling": "folds",
                "folds": folds.count,
                "stratified": folds.stratify,
                "groups": digest_of_groups(folds.together),
            }
        return ImageProtocol(
            backbone=settings.resolved_backbone(),
            weights=self.weights.digest,
            image_size=settings.image_size,
            data=self.image_set.name,
            fingerprint=self.fingerprint,
            classes=len(self.used.selection.class_names),
            train_size=len(parts.train),
            test_size=len(parts.test),
            test_fraction=self.used.test_fraction,
            split_seed=settings.split_seed,
            engine=settings.resolved_engine(),
            precision=self.precision,
            optimizer=settings.optimizer,
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            shuffle="full",
            test_fingerprint=self.test_fingerprint,
            duplicates="drop" if self.used.dropped else "",
            copies=self.used.selection.copies,
            **{name: getattr(settings, name) for name in FINE_TUNING},
            protocol_version=PROTOCOL_VERSION,
            **divided,
        )

    def build_model(self, content: bytes) -> "keras.Model":
        """Return the whole Keras model with a run's weights: images in, probabilities out."""
        return self.model(read_head(content)[0])

    def model(self, head: Head) -> "keras.Model":
        """Return the whole Keras model around a softmax head."""
        from lr_study.training import build_model

        backbone = self.settings.resolved_backbone()
        return build_model(backbone, self.weights, self.settings.image_size, head)


@dataclass(frozen=True)
class CachedWorkload(ImageWorkload):
    """Engine ``cached``: heads trained on features that were extracted once.

    ``features`` is None if the workload is only described, to plan a study, and ``test_features``
    also if no test set was given.
    """

    features: FeatureSet | None = None
    test_features: FeatureSet | None = None

    def examples(self, seed: int) -> "Examples":
        """Return the features, divided under a seed."""
        from lr_study.training import Examples

        assert self.features is not None
        selection, parts = self.used.selection, self.split(seed)
        rows = test_rows = selection.rows
        test = None
        if self.used.test is not None:
            assert self.test_features is not None
            test_rows = self.used.test.rows
            test = self.test_features.values, _labels_by_row(self.used.test)
        labels = _labels_by_row(selection)
        groups = np.arange(len(labels))
        groups[rows] = rows[self.used.groups]
        return Examples(
            values=self.features.values,
            labels=labels,
            classes=len(self.used.selection.class_names),
            train=rows[parts.train],
            validation=rows[parts.validation],
            test=test_rows[parts.test],
            given_test=test,
            unused=rows[parts.unused],
            groups=groups,
        )

    def trainer(self, seed: int) -> Trainer:
        """Return a trainer of all policies of a seed at once."""
        from lr_study.training import CachedTrainer

        assert self.features is not None
        seconds = self.features.seconds
        if self.test_features is not None:
            seconds += self.test_features.seconds
        return CachedTrainer(
            self.examples(seed), self.protocol, self.used.selection.class_names, seconds
        )


@dataclass(frozen=True)
class LiveWorkload(ImageWorkload):
    """Engine ``live``: images through the backbone every epoch."""

    @cached_property
    def load(self) -> RememberedImages:
        """Loads the selected images by number, then those of a given test set; for all seeds."""
        places = [(self.image_set, row) for row in self.used.selection.rows.tolist()]
        if self.image_set.test_set is not None and self.used.test is not None:
            places += [(self.image_set.test_set, row) for row in self.used.test.rows.tolist()]

        def load(i: int, size: int) -> NDArray[np.uint8]:
            of_set, row = places[i]
            return of_set.load(row, size).pixels

        return RememberedImages(load, len(places))

    def images(self, seed: int) -> "LabeledImages":
        """Return the images, divided under a seed."""
        from lr_study.training import LabeledImages

        selection, parts = self.used.selection, self.split(seed)
        labels, test = selection.labels, parts.test
        if self.used.test is not None:
            test = test + len(labels)
            labels = np.concatenate([labels, self.used.test.labels])
        return LabeledImages(
            load=self.load,
            labels=labels,
            classes=len(self.used.selection.class_names),
            train=parts.train,
            validation=parts.validation,
            test=test,
            unused=parts.unused,
            groups=self.used.groups,
        )

    def trainer(self, seed: int) -> Trainer:
        """Return a trainer of one run at a time."""
        from lr_study.training import LiveTrainer

        return LiveTrainer(
            self.images(seed), self.weights, self.protocol, self.used.selection.class_names
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
    size, test_set = settings.image_size, image_set.test_set
    weights = resolve_weights(settings.resolved_backbone(), settings.weights)
    features, test_features = (
        None
        if of is None or settings.resolved_engine() == "live"
        else _features(settings, of, weights)
        for of in (image_set, test_set)
    )
    left_out = features.left_out if features else check_images(image_set, size)
    test_left_out: Mapping[str, str] = {}
    if test_set is not None:
        test_left_out = test_features.left_out if test_features else check_images(test_set, size)
    alike = _alike(settings, image_set, left_out)
    used = use_images(settings, image_set, left_out, test_left_out, alike)
    remarks = tuple(_remarks(settings, image_set, features, test_features))
    return _workload(settings, used, weights, remarks, features, test_features)


def _features(settings: Settings, image_set: ImageSet, weights: Weights) -> FeatureSet:
    """Read or extract the features; their seconds are those that this took now."""
    started = time.perf_counter()
    backbone, size = settings.resolved_backbone(), settings.image_size
    features = load_features(image_set, backbone, weights, size)
    return replace(features, seconds=time.perf_counter() - started)


def _remarks(
    settings: Settings,
    image_set: ImageSet,
    features: FeatureSet | None,
    test_features: FeatureSet | None,
) -> Iterator[str]:
    """Yield what the decoding of the images showed, for a user to know."""
    size, test_set = settings.image_size, image_set.test_set
    remarks = features.remarks if features else read_remarks(image_set.fingerprint)
    lines = list(remark_lines(image_set, remarks))
    yield from lines
    if test_set is not None:
        remarks = test_features.remarks if test_features else read_remarks(test_set.fingerprint)
        # The classes are the same: what there is to say of their names was said.
        of_test = (line for line in remark_lines(test_set, remarks) if line not in lines)
        yield from (f"test set: {line}" for line in of_test)
    for of in filter(None, (image_set, test_set)):
        before = first_decoder(of.fingerprint, size)
        if before is not None:
            yield (
                f"some images of {of.name} are decoded otherwise than before (now {decoder()}; "
                f"before: {before}): new runs are compared only with each other"
            )


def describe(settings: Settings, image_set: ImageSet) -> StudyWorkload:
    """Return the workload as far as it is known without features: enough for a plan.

    No image is read but to find those that look alike, once: folds, and so the protocol, depend on
    them.
    """
    weights = resolve_weights(settings.resolved_backbone(), settings.weights)
    left_out, of_test = (
        (read_left_out(of.fingerprint) or {}) if of is not None else {}
        for of in (image_set, image_set.test_set)
    )
    used = use_images(settings, image_set, left_out, of_test, _alike(settings, image_set, left_out))
    return _workload(settings, used, weights)


def _alike(
    settings: Settings, image_set: ImageSet, left_out: Mapping[str, str]
) -> Sequence[Sequence[int]] | None:
    return similar_groups(image_set, left_out) if settings.resampling == "folds" else ()


def _workload(
    settings: Settings,
    used: UsedImages,
    weights: Weights,
    remarks: Sequence[str] = (),
    features: FeatureSet | None = None,
    test_features: FeatureSet | None = None,
) -> "CachedWorkload | LiveWorkload":
    # Now, not when they are needed: the next decoding may change what is known of the pixels.
    fingerprint, test_fingerprint = (
        decoded_fingerprint(of.fingerprint, settings.image_size) if of is not None else ""
        for of in (used.image_set, used.image_set.test_set)
    )
    known = settings, used, weights
    if settings.resolved_engine() == "live":
        from lr_study.training import precision_here

        return LiveWorkload(*known, precision_here(), fingerprint, test_fingerprint, remarks)
    return CachedWorkload(
        *known,
        "float32",
        fingerprint,
        test_fingerprint,
        remarks,
        features=features,
        test_features=test_features,
    )


def _labels_by_row(selection: Selection) -> NDArray[np.int32]:
    """Return the label of each selected row at its place; the others are not read."""
    labels = np.zeros(int(selection.rows.max()) + 1, np.int32)
    labels[selection.rows] = selection.labels
    return labels
