"""Arrays as data: their fingerprint, and the rows of several at once."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lr_study.support import UsageError

Arrays = Any
"""An array whose first axis is examples; or a list, tuple or dict of them: several inputs."""


def _are_several(arrays: Arrays) -> bool:
    """Whether a list is one of arrays, and not of numbers."""
    return isinstance(arrays, (list, tuple)) and all(hasattr(part, "shape") for part in arrays)


def named_arrays(arrays: Arrays, name: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays with their names: ``name``, and below it indices or keys.

    >>> [name for name, _ in named_arrays({"b": [1], "a": [2]}, "x")]
    ['x.a', 'x.b']
    """
    if isinstance(arrays, Mapping):
        for key in sorted(arrays):
            yield from named_arrays(arrays[key], f"{name}.{key}")
    elif _are_several(arrays):
        for i, part in enumerate(arrays):
            yield from named_arrays(part, f"{name}.{i}")
    else:
        yield name, np.asarray(arrays)


def array_fingerprint(parts: Iterable[tuple[str, Arrays]]) -> str:
    """Return the SHA-256 of arrays with their names, types and shapes, as 64 hexadecimal digits.

    One value that differs makes another fingerprint, and so does another type.

    >>> one = array_fingerprint([("x", np.zeros(3, np.float32))])
    >>> one == array_fingerprint([("x", np.zeros(3, np.float64))]), len(one)
    (False, 64)
    """
    digest = hashlib.sha256()
    for name, arrays in parts:
        for each, array in named_arrays(arrays, name):
            if array.dtype.hasobject:
                raise UsageError(
                    f"{each} is an array of Python objects, not of numbers: it cannot be trained on"
                )
            little = array.astype(array.dtype.newbyteorder("<"), copy=False)
            digest.update(f"{each} {little.dtype.str} {little.shape}\n".encode())
            digest.update(np.ascontiguousarray(little).data)
    return digest.hexdigest()


def number_of_rows(arrays: Arrays, name: str) -> int:
    """Return how many examples there are.

    Raises
    ------
    UsageError
        If arrays are of different lengths, or there is no example.

    >>> number_of_rows([np.zeros((3, 2)), np.zeros(3)], "x")
    3
    """
    lengths = {each: (array.shape[0] if array.ndim else 0) for each, array in named_arrays(arrays)}
    if len(set(lengths.values())) != 1 or not all(lengths.values()):
        shown = ", ".join(f"{name}{each} {length}" for each, length in lengths.items())
        raise UsageError(f"the numbers of examples are not one and the same: {shown or name}")
    return next(iter(lengths.values()))


def rows_of(arrays: Arrays, rows: NDArray[np.int64]) -> Arrays:
    """Return some rows of each array.

    >>> rows_of({"a": np.arange(4)}, np.array([3, 1]))
    {'a': array([3, 1])}
    """
    if isinstance(arrays, Mapping):
        return {key: rows_of(part, rows) for key, part in arrays.items()}
    if _are_several(arrays):
        return type(arrays)(rows_of(part, rows) for part in arrays)
    return np.asarray(arrays)[rows]
