"""Values of ``data``: what is found, and what is rejected with which message."""

import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import kagglehub
import numpy as np
import pytest
from image_folders import write_files
from PIL import Image

from lr_study.data import load_image, locate, scan, select
from lr_study.support.errors import LrStudyError, UsageError

OREGON = ["bald_eagle", "black_bear", "bobcat", "canada_lynx", "columbian_black-tailed_deer"]
OREGON += ["cougar", "coyote", "deer", "elk", "gray_fox", "gray_wolf", "mountain_beaver", "nutria"]
OREGON += ["raccoon", "raven", "red_fox", "ringtail", "sea_lions", "seals", "virginia_opossum"]


def rejection(data, kind=UsageError):
    with pytest.raises(kind) as raised:
        locate(data)
    line = str(raised.value)
    assert "\n" not in line
    return line


# The sample


def test_the_sample_is_the_digits_of_scikit_learn(cache):
    name, root = locate("sample")
    assert name == "sample"
    assert root == cache / "data" / "sample-v1"
    found = scan(name, root)
    assert len(found.paths) == 1797
    assert found.class_names == tuple("0123456789")
    assert found.paths[:2] == ("0/0000.png", "0/0010.png")

    from sklearn.datasets import load_digits

    image = load_image(root / "0" / "0000.png", 8)
    expected = np.rint(load_digits().images[0] * 255 / 16)
    np.testing.assert_array_equal(image, np.dstack([expected] * 3))
    with Image.open(root / "0" / "0000.png") as file:
        assert (file.mode, file.size) == ("RGB", (8, 8))


def test_the_sample_is_the_same_on_every_machine():
    # Runs on the sample are compared across machines, so its fingerprint is part of the interface.
    assert scan(*locate("sample")).fingerprint == (
        "5c10aac23fa8f2942d43e92eb4927b7210bb402efaffe35a917edf1582dbc277"
    )


def test_the_sample_is_written_once_by_one_thread(cache, monkeypatch):
    written = []
    write = sys.modules["lr_study.data.sources"]._write_sample

    def spy(root):
        written.append(root)
        write(root)

    monkeypatch.setattr("lr_study.data.sources._write_sample", spy)
    with ThreadPoolExecutor(4) as executor:
        roots = {root for _, root in executor.map(locate, ["sample"] * 4)}
    assert roots == {cache / "data" / "sample-v1"}
    assert len(written) == 1
    assert sorted(path.name for path in (cache / "data").iterdir() if path.is_dir()) == [
        "sample-v1"
    ]


def test_the_sample_needs_a_writable_cache(tmp_path, monkeypatch):
    write_files(tmp_path, "a file")
    monkeypatch.setenv("LR_STUDY_CACHE", str(tmp_path / "a file"))
    assert "set LR_STUDY_CACHE to a writable folder" in rejection("sample", LrStudyError)


# Oregon Wildlife


@pytest.fixture
def oregon(tmp_path, monkeypatch):
    root = tmp_path / "versions" / "1"
    inner = root / "oregon_wildlife" / "oregon_wildlife"
    for species in OREGON:
        for i in range(3):
            write_files(inner, f"{species}/{i}.jpg", content=f"{species} {i}".encode())
    requested = []

    def download(handle):
        requested.append(handle)
        logging.getLogger("kagglehub").info("Downloading")
        return str(root)

    monkeypatch.setattr(kagglehub, "dataset_download", download)
    return root, requested


def test_oregon_is_downloaded_from_kaggle(oregon, capsys):
    root, requested = oregon
    name, found = locate("oregon")
    assert (name, found) == ("oregon", root / "oregon_wildlife" / "oregon_wildlife")
    assert requested == ["virtualdvid/oregon-wildlife"]
    selection = select(scan(name, found), {})
    assert selection.class_names == tuple(sorted(OREGON))
    assert len(selection.rows) == 60
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("level", ["", "oregon_wildlife", "oregon_wildlife/oregon_wildlife"])
def test_oregon_may_be_unpacked_elsewhere(oregon, level):
    root, requested = oregon
    assert locate(str(root / level)) == (
        "oregon_wildlife",
        root / "oregon_wildlife" / "oregon_wildlife",
    )
    assert requested == []


