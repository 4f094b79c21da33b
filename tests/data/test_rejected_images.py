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


NO_IMAGE = "not a JPEG, PNG, GIF, BMP or WebP image"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"just text\n", NO_IMAGE),
        (b"\0" * 4096, NO_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", f"an SVG image, {NO_IMAGE}"),
        (b"<?xml version='1.0'?>\n<!-- -->\n<svg/>", f"an SVG image, {NO_IMAGE}"),
        (b"<?xml version='1.0'?>\n<Error>403</Error>", f"an XML file, {NO_IMAGE}"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE HTML><title>404", f"an HTML page, {NO_IMAGE}"),
        (b"<HTML><body>", f"an HTML page, {NO_IMAGE}"),
        (encoded(Image.new("RGB", (4, 4)), "TIFF"), f"a TIFF image, {NO_IMAGE}"),
        (encoded(Image.new("RGB", (4, 4)), "TIFF", big_tiff=True), f"a TIFF image, {NO_IMAGE}"),
        (encoded(Image.new("RGB", (4, 4)), "AVIF"), f"an AVIF image, {NO_IMAGE}"),
        (encoded(Image.new("RGB", (4, 4)), "JPEG2000"), f"a JPEG 2000 image, {NO_IMAGE}"),
        (encoded(Image.new("RGB", (16, 16)), "ICO"), f"an ICO image, {NO_IMAGE}"),
        (encoded(Image.new("RGB", (4, 4)), "PDF"), f"a PDF file, {NO_IMAGE}"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", f"a HEIC image, {NO_IMAGE}"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", NO_IMAGE),
        (b"PK\x03\x04rest", f"a zip archive, {NO_IMAGE}"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            "a Git LFS pointer, not the image: git lfs pull fetches it",
        ),
        (
            b"/annex/objects/SHA256E-s9--0.jpg\n",
            "a git-annex pointer, not the image: git annex get fetches it",
        ),
    ],
)
def test_another_kind_of_file_is_named(rejection, content, reason):
    assert rejection(content) == reason


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("kept", [18, 20, 40, 0.5])
def test_a_damaged_image_is_called_damaged(rejection, kind, kept):
    content = encoded(Image.fromarray(noise(64, 64, 3)), kind)
    name = "WebP" if kind == "WEBP" else kind
    whole = len(content)
    reason = rejection(content[: int(kept * whole) if kept < 1 else kept])
    assert reason.startswith((f"damaged {name} (", f"unsupported {name} ("))


def test_a_png_that_is_damaged_beside_its_pixels_is_called_damaged(rejection):
    content = bytearray(encoded(Image.new("RGB", (4, 4)), "PNG"))
    content[29] ^= 1  # the checksum of the header
    assert rejection(bytes(content)).startswith("damaged PNG (broken PNG file")


def test_a_kind_of_jpeg_that_is_not_supported_is_not_called_damaged(rejection):
    content = encoded(Image.new("L", (16, 16)), "JPEG")
    twelve_bits = content.replace(b"\xff\xc0\0\x0b\x08", b"\xff\xc1\0\x0b\x0c")
    assert twelve_bits != content
    assert rejection(twelve_bits) == "unsupported JPEG (cannot handle 12-bit layers)"


# JPEGs that end in good form, but early


def cut_and_closed(content, kept):
    pixels = content.index(b"\xff\xda")
    return content[: pixels + int(kept * (len(content) - pixels))] + b"\xff\xd9"


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize(
    "options", [{}, {"optimize": True}, {"subsampling": 0}, {"restart_marker_blocks": 4}], ids=str
)
def test_a_jpeg_that_was_cut_and_closed_is_rejected_at_every_size(tmp_path, mode, options):
    image = Image.fromarray(noise(200, 150, 4)).convert("CMYK").convert(mode)
    content = encoded(image, "JPEG", **options)
    for kept in 0.1, 0.5, 0.9:
        (tmp_path / "cut.jpg").write_bytes(cut_and_closed(content, kept))
        for size in 8, 32, 100, 224:
            with pytest.raises(ImageError, match=r"damaged JPEG \(its data ends early\)"):
                load_image(tmp_path / "cut.jpg", size)


@pytest.mark.parametrize("grey", [127, 128, 129])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize(
    "options",
    [{}, {"optimize": True}, {"progressive": True}, {"restart_marker_blocks": 2}],
    ids=str,
)
def test_a_sound_jpeg_may_end_in_grey(load, grey, mode, options):
    for top in 0, 60:  # all grey, or only below
        pixels = np.full((150, 170, 4), grey, np.uint8)
        pixels[:top] = noise(170, top, 4) if top else 0
        channels = {"L": pixels[..., 0], "RGB": pixels[..., :3], "CMYK": pixels}[mode]
        content = encoded(Image.fromarray(channels, mode=mode), "JPEG", **options)
        for size in 8, 32, 100:
            assert load(content, size).shape == (size, size, 3)
        assert load(content + b"appended \xff\xd9 later").shape == (8, 8, 3)
        assert load(content.removesuffix(b"\xff\xd9") + b"\xff\xd9").shape == (8, 8, 3)


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
