"""A trained classifier put to use: images in, their classes with probabilities out.

Also in a process that knows MLflow alone: a registered model carries this package's code with it,
so that its images are decoded as those that it was trained on.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.data import ImageError, decode_image, load_image
from lr_study.support import UsageError, one_line

DESCRIPTION_FILE = "lr_study.json"
"""In a ``.keras`` file, which is a zip archive: the class names and the image size."""

_BATCH_SIZE = 32


@dataclass(frozen=True)
class Description:
    """What a ``.keras`` file of ours says beside the model: see `DESCRIPTION_FILE`."""

    class_names: Sequence[str]
    image_size: int
    run_id: str
    policy: str


@dataclass(frozen=True)
class Prediction:
    """The answer for one image: the probability of each class, or why it cannot be used.

    Attributes
    ----------
    image
        The path of the image, or ``<bytes>``.
    """

    image: str
    probabilities: Mapping[str, float]
    error: str | None = None

    @property
    def class_name(self) -> str | None:
        """The most probable class; None of an image that cannot be used."""
        return max(self.probabilities, key=self.probabilities.__getitem__, default=None)

    @property
    def probability(self) -> float | None:
        """The probability of the most probable class."""
        return max(self.probabilities.values(), default=None)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer with the keys of ``lr-study predict --format json``."""
        return {
            "image": self.image,
            "class": self.class_name,
            "probability": self.probability,
            "probabilities": dict(self.probabilities),
            "error": self.error,
        }


@dataclass(frozen=True)
class Classifier:
    """A Keras model that maps square images to probabilities, and the names of its classes."""

    model: Any
    class_names: Sequence[str]
    image_size: int

    def predict(self, images: Iterable[str | bytes]) -> Iterator[Prediction]:
        """Yield a prediction for each image, a path or the content of a file, in their order."""
        remaining = iter(images)
        while some := list(islice(remaining, _BATCH_SIZE)):
            read = [self._read(image) for image in some]
            usable = [pixels for pixels in read if not isinstance(pixels, str)]
            found = iter(self._probabilities(usable))
            for image, pixels in zip(some, read, strict=True):
                name = image if isinstance(image, str) else "<bytes>"
                if isinstance(pixels, str):
                    yield Prediction(name, {}, pixels)
                else:
                    values = map(float, next(found))
                    yield Prediction(name, dict(zip(self.class_names, values, strict=True)))

    def _read(self, image: str | bytes) -> NDArray[np.uint8] | str:
        """The pixels of an image, or why it cannot be used."""
        try:
            if isinstance(image, bytes):
                return decode_image(image, self.image_size).pixels
            return load_image(image, self.image_size)
        except ImageError as error:
            return str(error)
        except (OSError, ValueError) as error:  # ValueError of a path with a null character
            return one_line(error)

    def _probabilities(self, images: Sequence[NDArray[np.uint8]]) -> Sequence[NDArray[np.float32]]:
        if not images:
            return ()
        # Padded to one size of batch: each size of its own would be compiled anew.
        batch = np.zeros((_BATCH_SIZE, *images[0].shape), np.float32)
        batch[: len(images)] = images
        return list(np.asarray(self.model(batch, training=False)))


def write_description(file: Path, description: Description) -> None:
    """Add the class names and the image size to a ``.keras`` file."""
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(DESCRIPTION_FILE, json.dumps(asdict(description), indent=1))


def read_description(file: Path) -> Description:
    """Return what `write_description` added to a file.

    Raises
    ------
    UsageError
        If the file cannot be read, or is another program's.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            values = json.loads(archive.read(DESCRIPTION_FILE))
            return Description(
                class_names=tuple(map(str, values["class_names"])),
                image_size=int(values["image_size"]),
                run_id=str(values["run_id"]),
                policy=str(values["policy"]),
            )
    except (OSError, zipfile.BadZipFile, LookupError, ValueError, TypeError) as error:
        raise UsageError(
            f"model={file} cannot be used ({one_line(error)}): give a file that lr-study model "
            "saved"
        ) from error


def load_classifier(file: Path) -> Classifier:
    """Load a ``.keras`` file that ``lr-study model`` saved.

    Raises
    ------
    UsageError
        If it is no such file.
    """
    description = read_description(file)
    from lr_study.support import keras

    try:
        model = keras.models.load_model(file)
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise UsageError(f"model={file} cannot be loaded ({one_line(error)})") from error
    return Classifier(model, description.class_names, description.image_size)
