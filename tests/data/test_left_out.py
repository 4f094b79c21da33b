"""Which images cannot be used, and that they are checked once."""

import os
import socket
import time

import pytest
from image_folders import write_files

from lr_study.data import check_images, read_left_out, scan, write_left_out


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
    assert left_out["cat/a.png"] == "the file is empty"
    assert left_out["cat/pipe.jpg"] == "not a regular file"


def test_images_are_checked_once(root, monkeypatch):
    write_files(root, "cat/1.png", "cat/2.png")
    found = scan("data", root)
    first = check_images(found, 8)
    assert list(first) == ["cat/1.png", "cat/2.png"]
    monkeypatch.setattr("lr_study.data.left_out.load_image", lambda path, size: 1 / 0)
    assert check_images(found, 8) == first
    assert check_images(scan("another name", root), 16) == first


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

    def interrupted(path, size):
        checked.append(path)
        if path.name == "000.png":
            raise KeyboardInterrupt
        time.sleep(0.02)

    monkeypatch.setattr("lr_study.data.left_out.load_image", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check_images(found, 8)
    assert len(checked) < 200
    assert read_left_out(found.fingerprint) is None
