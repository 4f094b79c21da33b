"""PyTorch's old checkpoint format, written without PyTorch."""

import pickle
import sys
from collections import OrderedDict
from types import ModuleType

import numpy as np
import pytest

STORAGE = np.arange(12, dtype="<f4")


@pytest.fixture
def torch_names(monkeypatch):
    """Stand-ins for what pickles of PyTorch name, for as long as a test writes such pickles."""
    torch, utils = ModuleType("torch"), ModuleType("torch._utils")
    for name in ("FloatStorage", "HalfStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2():
        raise AssertionError("only its name is used")

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    torch._utils = utils
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


class Storage:
    def __init__(self, key, kind="FloatStorage"):
        self.key, self.kind = key, kind


class Rebuilt:
    """Pickles as a call of ``_rebuild_tensor_v2``."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.arguments


class Call:
    """Pickles as a call of any function: what an attacker would write."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


class TorchPickler(pickle.Pickler):
    def persistent_id(self, obj):
        if not isinstance(obj, Storage):
            return None
        kind = getattr(sys.modules["torch"], obj.kind)
        return "storage", kind, obj.key, "cpu", STORAGE.size, None


def tensor(key, offset, size, strides, kind="FloatStorage"):
    return Rebuilt(Storage(key, kind), offset, size, strides, False, OrderedDict())


def write_checkpoint(file, state, magic=0x1950A86A20F9469CFC6C, count=STORAGE.size):
    with file.open("wb") as out:
        for part in (magic, 1001, {"little_endian": True}, state, ["0"]):
            TorchPickler(out, protocol=2).dump(part)
        out.write(count.to_bytes(8, "little") + STORAGE.tobytes())
    return file
