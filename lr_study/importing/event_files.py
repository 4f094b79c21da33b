"""Read the scalars of a TensorBoard event file that may be damaged or malicious.

An event file is a TFRecord file: records of an 8-byte length, a checksum of the length, the
bytes, and a checksum of the bytes, all little-endian. The checksum is CRC-32C, "masked" by a
rotation and an addition, so that checksums of data that contains checksums remain reliable. Each
record is an ``Event`` message. The framing is implemented here, because the reader of the
tensorboard package imports tensorflow if it is installed, and trusts any length that it reads.
"""

import struct
from collections.abc import Container, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2

from lr_study.support import LrStudyError, open_regular

MAX_FILE_BYTES = 256 << 20
"""The largest file that is read. The scalars of a run take kilobytes, and the graph that Keras adds
some megabytes; checking a much larger file would take minutes."""

MAX_POINTS = 1_000_000
"""The most scalars that are kept of a file, to bound the memory: the rest is not read."""

_MAX_OTHER_TAGS = 50

_LFS_POINTER = b"version https://git-lfs"

_HEADER = struct.Struct("<QI")
_CHECKSUM = struct.Struct("<I")
_VERSION = "brain.Event:"

_FLOAT, _DOUBLE = 1, 2  # members of the enumeration DataType; Keras writes no others
_TENSORS = {
    _FLOAT: ("float_val", struct.Struct("<f")),
    _DOUBLE: ("double_val", struct.Struct("<d")),
}


class NotAnEventFileError(LrStudyError):
    """Nothing in a file can be used; the message is the reason."""


@dataclass(frozen=True)
class Point:
    """A scalar: its tag, its step, when it was written (seconds since 1970), and its value."""

    tag: str
    step: int
    wall_time: float
    value: float


@dataclass(frozen=True)
class EventFile:
    """What is read of a file.

    Attributes
    ----------
    points
        The scalars with wanted tags, in their order.
    damage
        A description of any damage, or None.
    starts
        The places in ``points`` where a session starts, as writers of TensorFlow 1 record it.
    other_tags
        Some of the tags that were not wanted, sorted.
    """

    points: tuple[Point, ...]
    damage: str | None = None
    starts: tuple[int, ...] = ()
    other_tags: tuple[str, ...] = ()


def read_event_file(path: Path, tags: Container[str]) -> EventFile:
    """Read the scalars with the given tags from all records that are intact.

    A record that does not match its checksum is skipped. After a damaged length, no further record
    can be found, and reading stops.

    Raises
    ------
    NotAnEventFileError
        If nothing can be used: the file cannot be opened, is empty, is larger than
        `MAX_FILE_BYTES`, is a pointer of Git LFS, or does not start like an event file.
    """
    points: list[Point] = []
    starts: list[int] = []
    other_tags: set[str] = set()
    damaged: list[int] = []
    stopped = None
    try:
        with open_regular(path) as file:
            size = file.seek(0, 2)
            file.seek(0)
            _require_size(size)
            _require_no_pointer(file)
            try:
                for offset, data in _records(file, size):
                    event = None if data is None else _event(data)
                    if offset == 0 and data is not None and not _may_be_first(event):
                        raise NotAnEventFileError("not an event file: its first record is another")
                    if event is None:
                        damaged.append(offset)
                        continue
                    if event.session_log.status == event_pb2.SessionLog.START:
                        starts.append(len(points))
                    if len(other_tags) < _MAX_OTHER_TAGS:
                        other_tags |= _other_tags(event, tags)
                    for point in _scalars(event, tags):  # one record may hold millions
                        if len(points) >= MAX_POINTS:
                            raise _StopError(offset, f"it has more than {MAX_POINTS} scalars")
                        points.append(point)
            except _StopError as error:
                if error.offset == 0:
                    raise NotAnEventFileError(f"not an event file: {error}") from None
                stopped = str(error)
    except OSError as error:
        raise NotAnEventFileError(f"cannot be read: {error.strerror or error}") from None
    others = tuple(sorted(other_tags)[:_MAX_OTHER_TAGS])
    return EventFile(tuple(points), _describe_damage(damaged, stopped), tuple(starts), others)


