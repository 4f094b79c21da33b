"""What is listed of a folder, in which order, and what its fingerprint notices."""

import os
import socket
import time
import unicodedata

import numpy as np
import pytest

from lr_study.data import check_images, read_left_out, scan, write_left_out
from lr_study.data import fingerprint as fingerprint_module
from lr_study.support.errors import UsageError
from lr_study.support.storage import read_checked_json

SECOND_NS = 1_000_000_000


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("LR_STUDY_CACHE", str(folder))
    return folder


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def put(root, *paths, content=b"not really a picture"):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def listed(root):
    return list(scan("data", root).paths)


def fingerprint_of(root):
    return scan("data", root).fingerprint


# What is listed


def test_pictures_at_any_depth_below_their_class(root):
    put(root, "cat/1.jpg", "cat/young/2.PNG", "dog/a/b/c/d/3.webp", "dog/4.Jpeg", "dog/5.gif")
    put(root, "dog/6.bmp", "dog/notes.txt", "dog/jpg", "empty/readme.md", "7.png", ".hidden/8.png")
    put(root, "cat/.9.png", "cat/.thumbs/10.png")
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


def test_nothing_to_list(root):
    found = scan("nothing", root)
    assert found.paths == ()
    assert found.class_names == ()
    assert found.labels.shape == (0,)
    assert len(found.fingerprint) == 64


def test_a_label_is_the_place_of_the_class_name(root):
    # "a-b/" sorts before "a/", and yet "a" before "a-b".
    put(root, "a/1.png", "a-b/1.png")
    found = scan("data", root)
    assert found.paths == ("a-b/1.png", "a/1.png")
    assert found.class_names == ("a", "a-b")
    assert found.labels.tolist() == [1, 0]


@pytest.mark.skipif(os.name == "nt", reason="such names are not allowed there")
def test_any_name_a_file_can_have(root):
    names = ["$(touch x).png", "'\"`.png", "a\nb.png", os.fsdecode(b"\xff.png"), "\N{SNOWMAN}.png"]
    put(root, *(f"cl ass/{name}" for name in names))
    found = scan("data", root)
    assert sorted(found.paths) == sorted(f"cl ass/{name}" for name in names)
    assert all((root / path).is_file() for path in found.paths)


def test_order_and_fingerprint_do_not_depend_on_the_unicode_form(tmp_path):
    # macOS hands out names in one form, Linux and Windows in the other. "z" lies between the two.
    found = {}
    for form in ["NFC", "NFD"]:
        folder = tmp_path / form
        accented, upper = (unicodedata.normalize(form, name) for name in ("e\u0301", "\u00c9"))
        put(folder, f"{accented}/1.png", f"z/{upper}.png", "z/f.png", f"{upper}/{accented}.png")
        found[form] = scan("data", folder)
    composed, decomposed = found.values()
    assert composed.paths != decomposed.paths
    assert composed.paths == tuple(unicodedata.normalize("NFC", p) for p in decomposed.paths)
    assert composed.labels.tolist() == decomposed.labels.tolist()
    assert composed.fingerprint == decomposed.fingerprint


