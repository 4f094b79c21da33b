"""Which files of a folder are listed, in which order, and how links are handled."""

import os
import unicodedata

import numpy as np
import pytest
from image_folders import write_files

from lr_study.data import scan, select
from lr_study.support.errors import LrStudyError, UsageError

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
GIF = b"GIF89a\1\0\1\0"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 "
BMP = b"BM" + bytes(12) + b"\x28\0\0\0" + bytes(36)


def listed(root):
    return list(scan("data", root).paths)


def test_images_are_found_at_any_depth_below_their_class_folder(root):
    write_files(
        root, "cat/1.jpg", "cat/young/2.PNG", "dog/a/b/c/d/3.webp", "dog/4.Jpeg", "dog/5.gif"
    )
    write_files(
        root, "dog/6.bmp", "dog/notes.txt", "dog/jpg", "empty/readme.md", "7.png", ".hidden/8.png"
    )
    write_files(root, "cat/.9.png", "cat/.thumbs/10.png")
    found = scan("pets", root)
    assert found.name == "pets"
    assert found.root == root
    assert found.paths == (
        "cat/1.jpg",
        "cat/young/2.PNG",
        "dog/4.Jpeg",
        "dog/5.gif",
        "dog/6.bmp",
        "dog/a/b/c/d/3.webp",
    )
    assert found.class_names == ("cat", "dog")
    assert found.labels.dtype == np.int32
    assert found.labels.tolist() == [0, 0, 1, 1, 1, 1]


def test_an_empty_folder_has_no_images(root):
    found = scan("nothing", root)
    assert found.paths == ()
    assert found.class_names == ()
    assert found.labels.shape == (0,)
    assert len(found.fingerprint) == 64


def test_a_label_is_the_index_of_the_class_name(root):
    # "a-b/" sorts before "a/", and yet "a" before "a-b".
    write_files(root, "a/1.png", "a-b/1.png")
    found = scan("data", root)
    assert found.paths == ("a-b/1.png", "a/1.png")
    assert found.class_names == ("a", "a-b")
    assert found.labels.tolist() == [1, 0]


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
def test_any_file_name_is_listed(root):
    names = ["$(touch x).png", "'\"`.png", "a\nb.png", os.fsdecode(b"\xff.png"), "\N{SNOWMAN}.png"]
    write_files(root, *(f"cl ass/{name}" for name in names))
    found = scan("data", root)
    assert sorted(found.paths) == sorted(f"cl ass/{name}" for name in names)
    assert all((root / path).is_file() for path in found.paths)


def test_order_and_fingerprint_do_not_depend_on_the_unicode_form(tmp_path):
    # macOS returns names in one form, Linux and Windows in the other. "z" sorts between the two.
    found = {}
    for form in ["NFC", "NFD"]:
        folder = tmp_path / form
        accented, upper = (unicodedata.normalize(form, name) for name in ("e\u0301", "\u00c9"))
        write_files(
            folder, f"{accented}/1.png", f"z/{upper}.png", "z/f.png", f"{upper}/{accented}.png"
        )
        found[form] = scan("data", folder)
    composed, decomposed = found.values()
    assert composed.paths != decomposed.paths
    assert composed.paths == tuple(unicodedata.normalize("NFC", p) for p in decomposed.paths)
    assert composed.labels.tolist() == decomposed.labels.tolist()
    assert composed.fingerprint == decomposed.fingerprint


def test_a_folder_with_the_name_of_an_image_is_a_folder(root):
    write_files(root, "cat/x.jpg/1.png")
    assert listed(root) == ["cat/x.jpg/1.png"]


def test_a_folder_that_cannot_be_listed_is_an_error(root, monkeypatch):
    write_files(root, "cat/1.png", "dog/1.png")
    scandir = os.scandir

    def fail(path):
        if str(path).endswith("dog"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fail)
    with pytest.raises(UsageError, match=r"cannot list the folder '.*dog': Permission denied"):
        scan("data", root)


# Links


def test_a_link_inside_the_root_is_followed(root):
    write_files(root, "cat/1.png", ".store/bird/2.png")
    (root / "cat" / "again.png").symlink_to("1.png")
    (root / "bird").symlink_to(root / ".store" / "bird")
    assert listed(root) == ["bird/2.png", "cat/1.png", "cat/again.png"]


def test_a_link_out_of_the_root_is_neither_followed_nor_read(root, tmp_path, monkeypatch):
    write_files(tmp_path, "outside/secret.png", "root-and-more/secret.png")
    write_files(root, "cat/1.png")
    (root / "cat" / "out.png").symlink_to(tmp_path / "outside" / "secret.png")
    (root / "cat" / "out").symlink_to(tmp_path / "outside")
    (root / "cat" / "longer").symlink_to(tmp_path / "root-and-more")
    (root / "cat" / "devices.jpg").symlink_to(os.devnull)
    (root / "class").symlink_to(tmp_path / "outside")
    (root / "cat" / "hop.png").symlink_to("out.png")
    before = scan("data", root).fingerprint
    assert listed(root) == ["cat/1.png"]
    write_files(tmp_path, "outside/secret.png", content=b"other content")
    assert scan("data", root).fingerprint == before


