"""Small files that tell whether they are as they were written; writes all or nothing."""

import hashlib
import resource
from pathlib import Path

import numpy as np
import pytest

from lr_study.support.storage import (
    atomic_write,
    cache_dir,
    checked_json,
    read_checked_json,
    release_pages,
)

VALUE = {"caf\udce9.png": ["0f3a", 0.1, None], "seconds": 12.5}


def test_a_value_comes_back_as_it_was(tmp_path):
    file = tmp_path / "x.json"
    file.write_text(checked_json(VALUE), encoding="ascii")
    assert read_checked_json(file) == VALUE


def test_a_file_of_an_earlier_version_is_read(tmp_path):
    """Its names may stand in any order: the checksum is that of the sorted ones."""
    checksum = hashlib.sha256(b'{"a": [1], "b": {"c": 2, "d": null}}').hexdigest()
    file = tmp_path / "x.json"
    file.write_text(
        f'{{"sha256": "{checksum}", "value": {{"b": {{"d": null, "c": 2}}, "a": [1]}}}}',
        encoding="ascii",
    )
    assert read_checked_json(file) == {"a": [1], "b": {"c": 2, "d": None}}


def test_no_flipped_bit_and_no_cut_passes_for_what_was_written(tmp_path):
    file = tmp_path / "x.json"
    whole = checked_json(VALUE).encode()
    harmed = [whole[:at] for at in range(len(whole))]
    for at in range(len(whole)):
        for bit in range(8):
            harmed.append(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    for content in harmed:
        file.write_bytes(content)
        try:
            assert read_checked_json(file) == VALUE  # as where E for e changes nothing
        except ValueError:
            continue


@pytest.mark.parametrize("content", ["null", "[]", "{}", '{"value": 1}'])
def test_what_has_no_checksum_is_refused(tmp_path, content):
    file = tmp_path / "x.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="no checksum"):
        read_checked_json(file)


@pytest.mark.parametrize("kind", ["a file", "a folder"])
def test_a_write_that_fails_leaves_the_old_content_and_nothing_else(tmp_path, kind):
    target = tmp_path / "target"
    target.write_text("old", encoding="utf-8")

    def write_half() -> None:
        with atomic_write(target) as aside:
            if kind == "a folder":
                aside.mkdir()
                aside /= "file"
            aside.write_text("half", encoding="utf-8")
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_half()
    assert [path.name for path in tmp_path.iterdir()] == ["target"]
    assert target.read_text(encoding="utf-8") == "old"


def test_a_file_is_replaced_in_a_folder_that_is_new_and_a_folder_never(tmp_path):
    file = tmp_path / "new" / "folder" / "file"
    for content in ("old", "new"):
        with atomic_write(file) as aside:
            aside.write_text(content, encoding="utf-8")
            assert not file.exists() or file.read_text(encoding="utf-8") == "old"
        assert file.read_text(encoding="utf-8") == content
    with pytest.raises(OSError, match="not empty"), atomic_write(file.parent) as aside:
        (aside / "other").mkdir(parents=True)
    assert [path.name for path in file.parent.iterdir()] == ["file"]


def resident_bytes() -> int:
    return (
        int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
        * resource.getpagesize()
    )


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux tells what is resident")
def test_pages_that_are_released_take_no_memory_and_keep_their_values(tmp_path):
    size = 64 * 2**20
    np.save(tmp_path / "array.npy", np.ones(size // 4, np.float32))
    array = np.load(tmp_path / "array.npy", mmap_mode="r")
    assert array.sum() == size // 4
    before = resident_bytes()
    release_pages(array)
    assert resident_bytes() < before - size // 2
    assert array.sum() == size // 4
    release_pages(np.ones(3, np.float32))  # in memory: nothing to release


def test_the_cache_is_where_the_environment_says_or_in_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LR_STUDY_CACHE", "~/mine")
    assert cache_dir() == Path.home() / "mine"
    monkeypatch.delenv("LR_STUDY_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir().name == "lr-study"
