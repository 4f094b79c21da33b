"""Folders that hold no classes: refused with the command that uses them, or passed over."""

import os
import re
import shlex

import pytest
from image_folders import write_files

from lr_study.data import inner_split, locate, locate_folder, scan
from lr_study.support.errors import UsageError


def refusal(data):
    with pytest.raises(UsageError) as raised:
        locate(str(data))
    line = str(raised.value)
    assert "\n" not in line
    return line


def options(line):
    """The options that a message ends with, by name."""
    words = shlex.split(line.partition("; use ")[2])
    return dict(zip(words[::2], words[1::2], strict=True))


def classes_in(*folders, names=("cat", "dog")):
    return [f"{folder}/{name}/1.png" for folder in folders for name in names]


@pytest.mark.parametrize(
    ("paths", "named", "data", "test_data"),
    [
        (classes_in("train", "test"), ["train", "test"], "train", "test"),
        (classes_in("train", "val"), ["train", "val"], "train", "val"),
        (classes_in("val", "train", "test"), ["train", "test", "val"], "train", "test"),
        (classes_in("Training", "Validation"), ["Training"], "Training", "Validation"),
        (classes_in("training_set", "test_set"), ["test_set"], "training_set", "test_set"),
        (classes_in("train2017", "valid"), ["train2017"], "train2017", "valid"),
        (classes_in("test", "valid"), ["test", "valid"], "test", "valid"),
        ([*classes_in("train"), "test1/1.png"], ["train", "test1"], "train", None),
        ([*classes_in("train"), *classes_in("test", names="ab")], ["test"], "train", None),
        ([*classes_in("train", "test"), "more/1.png"], ["train", "test"], "train", "test"),
        (classes_in("seg_train/seg_train", "seg_test/seg_test"), [], "seg_train", "seg_test"),
        (
            classes_in("x/x/train", "x/x/test", "x/train", "x/test"),
            ["train", "test"],
            "x/train",
            "x/test",
        ),
    ],
)
def test_an_existing_split_is_refused_with_the_options_that_use_it(
    root, paths, named, data, test_data
):
    write_files(root, *paths)
    line = refusal(root)
    assert "is already split" in line
    assert "are not classes" in line
    for name in named:
        assert repr(name) in line
    expected = {"--data": str(root / data)}
    if test_data is not None:
        expected["--test-data"] = str(root / test_data)
    assert options(line) == expected
    for folder in expected.values():
        assert scan(*locate(folder)).class_names == ("cat", "dog")


def test_a_path_with_spaces_can_be_pasted(tmp_path):
    root = tmp_path / "my images"
    write_files(root, *classes_in("train", "test"))
    assert options(refusal(root))["--data"] == str(root / "train")


def test_a_training_folder_without_classes_is_not_replaced_by_the_test_set(root):
    write_files(root, "train/1.png", *classes_in("test"))
    assert "they have no class folders" in refusal(root)


def test_a_split_given_as_test_set_leads_to_its_test_folder(root):
    write_files(root, *classes_in("train", "test"))
    with pytest.raises(UsageError) as raised:
        locate_folder(str(root), "test_data")
    assert options(str(raised.value)) == {"--test-data": str(root / "test")}


def test_a_split_below_the_classes_is_known(root):
    write_files(root, *classes_in("cat", "dog", names=("train", "test")), "eel/young/1.png")
    assert inner_split(scan(*locate(str(root))).paths) == {"train", "test"}
    assert inner_split(["cat/train/1.png", "cat/old/2.png", "cat/3.png"]) == set()


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
def test_a_refusal_is_one_line_whatever_the_name(tmp_path):
    root = tmp_path / os.fsdecode(b"a\nb\xff")
    write_files(root, *classes_in("train", "test"))
    assert refusal(root).isprintable()


def test_a_split_without_class_folders_is_no_data_set_yet(root):
    write_files(root, "train/cat.1.jpg", "test1/1.jpg")
    line = refusal(root)
    assert "'test1' and 'train' are not classes" in line
    assert "put the images of each class into a folder of their own" in line


@pytest.mark.parametrize(
    "names",
    [
        ("train", "car", "plane"),  # a vehicle
        ("test tube", "train station"),
        ("test1", "test2"),
        ("valid", "invalid"),
        ("training", "trainer"),
        ("images", "texts"),
    ],
)
def test_classes_may_have_such_names(root, names):
    write_files(root, *(f"{name}/1.png" for name in names))
    assert scan(*locate(str(root))).class_names == tuple(sorted(names))


@pytest.mark.parametrize("system", ["__MACOSX", "@eaDir", "lost+found", ".ipynb_checkpoints"])
def test_folders_of_systems_and_tools_are_passed_over(root, system):
    write_files(root, *classes_in("pets"), f"pets/cat/{system}/1.png", f"pets/{system}/2.png")
    write_files(root, f"{system}/pets/cat/3.png")
    assert locate(str(root)) == ("pets", root / "pets")
    assert scan("pets", root / "pets").paths == ("cat/1.png", "dog/1.png")


def test_a_folder_of_the_system_need_not_be_readable(root, monkeypatch):
    write_files(root, "cat/1.png", "dog/1.png")
    (root / "lost+found").mkdir()
    scandir = os.scandir

    def fail(path):
        if str(path).endswith("lost+found"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fail)
    assert scan(*locate(str(root))).class_names == ("cat", "dog")


@pytest.mark.parametrize(
    ("others", "says"),
    [
        (["annotations/a.xml"], "'images' beside 'annotations' is not a class"),
        (["masks/cat/1.png", "masks/dog/1.png"], "'images' beside 'masks' is not a class"),
        (["attributes/a.txt", "parts/b.txt"], "only 'images' has images"),
        (["cat/5.png", "dog/5.png"], "'images' has the same folders as are beside it"),
    ],
)
def test_the_folder_of_the_classes_is_named(root, others, says):
    write_files(root, *classes_in("images"), *others)
    line = refusal(root)
    assert says in line
    assert options(line) == {"--data": str(root / "images")}


def test_images_beside_annotations_may_have_no_class_folders(root):
    write_files(root, "images/1.png", "annotations/trimaps/1.png")
    line = refusal(root)
    assert "'images' beside 'annotations' is not a class" in line
    assert re.search(r"'images' has no class folders: put the images of each class", line)
