"""Which images a study uses: found, selected, divided into training, validation and test set."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from lr_study.data import (
    Copies,
    ImageSet,
    Selection,
    Split,
    classes_line,
    empty_classes_line,
    find_copies,
    inner_split,
    listed,
    locate,
    locate_folder,
    require_same_classes,
    scan,
    select,
    select_test,
    skipped_line,
    split,
)
from lr_study.runs import Settings
from lr_study.support import Stream, UsageError, generator


def find_images(settings: Settings) -> ImageSet:
    """List the images; refuse a set that no study can use before anything takes time."""
    image_set = list_images(settings)
    require_usable(settings, image_set)
    return image_set


def require_usable(settings: Settings, image_set: ImageSet) -> None:
    """Refuse a data set that could not be used even if all images can be decoded."""
    select(image_set, {}, settings.min_class_size)
    if image_set.test_set is not None:
        require_same_classes(image_set, image_set.test_set)


def list_images(settings: Settings) -> ImageSet:
    """List the images, and those of a given test set, whether or not a study can use them."""
    image_set = scan(*locate(settings.data), follow_links=settings.follow_links)
    if not settings.test_data:
        return image_set
    name, root = locate_folder(settings.test_data, "test_data")
    if os.path.realpath(root) == os.path.realpath(image_set.root):
        raise UsageError(
            f"test_data={settings.test_data!r} is the same folder as data: give a folder with "
            "other images, or leave the option out to split a test set off"
        )
    test_set = scan(name, root, follow_links=settings.follow_links)
    return replace(image_set, test_set=test_set)


def data_lines(image_set: ImageSet) -> Iterator[str]:
    """Yield what a user should know about a data set before training: classes, what is not used."""
    counts = np.bincount(image_set.labels, minlength=len(image_set.class_names)).tolist()
    yield classes_line(image_set.name, dict(zip(image_set.class_names, counts, strict=True)))
    if parts := inner_split(image_set.paths):
        yield (
            f"the class folders contain {listed(sorted(parts))}: this split is not used; to use "
            "it, move the classes into folders of the parts (train/cat, not cat/train)"
        )
    if image_set.empty_classes:
        yield empty_classes_line(image_set.empty_classes)
    if image_set.skipped:
        yield skipped_line(image_set.skipped)
    if image_set.test_set is not None:
        for line in data_lines(image_set.test_set):
            yield f"test set {line}"


@dataclass(frozen=True)
class UsedImages:
    """The images of a data set that a study uses, and those that it leaves out.

    Attributes
    ----------
    image_set
        All images; the test set with it if one was given.
    left_out
        The images that cannot be used, each with the reason; those of a given test set begin with
        ``test_data/``.
    copies
        Which of the others have the same content.
    selection, test
        The images that are used, and those of the given test set, or None.
    """

    settings: Settings
    image_set: ImageSet
    left_out: Mapping[str, str]
    copies: Copies
    selection: Selection
    test: Selection | None

    def split(self, seed: int) -> Split:
        """Divide the images under a seed; the test set is the same under all seeds.

        The positions are those in ``selection``; of a given test set, those in ``test``.
        """
        parts = split(
            self.selection.labels,
            groups=self.selection.groups,
            validation_rng=generator(seed, Stream.VALIDATION_SPLIT),
            test_rng=generator(self.settings.split_seed, Stream.TEST_SPLIT),
            val_fraction=self.settings.val_fraction,
            test_fraction=self.test_fraction,
        )
        if self.test is None:
            return parts
        return replace(parts, test=np.arange(len(self.test.rows)))

    @property
    def test_fraction(self) -> float:
        """The fraction that is split off for the test set: none if one was given."""
        return self.settings.test_fraction if self.test is None else 0.0

    @property
    def dropped(self) -> Mapping[str, str]:
        """The images that ``--duplicates drop`` leaves out, each with the reason."""
        return self.copies.to_drop() if self.settings.duplicates == "drop" else {}

    def lines(self) -> Iterator[str]:
        """Yield what a user should know about copies among the images."""
        usable = len(self.image_set.paths) - sum(p in self.left_out for p in self.image_set.paths)
        return self.copies.lines(usable, dropped=self.settings.duplicates == "drop")

    def files(self) -> Mapping[str, bytes]:
        """Return the files that describe the data: what is not used and why, classes and counts."""
        test_set = self.image_set.test_set
        skipped = {**self.image_set.skipped, **(_of_test(test_set.skipped) if test_set else {})}
        files = {
            "left_out.json": _json({**skipped, **self.left_out, **self.dropped}),
            "classes.json": _json(_counts(self.selection)),
        }
        if self.test is not None:
            files["test_classes.json"] = _json(_counts(self.test))
        return files


def use_images(
    settings: Settings,
    image_set: ImageSet,
    left_out: Mapping[str, str],
    test_left_out: Mapping[str, str],
) -> UsedImages:
    """Select the images to use among those that can be decoded.

    Parameters
    ----------
    left_out, test_left_out
        The reason for each path that cannot be used, of the data and of the given test set.

    Raises
    ------
    UsageError
        If too many images cannot be used, or too few are left.
    """
    copies = find_copies(image_set, left_out)
    dropped = copies.to_drop() if settings.duplicates == "drop" else {}
    selection = select(image_set, left_out, settings.min_class_size, dropped)
    test = None
    if image_set.test_set is not None:
        test = select_test(image_set.test_set, test_left_out, selection.class_names)
    all_left_out = {**left_out, **_of_test(test_left_out)}
    return UsedImages(settings, image_set, all_left_out, copies, selection, test)


def _of_test(reasons: Mapping[str, str]) -> dict[str, str]:
    return {f"test_data/{path}": reason for path, reason in reasons.items()}


def _counts(selection: Selection) -> dict[str, int]:
    counts = np.bincount(selection.labels, minlength=len(selection.class_names)).tolist()
    return dict(zip(selection.class_names, counts, strict=True))


def _json(value: Mapping[str, object]) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode("ascii")