def test_a_folder_with_the_name_of_a_picture_is_a_folder(root):
    put(root, "cat/x.jpg/1.png")
    assert listed(root) == ["cat/x.jpg/1.png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_what_is_no_regular_file_is_listed_and_left_out(root, tmp_path, monkeypatch):
    put(root, "cat/a.png", content=b"")
    os.mkfifo(root / "cat" / "pipe.jpg")
    (root / "cat" / "broken.jpg").symlink_to("nothing")
    (root / "cat" / "loop.jpg").symlink_to("loop.jpg")
    monkeypatch.chdir(root / "cat")  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.png")
        found = scan("data", root)
        left_out = check_images(found, 8)
    assert found.paths == tuple(
        f"cat/{name}" for name in ["a.png", "broken.jpg", "loop.jpg", "pipe.jpg", "socket.png"]
    )
    assert list(left_out) == list(found.paths)
    assert left_out["cat/a.png"] == "the file is empty"
    assert left_out["cat/pipe.jpg"] == "not a regular file"


def test_a_folder_that_cannot_be_listed_is_no_empty_folder(root, monkeypatch):
    put(root, "cat/1.png", "dog/1.png")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("dog"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UsageError, match=r"cannot list the folder '.*dog': Permission denied"):
        scan("data", root)


# Links


def test_a_link_inside_the_root_is_followed(root):
    put(root, "cat/1.png", ".store/bird/2.png")
    (root / "cat" / "again.png").symlink_to("1.png")
    (root / "bird").symlink_to(root / ".store" / "bird")
    assert listed(root) == ["bird/2.png", "cat/1.png", "cat/again.png"]


def test_a_link_out_of_the_root_is_neither_followed_nor_read(root, tmp_path, monkeypatch):
    put(tmp_path, "outside/secret.png", "root-and-more/secret.png")
    put(root, "cat/1.png")
    (root / "cat" / "out.png").symlink_to(tmp_path / "outside" / "secret.png")
    (root / "cat" / "out").symlink_to(tmp_path / "outside")
    (root / "cat" / "longer").symlink_to(tmp_path / "root-and-more")
    (root / "cat" / "devices.jpg").symlink_to(os.devnull)
    (root / "class").symlink_to(tmp_path / "outside")
    (root / "cat" / "hop.png").symlink_to("out.png")
    before = fingerprint_of(root)
    assert listed(root) == ["cat/1.png"]
    put(tmp_path, "outside/secret.png", content=b"other content")
    assert fingerprint_of(root) == before


def test_the_root_itself_may_be_a_link(root, tmp_path):
    put(root, "cat/1.png")
    (root / "cat" / "again.png").symlink_to("1.png")
    (tmp_path / "link").symlink_to(root)
    assert listed(tmp_path / "link") == ["cat/1.png", "cat/again.png"]
    assert fingerprint_of(tmp_path / "link") == fingerprint_of(root)


def test_links_in_a_circle_end(root):
    put(root, "cat/1.png", "cat/in/2.png", "dog/3.png")
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


# The fingerprint


@pytest.fixture
def hashed(monkeypatch):
    """Name the files whose content is read, and let an hour pass before each look at the clock."""
    names = []
    digest = fingerprint_module._digest
    now = fingerprint_module.time.time_ns

    def spy(path):
        names.append(path.name)
        return digest(path)

    monkeypatch.setattr(fingerprint_module, "_digest", spy)
    monkeypatch.setattr(fingerprint_module.time, "time_ns", lambda: now() + 3600 * SECOND_NS)
    return names


def test_the_same_pictures_elsewhere_have_the_same_fingerprint(tmp_path):
    for folder in ["here", "there"]:
        put(tmp_path / folder, "cat/1.png", "dog/2.png")
        put(tmp_path / folder, f"cat/{folder}.txt", f".{folder}/1.png", f"{folder}.png")
    assert fingerprint_of(tmp_path / "here") == fingerprint_of(tmp_path / "there")


def test_every_change_gives_another_fingerprint(root):
    put(root, "cat/1.png", "cat/2.png", "dog/1.png")
    seen = {fingerprint_of(root)}
    put(root, "cat/1.png", content=b"other content")
    seen.add(fingerprint_of(root))
    (root / "cat" / "1.png").rename(root / "cat" / "3.png")
    seen.add(fingerprint_of(root))
    (root / "cat" / "3.png").rename(root / "dog" / "3.png")
    seen.add(fingerprint_of(root))
    (root / "dog" / "3.png").unlink()
    seen.add(fingerprint_of(root))
    put(root, "dog/.png")  # hidden
    (root / "dog" / "4.png").symlink_to("nothing")
    seen.add(fingerprint_of(root))
    assert len(seen) == 6


def test_what_is_unchanged_is_not_read_again(root, hashed):
    put(root, *(f"cat/{i}.png" for i in range(20)))
    first = fingerprint_of(root)
    assert len(hashed) == 20
    hashed.clear()
    assert fingerprint_of(root) == first
    assert hashed == []
    put(root, "cat/7.png", content=b"new")
    put(root, "cat/new.png")
    assert fingerprint_of(root) != first
    assert sorted(hashed) == ["7.png", "new.png"]


def test_a_change_under_the_old_size_and_time_is_noticed(root, hashed):
    put(root, "cat/1.png", "cat/2.png", content=b"before")
    picture = root / "cat" / "1.png"
    os.utime(picture, ns=(0, 0))
    first = fingerprint_of(root)
    hashed.clear()
    before = picture.stat()
    while picture.stat().st_ctime_ns == before.st_ctime_ns:  # until the file system's clock ticks
        picture.write_bytes(b"behind")
        os.utime(picture, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = picture.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert fingerprint_of(root) != first
    assert hashed == ["1.png"]


@pytest.mark.parametrize(("age_ns", "trusted"), [(SECOND_NS, False), (3 * SECOND_NS, True)])
def test_a_digest_counts_only_if_the_file_was_at_rest(root, hashed, monkeypatch, age_ns, trusted):
    put(root, "cat/1.png")
    changed_ns = (root / "cat" / "1.png").stat().st_ctime_ns
    monkeypatch.setattr(fingerprint_module.time, "time_ns", lambda: changed_ns + age_ns)
    fingerprint_of(root)
    fingerprint_of(root)
    assert len(hashed) == (1 if trusted else 2)


def test_what_cannot_be_read_counts_with_its_name(root, hashed, monkeypatch):
    put(root, "cat/1.png")
    whole = fingerprint_of(root)

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    put(root, "cat/1.png")
    monkeypatch.setattr(fingerprint_module, "_digest", refuse)
    assert fingerprint_of(root) != whole


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"cat/1.png": 7}',
        b'{"cat/1.png": [1, 2]}',
        b'{"cat/1.png": [1, 2, 3, 4, 5, 6]}',
        b'{"cat/1.png": ["1", 2, 3, 4, 5, "6"]}',
    ],
)
def test_a_damaged_index_is_written_anew(root, cache, hashed, content):
    put(root, "cat/1.png")
    first = fingerprint_of(root)
    (index,) = (cache / "fingerprints").iterdir()
    index.write_bytes(content)
    assert fingerprint_of(root) == first
    assert list(read_checked_json(index)) == ["cat/1.png"]
    assert len(hashed) == 2


