"""Images that look alike are found although their files differ; others are not."""

import io

import numpy as np
import pytest
from PIL import Image
from sample_images import crop

from lr_study.data import find_similar, scan, similar_groups
from lr_study.data.similar import difference_hash


def photograph(part):
    """A part of a photograph, 200 pixels wide."""
    return Image.fromarray(crop(400).astype(np.uint8)[part[0] :, part[1] :][:200, :200])


PARTS = {
    "cat/1.png": (0, 0),
    "cat/2.png": (190, 30),
    "dog/1.png": (60, 195),
    "dog/2.png": (199, 199),
}


@pytest.fixture
def photographs(root):
    for path, part in PARTS.items():
        (root / path).parent.mkdir(exist_ok=True)
        photograph(part).save(root / path)
    return root


def found(root, left_out=()):
    return find_similar(scan("data", root), left_out)


def test_different_parts_of_a_photograph_do_not_look_alike(photographs):
    assert found(photographs).pairs == ()
    assert list(found(photographs).lines()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((80, 80)),
        lambda image: image.resize((300, 200)),
        lambda image: Image.open(io.BytesIO(as_jpeg(image, 50))),
        lambda image: image.point(lambda value: value * 0.9),
    ],
    ids=["smaller", "wider", "compressed again", "darker"],
)
def test_a_changed_image_looks_like_the_original(photographs, change):
    change(photograph(PARTS["cat/2.png"])).convert("RGB").save(photographs / "dog" / "9.png")
    similar = found(photographs)
    assert similar.pairs == (("cat/2.png", "dog/9.png"),)
    assert similar.in_two_classes == 1
    first, second = similar.lines()
    assert first.startswith("1 pair of images looks alike, 1 of them in different classes")
    assert second == "  'cat/2.png' and 'dog/9.png'"
    assert found(photographs, {"dog/9.png": "left out"}).pairs == ()


def as_jpeg(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def test_copies_are_not_counted_again(photographs):
    (photographs / "dog" / "copy.png").write_bytes((photographs / "dog" / "1.png").read_bytes())
    assert found(photographs).pairs == ()


def test_images_of_one_colour_are_not_compared(root):
    (root / "cat").mkdir()
    for i in range(3):
        Image.new("RGB", (50, 50), (200 + i, 200, 200)).save(root / "cat" / f"{i}.png")
    assert found(root).pairs == ()
    assert difference_hash(np.full((72, 72, 3), 7, np.uint8)) is None


def test_pairs_of_two_classes_come_first_and_ten_are_shown(photographs):
    image = photograph(PARTS["cat/1.png"])
    for i in range(5):
        image.resize((100 + i, 100)).save(photographs / ("dog" if i == 4 else "cat") / f"x{i}.png")
    similar = found(photographs)
    assert len(similar.pairs) == 15
    assert similar.in_two_classes == 5
    assert all(other.startswith("dog/") for _, other in similar.pairs[:5])
    lines = list(similar.lines())
    assert lines[0].startswith("15 pairs of images look alike, 5 of them in different classes")
    assert lines[-1] == "  and 5 more"
    assert len(lines) == 12


def test_groups_chain_what_looks_alike_and_are_cached(photographs, monkeypatch):
    image = photograph(PARTS["cat/1.png"])
    image.resize((100, 100)).save(photographs / "dog" / "9.png")
    (photographs / "dog" / "copy.png").write_bytes((photographs / "dog" / "1.png").read_bytes())
    image_set = scan("data", photographs)
    groups = similar_groups(image_set)
    named = [[image_set.paths[row] for row in group] for group in groups]
    assert sorted(named) == [["cat/1.png", "dog/9.png"], ["dog/1.png", "dog/copy.png"]]

    def fail(*arguments):
        raise AssertionError("decoded again")

    monkeypatch.setattr("lr_study.data.similar._hashes", fail)
    assert similar_groups(image_set) == groups
    # Another decoder may make other pixels, and other groups.
    monkeypatch.setattr("lr_study.data.similar.decoder", lambda: "another")
    with pytest.raises(AssertionError, match="decoded again"):
        similar_groups(image_set)


def test_a_set_that_is_too_large_to_compare_has_no_groups(photographs, monkeypatch):
    monkeypatch.setattr("lr_study.data.similar.MAX_COMPARED", 3)
    assert similar_groups(scan("data", photographs)) is None


def test_cells_that_differ_by_less_than_a_tenth_of_a_level_are_equal():
    """Else the bits of an even surface would be noise."""
    image = np.zeros((72, 72, 3), np.uint8)
    image[::16] = 255  # lines across, so that the image is not of one colour
    bits = np.unpackbits(difference_hash(image).view(np.uint8))
    assert not bits[:64].any()
    image[1, 70] = 1  # of a cell of 72 pixels: 0.01 on average
    assert (np.unpackbits(difference_hash(image).view(np.uint8))[:64] == bits[:64]).all()
