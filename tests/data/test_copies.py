"""Images of equal content: what is said of them, which are dropped, and which stay together."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_folders import write_files

from lr_study.data import content_groups, find_copies, scan, select, split
from lr_study.data.copies import Copies
from lr_study.support.errors import UsageError


@pytest.fixture
def pets(root):
    """Six different images a class; a cat and a dog twice, and one image in both classes."""
    for name in ("cat", "dog"):
        for i in range(6):
            write_files(root, f"{name}/{i}.png", content=f"{name} {i}".encode())
    write_files(root, "cat/1 (1).png", "cat/1 (2).png", content=b"cat 1")
    write_files(root, "dog/5 (1).png", content=b"dog 5")
    write_files(root, "cat/both.png", "dog/both.png", content=b"both")
    return root


def test_copies_in_other_classes_are_of_one_group_without_labels(pets):
    image_set = scan("pets", pets)
    rows, none = np.arange(len(image_set.paths)), (None,) * len(image_set.paths)
    for labels, count in ((image_set.labels, 14), (None, 13)):
        assert len(np.unique(content_groups(image_set, rows, labels))) == count
    unknown = replace(image_set, digests=none)  # what is unknown is no copy
    assert content_groups(unknown, rows).tolist() == rows.tolist()


def test_copies_are_found_within_and_across_classes(pets):
    copies = find_copies(scan("pets", pets))
    assert copies.within == (
        ("cat/1 (1).png", "cat/1 (2).png", "cat/1.png"),
        ("dog/5 (1).png", "dog/5.png"),
    )
    assert copies.across == (("cat/both.png", "dog/both.png"),)
    assert list(copies.lines(17, dropped=False)) == [
        "3 of 17 images are copies of another of their class, such as 'cat/1 (2).png' of "
        "'cat/1 (1).png': copies stay on one side of a split",
        "1 image is in more than one class, such as 'cat/both.png' and 'dog/both.png': "
        "--duplicates drop leaves them out",
    ]
    assert list(copies.lines(17, dropped=True))[1].endswith("'dog/both.png': left out")


def test_an_image_in_two_classes_is_dropped_from_both(pets):
    image_set = scan("pets", pets)
    dropped = find_copies(image_set).to_drop()
    assert dropped == {
        "cat/both.png": "the same image as 'dog/both.png' of another class",
        "dog/both.png": "the same image as 'cat/both.png' of another class",
    }
    kept, without = select(image_set, {}), select(image_set, {}, 0, dropped)
    assert len(kept.rows) - len(without.rows) == 2
    assert {image_set.paths[row] for row in kept.rows} - {
        image_set.paths[row] for row in without.rows
    } == set(dropped)


def test_what_is_in_the_test_set_too_is_named():
    copies = Copies(in_test=(("cat/1.png", "cat/t.png"), ("dog/1.png", "dog/t.png")))
    (line,) = copies.lines(9, dropped=False)
    assert line == (
        "2 of 9 images are in the test set too, such as 'cat/1.png' and there 'cat/t.png': "
        "--duplicates drop leaves them out"
    )


def test_images_that_are_left_out_are_no_copies(root):
    write_files(
        root, *(f"{name}/{i}.png" for name in ("cat", "dog") for i in range(3)), content=b""
    )
    image_set = scan("pets", root)
    copies = find_copies(image_set, dict.fromkeys(image_set.paths, "the file is empty"))
    assert (copies.within, copies.across) == ((), ())
    assert list(copies.lines(0, dropped=False)) == []


def test_copies_are_one_group_of_their_class(pets):
    image_set = scan("pets", pets)
    selection = select(image_set, {})
    groups = {}
    for position, group in enumerate(selection.groups):
        groups.setdefault(int(group), []).append(image_set.paths[selection.rows[position]])
    several = [paths for paths in groups.values() if len(paths) > 1]
    assert several == [
        ["cat/1 (1).png", "cat/1 (2).png", "cat/1.png"],
        ["dog/5 (1).png", "dog/5.png"],
    ]
    assert selection.copies == 3


def test_a_class_of_copies_is_too_small(root):
    write_files(root, *(f"cat/{i}.png" for i in range(9)), content=b"one cat")
    for i in range(9):
        write_files(root, f"dog/{i}.png", f"eel/{i}.png", content=b"%d" % i)
    with pytest.raises(UsageError, match=r"class 'cat' .* has 1 different usable images, 3 are"):
        select(scan("pets", root), {})
    assert select(scan("pets", root), {}, min_class_size=3).class_names == ("dog", "eel")


def parts_of(labels, groups, seed, val_fraction=0.2, test_fraction=0.2, test_seed=0):
    return split(
        labels,
        groups=groups,
        validation_rng=np.random.default_rng(seed),
        test_rng=np.random.default_rng(test_seed),
        val_fraction=val_fraction,
        test_fraction=test_fraction,
    )


CLASSES = st.lists(st.lists(st.integers(1, 6), min_size=3, max_size=12), min_size=1, max_size=4)


@given(CLASSES, st.integers(0, 1000), st.sampled_from([0.0, 0.15, 0.3]))
def test_copies_stay_on_one_side_and_sizes_do_not_depend_on_the_seed(classes, seed, test_fraction):
    labels = np.repeat(np.arange(len(classes)), [sum(sizes) for sizes in classes])
    flat = [size for sizes in classes for size in sizes]
    groups = np.repeat(np.cumsum([0, *flat[:-1]]), flat)
    found = parts_of(labels, groups, seed, test_fraction=test_fraction)
    sets = [found.train, found.validation, found.test]
    assert sorted(np.concatenate(sets)) == list(range(len(labels)))
    in_sets = [set(groups[part]) for part in sets]
    assert sum(map(len, in_sets)) == len(set.union(*in_sets))
    for label in range(len(classes)):
        for part in sets[:2] if test_fraction == 0 else sets:
            assert label in labels[part]
    other = parts_of(labels, groups, seed + 1, test_fraction=test_fraction, test_seed=seed)
    assert [len(other.train), len(other.validation), len(other.test)] == list(map(len, sets))


def test_sets_have_their_sizes_where_single_images_fill_them():
    groups = np.arange(100)
    groups[1:20:2] -= 1  # ten pairs
    found = parts_of(np.zeros(100, int), groups, 3)
    assert (len(found.train), len(found.validation), len(found.test)) == (60, 20, 20)


def test_every_group_is_drawn_sometimes():
    groups = np.arange(30) // 2 * 2
    drawn = [parts_of(np.zeros(30, int), groups, seed).validation for seed in range(200)]
    times = np.bincount(np.concatenate(drawn), minlength=30)
    in_test = parts_of(np.zeros(30, int), groups, 0).test
    assert set(np.flatnonzero(times == 0)) == set(in_test)


def test_without_copies_groups_change_nothing():
    labels = np.repeat([0, 1, 2], [50, 20, 7])
    one, other = (parts_of(labels, groups, 5) for groups in (None, np.arange(77)))
    for name in ("train", "validation", "test"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