def test_a_cache_that_cannot_be_written_does_not_matter(root, tmp_path, monkeypatch):
    put(root, "cat/1.png", content=b"")
    first = fingerprint_of(root)
    put(tmp_path, "a file")
    for value in [tmp_path / "a file", tmp_path / "a file" / "below"]:
        monkeypatch.setenv("LR_STUDY_CACHE", str(value))
        found = scan("data", root)
        assert found.fingerprint == first
        assert check_images(found, 8) == {"cat/1.png": "the file is empty"}
        assert read_left_out(first) is None


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_that_are_no_text_survive_in_the_cache(root, hashed):
    name = os.fsdecode(b"cat/\xe9\xff.png")
    put(root, name, content=b"")
    found = scan("data", root)
    assert found.paths == (name,)
    assert check_images(found, 8) == {name: "the file is empty"}
    hashed.clear()
    assert scan("data", root).fingerprint == found.fingerprint
    assert hashed == []
    assert read_left_out(found.fingerprint) == {name: "the file is empty"}


# What is left out


def test_pictures_are_checked_once(root, monkeypatch):
    put(root, "cat/1.png", "cat/2.png")
    found = scan("data", root)
    first = check_images(found, 8)
    assert list(first) == ["cat/1.png", "cat/2.png"]
    monkeypatch.setattr("lr_study.data.left_out.load_image", lambda path, size: 1 / 0)
    assert check_images(found, 8) == first
    assert check_images(scan("another name", root), 16) == first


def test_nothing_left_out_is_not_the_same_as_nothing_known():
    assert read_left_out("0" * 64) is None
    write_left_out("0" * 64, {})
    assert read_left_out("0" * 64) == {}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"decoder": "another", "left_out": {}}'])
def test_what_another_decoder_or_nobody_wrote_is_not_known(cache, content):
    write_left_out("0" * 64, {"a": "b"})
    (kept,) = (cache / "pictures").iterdir()
    kept.write_bytes(content)
    assert read_left_out("0" * 64) is None


def test_many_pictures_are_hashed_and_checked_under_a_bar(root, capsys):
    put(root, *(f"cat/{i}.png" for i in range(501)), content=b"")
    found = scan("data", root)
    assert len(check_images(found, 8)) == 501
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "hashing pictures" in captured.err
    assert "checking pictures" in captured.err


def test_an_interruption_does_not_wait_for_the_rest(root, monkeypatch):
    put(root, *(f"cat/{i:03}.png" for i in range(400)))
    found = scan("data", root)
    looked_at = []

    def interrupted(path, size):
        looked_at.append(path)
        if path.name == "000.png":
            raise KeyboardInterrupt
        time.sleep(0.02)

    monkeypatch.setattr("lr_study.data.left_out.load_image", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check_images(found, 8)
    assert len(looked_at) < 200
    assert read_left_out(found.fingerprint) is None
