"""Read the scalars of a TensorBoard event file that may be damaged or malicious.

An event file is a TFRecord file: records of an 8-byte length, a checksum of the length, the
bytes, and a checksum of the bytes, all little-endian. The checksum is CRC-32C, "masked" by a
rotation and an addition, so that checksums of data that contains checksums remain reliable. Each
record is an ``Event`` message. The framing is implemented here, because the reader of the
tensorboard package imports tensorflow if it is installed, and trusts any length that it reads.
"""

import struct
from collections.abc import Collection, Iterator
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
    """The scalars of a file in their order, and a description of any damage."""

    points: tuple[Point, ...]
    damage: str | None = None


def read_event_file(path: Path, tags: Collection[str]) -> EventFile:
    """Read the scalars with the given tags from all records that are intact.

    A record that does not match its checksum is skipped. After a damaged length, no further record
    can be found, and reading stops.

    Raises
    ------
    NotAnEventFileError
        If nothing can be used: the file cannot be opened, is empty, is larger than
        `MAX_FILE_BYTES`, or does not start like an event file.
    """
    points: list[Point] = []
    damaged: list[int] = []
    stopped = None
    try:
        with open_regular(path) as file:
            size = file.seek(0, 2)
            file.seek(0)
            _require_size(size)
            try:
                for offset, data in _records(file, size):
                    event = None if data is None else _event(data)
                    if offset == 0 and data is not None and not _is_version(event):
                        raise NotAnEventFileError("not an event file: no file version")
                    if event is None:
                        damaged.append(offset)
                        continue
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
    return EventFile(tuple(points), _describe_damage(damaged, stopped))


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


def _is_version(event: Any | None) -> bool:
    return event is not None and bool(event.file_version.startswith(_VERSION))


def _scalars(event: Any, tags: Collection[str]) -> Iterator[Point]:
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
