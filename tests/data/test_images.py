"""Images of every format become the same kind of array; anything else is rejected with a reason."""

import io
import os
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageOps

from lr_study.data import ImageError, images, load_image

COLOUR = (200, 100, 50)
FORMATS = ["JPEG", "PNG", "GIF", "BMP", "WEBP"]
WHITE = (255, 255, 255)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour_type, rows=b"", *extra):
    """Write by hand what Pillow cannot write: 16-bit colour, and images of any size."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *(chunk(kind, data) for kind, data in extra),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


def plain_16_bit(colour_type, values, *extra):
    row = b"\0" + struct.pack(f">{len(values)}H", *values) * 4
    return png(4, 4, 16, colour_type, row * 4, *extra)


def noise(width, height, channels, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def damaged_exif(orientation):
    """An orientation, and then a tag whose value lies far beyond the end of the block."""
    entries = struct.pack("<HHII", 0x0112, 3, 1, orientation)
    entries += struct.pack("<HHII", 0x010F, 2, 500, 60_000)
    tiff = b"II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0)
    return b"Exif\0\0" + tiff


@pytest.fixture
def load(tmp_path):
    def load(content, size=8, name="image.png"):
        path = tmp_path / name
        path.write_bytes(content)
        return load_image(path, size)

    return load


@pytest.fixture
def rejection(load):
    def rejection(content):
        with pytest.raises(ImageError) as raised:
            load(content)
        reason = str(raised.value)
        assert reason
        assert "\n" not in reason
        assert "image.png" not in reason  # the caller knows the path
        return reason

    return rejection


def assert_plain(array, colour, tolerance=1):
    assert array.shape == (8, 8, 3)
    assert array.dtype == np.uint8
    np.testing.assert_allclose(
        array.astype(int), np.broadcast_to(colour, (8, 8, 3)), atol=tolerance
    )


# What is read


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", ["image.jpg", "image.gif", "a $(id) 'b'\n.png"])
def test_the_format_is_detected_from_the_content(load, kind, name):
    array = load(encoded(Image.new("RGB", (31, 17), COLOUR), kind), name=name)
    assert_plain(array, COLOUR, tolerance=4)
    assert array.flags.writeable
    assert array.flags.c_contiguous


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_not_utf8(tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    (tmp_path / name).write_bytes(encoded(Image.new("RGB", (4, 4), COLOUR), "PNG"))
    assert_plain(load_image(tmp_path / name, 8), COLOUR)


@pytest.mark.parametrize(
    ("image", "colour"),
    [
        (Image.new("1", (9, 9), 1), WHITE),
        (Image.new("L", (9, 9), 77), (77, 77, 77)),
        (Image.new("RGB", (9, 9), COLOUR).quantize(4), COLOUR),
        (Image.new("LA", (9, 9), (77, 255)), (77, 77, 77)),
        (Image.new("LA", (9, 9), (0, 51)), (204, 204, 204)),
        (Image.new("RGBA", (9, 9), (*COLOUR, 255)), COLOUR),
        (Image.new("RGBA", (9, 9), (*COLOUR, 0)), WHITE),
        (Image.new("RGBA", (9, 9), (255, 0, 0, 51)), (255, 204, 204)),
        (Image.fromarray(np.full((9, 9), 0x8001, np.uint16)), (128, 128, 128)),
    ],
    ids=lambda value: getattr(value, "mode", None),
)
def test_every_mode_becomes_rgb_on_white(load, image, colour):
    assert_plain(load(encoded(image, "PNG")), colour)


def test_16_bit_grey_is_scaled_not_clipped(load):
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)[None].repeat(64, axis=0)
    row = load(encoded(Image.fromarray(ramp), "PNG"))[0, :, 0].astype(int)
    assert np.abs(row - np.linspace(16, 239, 8)).max() <= 2


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (plain_16_bit(2, [0xC8FF, 0x6400, 0x3280]), COLOUR),
        (plain_16_bit(4, [0x0000, 0x3333]), (204, 204, 204)),
        (plain_16_bit(6, [0xFFFF, 0x0000, 0x0000, 0x3333]), (255, 204, 204)),
        (plain_16_bit(0, [300], (b"tRNS", struct.pack(">H", 300))), WHITE),
        (plain_16_bit(0, [300], (b"tRNS", struct.pack(">H", 301))), (1, 1, 1)),
        (
            plain_16_bit(2, [0xC8FF, 0x6400, 0x3280], (b"tRNS", struct.pack(">HHH", 1, 1, 1))),
            COLOUR,
        ),
    ],
)
def test_16_bits_a_channel(load, content, colour):
    assert_plain(load(content), colour)


@pytest.mark.parametrize("transparency", [0, b"\x00", b"\x00\xff\xff"])
def test_a_palette_with_transparency_is_blended_with_white(load, transparency):
    image = Image.new("P", (9, 9), 0)
    image.putpalette([0, 0, 0, *COLOUR, 1, 2, 3])
    assert_plain(load(encoded(image, "PNG", transparency=transparency)), WHITE)
    image.paste(1, (0, 0, 9, 9))
    assert_plain(load(encoded(image, "PNG", transparency=transparency)), COLOUR)


def test_a_half_transparent_palette_entry(load):
    image = Image.new("P", (9, 9), 1)
    image.putpalette([9, 9, 9, 255, 0, 0])
    assert_plain(load(encoded(image, "PNG", transparency=b"\xff\x33")), (255, 204, 204))


@pytest.mark.parametrize(
    ("image", "transparency"),
    [(Image.new("L", (9, 9), 7), 7), (Image.new("RGB", (9, 9), COLOUR), COLOUR)],
)
def test_a_colour_marked_as_transparent_becomes_white(load, image, transparency):
    assert_plain(load(encoded(image, "PNG", transparency=transparency)), WHITE)


def test_an_animation_gives_its_first_frame(load):
    first, second = (Image.new("RGB", (9, 9), colour) for colour in (COLOUR, (0, 0, 0)))
    for kind in ["GIF", "WEBP", "PNG"]:
        content = encoded(first, kind, save_all=True, append_images=[second])
        assert_plain(load(content), COLOUR, tolerance=4)


def test_a_transparent_gif_is_blended_with_white(load):
    image = Image.new("P", (9, 9), 0)
    image.putpalette([10, 20, 30, *COLOUR])
    assert_plain(load(encoded(image, "GIF", transparency=0)), WHITE)


def test_cmyk(load):
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    assert_plain(load(encoded(cyan, "JPEG", quality=95)), (0, 255, 255), tolerance=6)


# How pixels are transformed


def test_blending_with_white_commutes_with_resizing(load):
    image = Image.fromarray(noise(50, 37, 4))
    on_white = Image.alpha_composite(Image.new("RGBA", image.size, WHITE), image).convert("RGB")
    expected = np.asarray(on_white.resize((16, 16), Image.Resampling.BILINEAR)).astype(int)
    np.testing.assert_allclose(load(encoded(image, "PNG"), 16).astype(int), expected, atol=2)


def test_fine_detail_is_averaged(load):
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    array = load(encoded(Image.fromarray(stripes), "PNG"))
    np.testing.assert_allclose(array[:, 1:-1].astype(int), 127, atol=2)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_exif_orientation_is_applied(load, orientation, kind):
    image = Image.fromarray(noise(3, 2, 3)).resize((96, 64), Image.Resampling.NEAREST)
    content = encoded(image, kind, exif=exif(orientation))
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    small = upright.resize((8, 8), Image.Resampling.BILINEAR, reducing_gap=3.0)
    expected = np.asarray(small).astype(int)
    # JPEG blurs colour edges before the reduction, so only the rough colours are equal.
    tolerance = 1 if kind == "PNG" else 40
    np.testing.assert_allclose(load(content).astype(int), expected, atol=tolerance)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_damaged_exif_does_not_affect_the_pixels(load, kind):
    image = Image.new("RGB", (16, 16), COLOUR)
    assert_plain(load(encoded(image, kind, exif=b"Exif\0\0MM\0*rubbish")), COLOUR, tolerance=4)
    image.paste(0, (0, 0, 16, 8))
    upside_down = load(encoded(image, kind, exif=damaged_exif(3)))
    assert upside_down[0].mean() > 80
    assert upside_down[-1].mean() < 30


def test_a_large_jpeg_is_decoded_at_no_less_than_twice_the_size(load, monkeypatch):
    ramp = np.linspace(0, 255, 1600).astype(np.uint8)
    image = Image.merge("RGB", [Image.fromarray(np.tile(ramp, (1200, 1)))] * 3)
    decoded = []
    resize = Image.Image.resize

    def spy(self, *args, **kwargs):
        decoded.append(self.size)
        return resize(self, *args, **kwargs)

    monkeypatch.setattr(Image.Image, "resize", spy)
    array = load(encoded(image, "JPEG"), 100)
    assert decoded == [(400, 300)]
    expected = np.asarray(resize(image, (100, 100), Image.Resampling.BILINEAR)).astype(int)
    np.testing.assert_allclose(array.astype(int), expected, atol=3)


# What is rejected


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
