"""Which images are used, and for what reasons a data set is rejected."""

from pathlib import Path

import numpy as np
import pytest

from lr_study.data import ImageSet, select
from lr_study.support.errors import UsageError


def image_set(**sizes):
    paths = [f"{name}/{i:03}.png" for name, size in sorted(sizes.items()) for i in range(size)]
    labels = [label for label, (_, size) in enumerate(sorted(sizes.items())) for _ in range(size)]
    names = tuple(sorted(sizes))
    return ImageSet("pets", Path("pets"), tuple(paths), np.array(labels, np.int32), names, "0" * 64)


def rejection(*args, **options):
    with pytest.raises(UsageError) as raised:
        select(*args, **options)
    line = str(raised.value)
    assert "\n" not in line
    assert "'pets'" in line
    return line


def test_all_images_of_an_intact_set_are_used():
    selection = select(image_set(cat=3, dog=4), {})
    assert selection.rows.tolist() == list(range(7))
    assert selection.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert selection.labels.dtype == np.int32
    assert selection.class_names == ("cat", "dog")


def test_unusable_images_are_excluded():
    selection = select(image_set(cat=30, dog=30), {"cat/001.png": "empty", "gone.png": "empty"})
    assert selection.rows.tolist() == [0, *range(2, 60)]
    assert selection.labels.tolist() == [0] * 29 + [1] * 30


def test_small_classes_are_excluded_on_request_and_labels_stay_contiguous():
    pets = image_set(ant=20, bee=2, cat=30, dog=19, eel=20)
    selection = select(pets, {"ant/000.png": "empty"}, min_class_size=20)
    assert selection.class_names == ("cat", "eel")
    assert [pets.paths[row][:3] for row in selection.rows] == ["cat"] * 30 + ["eel"] * 20
    assert selection.labels.tolist() == [0] * 30 + [1] * 20


def test_labels_need_not_be_sorted():
    labels = np.array([2, 0, 1] * 3, np.int32)
    paths = tuple(f"{'abc'[label]}/{i}.png" for i, label in enumerate(labels))
    pets = ImageSet("pets", Path("pets"), paths, labels, ("a", "b", "c"), "0" * 64)
    assert select(pets, {}).labels.tolist() == labels.tolist()


def test_more_classes_than_a_run_can_keep():
    line = rejection(image_set(**{f"c{i}": 1 for i in range(2**16 + 1)}), {})
    assert "has 65537 classes, at most 65536 are allowed: raise min_class_size" in line


def test_no_images():
    assert "has no images in its class folders" in rejection(image_set(), {})


def test_up_to_5_percent_may_be_unusable():
    pets = image_set(cat=50, dog=50)
    left_out = {f"cat/{i:03}.png": f"reason {i}" for i in range(6)}
    line = rejection(pets, left_out)
    assert "6 of 100 images" in line
    assert "'cat/000.png' (reason 0)" in line
    left_out.popitem()
    assert len(select(pets, left_out).rows) == 95


def test_one_class():
    assert "has 1 of the 2 classes required: use data with more classes" in rejection(
        image_set(cat=9), {}
    )
    line = rejection(image_set(cat=9, dog=3), {}, min_class_size=4)
    assert "has 1 of the 2 classes required with at least 4 usable images" in line
    assert "lower min_class_size=4" in line


def test_a_class_needs_three_images():
    line = rejection(image_set(cat=9, dog=2, eel=1), {})
    assert "class 'dog'" in line
    assert "has 2 different usable images" in line
    assert "(2 classes are too small)" in line
    assert "min_class_size=3" in line
    assert "too small" not in rejection(image_set(cat=9, dog=2), {}, min_class_size=1)
    assert select(image_set(cat=9, dog=2, eel=3), {}, min_class_size=3).class_names == (
        "cat",
        "eel",
    )


def test_a_class_without_usable_images_is_too_small():
    line = rejection(image_set(cat=99, dog=1), {"dog/000.png": "empty"})
    assert "class 'dog'" in line
    assert "has 0 different usable images" in line


def test_a_class_name_with_a_line_break_stays_on_one_line():
    assert "'a\\nb'" in rejection(image_set(**{"a\nb": 1, "cat": 9}), {})
