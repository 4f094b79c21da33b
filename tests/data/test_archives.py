"""A zip or tar archive as data: what is unpacked, where, and what is refused."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest
from image_folders import write_files

from lr_study.data import archives, locate, scan
from lr_study.support.errors import LrStudyError, UsageError

PATHS = ("cat/1.png", "cat/2.png", "dog/1.png")


@pytest.fixture
def classes(root):
    """A folder of two classes, in a folder of its own."""
    write_files(root / "pets", *PATHS)
    return root / "pets"


def listed(data):
    name, root = locate(str(data))
    return name, scan(name, root)


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar", "xztar"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_archive_is_the_folder_in_it(classes, tmp_path, kind, wrapped):
    top = classes.parent if wrapped else classes
    base = tmp_path / ("any name" if wrapped else "pets")
    archive = shutil.make_archive(str(base), kind, top)
    name, found = listed(archive)
    assert name == "pets"
    assert found.paths == PATHS
    assert found.fingerprint == scan("pets", classes).fingerprint


def test_the_ending_does_not_matter(classes, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "x"), "zip", classes)
    os.rename(archive, tmp_path / "pets.download")  # noqa: PTH104
    name, found = listed(tmp_path / "pets.download")
    assert (name, found.paths) == ("pets.download", PATHS)


def test_an_archive_is_unpacked_once_and_again_when_it_changed(classes, tmp_path, cache):
    archive = shutil.make_archive(str(tmp_path / "pets"), "zip", classes)
    _, root = locate(archive)
    (root / "cat" / "1.png").write_bytes(b"marked")
    assert (locate(archive)[1] / "cat" / "1.png").read_bytes() == b"marked"
    write_files(classes, "eel/1.png")
    os.utime(shutil.make_archive(str(tmp_path / "pets"), "zip", classes), ns=(0, 0))
    assert listed(archive)[1].class_names == ("cat", "dog", "eel")
    assert {path.suffix for path in (cache / "data" / "archives").iterdir()} == {""}


def test_nothing_is_written_outside(tmp_path, cache):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        for path in [*PATHS, "../../out.png", "/out.png"]:
            archive.writestr(path, b"x")
    _, root = locate(str(tmp_path / "evil.zip"))
    outside = [path for path in tmp_path.rglob("out.png") if root not in path.parents]
    assert outside == []

    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        for path in [*PATHS, "../../out.png"]:
            tar.addfile(tarfile.TarInfo(path), io.BytesIO())
    with pytest.raises(UsageError, match=r"evil.tar' cannot be unpacked \(.+outside"):
        locate(str(tmp_path / "evil.tar"))
    assert [path for path in tmp_path.rglob("out.png") if root not in path.parents] == []
    assert not [path for path in (cache / "data" / "archives").iterdir() if path.name[0] == "."]


def test_a_damaged_archive_is_refused_and_nothing_is_left(classes, tmp_path, cache):
    archive = tmp_path / "pets.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for path in PATHS:
            opened.write(classes / path, path)
    content = archive.read_bytes()
    archive.write_bytes(content.replace(b"not really", b"NOT REALLY", 1))  # a wrong checksum
    with pytest.raises(UsageError, match=r"pets.zip' cannot be unpacked \(Bad CRC-32"):
        locate(str(archive))
    assert [path.suffix for path in (cache / "data" / "archives").iterdir()] == []


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archive_without_room_is_one_line(classes, tmp_path, monkeypatch, kind):
    archive = shutil.make_archive(str(tmp_path / "pets"), kind, classes)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda path: usage._replace(free=3))
    with pytest.raises(
        LrStudyError, match=r"cannot be unpacked into .+ \(it takes 57 bytes, 3 are"
    ):
        locate(archive)
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda path: usage._replace(free=57))
    assert listed(archive)[1].paths == PATHS  # it just fits


def test_a_folder_with_nothing_but_an_archive_names_it(classes, tmp_path):
    (tmp_path / "download").mkdir()
    archive = shutil.make_archive(str(tmp_path / "download" / "pets"), "zip", classes)
    with pytest.raises(UsageError) as raised:
        locate(str(tmp_path / "download"))
    assert f"the archive 'pets.zip': use data={archive!r}, or unpack it" in str(raised.value)


def test_an_archive_without_class_folders_is_refused(tmp_path):
    write_files(tmp_path / "flat", "1.png", "2.png")
    archive = shutil.make_archive(str(tmp_path / "flat"), "zip", tmp_path / "flat")
    with pytest.raises(UsageError, match="contains images, but no class folders"):
        locate(archive)


def test_a_file_is_an_archive_by_its_content(classes, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "pets"), "gztar", classes)
    os.rename(archive, tmp_path / "pets")  # noqa: PTH104
    assert archives.is_archive(tmp_path / "pets") is True
    (tmp_path / "text.zip").write_text("no archive", encoding="utf-8")
    assert archives.is_archive(tmp_path / "text.zip") is False
    assert archives.is_archive(tmp_path / "missing.zip") is False


AS_IN_3_11_2 = """
import sys
import tarfile

extractall = tarfile.TarFile.extractall


def without_filter(self, path=".", members=None, *, numeric_owner=False):
    return extractall(self, path, members, numeric_owner=numeric_owner)


tarfile.TarFile.extractall = without_filter
from lr_study.data import locate, scan

print(*scan(*locate(sys.argv[1])).paths)
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="every such Python has the filter")
def test_a_tar_is_unpacked_by_a_python_that_has_no_filter_of_members(classes, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "pets"), "tar", classes)
    answer = subprocess.run(
        [sys.executable, "-c", AS_IN_3_11_2, archive],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (answer.stdout, answer.returncode) == (" ".join(PATHS) + "\n", 0), answer.stderr
