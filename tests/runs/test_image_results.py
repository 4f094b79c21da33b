"""Image results in their text form: nothing is lost, and no text harms who reads it."""

import base64
import json
import zlib
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lr_study.runs import LEAST_LOG_PROBABILITY, ImageResults, log_probabilities

LOGS = st.floats(LEAST_LOG_PROBABILITY, 0, width=16)


@st.composite
def results(draw):
    images = draw(st.integers(1, 60))
    validated = sorted(draw(st.sets(st.integers(0, images - 1), min_size=1)))
    tested = draw(st.integers(0, 30))

    def values(size):
        flags = draw(st.lists(st.booleans(), min_size=size, max_size=size))
        return flags, draw(st.lists(LOGS, min_size=size, max_size=size))

    size = len(validated)
    classes = draw(st.lists(st.integers(0, 2**16 - 1), min_size=size, max_size=size))
    test = values(tested) if tested else (None, None)
    firsts = []
    for i in range(size):
        k = draw(st.integers(0, i))
        firsts.append(i if k == i else firsts[k])
    groups = [validated[first] for first in firsts]
    return ImageResults(images, validated, classes, *values(size), *test, groups)


@given(results())
def test_a_text_gives_back_every_bit(made):
    read = ImageResults.from_text(made.to_text())
    assert read == made
    assert hash(read) == hash(made)
    for name in (field.name for field in fields(made) if field.name != "images"):
        mine, theirs = getattr(read, name), getattr(made, name)
        if theirs is None:
            assert mine is None
        else:
            assert mine.dtype == theirs.dtype
            np.testing.assert_array_equal(mine, theirs)
            assert mine.tobytes() == theirs.tobytes()


@given(results(), st.data())
def test_a_damaged_text_is_refused_or_another_result(made, data):
    """Of what was altered, only what could have been written is read; all else is a ValueError."""
    text = made.to_text()
    at = data.draw(st.integers(0, len(text) - 1))
    altered = text[:at] + data.draw(st.sampled_from('0"9{A=~')) + text[at + 1 :]
    try:
        assert isinstance(ImageResults.from_text(altered), ImageResults)
    except ValueError:
        return


SMALL = ImageResults(9, [0, 8], [3, 258], [True, False], [-0.5, -1], [True], [-2], [0, 0])


# Which of nine validated; their classes; where their groups begin; whether they are right; the
# logarithms; and the last two of the test set.
BYTES = (
    b"\x80\x80" + b"\x03\x02\x00\x01" + b"\x00\x01\x00\x00\x00\x00\x00\x00"
    b"\x80" + b"\x00\x00\xb8\xbc" + b"\x80\x00\xc0"
)


def altered(**changes):
    return json.dumps(json.loads(SMALL.to_text()) | changes)


def packed(content):
    return base64.b64encode(zlib.compress(content)).decode("ascii")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value"),
        ("[]", "not image results"),
        (altered(version=1), "not image results of version 2"),
        (altered(images=10**12), "images=1000000000000 is not a number of images"),
        (altered(images=True), "images=True"),
        (altered(images="9"), "images='9'"),
        (altered(validated=0), "validated=0"),
        (altered(validated=10), "10 of 9 images validated"),
        (altered(tested=-1), "tested=-1"),
        (altered(tested=None), "does not hold 19 bytes"),
        (altered(validated=1), "does not hold"),
        (altered(data=None), "data is not a text"),
        (altered(data="§"), "ASCII"),
        (altered(data="AAAA"), "data is damaged"),
        (altered(data=packed(b"")), "does not hold 22 bytes"),
        # As without classes: the same but for two bytes per validated image.
        (altered(data=packed(BYTES[:2] + BYTES[6:])), "does not hold 22 bytes"),
        (altered(data=packed(b"\xff\x80" + BYTES[2:])), "9 images are marked, not 2"),
        (altered(data=packed(BYTES[:6] + b"\x01" + BYTES[7:])), "begins before the first"),
        # Not a logarithm of a probability: NaN, in the low bytes and then the high ones.
        (altered(data=packed(BYTES[:15] + b"\x00\x00\x7e\x00" + BYTES[19:])), "no logarithm"),
    ],
)
def test_a_text_that_is_none_of_ours_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        ImageResults.from_text(text)


def test_a_text_cannot_take_more_memory_than_its_sizes_say():
    """A thousand million zeros in a tag's length: unpacking stops at the 22 bytes it needs."""
    bomb = zlib.compressobj(9)
    content = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(1000)) + bomb.flush()
    text = altered(data=base64.b64encode(content).decode("ascii"))
    with pytest.raises(ValueError, match="does not hold 22 bytes"):
        ImageResults.from_text(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"validated": [0, 9]}, "ascending numbers below 9"),
        ({"validated": [0, 0]}, "ascending"),
        ({"validated": [8, 0]}, "ascending"),
        ({"validated": [-1, 0]}, "ascending"),
        ({"validated": []}, "no images validated"),
        ({"classes": [3]}, "2 images validated, but classes has 1"),
        ({"classes": [[3], [258]]}, "classes"),
        ({"classes": [-1, 0]}, "a class is not a number from 0 to 65535"),
        ({"classes": [0, 2**16]}, "a class is not a number from 0 to 65535"),
        ({"groups": [0]}, "2 images validated, but groups has 1"),
        ({"groups": [0, 5]}, "first image"),
        ({"groups": [8, 8]}, "first image"),
        ({"groups": [8, 0]}, "first image"),
        ({"right": [True]}, "one value per image"),
        ({"log_probability": [-0.5, 0.5]}, "no logarithm of a probability"),
        ({"log_probability": [-0.5, float("-inf")]}, "no logarithm"),
        ({"test_right": None}, "go together"),
        ({"test_right": [], "test_log_probability": []}, "one value per image"),
        ({"images": 0}, "from 1 to"),
    ],
)
def test_results_that_no_run_can_have_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **changes)


def test_the_means_are_those_of_the_images():
    assert SMALL.accuracy == 0.5
    assert SMALL.loss == 0.75
    assert SMALL.test_accuracy == 1.0
    assert replace(SMALL, test_right=None, test_log_probability=None).test_accuracy is None


def test_logarithms_that_16_bits_cannot_hold_are_the_least_one():
    exact = [-1e-9, -70000.0, float("-inf"), float("nan"), -0.0]
    kept = log_probabilities(exact)
    assert kept.dtype == np.float16
    least = LEAST_LOG_PROBABILITY
    assert kept.tolist() == [0, least, least, least, 0]
    assert (np.signbit(kept) == (kept < 0)).all()  # a zero has one form


def test_the_bytes_are_in_the_documented_order():
    assert zlib.decompress(base64.b64decode(json.loads(SMALL.to_text())["data"])) == BYTES


@pytest.mark.parametrize(("images", "tested", "most"), [(1000, 150, 1500), (1275, 225, 2000)])
def test_the_results_of_small_data_sets_fit_well_into_a_tag(images, tested, most):
    """A thousand images; and 1,500, of which 15 % test. A fifth of the others validated."""
    rng = np.random.default_rng(0)
    size = images // 5
    logs = log_probabilities(np.log(rng.uniform(size=size + tested)))
    right = rng.random(size + tested) < 0.8
    validated = np.sort(rng.choice(images, size, replace=False))
    classes = validated * 10 // images  # in the order of paths, and so of the ten classes
    made = ImageResults(
        images, validated, classes, right[:size], logs[:size], right[size:], logs[size:]
    )
    assert len(made.to_text()) < most
    without = replace(made, classes=np.zeros(size))
    assert len(made.to_text()) - len(without.to_text()) < 100
