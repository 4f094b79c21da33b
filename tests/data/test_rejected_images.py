"""What cannot be decoded is rejected with a reason, and nothing else happens."""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from encoded_images import (
    COLOUR,
    FORMATS,
    assert_plain,
    damaged_exif,
    encoded,
    exif,
    noise,
    png,
)
from PIL import Image

from lr_study.data import ImageError, images, load_image


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_a_truncated_file_is_rejected(rejection, kind, kept):
    content = encoded(Image.fromarray(noise(64, 64, 3)), kind)
    rejection(content[: int(kept * len(content))])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"just text\n", "not a JPEG, PNG, GIF, BMP or WebP image"),
        (b"\0" * 4096, "not a JPEG, PNG, GIF, BMP or WebP image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG, PNG, GIF, BMP or WebP image"),
        (
            encoded(Image.new("RGB", (4, 4)), "TIFF"),
            "not a JPEG, PNG, GIF, BMP or WebP image",
        ),
    ],
)
def test_what_is_not_an_image_is_rejected(rejection, content, reason):
    assert rejection(content) == reason


def test_too_many_pixels_are_rejected(rejection, monkeypatch):
    content = png(20_990, 29_700, 8, 6)
    assert rejection(content) == "20990 x 29700 pixels exceed the limit of 256,000,000 pixels"
    warnings.simplefilter("error")  # in front of all filters; pytest removes it again
    rejection(content)


def test_the_limit_on_pixels_is_exact(load, rejection, monkeypatch):
    content = encoded(Image.new("RGB", (10, 10), COLOUR), "PNG")
    monkeypatch.setattr(images, "MAX_PIXELS", 100)
    assert_plain(load(content), COLOUR)
    monkeypatch.setattr(images, "MAX_PIXELS", 99)
    rejection(content)


def test_a_file_that_cannot_be_read_is_not_blamed_on_the_image(tmp_path):
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "broken.jpg").symlink_to("nothing")
    for name in ["folder.jpg", "loop.jpg", "broken.jpg", "missing.jpg"]:
        with pytest.raises(OSError, match=r".+"):
            load_image(tmp_path / name, 8)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(OSError, match="not a regular file"):
        load_image(tmp_path / "pipe.jpg", 8)


def test_running_out_of_memory_is_not_blamed_on_the_image(load, monkeypatch):
    def fail(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(Image.Image, "resize", fail)
    with pytest.raises(MemoryError):
        load(encoded(Image.new("RGB", (4, 4)), "PNG"))


# Damaged content, and Pillow's warnings about it


def corruptions():
    rng = np.random.default_rng(0)
    images = [
        (kind, Image.fromarray(noise(24, 16, 3)), {"exif": exif(6)} if kind != "GIF" else {})
        for kind in FORMATS
    ]
    images.append(("PNG", Image.fromarray(noise(24, 16, 3)).quantize(8), {"transparency": b"\0\7"}))
    for kind, image, options in images:
        original = np.frombuffer(encoded(image, kind, **options), np.uint8)
        for _ in range(60):
            content = original.copy()
            count = rng.integers(1, 8)
            # Decoders fail most on damaged headers, so most of the damage goes there.
            places = rng.integers(0, min(len(content), rng.choice([64, 256, 4096])), count)
            content[places] = rng.integers(0, 256, count)
            yield content.tobytes()


def test_damaged_files_are_read_or_rejected_and_nothing_else(tmp_path):
    files = []
    for i, content in enumerate(corruptions()):
        files.append(tmp_path / f"{i}.png")
        files[-1].write_bytes(content)

    def outcome(path):
        try:
            return load_image(path, 8).shape
        except ImageError:
            return None

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with ThreadPoolExecutor(8) as executor:
            outcomes = list(executor.map(outcome, files))
    assert set(outcomes) == {(8, 8, 3), None}
    assert not caught


def test_warnings_are_neither_printed_nor_raised(tmp_path):
    path = tmp_path / "image.jpg"
    path.write_bytes(encoded(Image.new("RGB", (16, 16), COLOUR), "JPEG", exif=damaged_exif(1)))
    with pytest.warns(UserWarning, match=r"Skipping tag|Truncated File"), Image.open(path) as image:
        image.getexif().get(0x0112)
    for action in ["error", "always"]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter(action)
            with ThreadPoolExecutor(8) as executor:
                for array in executor.map(load_image, [path] * 50, [8] * 50):
                    assert_plain(array, COLOUR, tolerance=4)
        assert not caught
