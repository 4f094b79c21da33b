"""Read PyTorch's old checkpoint format (before 1.6, not a zip archive) with numpy alone.

Such a file is four pickles in a row (magic number, format version, the machine's properties, the
saved object), a fifth that lists the keys of the storages, and then each storage as its number of
elements and its raw bytes. ``torch/serialization.py`` of PyTorch calls it the legacy format.

A pickle can name any function and have it called. This reader lets it name four things, none of
which does more than hold plain data; the arrays are made afterwards, from checked numbers.
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
        What ``torch.save(state_dict, path)`` wrote before PyTorch 1.6, or writes with
        ``_use_new_zipfile_serialization=False``; float32 and int64 tensors only.

    Raises
    ------
    LrStudyError
        If the file is of another format, is cut off or contradicts itself, or asks for anything
        beyond the few names that a state dict needs. Nothing of such a file is executed.
    """
    with path.open("rb") as file:
        if file.peek(2).startswith(b"PK"):
            raise LrStudyError(
                f"{path}: a zip checkpoint cannot be read; write it once more with "
                "torch.save(state_dict, FILE, _use_new_zipfile_serialization=False)"
            )
        try:
            return _read(file)
        # Arbitrary bytes make a pickle fail in arbitrary ways.
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise LrStudyError(f"{path}: not a PyTorch state dict: {reason}") from error


class _PlainUnpickler(pickle.Unpickler):
    """Builds plain values only; storages are noted in ``declared`` and stand as their keys."""

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
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is refused")

    def persistent_load(self, pid: Any) -> str:
        match pid:
            case ("storage", str(dtype), str(key), str(), int(count), None):
                if dtype not in _STORAGES.values():
                    raise pickle.UnpicklingError(f"storage of type {dtype!r}, which is refused")
                if self.declared.setdefault(key, (dtype, count)) != (dtype, count):
                    raise pickle.UnpicklingError(f"storage {key!r} is declared in two ways")
                return key
        raise pickle.UnpicklingError(f"it asks for {pid!r}, which is refused")


def _read(file: IO[bytes]) -> dict[str, NDArray[Any]]:
    if _PlainUnpickler(file).load() != _MAGIC:
        raise ValueError("it does not begin with PyTorch's magic number")
    if (version := _PlainUnpickler(file).load()) != _VERSION:
        raise ValueError(f"format version {version}, expected {_VERSION}")
    if not _PlainUnpickler(file).load()["little_endian"]:
        raise ValueError("it was written on a big-endian machine")
    state = _PlainUnpickler(file)
    tensors = state.load()
    keys = _PlainUnpickler(file).load()
    if sorted(keys) != sorted(state.declared):
        raise ValueError("the storages it declares are not those it holds")
    storages, content, position = {}, file.read(), 0
    for key in keys:
        dtype, count = state.declared[key]
        if np.frombuffer(content, "<i8", 1, position)[0] != count:
            raise ValueError(f"storage {key!r} is not of the size it declares")
        storages[key] = np.frombuffer(content, dtype, count, position + 8)
        position += 8 + storages[key].nbytes
    return {
        name: _view(storages[key], offset, size, strides)
        for name, (key, offset, size, strides) in tensors.items()
    }


def _view(
    storage: NDArray[Any], offset: int, size: Sequence[int], strides: Sequence[int]
) -> NDArray[Any]:
    """Lay ``size`` over a flat storage; offset and strides count elements.

    Bounds are checked here because numpy does not: a stride from the file that leads out of the
    storage would read foreign memory.
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
