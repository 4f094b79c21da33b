"""Networks of ``keras.applications`` by Keras's names, with the preprocessing that each needs."""

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import isfunction
from pathlib import Path
from typing import Any

from lr_study.features.keras_weights import load_keras_weights
from lr_study.support import (
    LrStudyError,
    UsageError,
    atomic_write,
    cache_dir,
    keras,
    one_line,
    prints_on_stderr,
)


@dataclass(frozen=True)
class KerasNetwork:
    """A network of ``keras.applications``, such as ``MobileNetV3Small``."""

    name: str

    def build(self, image_size: int) -> keras.Model:
        """Build the network up to its pooled features, with Keras's random initial weights.

        The model maps images (batch, image_size, image_size, 3), float32 RGB from 0 to 255, to
        features (batch, features). It starts with ``preprocess_input`` of the network's module,
        which does nothing for networks that rescale images themselves, as MobileNetV3 does.

        Raises
        ------
        UsageError
            If Keras has no such network, or it takes no images of this size.
        """
        network = self.require()
        images = keras.Input((image_size, image_size, 3), name="image")
        prepared = sys.modules[network.__module__].preprocess_input(images)
        try:
            built = network(
                include_top=False,
                weights=None,
                input_tensor=prepared,
                input_shape=images.shape[1:],
                pooling="avg",
            )
        except ValueError as error:
            raise UsageError(
                f"image_size={image_size} is not allowed with backbone=keras:{self.name}: "
                f"{one_line(error)}"
            ) from None
        # Keras's own takes a list of one input.
        return keras.Model(images, built.output, name=built.name)

    def load(self, model: keras.Model, file: Path) -> None:
        """Load a weights file of the network without its top: ``.h5``, ``.weights.h5``, ``.keras``.

        Raises
        ------
        LrStudyError
            If the file cannot be read or does not fit.
        """
        load_keras_weights(model, file, f"keras:{self.name}")

    def imagenet_file(self) -> Path:
        """Return a file with Keras's published ImageNet weights, downloaded once.

        Raises
        ------
        UsageError
            If Keras has no such network.
        LrStudyError
            If the download fails.
        """
        network = self.require()
        file = cache_dir() / "weights" / f"keras-{self.name}.weights.h5"
        if file.is_file():
            return file
        try:
            with atomic_write(file) as aside, prints_on_stderr(), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that no size was given: the weights fit any
                # Keras goes by the end of the name.
                downloaded = aside.with_name(f"{aside.name}.weights.h5")
                network(include_top=False, weights="imagenet").save_weights(downloaded)
                downloaded.rename(aside)
        except Exception as error:  # Keras wraps network errors in a bare Exception
            raise LrStudyError(
                f"ImageNet weights of keras:{self.name} cannot be downloaded ({one_line(error)}): "
                "use weights=FILE with weights of the network without its top, or weights=random"
            ) from error
        return file

    def require(self) -> Callable[..., Any]:
        """Return the function that builds the network.

        Raises
        ------
        UsageError
            If Keras has no network of this name.

        Examples
        --------
        >>> KerasNetwork("MobileNetV3").require()
        Traceback (most recent call last):
        lr_study.support.errors.UsageError: backbone=keras:MobileNetV3 is not allowed: \
        keras.applications has MobileNetV2, MobileNet, ResNet50V2 and others
        """
        known = {name: f for name, f in vars(keras.applications).items() if isfunction(f)}
        if self.name in known:
            return known[self.name]
        near = ", ".join(get_close_matches(self.name, known, cutoff=0))
        raise UsageError(
            f"backbone=keras:{self.name} is not allowed: keras.applications has {near} and others"
        )
