"""What a change of the decoder means for the fingerprint that runs are compared by."""

import numpy as np
import PIL
import pytest
from PIL import Image

from lr_study.data import (
    check_images,
    combine_pixels,
    decoded_fingerprint,
    decoder,
    digest_of_pixels,
    first_decoder,
    image_set,
    record_pixels,
    recorded_pixels,
    scan,
)

SET = "0" * 64


@pytest.fixture
def upgrade(monkeypatch):
    """Take another version of Pillow for the present one."""
    return lambda version: monkeypatch.setattr(PIL, "__version__", version)


def test_the_first_decoder_leaves_the_fingerprint_as_it_is():
    assert decoded_fingerprint(SET, 64) == SET
    record_pixels(SET, 64, "first")
    assert decoded_fingerprint(SET, 64) == SET
    assert first_decoder(SET, 64) is None


def test_the_fingerprint_changes_exactly_where_the_pixels_do(upgrade):
    before = decoder()
    record_pixels(SET, 64, "first")
    upgrade("98.0.0")
    assert recorded_pixels(SET, 64) is None
    record_pixels(SET, 64, "first")
    assert decoded_fingerprint(SET, 64) == SET
    upgrade("99.0.0")
    record_pixels(SET, 64, "second")
    assert decoded_fingerprint(SET, 64) == f"{SET}+pixels-second"
    assert first_decoder(SET, 64) == before
    assert decoded_fingerprint(SET, 32) == SET
    upgrade("98.0.0")
    assert decoded_fingerprint(SET, 64) == SET


def test_features_of_before_that_were_others_count_as_the_first_pixels():
    record_pixels(SET, 64, "second", as_before=False)
    assert decoded_fingerprint(SET, 64) == f"{SET}+pixels-second"
    assert first_decoder(SET, 64) == "another version of lr-study"


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"[[1]]"])
def test_a_damaged_record_is_ignored(cache, content):
    record_pixels(SET, 64, "first")
    (file,) = (cache / "decoded").iterdir()
    file.write_bytes(content)
    assert decoded_fingerprint(SET, 64) == SET
    record_pixels(SET, 64, "first")
    assert recorded_pixels(SET, 64) == "first"


def test_pixels_are_told_apart_by_place_and_value():
    black, white = (np.full((4, 4, 3), value, np.uint8) for value in (0, 255))
    digests = [digest_of_pixels(black), digest_of_pixels(white)]
    orders = [digests, digests[::-1], [digests[0], ""], ["", digests[0]], digests[:1]]
    assert len({combine_pixels(order) for order in orders}) == len(orders)


@pytest.mark.parametrize("differs", [False, True])
def test_images_are_checked_again_after_an_upgrade(root, upgrade, monkeypatch, differs):
    (root / "cat").mkdir()
    for i in range(3):
        Image.new("RGB", (4, 4), (i, i, i)).save(root / "cat" / f"{i}.png")
    found = scan("data", root)
    check_images(found, 8)
    check_images(found, 16)  # each size has pixels of its own
    upgrade("99.0.0")
    decode = image_set.decode_image

    def decode_otherwise(content, size):
        image = decode(content, size)
        return image._replace(pixels=255 - image.pixels) if differs else image

    monkeypatch.setattr(image_set, "decode_image", decode_otherwise)
    check_images(found, 8)
    assert (decoded_fingerprint(found.fingerprint, 8) != found.fingerprint) == differs
    assert decoded_fingerprint(found.fingerprint, 16) == found.fingerprint  # not known yet
    check_images(found, 16)
    assert (decoded_fingerprint(found.fingerprint, 16) != found.fingerprint) == differs