def starts_like_an_event_file(path: Path) -> bool:
    """Whether a file can be opened and its first record has a length with a valid checksum."""
    try:
        with open_regular(path) as file:
            header = file.read(_HEADER.size)
    except OSError:
        return False
    return len(header) == _HEADER.size and _length(header) is not None


def _length(header: bytes) -> int | None:
    """Return the length in the header of a record, or None if the header is damaged."""
    length, checksum = _HEADER.unpack(header)
    return int(length) if masked_crc32c(header[:8]) == checksum else None


def _require_size(size: int) -> None:
    if size == 0:
        raise NotAnEventFileError("empty")
    if size > MAX_FILE_BYTES:
        raise NotAnEventFileError(
            f"{size / 2**20:.0f} MiB exceed the limit of {MAX_FILE_BYTES >> 20} MiB"
        )


def _require_no_pointer(file: BufferedReader) -> None:
    is_pointer = file.read(len(_LFS_POINTER)) == _LFS_POINTER
    file.seek(0)
    if is_pointer:
        raise NotAnEventFileError("a Git LFS pointer, not the file itself: git lfs pull")


def _describe_damage(damaged: list[int], stopped: str | None) -> str | None:
    parts = []
    if damaged:
        records = "1 damaged record" if len(damaged) == 1 else f"{len(damaged)} damaged records"
        parts.append(f"skipped {records} (the first at byte {damaged[0]})")
    if stopped is not None:
        parts.append(f"{stopped}: the rest was not read")
    return "; ".join(parts) or None


class _StopError(Exception):
    """Reading cannot continue after this offset."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"{reason} at byte {offset}")
        self.offset = offset


def _records(file: BufferedReader, size: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield the offset and the bytes of each record, or None for bytes that are damaged.

    Never more than the size of the file is read, whatever length a record claims.
    """
    offset = 0
    while offset < size:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            raise _StopError(offset, "it ends within a record")
        length = _length(header)
        if length is None:
            raise _StopError(offset, "a record's length is damaged")
        end = offset + _HEADER.size + length + _CHECKSUM.size
        if end > size:
            raise _StopError(offset, "it ends within a record")
        data = file.read(length)
        checksum = file.read(_CHECKSUM.size)
        if len(data) < length or len(checksum) < _CHECKSUM.size:  # truncated while it was read
            raise _StopError(offset, "it ends within a record")
        intact = _CHECKSUM.unpack(checksum)[0] == masked_crc32c(data)
        yield offset, data if intact else None
        offset = end


def _event(data: bytes) -> Any | None:
    try:
        return event_pb2.Event.FromString(data)
    except DecodeError:
        return None


def _may_be_first(event: Any | None) -> bool:
    """Whether a file may start so: with its version, or, before tensorboardX 1.8, with any event.

    The bytes of other records may be read as an event too, but not as one with a time.
    """
    if event is None:
        return False
    if event.file_version:
        return bool(event.file_version.startswith(_VERSION))
    return bool(event.wall_time > 0)


def _other_tags(event: Any, tags: Container[str]) -> set[str]:
    """Return the tags of scalars that are not wanted, those of one line alone."""
    return {
        value.tag
        for value in event.summary.value[:_MAX_OTHER_TAGS]
        if value.tag not in tags and value.tag.isprintable() and _number(value) is not None
    }


def _scalars(event: Any, tags: Container[str]) -> Iterator[Point]:
    for value in event.summary.value:
        if value.tag in tags:
            number = _number(value)
            if number is not None:
                yield Point(value.tag, event.step, event.wall_time, number)


def _number(value: Any) -> float | None:
    """Return the number in a simple value or a tensor, or None if it is not a single number."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    if kind != "tensor" or value.tensor.dtype not in _TENSORS:
        return None
    field, packed = _TENSORS[value.tensor.dtype]
    numbers = getattr(value.tensor, field)
    if len(numbers) == 1:
        return float(numbers[0])
    content = value.tensor.tensor_content
    return float(packed.unpack(content)[0]) if len(content) == packed.size else None


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_TABLE = _crc_table()


def masked_crc32c(data: bytes) -> int:
    """Return the checksum of TFRecord files; RFC 3720 defines CRC-32C.

    >>> hex(masked_crc32c(b"123456789"))
    '0xc78ab0e5'
    """
    table, crc = _TABLE, 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