@pytest.mark.parametrize(
    "failure",
    [
        ConnectionError("no route\nto host"),
        ValueError("403 " + "forbidden " * 99),
        OSError(28, "full"),
    ],
)
def test_a_failed_download_of_oregon_names_the_alternative(monkeypatch, failure):
    def download(handle):
        raise failure

    monkeypatch.setattr(kagglehub, "dataset_download", download)
    line = rejection("oregon", LrStudyError)
    assert "virtualdvid/oregon-wildlife" in line
    assert "use data=PATH/oregon_wildlife" in line
    assert type(failure).__name__ in line
    assert len(line) < 400


# Folders


def test_a_folder_is_named_after_itself(tmp_path, monkeypatch):
    write_files(tmp_path, "pets/cat/1.png", "pets/dog/1.png")
    assert locate(str(tmp_path / "pets")) == ("pets", tmp_path / "pets")
    assert locate(f"{tmp_path}/pets/")[0] == "pets"
    assert locate(f"{tmp_path}/pets/cat/..")[0] == "pets"
    monkeypatch.chdir(tmp_path / "pets")
    assert locate(".")[0] == "pets"
    (tmp_path / "link").symlink_to("pets")
    assert locate(str(tmp_path / "link"))[0] == "link"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert locate("~/pets") == ("pets", tmp_path / "pets")


def test_a_folder_named_sample_is_given_as_a_path(tmp_path, monkeypatch):
    write_files(tmp_path, "sample/cat/1.png", "sample/dog/1.png")
    monkeypatch.chdir(tmp_path)
    assert scan(*locate("./sample")).class_names == ("cat", "dog")


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
def test_a_name_is_made_printable(tmp_path):
    root = tmp_path / os.fsdecode(b"e\xcc\x81\n\xff")
    write_files(root, "cat/1.png", "dog/1.png")
    assert locate(str(root))[0] == "\N{LATIN SMALL LETTER E WITH ACUTE}??"


def test_wrapping_folders_are_skipped(tmp_path):
    write_files(tmp_path, "a/b/c/cat/1.png", "a/b/c/dog/1.png", "a/readme.txt", "a/.hidden/x")
    assert locate(str(tmp_path / "a")) == ("c", tmp_path / "a" / "b" / "c")


def test_a_link_is_not_a_wrapping_folder(tmp_path):
    write_files(tmp_path, "outside/cat/1.png", "outside/dog/1.png")
    for name, target in [("out", "../outside"), ("loop", "../loop")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "inner").symlink_to(target)
        assert locate(str(tmp_path / name)) == (name, tmp_path / name)
        assert scan(*locate(str(tmp_path / name))).paths == ()


@pytest.mark.parametrize(
    "paths",
    [
        ("cat/1.png",),  # one class
        ("cat/young/1.png", "cat/2.png"),  # one class with a folder
        ("all/cat/1.png", "more/dog/1.png"),  # two folders
        ("all/cat/1.png", "1.png"),  # a folder and an image
    ],
)
def test_other_folders_are_used_as_given(tmp_path, paths):
    root = tmp_path / "pets"
    write_files(root, *paths)
    assert locate(str(root)) == ("pets", root)


@pytest.mark.parametrize(
    "data", ["", "Sample", "imagenet", "/no/such/folder", "nul\0", "a\nb", "~nobody/x", "x" * 999]
)
def test_a_folder_that_does_not_exist_is_rejected(data):
    line = rejection(data)
    assert line.startswith(f"data={data!r} is not a folder: ")
    assert "data is sample, oregon, or a folder with one folder per class" in line


def test_a_folder_without_class_folders_is_rejected(tmp_path):
    write_files(tmp_path, "flat/1.png", "flat/.hidden/1.png", "bare/notes.txt", "file.zip")
    assert "contains images, but no class folders" in rejection(str(tmp_path / "flat"))
    assert "contains no class folders" in rejection(str(tmp_path / "bare"))
    assert "is a file, not a folder" in rejection(str(tmp_path / "file.zip"))
