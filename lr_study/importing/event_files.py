"""One TensorBoard event file, read without trust: framing, checksums, scalars.

An event file is a TFRecord file: records of an 8-byte length, a checksum of the length, the
bytes, and a checksum of the bytes, all little-endian. The checksum is CRC-32C, rotated and
shifted ("masked") so that a checksum of data that holds checksums stays a good one. Each record
is an ``Event`` message. The framing is read here, because the reader of the tensorboard package
imports tensorflow where it is installed, and believes any length that it finds.
"""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2

from lr_study.support import open_regular

MAX_FILE_BYTES = 256 << 20
"""Bytes. A run's scalars take kilobytes, and the graph that Keras adds some megabytes; what is
far larger holds other things, and checking it would take minutes."""

MAX_POINTS = 1_000_000
"""Scalars of a file that are kept: one that was made to fill the memory does not."""

_HEADER = struct.Struct("<QI")
_CHECKSUM = struct.Struct("<I")
_VERSION = "brain.Event:"

_FLOAT, _DOUBLE = 1, 2  # of the message's enumeration of types; Keras writes no others
_TENSORS = {
    _FLOAT: ("float_val", struct.Struct("<f")),
    _DOUBLE: ("double_val", struct.Struct("<d")),
}


class NotAnEventFileError(Exception):
    """Nothing of a file can be used; the text says why."""


@dataclass(frozen=True)
class Point:
    """One scalar: what it is, of which step, when it was written (seconds since 1970)."""

    tag: str
    step: int
    wall_time: float
    value: float


@dataclass(frozen=True)
class EventFile:
    """The scalars of a file in its order, and what is wrong with the rest, or None."""

    points: tuple[Point, ...]
    damage: str | None = None


def read_event_file(path: Path, wanted: Collection[str]) -> EventFile:
    """Read the scalars under the wanted tags; what is whole counts, whatever else is damaged.

    A record whose bytes do not match their checksum is passed over. After a damaged length
    nothing can be found any more, and reading ends there.

    Raises
    ------
    NotAnEventFileError
        If nothing can be used: the file cannot be opened, is empty, is larger than
        `MAX_FILE_BYTES`, or does not begin as an event file does.
    """
    points: list[Point] = []
    spoiled: list[int] = []
    cut = None
    try:
        with open_regular(path) as file:
            size = file.seek(0, 2)
            file.seek(0)
            _require_size(size)
            try:
                for offset, data in _records(file, size):
                    event = None if data is None else _event(data)
                    if offset == 0 and data is not None and not _begins_a_file(event):
                        raise NotAnEventFileError("not an event file: its first record is another")
                    if event is None:
                        spoiled.append(offset)
                    else:
                        points += _scalars(event, wanted)
                    if len(points) > MAX_POINTS:
                        raise _CutError(offset, f"it has more than {MAX_POINTS} scalars")
            except _CutError as error:
                if error.offset == 0:
                    raise NotAnEventFileError(f"not an event file: {error}") from None
                cut = str(error)
    except OSError as error:
        raise NotAnEventFileError(f"cannot be read: {error.strerror or error}") from None
    return EventFile(tuple(points), _damage(spoiled, cut))


def begins_with_a_record(path: Path) -> bool:
    """Whether a file can be opened and begins as event files do, by its first checksum."""
    try:
        with open_regular(path) as file:
            header = file.read(_HEADER.size)
    except OSError:
        return False
    return len(header) == _HEADER.size and _length(header) is not None


def _length(header: bytes) -> int | None:
    """The length that a record's header gives, None if the header is damaged."""
    length, checksum = _HEADER.unpack(header)
    return int(length) if masked_crc32c(header[:8]) == checksum else None


def _require_size(size: int) -> None:
    if size == 0:
        raise NotAnEventFileError("empty")
    if size > MAX_FILE_BYTES:
        raise NotAnEventFileError(
            f"{size / 2**20:.0f} MiB are more than the {MAX_FILE_BYTES >> 20} MiB that are read"
        )


def _damage(spoiled: list[int], cut: str | None) -> str | None:
    parts = [] if cut is None else [f"{cut}, and nothing is read after that"]
    if spoiled:
        many = "1 record" if len(spoiled) == 1 else f"{len(spoiled)} records"
        parts.insert(0, f"{many} damaged (the first at byte {spoiled[0]}) and left out")
    return "; ".join(parts) or None


class _CutError(Exception):
    """Where no further record can be found."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"{reason} at byte {offset}")
        self.offset = offset


def _records(file: BufferedReader, size: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield each record's place and bytes, None where these are damaged.

    No more is read than the file has, whatever a length says.
    """
    offset = 0
    while offset < size:
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            raise _CutError(offset, "it ends within a record")
        length = _length(header)
        if length is None:
            raise _CutError(offset, "a record's length is damaged")
        end = offset + _HEADER.size + length + _CHECKSUM.size
        if end > size:
            raise _CutError(offset, "it ends within a record")
        data = file.read(length)
        tail = file.read(_CHECKSUM.size)
        if len(data) < length or len(tail) < _CHECKSUM.size:  # it was cut while we read it
            raise _CutError(offset, "it ends within a record")
        intact = _CHECKSUM.unpack(tail)[0] == masked_crc32c(data)
        yield offset, data if intact else None
        offset = end


def _event(data: bytes) -> Any | None:
    try:
        return event_pb2.Event.FromString(data)
    except DecodeError:
        return None


def _begins_a_file(event: Any | None) -> bool:
    return event is not None and bool(event.file_version.startswith(_VERSION))


def _scalars(event: Any, wanted: Collection[str]) -> Iterator[Point]:
    for value in event.summary.value:
        if value.tag in wanted:
            number = _number(value)
            if number is not None:
                yield Point(value.tag, event.step, event.wall_time, number)


def _number(value: Any) -> float | None:
    """The one number of a value, simple or a tensor; None of what is no single number."""
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
    """Return the checksum that TFRecord files use; RFC 3720 defines CRC-32C.

    >>> hex(masked_crc32c(b"123456789"))
    '0xc78ab0e5'
    """
    table, crc = _TABLE, 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
