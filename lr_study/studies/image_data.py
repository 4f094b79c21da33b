"""Which images a study uses: found, selected, divided into training, validation and test set."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lr_study.data import (
    Copies,
    Folds,
    ImageSet,
    Selection,
    Split,
    Together,
    classes_line,
    content_groups,
    empty_classes_line,
    find_copies,
    inner_split,
    keep_together,
    listed,
    locate,
    locate_folder,
    require_same_classes,
    scan,
    select,
    select_test,
    skipped_line,
    split,
    split_test,
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
    alike
        The rows of images that look alike, group by group, which stay in one fold; None if there
        were too many images to compare.
    """

    settings: Settings
    image_set: ImageSet
    left_out: Mapping[str, str]
    copies: Copies
    selection: Selection
    test: Selection | None
    alike: Sequence[Sequence[int]] | None = ()

    def split(self, seed: int) -> Split:
        """Divide the images under a seed; the test set is the same under all seeds.

        The positions are those in ``selection``; of a given test set, those in ``test``.
        """
        parts = self._split_off(seed) if self.folds is None else self._hold_out(self.folds, seed)
        if self.test is None:
            return parts
        return replace(parts, test=np.arange(len(self.test.rows)))

    def _split_off(self, seed: int) -> Split:
        return split(
            self.selection.labels,
            groups=self.selection.groups,
            validation_rng=generator(seed, Stream.VALIDATION_SPLIT),
            test_rng=generator(self.settings.split_seed, Stream.TEST_SPLIT),
            val_fraction=self.settings.val_fraction,
            test_fraction=self.test_fraction,
        )

    def _hold_out(self, folds: Folds, seed: int) -> Split:
        parts = folds.split(seed)
        return Split(
            train=self.divided[parts.train],
            validation=self.divided[parts.validation],
            test=self._tested,
            unused=self.divided[parts.unused],
        )

    @cached_property
    def _tested(self) -> NDArray[np.int64]:
        """The positions in ``selection`` of the test set that is split off it."""
        return split_test(
            self.selection.labels,
            groups=self.selection.groups,
            rng=generator(self.settings.split_seed, Stream.TEST_SPLIT),
            fraction=self.test_fraction,
        )

    @cached_property
    def divided(self) -> NDArray[np.int64]:
        """The positions in ``selection`` of all images that are not split off to test."""
        return np.setdiff1d(np.arange(len(self.selection.rows)), self._tested)

    @cached_property
    def folds(self) -> Folds | None:
        """How those images are divided; None if each seed splits a validation set off."""
        if self.settings.resampling == "splits":
            return None
        labels = self.selection.labels[self.divided]
        settings = self.settings
        return Folds(labels, self.together.first, settings.folds, settings.stratify)

    @cached_property
    def together(self) -> Together:
        """Which of those images stay in one fold."""
        rows = self.selection.rows[self.divided]
        position = {row: i for i, row in enumerate(rows.tolist())}
        alike = ([position[row] for row in group if row in position] for group in self.alike or ())
        return keep_together(
            content_groups(self.image_set, rows),
            [group for group in alike if len(group) > 1],
            most=len(rows) // self.settings.folds,
        )

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """For each position in ``selection`` the first one of the group that stays in one fold."""
        groups = np.arange(len(self.selection.rows))
        if self.folds is not None:
            groups[self.divided] = self.divided[self.together.first]
        return groups

    @property
    def test_fraction(self) -> float:
        """The fraction that is split off for the test set: none if one was given."""
        return self.settings.test_fraction if self.test is None else 0.0

    @property
    def dropped(self) -> Mapping[str, str]:
        """The images that ``--duplicates drop`` leaves out, each with the reason."""
        return self.copies.to_drop() if self.settings.duplicates == "drop" else {}

    def lines(self) -> Iterator[str]:
        """Yield what a user should know about copies among the images, and about folds."""
        usable = len(self.image_set.paths) - sum(p in self.left_out for p in self.image_set.paths)
        yield from self.copies.lines(usable, dropped=self.settings.duplicates == "drop")
        if self.folds is not None:
            yield from self._fold_lines(self.folds)

    def _fold_lines(self, folds: Folds) -> Iterator[str]:
        together, images = self.together, len(self.divided)
        if together.groups:
            yield (
                f"{together.images} of {images} images are similar to or copies of another, in "
                f"{together.groups} groups: each group stays in one fold"
            )
        if together.divided:
            yield (
                f"{together.divided} images are in chains of similar images that are longer than a "
                "fold, and may be in different folds: only copies among them stay in one fold"
            )
        if self.alike is None:
            yield "too many images to compare: similar ones may be in different folds"
        sizes = np.bincount(folds.labels, minlength=len(self.selection.class_names))
        small = [
            f"{name} ({size})"
            for name, size in zip(self.selection.class_names, sizes.tolist(), strict=True)
            if size < folds.count
        ]
        if small:
            yield (
                f"classes with fewer images than the {folds.count} folds, so that some folds have "
                f"none of them: {listed(small)}"
            )

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
    alike: Sequence[Sequence[int]] | None = (),
) -> UsedImages:
    """Select the images to use among those that can be decoded.

    Parameters
    ----------
    left_out, test_left_out
        The reason for each path that cannot be used, of the data and of the given test set.
    alike
        The rows of images that look alike, from `similar_groups`; without it, copies alone stay in
        one fold.

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
    return UsedImages(settings, image_set, all_left_out, copies, selection, test, alike)


def _of_test(reasons: Mapping[str, str]) -> dict[str, str]:
    return {f"test_data/{path}": reason for path, reason in reasons.items()}


def _counts(selection: Selection) -> dict[str, int]:
    counts = np.bincount(selection.labels, minlength=len(selection.class_names)).tolist()
    return dict(zip(selection.class_names, counts, strict=True))


def _json(value: Mapping[str, object]) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode("ascii")
