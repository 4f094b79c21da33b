"""Lines about images that are used, but perhaps not as their owner thinks."""

import pytest
from encoded_images import encoded, plain_16_bit
from image_folders import write_files
from PIL import Image

from lr_study.data import (
    check_images,
    read_remarks,
    remark_lines,
    scan,
)

OPAQUE = encoded(Image.new("RGB", (9, 9), (1, 2, 3)), "PNG")


def palette(*used):
    image = Image.new("P", (9, 9), 0)
    image.putpalette([10, 20, 30, 200, 100, 50])
    for index in used:
        image.putpixel((index, 0), index)
    return image


TRANSPARENT = {
    "rgba": encoded(Image.new("RGBA", (9, 9), (1, 2, 3, 0)), "PNG"),
    "grey": encoded(Image.new("LA", (9, 9), (1, 0)), "PNG"),
    "webp": encoded(Image.new("RGBA", (9, 9), (1, 2, 3, 0)), "WEBP", lossless=True, exact=True),
    "palette": encoded(palette(), "PNG", transparency=0),
    "two of a palette": encoded(palette(1), "PNG", transparency=b"\0\0"),
    "gif": encoded(palette(), "GIF", transparency=0),
    "a colour": encoded(Image.new("RGB", (9, 9), (1, 2, 3)), "PNG", transparency=(1, 2, 3)),
}
NOT_WHOLLY_TRANSPARENT = {
    "white": encoded(Image.new("RGBA", (9, 9), (255, 255, 255, 255)), "PNG"),
    "faint": encoded(Image.new("RGBA", (9, 9), (1, 2, 3, 9)), "PNG"),
    "one pixel": encoded(palette(1), "PNG", transparency=0),
    "half of a palette": encoded(palette(1), "GIF", transparency=1),
}
DARK = {
    "grey": plain_16_bit(0, [4095]),
    "colour": plain_16_bit(2, [4095, 17, 0]),
    "with alpha": plain_16_bit(6, [300, 4000, 0, 65535]),
    "grey with alpha": plain_16_bit(4, [300, 65535]),
}
NOT_OF_12_BITS = {
    "bright": plain_16_bit(0, [4096]),
    "a bright colour": plain_16_bit(2, [0, 0, 4096]),
    "black": plain_16_bit(0, [0]),
    "8 bits": encoded(Image.new("L", (9, 9), 9), "PNG"),
}


def lines(root):
    found = scan("data", root)
    left_out = check_images(found, 8)
    assert left_out == {}
    return list(remark_lines(found, read_remarks(found.fingerprint)))


@pytest.mark.parametrize("content", TRANSPARENT.values(), ids=TRANSPARENT)
def test_wholly_transparent_images_are_one_line(root, content):
    write_files(root, "cat/1.png", "cat/2.png", "cat/3.png", content=content)
    write_files(root, "dog/1.png", content=OPAQUE)
    (line,) = lines(root)
    assert line.startswith("3 of 4 images (such as 'cat/1.png') are wholly transparent")
    assert lines(root) == [line]  # the second time, from the cache


@pytest.mark.parametrize("content", DARK.values(), ids=DARK)
def test_12_bits_in_16_are_one_line(root, content):
    write_files(root, "cat/1.png", "cat/2.png", content=content)
    write_files(root, "dog/1.png", content=plain_16_bit(0, [4096]))
    (line,) = lines(root)
    assert line.startswith(
        "2 of 3 images (such as 'cat/1.png') have 16 bits per channel but no value above 4095"
    )


OTHERS = NOT_WHOLLY_TRANSPARENT | NOT_OF_12_BITS


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_nothing_is_said_of_other_images(root, content):
    write_files(root, "cat/1.png", content=content)
    assert lines(root) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cat", "cat"),
        ("black bear", "black bear "),
        ("black bear", "black  bear"),
        ("caf\u00e9", "cafe\u0301"),
        ("STRASSE", "stra\u00dfe"),
        ("cat", "\uff43at"),
    ],
)
def test_classes_with_nearly_the_same_name_are_one_line(root, one, other):
    for name in one, other, "dog":
        write_files(root, f"{name}/1.png", content=OPAQUE)
    (line,) = lines(root)
    assert line.startswith("classes ")
    assert ascii(one) in line
    assert ascii(other) in line
    assert "differ only in case, blanks or Unicode form" in line


def test_other_classes_are_not_alike(root):
    for name in "cat", "cats", "cat 2", "c-at":
        write_files(root, f"{name}/1.png", content=OPAQUE)
    assert lines(root) == []
