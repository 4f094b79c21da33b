"""Images of every format become the same kind of array; anything else is rejected with a reason."""

import io
import os
import struct

import numpy as np
import pytest
from encoded_images import (
    COLOUR,
    FORMATS,
    assert_plain,
    chunk,
    damaged_exif,
    encoded,
    exif,
    lossless_jpeg,
    noise,
    plain_16_bit,
    segment,
)
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from lr_study.data import ImageError, load_image

WHITE = (255, 255, 255)


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


def short_palette(index, kind, palette=(9, 9, 9, *COLOUR), **transparency):
    """An image whose every pixel is one index; it may lie beyond the palette."""
    image = Image.new("P", (9, 9), 1)
    image.putpalette([*range(256)] * 3)  # of 256 colours, so that nothing is optimised
    image.paste(index, (0, 0, 9, 9))
    content = bytearray(encoded(image, kind, optimize=False, **transparency))
    if kind == "PNG":
        start = content.index(b"PLTE") - 4
        content[start : start + 12 + 768] = chunk(b"PLTE", bytes(palette))
    else:
        content[10] = content[10] & 0xF8  # two colours
        content[13 : 13 + 768] = palette
    return bytes(content)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
@pytest.mark.parametrize("transparent", [2, 100, 255])
def test_a_transparent_index_beyond_the_palette(load, kind, transparent):
    assert_plain(load(short_palette(1, kind, transparency=transparent)), COLOUR)
    assert_plain(load(short_palette(transparent, kind, transparency=transparent)), WHITE)


def test_more_values_of_transparency_than_colours(load):
    content = short_palette(1, "PNG", transparency=b"\xff\x33" + b"\0" * 200)
    blended = [round(0.2 * value + 0.8 * 255) for value in COLOUR]
    assert_plain(load(content), blended)


@pytest.mark.parametrize("megabytes", [0, 2, 20])
def test_a_png_may_hold_much_text_and_a_large_profile(load, megabytes):
    text, image = PngInfo(), Image.new("RGB", (9, 9), COLOUR)
    text.add_text("history", "x" * megabytes * 2**20, zip=True)
    text.add_itxt("history", "x" * megabytes * 2**20, zip=True)
    assert_plain(load(encoded(image, "PNG", pnginfo=text)), COLOUR)
    assert_plain(load(encoded(image, "PNG", icc_profile=bytes(megabytes * 2**20))), COLOUR)


def test_the_text_of_a_png_is_still_bounded(rejection):
    text = PngInfo()
    text.add_text("bomb", "x" * 65 * 2**20, zip=True)
    content = encoded(Image.new("RGB", (9, 9)), "PNG", pnginfo=text)
    assert len(content) < 100_000
    assert rejection(content).startswith("unsupported PNG (")


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


@pytest.mark.parametrize("size", [8, 32, 64, 100, 150, 224])
@pytest.mark.parametrize(
    "before", [b"", b"\xff\xff", segment(0xFE, b"\xff\xc0comment"), segment(0xFE, b"") + b"\0\0"]
)
def test_a_lossless_jpeg_is_read_at_every_size(load, size, before):
    array = load(lossless_jpeg(300, 200, 170, before), size)
    np.testing.assert_array_equal(array, np.full((size, size, 3), 170))


def test_a_lossless_jpeg_may_be_of_the_grey_that_stands_for_missing_data(load):
    np.testing.assert_array_equal(load(lossless_jpeg(64, 64, 128)), 128)


def test_a_damaged_lossless_jpeg_is_rejected_at_every_size(load):
    content = lossless_jpeg(300, 200, 170)[:-200]
    for size in 8, 64, 224:
        with pytest.raises(ImageError):
            load(content, size)