def test_the_root_itself_may_be_a_link(root, tmp_path):
    write_files(root, "cat/1.png")
    (root / "cat" / "again.png").symlink_to("1.png")
    (tmp_path / "link").symlink_to(root)
    assert listed(tmp_path / "link") == ["cat/1.png", "cat/again.png"]
    assert scan("data", tmp_path / "link").fingerprint == scan("data", root).fingerprint


def test_loops_of_links_end(root):
    write_files(root, "cat/1.png", "cat/in/2.png", "dog/3.png")
    (root / "cat" / "in" / "up").symlink_to(root / "cat")
    (root / "cat" / "self").symlink_to("self")
    (root / "cat" / "root").symlink_to(root)
    (root / "cat" / "parent").symlink_to(root.parent)
    (root / "cat" / "dogs").symlink_to(root / "dog")
    (root / "dog" / "cats").symlink_to(root / "cat")
    assert listed(root) == [
        "cat/1.png",
        "cat/dogs/3.png",
        "cat/in/2.png",
        "dog/3.png",
        "dog/cats/1.png",
        "dog/cats/in/2.png",
    ]


def test_a_link_out_of_the_root_is_followed_on_request(root, tmp_path):
    # As in a Hugging Face snapshot.
    write_files(tmp_path, "blobs/1", "blobs/2", content=JPEG)
    write_files(tmp_path, "elsewhere/4.png")
    (root / "cat").mkdir()
    (root / "cat" / "1.jpg").symlink_to("../../blobs/1")
    (root / "cat" / "2").symlink_to(tmp_path / "blobs" / "2")
    (root / "dog").symlink_to(tmp_path / "elsewhere")
    before = scan("data", root)
    assert before.paths == ()
    assert before.skipped == dict.fromkeys(
        ["cat/1.jpg", "cat/2", "dog"], "a link out of the folder"
    )
    with pytest.raises(UsageError, match=r"3 a link out of the folder.*--follow-links follows"):
        select(before, {})
    found = scan("data", root, follow_links=True)
    assert found.paths == ("cat/1.jpg", "cat/2", "dog/4.png")
    assert found.skipped == {}


def test_followed_links_never_lead_to_the_classes_again(root):
    write_files(root, "cat/1.png", "dog/2.png")
    (root / "cat" / "root").symlink_to(root)
    (root / "cat" / "above").symlink_to(root.parent)
    found = scan("data", root, follow_links=True)
    assert found.paths == ("cat/1.png", "dog/2.png")
    assert set(found.skipped) == {"cat/root", "cat/above"}


# Content


@pytest.mark.parametrize("name", ["a.jfif", "a.jpe", "a.jpg?itok=F2", "a.png.1", "a", "a.txt"])
@pytest.mark.parametrize("content", [JPEG, PNG, GIF, WEBP, BMP], ids=["j", "p", "g", "w", "b"])
def test_an_image_is_known_by_its_content_under_any_name(root, name, content):
    write_files(root, f"cat/{name}", content=content)
    found = scan("data", root)
    assert found.paths == (f"cat/{name}",)
    assert found.skipped == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"II*\0" + bytes(30), "in an unsupported format (TIFF)"),
        (b"\0\0\0\x20ftypavif" + bytes(30), "in an unsupported format (AVIF)"),
        (b"\0\0\0\x20ftypheic" + bytes(30), "in an unsupported format (HEIC)"),
        (b"BMW, Audi and other makes of cars", "not an image"),
        (b"<html>", "not an image"),
        (b"", "not an image"),
    ],
)
def test_what_is_not_used_has_a_reason(root, content, reason):
    write_files(root, "cat/1.png")
    write_files(root, "cat/x", content=content)
    assert scan("data", root).skipped == {"cat/x": reason}


def test_images_beside_the_class_folders_and_folders_without_images_are_said(root):
    write_files(root, "cat/1.png", "bird/notes.txt", "7.png", "readme.md")
    (root / "wolf").mkdir()
    found = scan("data", root)
    assert found.class_names == ("cat",)
    assert found.empty_classes == ("bird", "wolf")
    assert found.skipped == {
        "7.png": "an image in no class folder",
        "bird/notes.txt": "not an image",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_never_waited_for(root):
    write_files(root, "cat/1.png")
    os.mkfifo(root / "cat" / "pipe")
    assert scan("data", root).skipped == {"cat/pipe": "not a regular file"}


def test_a_disk_that_fails_is_not_a_property_of_a_file(root, monkeypatch):
    write_files(root, "cat/1.png", "cat/x")

    def fail(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("lr_study.data.walking.file_kind", fail)
    with pytest.raises(LrStudyError, match=r"'.*cat/x' cannot be read \(Input/output error\)"):
        scan("data", root)


def test_files_of_known_names_have_the_fingerprint_of_before(root):
    # Computed by the commit before content was looked at.
    write_files(root, "cat/1.png", "cat/b/2.JPG", "dog/3.webp", "dog/notes.txt")
    found = scan("data", root)
    assert found.paths == ("cat/1.png", "cat/b/2.JPG", "dog/3.webp")
    assert found.fingerprint == ("7d2b6e55b3c128ce66d1c816bfb1e9ada75231dda277ad4d77a5355d6aff0395")
