"""Read PyTorch's legacy checkpoint format (before 1.6, not a zip archive) with numpy alone.

Such a file is four pickles in a row (magic number, format version, the machine's properties, the
saved object), a fifth that lists the keys of the storages, and then each storage as its number of
elements and its raw bytes. See ``torch/serialization.py`` of PyTorch.

A pickle can name any function and have it called. This reader allows four names, none of which
does more than hold plain data; the arrays are created afterwards, from checked numbers.
"""

import pickle
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from lr_study.support import LrStudyError

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_STORAGES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Read a state dict: the name of each tensor and its values, as read-only arrays.

    Parameters
    ----------
    path
        A file from ``torch.save(state_dict, path)`` before PyTorch 1.6, or later with
        ``_use_new_zipfile_serialization=False``; float32 and int64 tensors only.

    Raises
    ------
    LrStudyError
        If the file has another format, is truncated or inconsistent, or refers to anything other
        than the few names that a state dict needs. No code in such a file is executed.
    """
    with path.open("rb") as file:
        if file.peek(2).startswith(b"PK"):
            raise LrStudyError(
                f"{path}: zip checkpoints are not supported; save it again with "
                "torch.save(state_dict, FILE, _use_new_zipfile_serialization=False)"
            )
        try:
            return _read(file)
        # Arbitrary bytes make a pickle fail with arbitrary errors.
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise LrStudyError(f"{path}: not a PyTorch state dict: {reason}") from error


class _PlainUnpickler(pickle.Unpickler):
    """Builds plain values only; storages are recorded in ``declared``, and their keys returned."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.declared: dict[str, tuple[str, int]] = {}

    def find_class(self, module: str, name: str) -> Any:
        match module, name:
            case "collections", "OrderedDict":
                return OrderedDict
            case "torch._utils", "_rebuild_tensor_v2":
                # Storage key, offset, size and strides; the rest is about gradients.
                return lambda *arguments: arguments[:4]
            case "torch", storage if storage in _STORAGES:
                return _STORAGES[storage]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")

    def persistent_load(self, pid: Any) -> str:
        match pid:
            case ("storage", str(dtype), str(key), str(), int(count), None):
                if dtype not in _STORAGES.values():
                    raise pickle.UnpicklingError(f"storage type {dtype!r} is not allowed")
                if self.declared.setdefault(key, (dtype, count)) != (dtype, count):
                    raise pickle.UnpicklingError(
                        f"storage {key!r} is declared twice, with different types or sizes"
                    )
                return key
        raise pickle.UnpicklingError(f"persistent id {pid!r} is not allowed")


def _read(file: IO[bytes]) -> dict[str, NDArray[Any]]:
    if _PlainUnpickler(file).load() != _MAGIC:
        raise ValueError("it does not start with PyTorch's magic number")
    if (version := _PlainUnpickler(file).load()) != _VERSION:
        raise ValueError(f"format version {version}, expected {_VERSION}")
    if not _PlainUnpickler(file).load()["little_endian"]:
        raise ValueError("it was written on a big-endian machine")
    state = _PlainUnpickler(file)
    tensors = state.load()
    keys = _PlainUnpickler(file).load()
    if sorted(keys) != sorted(state.declared):
        raise ValueError("its storages are not those that it declares")
    storages, content, position = {}, file.read(), 0
    for key in keys:
        dtype, count = state.declared[key]
        if np.frombuffer(content, "<i8", 1, position)[0] != count:
            raise ValueError(f"storage {key!r} does not have the declared size")
        storages[key] = np.frombuffer(content, dtype, count, position + 8)
        position += 8 + storages[key].nbytes
    return {
        name: _view(storages[key], offset, size, strides)
        for name, (key, offset, size, strides) in tensors.items()
    }


def _view(
    storage: NDArray[Any], offset: int, size: Sequence[int], strides: Sequence[int]
) -> NDArray[Any]:
    """Return a read-only view of ``size`` into a flat storage; offset and strides count elements.

    Bounds are checked here because numpy does not check them: a stride from the file that leads
    out of the storage would read memory of the process.
    """
    last = offset + sum((n - 1) * stride for n, stride in zip(size, strides, strict=True))
    if min(offset, *strides, *(n - 1 for n in size), 0) < 0 or last >= storage.size:
        raise ValueError("a tensor reaches outside its storage")
    return np.lib.stride_tricks.as_strided(
        storage[offset:],
        shape=tuple(size),
        strides=[stride * storage.itemsize for stride in strides],
        writeable=False,
    )
