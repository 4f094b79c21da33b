"""Which images train, validate and test, with a test set that is given as a folder."""

import json
import os
import shutil
import unicodedata

import numpy as np
import pytest
from killing import write_digits

from lr_study.data import load_image
from lr_study.policies import parse
from lr_study.runs import RunSpec, Settings
from lr_study.studies import data_lines, find_images, prepare
from lr_study.support.errors import UsageError
from lr_study.training import train_heads


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def digits(tmp_path_factory, cache):
    """Thirty images each of two classes."""
    return write_digits(tmp_path_factory.mktemp("digits") / "all", "01", each=30)


@pytest.fixture
def halves(digits, tmp_path):
    """The same in two folders: twenty images of each class to train on, ten to test."""
    for name in "01":
        for i, file in enumerate(sorted((digits / name).iterdir())):
            folder = tmp_path / ("train" if i < 20 else "test") / name
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, folder)
    return tmp_path / "train", tmp_path / "test"


def settings(train, test="", **changes):
    chosen = {"backbone": "efficientnet-lite0", "image_size": 32, "epochs": 20}
    chosen |= {"resampling": "splits"} | changes
    return Settings(data=str(train), test_data=str(test), **chosen)


def workload(*folders, **changes):
    made = settings(*folders, **changes)
    prepared = prepare(made, find_images(made))
    return prepared, list(prepared.notices())


def test_all_images_of_a_given_test_set_are_the_test_set(halves):
    made, _ = workload(*halves)
    for seed in (0, 1):
        parts = made.split(seed)
        assert len(parts.test) == 20
        assert sorted([*parts.train, *parts.validation]) == list(range(40))
        assert len(parts.validation) == 6
        examples = made.examples(seed)
        values, labels = examples.given_test
        assert np.array_equal(values[examples.test], made.test_features.values)
        assert labels[examples.test].tolist() == [0] * 10 + [1] * 10


def test_a_given_test_set_is_part_of_the_protocol(halves, digits):
    train, test = halves
    given = json.loads(workload(train, test)[0].protocol.to_json())
    without = json.loads(workload(train)[0].protocol.to_json())
    assert set(given) - set(without) == {"test_fingerprint"}
    assert given["fingerprint"] == without["fingerprint"]
    assert given["test_fingerprint"] == find_images(settings(test)).fingerprint
    assert (given["test_size"], given["test_fraction"]) == (20, 0.0)
    other = json.loads(workload(train, test, test_fraction=0.3)[0].protocol.to_json())
    assert other == given, "the fraction is not used"


def test_heads_are_tested_on_the_given_test_set(halves):
    train, test = halves
    spec = RunSpec(parse("fixed:lr=0.01"), 0, settings(train, test))
    (right,) = train_heads(workload(train, test)[0].examples(0), [spec])
    (test / "0").rename(test / "x")
    (test / "1").rename(test / "0")
    (test / "x").rename(test / "1")
    (swapped,) = train_heads(workload(train, test)[0].examples(0), [spec])
    assert [e.val_accuracy for e in right.epochs] == [e.val_accuracy for e in swapped.epochs]
    assert right.test_accuracy >= 0.7
    assert swapped.test_accuracy == pytest.approx(1 - right.test_accuracy)


def test_images_of_a_given_test_set_are_read_from_their_folder(halves):
    train, test = halves
    made, _ = workload(train, test, engine="live")
    images = made.images(0)
    files = sorted(test.rglob("*.png"))
    for row, file in zip(images.test, files, strict=True):
        assert np.array_equal(images.load(row, 32), load_image(file, 32))
    assert images.labels[images.test].tolist() == [int(file.parent.name) for file in files]
    others = sorted([*images.train, *images.validation])
    for row, file in zip(others, sorted(train.rglob("*.png")), strict=True):
        assert np.array_equal(images.load(row, 32), load_image(file, 32))


def test_another_set_of_classes_is_refused(halves):
    train, test = halves
    shutil.copytree(test / "0", test / "bird")
    shutil.rmtree(test / "1")
    with pytest.raises(UsageError) as raised:
        find_images(settings(train, test))
    assert str(raised.value) == (
        "test_data 'test' must have the classes of data 'train', but only data has '1' and only "
        "test_data has 'bird'"
    )


def test_the_folder_of_the_data_is_no_test_set(halves):
    train, _ = halves
    with pytest.raises(UsageError, match="is the same folder as data"):
        find_images(settings(train, os.path.relpath(train)))


@pytest.mark.parametrize("value", ["nowhere", "sample"])
def test_a_test_set_that_is_no_folder_is_refused(halves, value):
    with pytest.raises(UsageError, match=f"test_data='{value}' is not a folder: test_data is a"):
        find_images(settings(halves[0], value))


def test_class_names_are_equal_in_any_unicode_form(halves):
    for folder, form in zip(halves, ("NFC", "NFD"), strict=True):
        (folder / "0").rename(folder / unicodedata.normalize(form, "\u00e9t\u00e9"))
    made, _ = workload(*halves)
    assert np.bincount(made.used.test.labels).tolist() == [10, 10]


def test_small_classes_are_left_out_of_the_test_set_too(halves):
    for folder, number in zip(halves, (3, 9), strict=True):
        (folder / "2").mkdir()
        for i, file in enumerate(sorted((folder / "1").iterdir())[:number]):
            (folder / "2" / f"{i}.png").write_bytes(file.read_bytes() + b"another file")
    made, _ = workload(*halves, min_class_size=5)
    assert made.used.selection.class_names == ("0", "1")
    assert len(made.split(0).test) == 20


def test_images_that_are_in_the_test_set_too_are_said_and_dropped_from_training(halves):
    train, test = halves
    shutil.copy(next((test / "1").iterdir()), train / "1" / "copy.png")
    kept, notices = workload(train, test)
    (line,) = notices
    assert line.startswith("1 of 41 images are in the test set too, such as '1/copy.png' and there")
    assert line.endswith(": --duplicates drop leaves them out")
    dropped, _ = workload(train, test, duplicates="drop")
    assert (kept.protocol.train_size, dropped.protocol.train_size) == (35, 34)
    assert (kept.protocol.test_size, dropped.protocol.test_size) == (20, 20)
    assert json.loads(dropped.data_files["left_out.json"]).keys() == {"1/copy.png"}


def test_what_is_not_used_of_a_test_set_is_listed(halves):
    train, test = halves
    (test / "0" / "notes.txt").write_text("a note", encoding="utf-8")
    made, _ = workload(train, test)
    assert json.loads(made.data_files["left_out.json"]) == {"test_data/0/notes.txt": "not an image"}
    assert json.loads(made.data_files["test_classes.json"]) == {"0": 10, "1": 10}


def test_a_split_below_the_classes_is_said(halves):
    train, _ = halves
    for name in "01":
        for part in ("train", "test"):
            (train / name / part).mkdir()
            for file in sorted((train / name).glob("*.png"))[:5]:
                file.rename(train / name / part / file.name)
    lines = list(data_lines(find_images(settings(train))))
    assert lines[0] == "train: 40 images in 2 classes: 0 20, 1 20"
    assert lines[1].startswith("the class folders contain 'test' and 'train': this split is not")
