"""Folds of real images: what stays together, what the protocol says, and what a user is told."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from killing import write_digits
from PIL import Image

from lr_study.runs import ImageProtocol, Settings
from lr_study.studies import describe, find_images, prepare
from lr_study.support.errors import UsageError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """Fourteen images each of two classes, in which nothing looks alike."""
    folder = write_digits(tmp_path / "digits", "25", each=14)
    rng = np.random.default_rng(0)
    for file in folder.rglob("*.png"):
        noise = rng.integers(0, 256, (8, 8, 3)).astype(np.uint8)
        Image.fromarray(noise).resize((64, 64), Image.Resampling.NEAREST).save(file)
    return folder


def prepared(folder: Path, **changes):
    chosen = {"image_size": 32, "weights": "random", "engine": "live"} | changes
    settings = Settings(data=str(folder), **chosen)
    workload = prepare(settings, find_images(settings))
    return workload, list(workload.notices())


def test_all_images_but_the_test_set_validate_once_in_each_repetition(digits: Path) -> None:
    made, notices = prepared(digits)
    assert notices == []
    parts = [made.split(seed) for seed in range(10)]
    tested = parts[0].test.tolist()
    assert len(tested) == 4
    others = sorted(set(range(28)) - set(tested))
    for repetition in (parts[:5], parts[5:]):
        assert sorted(np.concatenate([part.validation for part in repetition])) == others
    for part in parts:
        assert part.test.tolist() == tested
        assert len(part.train) == made.protocol.train_size == 19
        assert len(part.validation) in (4, 5)
    splits, _ = prepared(digits, resampling="splits")
    assert splits.split(0).test.tolist() == tested
    images = made.images(3)
    assert images.unused.tolist() == parts[3].unused.tolist()


def test_the_protocol_says_how_images_are_divided(digits: Path) -> None:
    folds, _ = prepared(digits)
    splits, _ = prepared(digits, resampling="splits")
    new = json.loads(folds.protocol.to_json())
    old = json.loads(splits.protocol.to_json())
    assert set(new) - set(old) == {"resampling", "folds"}
    assert (new["resampling"], new["folds"], new["val_fraction"]) == ("folds", 5, 0.0)
    assert (new["val_size"], new["train_size"], new["test_size"]) == (4, 19, 4)
    assert (old["val_size"], old["train_size"], old["test_size"]) == (4, 20, 4)
    other, _ = prepared(digits, folds=4, stratify=True)
    assert (other.protocol.folds, other.protocol.stratified) == (4, True)
    assert ImageProtocol(**json.loads(splits.protocol.to_json())) == splits.protocol


def test_images_that_look_alike_stay_in_one_fold_and_are_said(digits: Path) -> None:
    plain, _ = prepared(digits)
    first, second, third = sorted((digits / "2").iterdir())[:3]
    Image.open(first).resize((80, 80)).save(digits / "5" / "first.png")  # in another class
    shutil.copy(second, digits / "2" / "second.png")
    for i in range(7):  # more than a fold
        Image.open(third).resize((90 + i, 90)).save(digits / "2" / f"third{i}.png")
    made, notices = prepared(digits, test_fraction=0)
    assert notices == [
        "1 of 37 images are copies of another of their class, such as '2/second.png' of "
        f"'2/{second.name}': copies stay on one side of a split",
        "4 of 37 images are similar to or copies of another, in 2 groups: each group stays in one "
        "fold",
        "8 images are in chains of similar images that are longer than a fold, and may be in "
        "different folds: only copies among them stay in one fold",
    ]
    paths = [made.image_set.paths[row] for row in made.used.selection.rows]
    where = {path: i for i, path in enumerate(paths)}
    for repetition in range(6):
        fold_of = made.used.folds.fold_of(repetition)
        assert fold_of[where[f"2/{first.name}"]] == fold_of[where["5/first.png"]]
        assert fold_of[where[f"2/{second.name}"]] == fold_of[where["2/second.png"]]
    assert plain.protocol.groups == ""
    assert len(made.protocol.groups) == 12
    groups = made.images(0).groups
    assert groups[where["5/first.png"]] == groups[where[f"2/{first.name}"]]
    assert groups[where["2/second.png"]] == groups[where[f"2/{second.name}"]]
    assert len(np.unique(groups)) == len(groups) - 2
    assert plain.images(0).groups.tolist() == list(range(28))


def test_a_plan_knows_what_looks_alike(digits: Path) -> None:
    """Else it would not know the protocol, and call finished runs missing."""
    first = sorted((digits / "2").iterdir())[0]
    Image.open(first).resize((80, 80)).save(digits / "2" / "first.png")
    settings = Settings(
        data=str(digits), image_size=32, weights="random", engine="live", test_fraction=0
    )
    image_set = find_images(settings)
    planned = describe(settings, image_set).protocol
    assert planned.groups
    assert prepare(settings, image_set).protocol == planned


def test_images_that_are_not_compared_are_said(
    digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lr_study.data.similar.MAX_COMPARED", 27)
    _, notices = prepared(digits)
    assert notices == ["too many images to compare: similar ones may be in different folds"]


def test_what_looks_alike_is_not_searched_for_splits(
    digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr("lr_study.studies.image_workloads.similar_groups", fail)
    made, _ = prepared(digits, resampling="splits")
    assert made.protocol.groups == ""
    with pytest.raises(AssertionError, match="searched"):
        prepared(digits)


def test_a_class_that_a_fold_lacks_is_said(digits: Path) -> None:
    for file in sorted((digits / "5").iterdir())[4:]:
        file.unlink()
    _, notices = prepared(digits, test_fraction=0)
    assert notices == [
        "classes with fewer images than the 5 folds, so that some folds have none of them: '5 (4)'"
    ]
    assert prepared(digits, test_fraction=0, folds=4)[1] == []


def test_more_folds_than_images_are_refused(digits: Path) -> None:
    with pytest.raises(UsageError, match=r"^folds=25 is not allowed: there are 24 different"):
        prepared(digits, folds=25)[0].split(0)
