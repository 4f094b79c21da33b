"""What a study is of: images, or a model of one's own; found before its workload is prepared."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Protocol

from lr_study.data import ImageSet
from lr_study.runs import ModelSettings, RunSettings, Settings, TabularSettings, image_settings
from lr_study.studies.image_data import data_lines, find_images
from lr_study.studies.image_workloads import CachedWorkload, LiveWorkload, describe, prepare
from lr_study.studies.model_workload import ModelWorkload, prepare_model
from lr_study.studies.own_workload import Workload
from lr_study.studies.workload import StudyWorkload
from lr_study.support import UsageError


class Subject(Protocol):
    """What a study is of.

    Attributes
    ----------
    name
        What an experiment is called by default.
    uses_one_thread
        Whether each operation gets one thread, so that sums do not depend on how it is divided.
    """

    @property
    def name(self) -> str: ...

    @property
    def uses_one_thread(self) -> bool: ...

    def require_registrable(self, name: str) -> None:
        """Refuse to register the winner under a name, if it is no classifier of images."""

    def lines(self) -> Iterator[str]:
        """Yield what there is to say of the data before anything else is done."""

    def describe(self) -> StudyWorkload:
        """Return the workload as far as a plan needs it."""

    def prepare(self) -> StudyWorkload:
        """Return the workload, ready to be trained."""

    def notices(self, workload: StudyWorkload) -> Iterator[str]:
        """Yield what a user should know of a prepared workload."""


@dataclass(frozen=True)
class ImageSubject:
    """A folder of images."""

    settings: Settings

    @cached_property
    def image_set(self) -> ImageSet:
        """The images that are found in the folder."""
        return find_images(self.settings)

    @property
    def name(self) -> str:
        """The name of the data."""
        return self.image_set.name

    @property
    def uses_one_thread(self) -> bool:
        """Heads that train as one program are those of separate ones to the last digit."""
        return self.settings.resolved_engine() == "cached"

    def require_registrable(self, name: str) -> None:
        """Allow any name."""

    def lines(self) -> Iterator[str]:
        """Yield the classes and what is unusual."""
        yield from data_lines(self.image_set)

    def describe(self) -> StudyWorkload:
        """Return the workload without features."""
        return describe(self.settings, self.image_set)

    def prepare(self) -> "CachedWorkload | LiveWorkload":
        """Extract features, or check the images."""
        return prepare(self.settings, self.image_set)

    def notices(self, workload: StudyWorkload) -> Iterator[str]:
        """Yield what the images showed when they were read."""
        if isinstance(workload, (CachedWorkload, LiveWorkload)):
            yield from workload.notices()


@dataclass(frozen=True)
class ModelSubject:
    """A `Workload`: a model with its examples, of which there may be ``remarks``."""

    workload: Workload
    settings: ModelSettings
    remarks: tuple[str, ...] = ()
    uses_one_thread: bool = False

    @property
    def name(self) -> str:
        """The name of the workload."""
        return self.workload.name

    def require_registrable(self, name: str) -> None:
        """Refuse any name."""
        if name:
            raise UsageError(
                f"register={name} is not allowed with a workload of one's own: the model is an "
                "artifact of the winner's run"
            )

    def lines(self) -> Iterator[str]:
        """Yield the remarks on the examples."""
        yield from self.remarks

    @cached_property
    def _prepared(self) -> ModelWorkload:
        return prepare_model(self.workload, self.settings)

    def describe(self) -> StudyWorkload:
        """Return the workload; its model is built once."""
        return self._prepared

    prepare = describe

    def notices(self, workload: StudyWorkload) -> Iterator[str]:
        """Yield the sizes of model and data."""
        protocol = self._prepared.protocol
        yield (
            f"{protocol.workload}: {protocol.trained_parameters:,} parameters trained, "
            f"{protocol.frozen_parameters:,} not; {protocol.train_size:,} examples to train on, "
            f"{protocol.val_size:,} to validate on, {protocol.test_size:,} to test on"
        )


def model_settings(workload: Workload, settings: Settings, path: str = "") -> ModelSettings:
    """Return the settings of a model's runs, from options that were made for images.

    Raises
    ------
    UsageError
        If an option differs from its default that only images have, or that the workload sets.
    """
    usual, shared = Settings(), ("folds", "stratify", "resampling")
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name not in shared and value != getattr(usual, field.name):
            raise UsageError(
                f"{field.name}={value} is not allowed with a workload of one's own: it has its "
                "data, epochs and batch size itself, and --folds and --stratify divide its examples"
            )
    return ModelSettings(
        workload=path,
        epochs=workload.epochs,
        batch_size=workload.batch_size,
        folds=settings.folds,
        stratify=settings.stratify,
        resampling=settings.resampling,
    )


def subject_of(settings: RunSettings, workload: Workload | None = None) -> Subject:
    """Return what runs with these settings are of: the workload, a table, or images."""
    if isinstance(settings, TabularSettings):
        from lr_study.studies.tables import read_table, table_workload  # with pandas

        table = read_table(settings)
        return ModelSubject(table_workload(settings, table), settings, tuple(table.lines()))
    if workload is None:
        return ImageSubject(image_settings(settings))
    if not isinstance(settings, ModelSettings):
        raise TypeError(f"{settings} are not the settings of a workload of one's own")
    return ModelSubject(workload, settings)
