"""Which images cannot be used, and that they are checked once."""

import os
import socket
import time

import pytest
from image_folders import away, write_files
from PIL import Image

from lr_study.data import ImageSet, check_images, read_left_out, scan, write_left_out
from lr_study.support.errors import LrStudyError
from lr_study.support.storage import checked_json


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_what_is_not_a_regular_file_is_listed_but_cannot_be_used(root, tmp_path, monkeypatch):
    write_files(root, "cat/a.png", content=b"")
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
    assert list(left_out.values()) == [
        "the file is empty",
        "a broken link",
        "a broken link",
        "not a regular file",
        "not a regular file",
    ]


def test_images_are_checked_once(root, monkeypatch):
    write_files(root, "cat/1.png", "cat/2.png")
    found = scan("data", root)
    first = check_images(found, 8)
    assert list(first) == ["cat/1.png", "cat/2.png"]
    monkeypatch.setattr("lr_study.data.image_set.decode_image", lambda content, size: 1 / 0)
    assert check_images(found, 8) == first
    assert check_images(scan("another name", root), 8) == first


def test_no_unusable_images_is_not_the_same_as_not_checked():
    assert read_left_out("0" * 64) is None
    write_left_out("0" * 64, {})
    assert read_left_out("0" * 64) == {}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"decoder": "another", "left_out": {}}'])
def test_the_result_of_another_decoder_or_a_damaged_file_is_ignored(cache, content):
    write_left_out("0" * 64, {"a": "b"})
    (file,) = (cache / "left_out").iterdir()
    file.write_bytes(content)
    assert read_left_out("0" * 64) is None


def test_many_images_are_hashed_and_checked_with_a_progress_bar(root, capsys):
    write_files(root, *(f"cat/{i}.png" for i in range(501)), content=b"")
    found = scan("data", root)
    assert len(check_images(found, 8)) == 501
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "hashing images" in captured.err
    assert "checking images" in captured.err


def test_an_interrupt_does_not_wait_for_the_rest(root, monkeypatch):
    write_files(root, *(f"cat/{i:03}.png" for i in range(400)))
    found = scan("data", root)
    checked = []

    def interrupted(image_set, row, size):
        checked.append(row)
        if row == 0:
            raise KeyboardInterrupt
        time.sleep(0.02)

    monkeypatch.setattr(ImageSet, "load", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check_images(found, 8)
    assert len(checked) < 200
    assert read_left_out(found.fingerprint) is None


# What happens once is no property of an image


def test_an_image_that_is_away_ends_the_check_and_is_not_kept(root):
    (root / "cat").mkdir()
    Image.new("RGB", (4, 4)).save(root / "cat" / "1.png")
    found = scan("data", root)
    with (
        away(root / "cat" / "1.png"),
        pytest.raises(LrStudyError, match=r"the image '.*/cat/1.png' cannot be read"),
    ):
        check_images(found, 8)
    assert read_left_out(found.fingerprint) is None
    assert check_images(found, 8) == {}


def test_a_folder_that_is_removed_and_comes_back_is_as_before(root, tmp_path):
    write_files(root, *(f"cat/{i}.png" for i in range(5)))
    found = scan("data", root)
    root.rename(tmp_path / "elsewhere")
    with pytest.raises(LrStudyError, match="cannot be read"):
        check_images(found, 8)
    assert read_left_out(found.fingerprint) is None
    (tmp_path / "elsewhere").rename(root)
    assert set(check_images(found, 8)) == set(found.paths)


@pytest.mark.parametrize("content", [b"", b"another image", None])
def test_an_image_that_changed_since_it_was_listed_ends_the_check(root, content):
    (root / "cat").mkdir()
    image = root / "cat" / "1.png"
    Image.new("RGB", (4, 4)).save(image)
    found = scan("data", root)
    if content is None:  # a sound image, another one
        Image.new("RGB", (4, 4), (9, 9, 9)).save(image)
    else:
        image.write_bytes(content)
    with pytest.raises(LrStudyError, match=r"'.*/cat/1.png' changed while the data set was being"):
        check_images(found, 8)
    assert read_left_out(found.fingerprint) is None
    assert len(check_images(scan("data", root), 8)) == (0 if content is None else 1)


def test_a_change_that_the_file_system_does_not_show_is_noticed(root, cache):
    (root / "cat").mkdir()
    image = root / "cat" / "1.png"
    Image.new("RGB", (4, 4)).save(image)
    os.utime(image, ns=(0, 0))
    digests = scan("data", root).digests
    (index,) = (cache / "fingerprints").iterdir()
    image.write_bytes(image.read_bytes()[::-1])
    status = image.stat()
    identity = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
    later = status.st_ctime_ns + 3_000_000_000
    index.write_text(checked_json({"cat/1.png": [*identity, later, digests[0]]}), encoding="utf-8")
    with pytest.raises(LrStudyError, match="changed"):
        check_images(scan("data", root), 8)
    assert list(check_images(scan("data", root), 8)) == ["cat/1.png"]


def test_a_file_larger_than_any_image_is_not_read(root):
    (root / "cat").mkdir()
    with (root / "cat" / "1.png").open("wb") as file:
        file.truncate(3_000_000)
    found = scan("data", root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("lr_study.data.reading._MAX_BYTES", 2_000_000)
        left_out = check_images(found, 8)
    assert left_out == {"cat/1.png": "3,000,000 bytes exceed the limit of 2,000,000 bytes"}
