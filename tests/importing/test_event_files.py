"""Event files: intact records are read, damage is reported, and no length is trusted."""

import os
import struct
import tracemalloc
from pathlib import Path

import pytest
from event_records import curve_records, framed, scalar_record, version_record, write_file
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow

from lr_study.importing import event_files
from lr_study.importing.event_files import (
    EventFile,
    NotAnEventFileError,
    Point,
    masked_crc32c,
    read_event_file,
    starts_like_an_event_file,
)

TAGS = {"epoch_loss", "epoch_accuracy"}
RECORDS = [*curve_records({"epoch_loss": [1.5, 0.75, 0.5], "epoch_accuracy": [0.25, 0.5, 0.75]})]
WHOLE = version_record() + b"".join(RECORDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("events")


def read(folder: Path, content: bytes) -> EventFile:
    file = folder / "events.out.tfevents.1"
    file.write_bytes(content)
    return read_event_file(file, TAGS)


def values(file: EventFile) -> list[tuple[str, int, float]]:
    return [(point.tag, point.step, point.value) for point in file.points]


def whole_points(folder: Path) -> tuple[Point, ...]:
    return read(folder, WHOLE).points


@given(st.binary(max_size=300))
def test_the_checksum_equals_that_of_the_tensorboard_package(data: bytes) -> None:
    assert masked_crc32c(data) == pywrap_tensorflow.masked_crc32c(data)


@pytest.mark.parametrize("form", ["simple", "tensor", "bytes", "double"])
def test_a_scalar_is_read_in_each_form(folder: Path, form: str) -> None:
    record = scalar_record("epoch_loss", 7, 0.625, 1600000020.5, form=form)
    file = read(folder, version_record() + record)
    assert file == EventFile((Point("epoch_loss", 7, 1600000020.5, 0.625),))


def test_other_tags_and_values_that_are_not_scalars_are_ignored(folder: Path) -> None:
    two = event_files.event_pb2.Event(step=1)
    two.summary.value.add(tag="epoch_loss").tensor.dtype = 1
    two.summary.value[0].tensor.float_val.extend([1, 2])
    two.summary.value.add(tag="epoch_loss").tensor.dtype = 7
    records = [framed(two.SerializeToString()), scalar_record("batch_loss", 1, 0.5, 1.0)]
    assert read(folder, WHOLE + b"".join(records)).points == whole_points(folder)


@given(cut=st.integers(0, len(WHOLE) - 1))
def test_the_intact_part_of_a_truncated_file_is_read(folder: Path, cut: int) -> None:
    """Everything up to the cut is read; the cut is reported unless it is between two records."""
    whole = whole_points(folder)
    if cut < len(version_record()):
        with pytest.raises(NotAnEventFileError, match="ends within a record" if cut else "empty"):
            read(folder, WHOLE[:cut])
        return
    file = read(folder, WHOLE[:cut])
    ends = [len(version_record())]
    for record in RECORDS:
        ends.append(ends[-1] + len(record))
    assert file.points == whole[: sum(end <= cut for end in ends) - 1]
    assert (file.damage is None) == (cut in ends)


@given(place=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_detected_anywhere(folder: Path, place: int, bit: int) -> None:
    content = bytearray(WHOLE)
    content[place] ^= 1 << bit
    whole = whole_points(folder)
    if place < 12:  # the first length, and its checksum
        with pytest.raises(NotAnEventFileError, match="not an event file"):
            read(folder, bytes(content))
        return
    file = read(folder, bytes(content))
    assert file.damage is not None
    assert set(file.points) < set(whole) or place < len(version_record())
    assert len(file.points) >= len(whole) - 1 or "the rest was not read" in file.damage


def test_reading_continues_after_a_damaged_record(folder: Path) -> None:
    content = bytearray(WHOLE)
    content[len(version_record()) + len(RECORDS[0]) + 20] ^= 1
    file = read(folder, bytes(content))
    place = len(version_record()) + len(RECORDS[0])
    assert file.damage == f"skipped 1 damaged record (the first at byte {place})"
    assert values(file)[:2] == [("epoch_loss", 0, 1.5), ("epoch_loss", 1, 0.75)]
    assert len(file.points) == 5


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\0" * 1000, "not an event file"),
        (b"a,b\n1,2\n" * 100, "not an event file"),
        (framed(b"anything"), "not an event file: its first record is another"),
        (framed(b"\x0a\x02hi"), "not an event file: its first record is another"),
        (b"\x18", "not an event file: it ends within a record"),
    ],
)
def test_what_is_not_an_event_file_is_rejected(folder: Path, content: bytes, reason: str) -> None:
    with pytest.raises(NotAnEventFileError, match=reason):
        read(folder, content)


def test_a_length_is_not_trusted(folder: Path) -> None:
    """A record that claims four exabytes, with a good checksum, takes no memory."""
    length = struct.pack("<Q", 1 << 62)
    claim = length + struct.pack("<I", masked_crc32c(length))
    file = read(folder, WHOLE + claim + b"x" * 100)
    assert file.points == whole_points(folder)
    assert "ends within a record" in str(file.damage)


def test_a_sparse_file_of_ten_gigabytes_is_not_read(tmp_path: Path) -> None:
    file = write_file(tmp_path / "events.out.tfevents.1", RECORDS)
    os.truncate(file, 10 << 30)
    tracemalloc.start()
    with pytest.raises(NotAnEventFileError, match="10240 MiB exceed the limit of 256 MiB"):
        read_event_file(file, TAGS)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_reading_a_file_of_zeros_stops_at_the_first_zero(tmp_path: Path) -> None:
    file = write_file(tmp_path / "events.out.tfevents.1", RECORDS)
    os.truncate(file, 200 << 20)
    read_file = read_event_file(file, TAGS)
    assert len(read_file.points) == len(RECORDS)
    assert "length is damaged" in str(read_file.damage)


def test_reading_stops_after_too_many_scalars(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = whole_points(folder)
    monkeypatch.setattr(event_files, "MAX_POINTS", 3)
    file = read(folder, WHOLE)
    assert file.points == whole[:3]
    assert "more than 3 scalars" in str(file.damage)


def test_as_many_scalars_as_are_allowed_are_all_of_a_sound_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_files, "MAX_POINTS", len(RECORDS))
    file = read(folder, WHOLE)
    assert (len(file.points), file.damage) == (len(RECORDS), None)


def test_one_record_holds_no_more_scalars_than_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = event_files.event_pb2.Event(step=1)
    for i in range(5000):
        event.summary.value.add(tag="epoch_loss", simple_value=i)
    crafted = framed(event.SerializeToString())
    monkeypatch.setattr(event_files, "MAX_POINTS", 1000)
    file = read(folder, version_record() + crafted + RECORDS[0])
    assert [point.value for point in file.points] == list(range(1000))
    assert "more than 1000 scalars" in str(file.damage)


def test_folders_and_pipes_do_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ".", "missing"):
        with pytest.raises(NotAnEventFileError, match="cannot be read"):
            read_event_file(tmp_path / name, TAGS)
        assert starts_like_an_event_file(tmp_path / name) is False


def test_an_event_file_is_recognised_by_its_start(tmp_path: Path) -> None:
    assert starts_like_an_event_file(write_file(tmp_path / "a", ()))
    (tmp_path / "b").write_text("print('hello, world')", encoding="utf-8")
    assert not starts_like_an_event_file(tmp_path / "b")
