"""Event files made by hand, for tests of what reads them."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tensorboard.compat.proto import event_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

START = 1_600_000_000.0
SECONDS_PER_EPOCH = 20.0


def framed(data: bytes) -> bytes:
    """One record of a TFRecord file, its checksums by the tensorboard package's own code."""
    length = struct.pack("<Q", len(data))
    checksums = [struct.pack("<I", masked_crc32c(part)) for part in (length, data)]
    return length + checksums[0] + data + checksums[1]


def version_record(wall_time: float = START) -> bytes:
    """The first record of every event file."""
    event = event_pb2.Event(wall_time=wall_time, file_version="brain.Event:2")
    return framed(event.SerializeToString())


def scalar_record(
    tag: str, step: int, value: float, wall_time: float, *, form: str = "tensor"
) -> bytes:
    """One scalar: ``simple``, or a tensor of floats (``tensor``), bytes or doubles."""
    event = event_pb2.Event(wall_time=wall_time, step=step)
    entry = event.summary.value.add(tag=tag)
    if form == "simple":
        entry.simple_value = value
    elif form == "tensor":
        entry.tensor.dtype = 1
        entry.tensor.float_val.append(value)
    elif form == "bytes":
        entry.tensor.dtype = 1
        entry.tensor.tensor_content = struct.pack("<f", value)
    else:
        entry.tensor.dtype = 2
        entry.tensor.double_val.append(value)
    return framed(event.SerializeToString())


def curve_records(
    curves: Mapping[str, Sequence[float]],
    *,
    first: int = 0,
    start: float = START,
    form: str = "tensor",
) -> Iterable[bytes]:
    """The records of some curves, a step an epoch from ``first``, as Keras orders them."""
    for i in range(max(map(len, curves.values()))):
        for tag, values in curves.items():
            if i < len(values):
                wall_time = start + SECONDS_PER_EPOCH * (first + i + 1)
                yield scalar_record(tag, first + i, values[i], wall_time, form=form)


def write_file(path: Path, records: Iterable[bytes]) -> Path:
    """Write an event file of these records, after the first one that all have."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(version_record() + b"".join(records))
    return path


FILE_NAME = "events.out.tfevents.1600000000.host.1.0.v2"


def write_run(
    folder: Path,
    epochs: int = 4,
    *,
    rates: Sequence[float] = (),
    first: int = 0,
    start: float = START,
    name: str = FILE_NAME,
    best: float = 0.75,
) -> Path:
    """Write ``train`` and ``validation`` of one run in today's names; return its folder."""
    steps = range(first, first + epochs)
    train = {"epoch_loss": [2.0 / (e + 1) for e in steps]}
    train["epoch_accuracy"] = [0.5 + 0.25 * e / (e + 1) for e in steps]
    if rates:
        train["epoch_learning_rate"] = list(rates[first : first + epochs])
    validation = {"epoch_loss": [1.0 / (e + 1) for e in steps]}
    validation["epoch_accuracy"] = [best * (e + 1) / (e + 2) for e in steps]
    for role, curves in (("train", train), ("validation", validation)):
        write_file(folder / role / name, curve_records(curves, first=first, start=start))
    return folder
