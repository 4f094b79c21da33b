"""The fingerprint of a data set: what changes it, and which files are read again."""

import hashlib
import os

import pytest
from image_folders import away, write_files

from lr_study.data import check_images, read_left_out, scan
from lr_study.data import fingerprint as fingerprint_module
from lr_study.data.fingerprint import forget_digests
from lr_study.support.errors import LrStudyError
from lr_study.support.storage import read_checked_json

SECOND_NS = 1_000_000_000


def fingerprint_of(root):
    return scan("data", root).fingerprint


@pytest.fixture
def hashed(monkeypatch):
    """The names of the files that are read; the clock is an hour ahead."""
    names = []
    digest = fingerprint_module.digest_of
    now = fingerprint_module.time.time_ns

    def spy(path):
        names.append(path.name)
        return digest(path)

    monkeypatch.setattr(fingerprint_module, "digest_of", spy)
    monkeypatch.setattr(fingerprint_module.time, "time_ns", lambda: now() + 3600 * SECOND_NS)
    return names


def test_the_same_images_elsewhere_have_the_same_fingerprint(tmp_path):
    for folder in ["here", "there"]:
        write_files(tmp_path / folder, "cat/1.png", "dog/2.png")
        write_files(tmp_path / folder, f"cat/{folder}.txt", f".{folder}/1.png", f"{folder}.png")
    assert fingerprint_of(tmp_path / "here") == fingerprint_of(tmp_path / "there")


def test_every_change_changes_the_fingerprint(root):
    write_files(root, "cat/1.png", "cat/2.png", "dog/1.png")
    seen = {fingerprint_of(root)}
    write_files(root, "cat/1.png", content=b"other content")
    seen.add(fingerprint_of(root))
    (root / "cat" / "1.png").rename(root / "cat" / "3.png")
    seen.add(fingerprint_of(root))
    (root / "cat" / "3.png").rename(root / "dog" / "3.png")
    seen.add(fingerprint_of(root))
    (root / "dog" / "3.png").unlink()
    seen.add(fingerprint_of(root))
    write_files(root, "dog/.png")  # hidden
    (root / "dog" / "4.png").symlink_to("nothing")
    seen.add(fingerprint_of(root))
    assert len(seen) == 6


def test_unchanged_files_are_not_read_again(root, hashed):
    write_files(root, *(f"cat/{i}.png" for i in range(20)))
    first = fingerprint_of(root)
    assert len(hashed) == 20
    hashed.clear()
    assert fingerprint_of(root) == first
    assert hashed == []
    write_files(root, "cat/7.png", content=b"new")
    write_files(root, "cat/new.png")
    assert fingerprint_of(root) != first
    assert sorted(hashed) == ["7.png", "new.png"]


def test_a_change_with_the_old_size_and_time_is_noticed(root, hashed):
    write_files(root, "cat/1.png", "cat/2.png", content=b"before")
    image = root / "cat" / "1.png"
    os.utime(image, ns=(0, 0))
    first = fingerprint_of(root)
    hashed.clear()
    before = image.stat()
    while image.stat().st_ctime_ns == before.st_ctime_ns:  # until the file system's clock ticks
        image.write_bytes(b"behind")
        os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = image.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert fingerprint_of(root) != first
    assert hashed == ["1.png"]


@pytest.mark.parametrize(
    ("age_ns", "trusted"),
    [
        (SECOND_NS, False),
        (2 * SECOND_NS, False),  # a tick of FAT
        (2 * SECOND_NS + 1, True),
        (3 * SECOND_NS, True),
    ],
)
def test_a_digest_is_reused_only_if_the_file_had_settled(
    root, hashed, monkeypatch, age_ns, trusted
):
    write_files(root, "cat/1.png")
    changed_ns = (root / "cat" / "1.png").stat().st_ctime_ns
    monkeypatch.setattr(fingerprint_module.time, "time_ns", lambda: changed_ns + age_ns)
    fingerprint_of(root)
    fingerprint_of(root)
    assert len(hashed) == (1 if trusted else 2)


def test_a_file_that_cannot_be_read_ends_the_listing_and_is_not_kept(root):
    write_files(root, "cat/1.png", "cat/2.png")
    whole = scan("data", root)
    write_files(root, "cat/2.png", content=b"new")
    with (
        away(root / "cat" / "2.png"),
        pytest.raises(
            LrStudyError, match=r"'.*/cat/2.png' cannot be read \(.+\): make it readable"
        ),
    ):
        scan("data", root)
    write_files(root, "cat/2.png")
    assert scan("data", root).fingerprint == whole.fingerprint


def test_a_digest_for_each_regular_file(root):
    write_files(root, "cat/1.png", content=b"one")
    (root / "cat" / "2.png").symlink_to("nothing")
    found = scan("data", root)
    assert found.digests == (hashlib.sha256(b"one").hexdigest(), None)


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
def test_a_damaged_index_is_rebuilt(root, cache, hashed, content):
    write_files(root, "cat/1.png")
    first = fingerprint_of(root)
    (index,) = (cache / "fingerprints").iterdir()
    index.write_bytes(content)
    assert fingerprint_of(root) == first
    assert list(read_checked_json(index)) == ["cat/1.png"]
    assert len(hashed) == 2


def test_a_read_only_cache_does_not_matter(root, tmp_path, monkeypatch):
    write_files(root, "cat/1.png", content=b"")
    first = fingerprint_of(root)
    write_files(tmp_path, "a file")
    for value in [tmp_path / "a file", tmp_path / "a file" / "below"]:
        monkeypatch.setenv("LR_STUDY_CACHE", str(value))
        found = scan("data", root)
        assert found.fingerprint == first
        assert check_images(found, 8) == {"cat/1.png": "the file is empty"}
        assert read_left_out(first) is None


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_that_are_not_utf8_survive_in_the_cache(root, hashed):
    name = os.fsdecode(b"cat/\xe9\xff.png")
    write_files(root, name, content=b"")
    found = scan("data", root)
    assert found.paths == (name,)
    assert check_images(found, 8) == {name: "the file is empty"}
    hashed.clear()
    assert scan("data", root).fingerprint == found.fingerprint
    assert hashed == []
    assert read_left_out(found.fingerprint) == {name: "the file is empty"}


def test_digests_that_turned_out_wrong_are_computed_again(root, hashed):
    """As on a network share that shows an altered file with its old times."""
    write_files(root, "cat/1.png", "cat/2.png")
    found = scan("data", root)
    forget_digests(root)
    hashed.clear()
    assert scan("data", root).fingerprint == found.fingerprint
    assert sorted(hashed) == ["1.png", "2.png"]
    forget_digests(root)
    forget_digests(root)  # there is nothing to forget
