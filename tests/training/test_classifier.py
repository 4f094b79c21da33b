"""A model that prepares images itself, as they were prepared for training."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lr_study.data import load_image
from lr_study.support import keras
from lr_study.training import with_preprocessing

SIZE = 64


@pytest.fixture(scope="module")
def prepare():
    """What the preprocessing alone makes of an image."""
    unchanged = keras.Sequential([keras.Input((SIZE, SIZE, 3)), keras.layers.Identity()])
    model = with_preprocessing(unchanged, SIZE)
    return lambda pixels: np.asarray(model(pixels[None].astype(np.float32)))[0]


def smooth(mode: str, width: int, height: int) -> np.ndarray:
    """An image as smooth as photographs are, and with every degree of transparency."""
    channels = len(mode)
    rough = np.random.default_rng(0).integers(0, 256, (6, 9, channels), np.uint8)
    resized = Image.fromarray(rough, mode).resize((width, height), Image.Resampling.BICUBIC)
    return np.array(resized)


@pytest.mark.filterwarnings("ignore:'mode' parameter is deprecated")
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize(("width", "height"), [(150, 90), (64, 64), (40, 200), (20, 30)])
def test_images_become_what_they_were_in_training(
    prepare, tmp_path: Path, mode: str, width: int, height: int
) -> None:
    pixels = smooth(mode, width, height)
    Image.fromarray(pixels).save(tmp_path / "image.png")
    expected = load_image(tmp_path / "image.png", SIZE).astype(np.float32)
    # Levels of 255; Pillow rounds after each step, and Keras does not round at all.
    assert np.abs(prepare(pixels) - expected).max() < 2.5
    assert np.abs(prepare(pixels) - expected).mean() < 0.6


def test_what_is_transparent_is_white_and_not_what_lies_below(prepare) -> None:
    pixels = np.zeros((10, 10, 4), np.uint8)
    assert prepare(pixels) == pytest.approx(255)
    pixels[..., 3] = 255
    assert prepare(pixels) == pytest.approx(0)
